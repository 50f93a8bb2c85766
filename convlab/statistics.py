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
    "log_e_mean_at_most",
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
_CELLS = 64  # of the range of x; one point of each is read
_DRIFT_OFFSETS = np.append(2.0**-10, 2.0 ** np.arange(-6, 4.5, 0.5))  # times the last x or log x
_SHIFTS = 2.0 ** np.arange(-7, 4.5, 0.5)  # times the last x
_DEGREE = 3.0  # of a polynomial or logarithmic factor
_LARGEST_CORRELATION = 0.9
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


def log_e_mean_at_most(values: ArrayLike, mean: ArrayLike, *, low: ArrayLike) -> float:
    """Return the logarithm of the e-value against 'every column of values has mean at most this'.

    All values must be known to be at least `low`, before any is seen. Then the ratios
    (value - low) / (mean - low) are nonnegative, and their mean is at most 1 exactly where that of
    the values is at most `mean`; so `log_e_value` applies. With paired differences d = m_1 - m_2 of
    two metrics on the same draws it tests E[m_1] <= E[m_2], that is mean 0: it suffices that m_1 is
    nonnegative and m_2 at most -low. No upper end of the range is needed.

    Parameters
    ----------
    values : array of shape (R, G)
        R independent replicates of G quantities, which may depend on each other; inf where a
        replicate diverged.
    mean, low : numbers, or arrays of shape (G,)
        The claimed bound on the mean, and the sure lower end of the values, low < mean.

    Raises
    ------
    ValueError
        If the shape is not (R, G), a value is not a number or lies below `low`, or `low` is not
        finite and below `mean`.

    Examples
    --------
    >>> differences = np.tile([[-1.0], [1.0]], (100, 1))
    >>> log_e_mean_at_most(differences, 0, low=-1) < 0
    True
    >>> log_e_mean_at_most(differences + 0.5, 0, low=-1) > 10
    True
    """
    table = _table(values, "values")
    if np.isnan(table).any():
        raise ValueError("values must be numbers, but some are not (nan)")
    bound, least = np.asarray(mean, dtype=float), np.asarray(low, dtype=float)
    if not (np.isfinite(least) & np.isfinite(bound) & (least < bound)).all():
        raise ValueError("low and mean must be finite, and low below mean")
    if not (least <= table).all():
        raise ValueError("some values lie below low, so low is wrong")
    return log_e_value((table - least) / (bound - least))


def resolution(ratios: ArrayLike, log_threshold: float, chance: ArrayLike | None = None) -> float:
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
    chance : number, or array of shape (G,), optional
        The claim is then that metric > B has probability at most ``chance``, and c the largest for
        which the same of c B would have been refuted.

    Returns
    -------
    float
        A number of three significant digits, rounded down, so that it was refuted itself; 1.0 where
        the bound B is refuted; 0.0 where no c down to 1e-15 is.

    Examples
    --------
    >>> resolution(np.full((100, 1), 0.5), np.log(1e6))
    0.423
    >>> resolution(np.full((100, 1), 0.5), np.log(1e6), chance=0.01)
    0.499
    """
    table = _ratios(ratios)
    limit = log_threshold + np.log(table.shape[1])

    def log_sum(columns: np.ndarray) -> float:
        if columns.size == 0:
            return -np.inf
        return log_e_value(columns) + np.log(columns.shape[1])

    def stands(c: float) -> bool:
        with np.errstate(over="ignore", divide="ignore"):
            scaled = table / c if chance is None else np.where(table > c, 1 / np.asarray(chance), 0)
            large = scaled.mean(axis=0) > 1
            found = log_sum(scaled[:, large])
            # Numbers with a mean of at most 1 have a product of at most 1: so much others may add.
            most = np.logaddexp(found, np.log(np.count_nonzero(~large)))
            if found < limit <= most:
                found = log_sum(scaled)
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
    statistic of y over the replicates) has come down to `floor`. Of what remains, at most one point
    in each of 64 equal cells of the range of log x (of x, if not log_x) is read, so that it does
    not matter how densely the curve was recorded. The final half of the range is used, extended to
    eight points if it has fewer; the first half is left to the transient. Beyond the floor the rule
    looks at x alone, so that noise has no say in it, and the window ends where the data end, since
    a slope claimed for x to infinity must not be read off a straighter piece before a bend. A
    plateau that was not announced by `floor` is taken for part of the curve; one of height b bends
    the curve from about 100 b on, so that is the `floor` to announce.

    *Readings.* Three families of curves are fitted by least squares. With u = log x (u = x, if not
    log_x), log y is

    - a + s u, whose slope is the estimate;
    - a + s u + c log(u + b) with c free in [-3, 3]: a power of log x or, if not log_x, a polynomial
      factor;
    - if log_x, a + s log(x + b): a power of a shifted x.

    The offset b is free: it runs over a grid of steps of sqrt(2), from 1/64 to 16 times the last u
    and 1/1024, which stands for 0; in the third family from 1/128 to 16 times the last x. The
    readings are the straight line and all offsets
    whose sum of squares exceeds the smallest by no more than the margin of noise below, squared
    (a likelihood ratio), and their neighbours on the grid, between which the best offset lies. So
    the interval reaches from the slope seen to the slopes extrapolated: it is narrow for a power,
    and for a curve that still bends it is wide and extends towards the limit.

    *Margins.* Each reading gets the largest of three: of rounding; the Student margin at `level` of
    the scatter of the points, as it is about the straight line or about the best fit, whichever
    gives less; and that of the standard error over bootstrap resamples of the replicates (Efron and
    Tibshirani, An Introduction to the Bootstrap, 1993), which knows how the points of a run are
    correlated. For a single run there is only the scatter: then its variance is multiplied by
    (1 + r) / (1 - r), with r the correlation of neighbouring residuals. A drifting reading goes no
    further from the straight one, with its margin, than |c| = 3 can take it. The mean needs a
    finite variance over the replicates; without one use the median or another quantile.

    No interval can know of a regime that begins beyond the data, or of a transient that still fills
    the window. ``benchmarks/slopes.py`` measures how often a true slope lies below the interval.

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
        If the input is malformed, the curve is not finite, or fewer than 4 points are left to read.

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
    half, origin, kept = (u[0] + u[-1]) / 2, min(u[0], 0.0), _thin(u)
    u = u[kept]
    if len(u) < 4:
        raise ValueError(
            f"a slope needs at least 4 points spread over the range of x, but all except {len(u)} "
            "lie close to another: record x more evenly"
        )
    first = max(0, min(int(np.searchsorted(u, half)), len(u) - _WINDOW_POINTS)) if asymptotic else 0
    window, u = usable.start + kept[first:], u[first:]
    x_read, logs = points[window], np.log(curve[window])
    families = [_lines(u[:, None], logs)]
    if asymptotic:
        families.append(_drifting(u, u - origin, families[0]))
        if log_x:
            families.append(_lines(np.log(x_read[:, None] + x_read[-1] * _SHIFTS), logs))
    weights, residuals, reach = map(np.hstack, zip(*families, strict=True))
    squares = (residuals**2).sum(axis=0)
    best = int(squares.argmin())
    noise = min(
        _noise(residuals[:, 0], 2, level, correlated=replicates == 1),
        _noise(residuals[:, best], 4 if best else 2, level, correlated=replicates == 1),
    )
    margins = noise * np.linalg.norm(weights, axis=0)
    sizes = np.abs(weights)
    rounding = _PRECISION * sizes.sum(axis=0) + np.finfo(float).eps * np.abs(logs) @ sizes
    margins = np.maximum(margins, rounding)
    resampled = _resample(runs[:, window], statistic, key)
    if resampled is not None:
        spread = np.std(resampled @ weights, axis=0) * np.sqrt(replicates / (replicates - 1))
        margins = np.maximum(margins, stdtrit(replicates - 1, (1 + level) / 2) * spread)
    fits = logs @ weights
    lows = np.maximum(fits - margins, fits[0] - margins[0] - reach)
    highs = np.minimum(fits + margins, fits[0] + margins[0] + reach)
    parts = np.split(
        squares <= squares[best] + noise**2, np.cumsum([len(f.reach) for f in families])
    )
    read = np.concatenate([_with_neighbours(part) for part in parts])
    read[0] = True
    ends = x_read[[0, -1]]
    return Slope(*map(float, (lows[read].min(), fits[0], highs[read].max(), *ends)))


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


def _thin(u: np.ndarray) -> np.ndarray:
    """Indices of the last point in each of _CELLS equal cells of the range of u."""
    cells = np.minimum(np.floor(_CELLS * (u[-1] - u) / (u[-1] - u[0])), _CELLS - 1)
    return np.flatnonzero(np.append(np.diff(cells) != 0, True))


class _Fits(NamedTuple):
    """Least squares fits of one family, one for each of T offsets.

    weights @ logs are the slopes, (n, T); residuals, (n, T); reach, (T,), how far the family lets
    the limit be from the slope of the straight line.
    """

    weights: np.ndarray
    residuals: np.ndarray
    reach: np.ndarray


def _lines(v: np.ndarray, logs: np.ndarray) -> _Fits:
    """Straight lines of logs, (n,), against each column of v, (n, T)."""
    v = v - v.mean(axis=0)
    weights = v / (v * v).sum(axis=0)
    centered = logs - logs.mean()
    return _Fits(weights, centered[:, None] - v * (centered @ weights), np.full(v.shape[1], np.inf))


def _drifting(u: np.ndarray, v: np.ndarray, line: _Fits) -> _Fits:
    """Lines against u plus c log(v + offset), |c| <= _DEGREE, from the straight line against u."""
    drifts = np.log(v[:, None] + v[-1] * _DRIFT_OFFSETS)
    slopes = line.weights[:, 0] @ drifts
    bends = drifts - drifts.mean(axis=0) - np.multiply.outer(u - u.mean(), slopes)
    norms = (bends * bends).sum(axis=0)
    degrees = np.clip(line.residuals[:, 0] @ bends / norms, -_DEGREE, _DEGREE)
    return _Fits(
        line.weights - bends * (slopes / norms),
        line.residuals - degrees * bends,
        _DEGREE * slopes,
    )


def _noise(residuals: np.ndarray, parameters: int, level: float, *, correlated: bool) -> float:
    """Upper bound on the standard deviation of a point, times the Student quantile.

    If correlated, the variance is multiplied by (1 + r) / (1 - r), as for the mean of a process
    with correlation r between neighbours. r is that of the residuals, with the correction of order
    1/n for its bias (Kendall, Biometrika 41, 1954), between 0 and 0.9.
    """
    n, square = len(residuals), residuals @ residuals
    freedom = max(n - parameters, 1)
    if correlated and square > 0:
        r = residuals[1:] @ residuals[:-1] / square
        r = min(max(r + (1 + 4 * r) / n, 0.0), _LARGEST_CORRELATION)
        square *= (1 + r) / (1 - r)
    return float(stdtrit(freedom, (1 + level) / 2) * np.sqrt(square / freedom))


def _with_neighbours(chosen: np.ndarray) -> np.ndarray:
    """True where an entry or one beside it is."""
    spread = chosen.copy()
    spread[1:] |= chosen[:-1]
    spread[:-1] |= chosen[1:]
    return spread


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


def _resample(table: np.ndarray, statistic: str | float, key: int) -> np.ndarray | None:
    """Logs of the statistic over resampled replicates, (resamples, G); None for one replicate."""
    replicates = len(table)
    if replicates == 1:
        return None
    generator = np.random.Generator(np.random.Philox(key=key))
    chosen = generator.integers(replicates, size=(_RESAMPLES, replicates))
    if statistic == "mean":
        shares = np.zeros((_RESAMPLES, replicates))
        np.add.at(shares, (np.arange(_RESAMPLES)[:, None], chosen), 1 / replicates)
        curves = shares @ table
    else:
        reduce = _reduction(statistic)
        parts = np.array_split(chosen, 1 + (_RESAMPLES * table.size >> 20))
        curves = np.concatenate([reduce(table[part]) for part in parts])
    return np.log(np.clip(curves, np.finfo(float).tiny, _LARGEST))
