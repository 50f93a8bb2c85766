"""What a finite sample can say of a claim: e-values for means, resampling intervals for slopes.

An *e-value* is a nonnegative statistic whose expectation is at most 1 while the claim is true.
By Markov's inequality it reaches 1/alpha with probability at most alpha, so a large e-value
refutes the claim, and no distribution, variance or sample size enters the argument. The ones below
are products over independent replicates of factors of expectation at most 1, hence also
supermartingales in the number of replicates: by Ville's inequality the sampling may stop, or go on,
after every block, and averages of them over columns, bets or instances are e-values again.

References: Shafer, "Testing by betting", J. R. Stat. Soc. A 184 (2021). Waudby-Smith and Ramdas,
"Estimating means of bounded random variables by betting", J. R. Stat. Soc. B 86 (2024). Ramdas,
Gruenwald, Vovk and Shafer, "Game-theoretic statistics and safe anytime-valid inference",
Stat. Sci. 38 (2023).
"""

from bisect import bisect_left
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

__all__ = [
    "LAMBDAS",
    "Slope",
    "exceedance",
    "log_e_mean_equals",
    "log_e_value",
    "log_mean_exp",
    "resolution",
    "slope",
]

LAMBDAS = 1 / (1 + 3.0 ** -np.arange(-8, 4))
"""The bets, shape (12,): the odds lambda / (1 - lambda) run from 3^-8 to 3^3 in steps of 3.

The gain of a bet on a small excess d of variance v is about lambda d - lambda^2 v / 2, best at
lambda = d / v. A grid with steps of 3 contains a bet that keeps at least 3/4 of that gain, and
averaging over twelve costs log 12 = 2.5 once. With R replicates the excess in reach has
lambda of about 6 / sqrt(R v), so 3^-8 = 1.5e-4 serves up to R v = 1e9: four thousand
replicates of an indicator of probability 1e-5, or a million of a metric with variance 1000.
At the other end the gain log(1 + lambda d) at lambda = 27/28 is within 4 % of its limit at 1,
while one replicate of value 0 costs no more than a factor of 28.
"""

_LARGEST = 1e300  # what inf counts as
_LARGEST_SCORE = 1e100  # its square is still a number
_DIGITS = np.concatenate([np.arange(100, 1000) / 10.0**e for e in range(17, 2, -1)] + [[1.0]])
_RESAMPLES = 400
_WINDOW_POINTS = 8
_PRECISION = 1e-12  # relative, to which a metric is taken to be computed


def log_mean_exp(values: ArrayLike) -> float:
    """Return the logarithm of the mean of e-values that are given by their logarithms.

    The mean of e-values is an e-value, whatever their dependence: this is how instances, columns
    and bets are pooled.

    Parameters
    ----------
    values : array of any shape
        Logarithms; -inf stands for an e-value of zero.

    Raises
    ------
    ValueError
        If there are no values, or one is not a number.

    Examples
    --------
    >>> round(log_mean_exp([-np.inf, 1000.0]), 3)
    999.307
    """
    values = np.asarray(values, dtype=float)
    if values.size == 0:
        raise ValueError("log_mean_exp needs at least one value, got none")
    if np.isnan(values).any():
        raise ValueError("log_mean_exp got a value that is not a number")
    return float(np.logaddexp.reduce(values, axis=None) - np.log(values.size))


def log_e_value(ratios: ArrayLike) -> float:
    """Return the logarithm of the e-value against 'every column of ratios has mean at most 1'.

    For 0 <= lambda < 1 the factor 1 + lambda (ratio - 1) is nonnegative and has expectation at
    most 1 under the claim; so has the product over the independent replicates of a column, and so
    has its average over the bets `LAMBDAS` and over the columns, which may depend on each other.

    Parameters
    ----------
    ratios : array of shape (R, G)
        Metric over bound for R independent replicates at G recorded iterations, nonnegative. A
        replicate that diverged has ratio inf and counts as 1e300: lowering a ratio can only lower
        the e-value.

    Raises
    ------
    ValueError
        If the shape is not (R, G) with R, G >= 1, or a ratio is negative or not a number.

    Examples
    --------
    >>> fair = np.tile([[0.0], [2.0]], (32, 1))
    >>> log_e_value(fair) < 0 < log_e_value(1.8 * fair)
    True
    """
    table = _ratios(ratios)

    def factor(bet: float, ratio: np.ndarray) -> np.ndarray:
        grown = bet * ratio
        grown += 1 - bet  # in place: most of the time goes into fresh memory
        return grown

    return _log_mixture(table, LAMBDAS, factor, max(28.0, table.max()))


def log_e_mean_equals(
    values: ArrayLike,
    mean: ArrayLike,
    *,
    bounds: tuple[ArrayLike, ArrayLike] | None = None,
    variance: ArrayLike | None = None,
) -> float:
    """Return the logarithm of the e-value against 'every column of values has the given mean'.

    One property of the distribution must be known, for without any the mean cannot be tested
    (Bahadur and Savage, Ann. Math. Stat. 27, 1956). Either serves every number of replicates:

    - `bounds`: low <= value <= high. The ratios (value - low) / (mean - low) and
      (high - value) / (high - mean) are nonnegative with mean 1; the result is the average of their
      two e-values by `log_e_value`.
    - `variance`: the variance is at most this. With y = lambda (value - mean) / sqrt(variance) and
      lambda of either sign, (1 + y + y^2 / 2) / (1 + lambda^2 / 2) is positive, because
      1 + y + y^2 / 2 = ((1 + y)^2 + 1) / 2, and has expectation at most 1, because E[y] = 0 and
      E[y^2] <= lambda^2. The result averages the products of these factors over lambda in
      `LAMBDAS` and -`LAMBDAS`. A variance above the stated one may refute as well.

    Parameters
    ----------
    values : array of shape (R, G)
        R independent replicates of G quantities, which may depend on each other.
    mean, variance, bounds : numbers, or arrays of shape (G,)
        The claimed mean, and exactly one of: the largest variance; the pair (low, high).

    Raises
    ------
    ValueError
        If the shape is not (R, G), a value is not a number or lies outside the bounds, not exactly
        one property is given, or it is degenerate (variance <= 0, mean not strictly inside).

    Examples
    --------
    >>> coins = np.tile([[0.0], [1.0]], (100, 1))
    >>> log_e_mean_equals(coins, 0.5, bounds=(0, 1)) < 0
    True
    >>> log_e_mean_equals(coins, 0.8, variance=0.16) > 10
    True
    """
    table = _table(values, "values")
    if np.isnan(table).any():
        raise ValueError("values must be numbers, but some are not (nan)")
    if (bounds is None) == (variance is None):
        raise ValueError("give exactly one of bounds and variance: it is what the test rests on")
    center = np.asarray(mean, dtype=float)
    if bounds is not None:
        low, high = (np.asarray(bound, dtype=float) for bound in bounds)
        if not ((low < center) & (center < high)).all():
            raise ValueError("the mean must lie strictly between the bounds")
        if not ((low <= table) & (table <= high)).all():
            raise ValueError("some values lie outside the bounds, so the bounds are wrong")
        above, below = (table - low) / (center - low), (high - table) / (high - center)
        return log_mean_exp([log_e_value(above), log_e_value(below)])
    deviation = np.sqrt(np.asarray(variance, dtype=float))
    if not (deviation > 0).all():
        raise ValueError("variance must be positive")
    scores = np.clip((table - center) / deviation, -_LARGEST_SCORE, _LARGEST_SCORE)
    return _log_mixture(
        scores,
        np.concatenate([LAMBDAS, -LAMBDAS]),
        lambda bet, score: ((1 + bet * score) ** 2 + 1) / (2 + bet**2),
        max(28.0, (1 + np.abs(scores).max()) ** 2),
    )


def resolution(ratios: ArrayLike, log_threshold: float) -> float:
    """Return the largest c in (0, 1] for which the bound c B would have been refuted too.

    That is log_e_value(ratios / c) >= log_threshold. Every factor of the e-value decreases in c,
    hence so does the e-value, and bisection finds the c. With log_threshold = log(1 / alpha) it is
    a lower confidence limit, at level 1 - alpha, on the largest E[metric] / B over the columns: a
    bound that holds is reported with the share of it that the data prove to be needed.

    Parameters
    ----------
    ratios : array of shape (R, G)
        As for `log_e_value`.
    log_threshold : float
        Natural logarithm of the e-value that refutes.

    Returns
    -------
    float
        A number of three significant digits, rounded down, so that it was refuted itself; 1.0 where
        the bound B is refuted; 0.0 where no c down to 1e-15 is.

    Examples
    --------
    >>> resolution(np.full((100, 1), 0.5), np.log(1e6))
    0.423
    """
    table = _ratios(ratios)
    means, limit = table.mean(axis=0), log_threshold + np.log(table.shape[1])

    def log_sum(columns: np.ndarray, c: float) -> float:
        if columns.size == 0:
            return -np.inf
        return log_e_value(columns / c) + np.log(columns.shape[1])

    def stands(c: float) -> bool:
        large = means > c
        with np.errstate(over="ignore", divide="ignore"):
            found = log_sum(table[:, large], c)
            # Numbers with a mean of at most 1 have a product of at most 1: so much others may add.
            most = np.logaddexp(found, np.log(np.count_nonzero(~large)))
            if found < limit <= most:
                found = log_sum(table, c)
        return found < limit

    refuted = bisect_left(_DIGITS, True, key=stands)
    return float(_DIGITS[refuted - 1]) if refuted else 0.0


def exceedance(metric: ArrayLike, bound: ArrayLike, delta: float) -> np.ndarray:
    """Return the indicator of metric > bound divided by delta: ratios for 'P(...) <= delta'.

    Parameters
    ----------
    metric : array of shape (R, G)
        A diverged replicate is inf.
    bound : number, or array that broadcasts against metric
        The bound that may be exceeded with probability at most delta.
    delta : float
        In (0, 1).

    Raises
    ------
    ValueError
        If delta is not in (0, 1), or the metric or the bound is not a number somewhere.

    Examples
    --------
    >>> exceedance([[0.5], [2.0]], 1.0, 0.1)
    array([[ 0.],
           [10.]])
    """
    values, limits = np.asarray(metric, dtype=float), np.asarray(bound, dtype=float)
    if not 0 < delta < 1:
        raise ValueError(f"delta must lie strictly between 0 and 1, got {delta}")
    if np.isnan(values).any() or np.isnan(limits).any():
        raise ValueError("metric and bound must be numbers, but some are not (nan)")
    return (values > limits) / delta


class Slope(NamedTuple):
    """The slope of a curve at its end: estimate, interval, and the window it was read from."""

    low: float
    estimate: float
    high: float
    first: float
    last: float


def slope(
    x: ArrayLike,
    y: ArrayLike,
    *,
    floor: float = 0.0,
    log_x: bool = True,
    level: float = 0.99,
    key: int = 0,
    statistic: str | float = "mean",
    asymptotic: bool = True,
) -> Slope:
    """Estimate the slope of log y against log x, or against x, as x grows.

    *Window.* The point x = 0 is dropped, and everything from the point on where the curve (the
    statistic of y over the replicates) has come down to `floor`. Of what remains, the final
    half of the range of log x (of x, if not log_x) is used, extended to eight points if it has
    fewer. The first half is left to the transient. Beyond the floor the rule looks at x alone, so
    that noise has no say in it, and the window ends where the data end, since a slope claimed for
    x to infinity must not be read off a straighter piece before a bend. A plateau that was not
    announced by `floor` is taken for part of the curve; one of height b bends the curve from
    about 100 b on, so that is the `floor` to announce.

    *Interval.* It covers two readings of the window, by least squares: a straight line of slope
    s, the estimate; and a line times (1 + log x)^c, or (1 + x)^c if not log_x, with c free, whose
    slope s + c / (1 + log x) drifts along the window and has limit s. So the interval reaches from
    the slope seen to the slope extrapolated: it is narrow for a power, and for a power times
    logarithms, or one still forming, it is wide and extends towards the limit. Each reading gets
    the larger of two Student margins at `level`: the standard error over bootstrap resamples of
    the replicates (Efron and Tibshirani, An Introduction to the Bootstrap, 1993), and that of the
    scatter of the points about the fit, which is all there is for a single run and takes the
    scatter for independent from point to point. The mean needs a finite variance over the
    replicates; without one use the median or another quantile. No interval can know of a regime
    that begins beyond the data, or of a transient that still fills the window.

    Parameters
    ----------
    x : array of shape (G,)
        Iterations, increasing, >= 0, in units of which one is small (the logarithms above count
        from 1, or from the first x if that is less).
    y : array of shape (G, R)
        The metric of R independent replicates, nonnegative; R = 1 for a deterministic run.
    floor : float
        Level at or below which the curve says nothing (rounding, a stated noise floor).
    log_x : bool
        True for an exponent, False for a linear rate: then exp(slope) is the factor per step.
    level : float
        Of the interval, in (0, 1).
    key : int
        Seed of the resampling; the same key gives the same interval.
    statistic : "mean", "median" or float
        What is taken over the replicates; a float in (0, 1) is a quantile.
    asymptotic : bool
        False for the mean slope between the first and the last x: then the window is everything
        above the floor, and only the straight line is read.

    Returns
    -------
    Slope
        low <= estimate <= high, and the first and last x of the window.

    Raises
    ------
    ValueError
        If the input is malformed, the curve is not finite, or fewer than 4 points remain.

    Examples
    --------
    >>> x = 2.0 ** np.arange(12)
    >>> found = slope(x, 3 * x[:, None] ** -0.5)
    >>> round(found.low, 6), round(found.estimate, 6), round(found.high, 6)
    (-0.5, -0.5, -0.5)
    >>> found.first, found.last
    (16.0, 2048.0)
    """
    points, table = np.asarray(x, dtype=float), _table(y, "y")
    if points.shape != table.shape[:1]:
        raise ValueError(f"x needs one entry per row of y, got {points.shape} for {table.shape}")
    if not ((points >= 0) & np.isfinite(points)).all() or not (np.diff(points) > 0).all():
        raise ValueError("x must be nonnegative, finite and increasing")
    if not (table >= 0).all():
        raise ValueError("y must be nonnegative numbers, but some are negative or nan")
    if not 0 < level < 1:
        raise ValueError(f"level must lie strictly between 0 and 1, got {level}")
    runs, reduce = np.minimum(table.T, _LARGEST), _reduction(statistic)
    replicates, curve = len(runs), reduce(runs)
    if (curve >= _LARGEST / replicates).any():
        raise ValueError("the curve is infinite at some point: a diverged run has no slope")
    usable = _first_stretch((points > 0) & (curve > max(floor, 0.0)))
    u = np.log(points[usable]) if log_x else points[usable]
    if len(u) < 4:
        raise ValueError(
            f"a slope needs at least 4 points with x > 0 before the curve comes down to the floor "
            f"{floor:g}, but there are {len(u)}: record more iterations or lower the floor"
        )
    half = int(np.searchsorted(u, (u[0] + u[-1]) / 2))
    first = max(0, min(half, len(u) - _WINDOW_POINTS)) if asymptotic else 0
    window = slice(usable.start + first, usable.stop)
    drift = np.log(1 + u - min(u[0], 0.0))[first:]
    u, logs = u[first:], np.log(curve[window])
    resampled = _resample(runs[:, window], reduce, key)
    line = np.column_stack([np.ones_like(u), u - u.mean()])
    lows, fits, highs = [], [], []
    bent = np.column_stack([line, drift - drift.mean()])
    for design in (line, bent) if asymptotic else (line,):
        inverse = np.linalg.pinv(design)
        weights, residuals = inverse[1], logs - design @ (inverse @ logs)
        freedom = len(u) - design.shape[1]
        margin = _PRECISION * np.abs(weights) @ (1 + np.abs(logs))
        scatter = np.sqrt(residuals @ residuals / freedom) * np.linalg.norm(weights)
        margin = max(margin, stdtrit(freedom, (1 + level) / 2) * scatter)
        if resampled is not None:
            spread = np.std(resampled @ weights) * np.sqrt(replicates / (replicates - 1))
            margin = max(margin, stdtrit(replicates - 1, (1 + level) / 2) * spread)
        fits.append(weights @ logs)
        lows.append(fits[-1] - margin)
        highs.append(fits[-1] + margin)
    ends = points[window][[0, -1]]
    return Slope(*map(float, (min(lows), fits[0], max(highs), *ends)))


def _table(values: ArrayLike, name: str) -> np.ndarray:
    table = np.asarray(values, dtype=float)
    if table.ndim != 2 or 0 in table.shape:
        raise ValueError(f"{name} must be a table with rows and columns, got shape {table.shape}")
    return table


def _ratios(values: ArrayLike) -> np.ndarray:
    """A table of nonnegative numbers, of which none is larger than the largest that is counted."""
    table = _table(values, "ratios")
    if not (table >= 0).all():
        row, column = np.argwhere(~(table >= 0))[0]
        raise ValueError(
            f"ratios must be nonnegative numbers, but replicate {row}, column {column} "
            f"is {table[row, column]}"
        )
    return np.minimum(table, _LARGEST)


def _first_stretch(mask: np.ndarray) -> slice:
    """The first run of True."""
    start = int(np.argmax(mask))
    length = int(np.argmin(np.append(mask[start:], False)))
    return slice(start, start + length)


def _log_mixture(
    table: np.ndarray,
    bets: np.ndarray,
    factor: Callable[[float, np.ndarray], np.ndarray],
    largest: float,
) -> float:
    """Log of the mean over bets and columns of the product over rows of factor(bet, entry).

    Rows are multiplied in blocks before the logarithm is taken, which saves most of the time.
    Every factor lies in [1 / largest, largest], so that a block can neither over- nor underflow.
    """
    blocks = np.arange(0, len(table), max(1, int(700 / np.log(largest))))
    products = (np.multiply.reduceat(factor(bet, table), blocks) for bet in bets)
    return log_mean_exp([np.log(product).sum(axis=0) for product in products])


def _reduction(statistic: str | float) -> Callable[[np.ndarray], np.ndarray]:
    """The statistic over replicates, a function from (..., R, G) to (..., G)."""
    if statistic == "mean":
        return lambda table: table.mean(axis=-2)
    quantile = 0.5 if statistic == "median" else statistic
    if isinstance(quantile, str) or not 0 < quantile < 1:
        raise ValueError(
            f"statistic must be 'mean', 'median' or a quantile in (0, 1), got {statistic!r}"
        )
    return lambda table: np.quantile(table, quantile, axis=-2)


def _resample(
    table: np.ndarray, reduce: Callable[[np.ndarray], np.ndarray], key: int
) -> np.ndarray | None:
    """Logs of the statistic over resampled replicates, (resamples, G); None for one replicate."""
    replicates = len(table)
    if replicates == 1:
        return None
    generator = np.random.Generator(np.random.Philox(key=key))
    chosen = generator.integers(replicates, size=(_RESAMPLES, replicates))
    parts = np.array_split(chosen, 1 + (_RESAMPLES * table.size >> 20))
    curves = np.concatenate([reduce(table[part]) for part in parts])
    return np.log(np.clip(curves, np.finfo(float).tiny, _LARGEST))
