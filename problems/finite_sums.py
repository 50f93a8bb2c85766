"""Finite sums f = (f_1 + ... + f_n) / n of quadratics, with and without interpolation.

The constants that theorems on sampled gradients speak of, for each family: L and L_i, mu, the
variance sigma_star of the component gradients at the minimizer, and
Delta_star = inf f - mean of inf f_i.
"""

from typing import Annotated, NamedTuple

import numpy as np

from convlab.assumption import Assumption, Certificate
from convlab.assumptions import (
    attained,
    average_smooth,
    components_convex,
    components_smooth,
    components_strongly_convex,
    finite_sum,
    function_noise,
    gradient_noise,
    interpolation,
    known_infima,
    pl,
    smooth,
    strongly_convex,
)
from convlab.family import between, family
from convlab.problem import Problem
from convlab.streams import integers
from convlab.vocabulary import (
    Array,
    element,
    matvec,
    mean,
    rmatvec,
    row,
    sqnorm,
)

__all__ = [
    "LeastSquares",
    "coordinate_sum",
    "crossroads",
    "heavy_component",
    "interpolated_least_squares",
    "least_squares",
    "needle",
    "rank_deficient_least_squares",
    "ridge",
    "two_parabolas",
    "valley",
]


class LeastSquares(NamedTuple):
    """f_i(x) = (a_i^T x - y_i)^2 / 2 - t_i^T x + ridge |x|^2 / 2, where the t_i sum to 0.

    Rows a_i and t_i of ``A`` and ``tilt``; ``onto_rows`` projects on the row space of A (on
    everything, where there is a ridge). f itself is written as ``least`` at the minimizer, plus a
    quadratic: so that both are exact at every precision.
    """

    A: Array
    y: Array
    tilt: Array
    ridge: float
    infima: Array
    center: Array
    onto_rows: Array
    least: float

    @property
    def n(self):
        """Number of components."""
        return self.A.shape[-2]

    def value(self, x):
        """(R, d) -> (R, 1)."""
        z = x - self.center
        return self.least + 0.5 * mean(matvec(self.A, z) ** 2) + 0.5 * self.ridge * sqnorm(z)

    def gradient(self, x):
        """(R, d) -> (R, d)."""
        z = x - self.center
        return rmatvec(self.A, matvec(self.A, z)) / self.n + self.ridge * z

    def sample_value(self, x, i):
        """Mean over the components i, (R, b): (R, 1)."""
        residual = matvec(row(self.A, i), x) - element(self.y, i)
        tilted = mean(matvec(row(self.tilt, i), x))
        return 0.5 * mean(residual**2) - tilted + 0.5 * self.ridge * sqnorm(x)

    def sample_gradient(self, x, i):
        """Mean over the components i, (R, b): (R, d)."""
        rows = row(self.A, i)
        residual = matvec(rows, x) - element(self.y, i)
        share = 0 * residual + 1 / i.shape[1]
        tilt = rmatvec(row(self.tilt, i), share)
        return rmatvec(rows, residual * share) - tilt + self.ridge * x

    def sample_infimum(self, i):
        """Mean of the infima of the components i, (R, b): (R, 1)."""
        return mean(element(self.infima, i))

    def stochastic_gradient(self, x, rng):
        """The gradient of one component: (R, d)."""
        return self.sample_gradient(x, integers(rng, self.n))

    def nearest_minimizer(self, x):
        """(R, d) -> (R, d): differs from x in the row space of A only."""
        return x - matvec(self.onto_rows, x - self.center)


def _least_squares(
    A: np.ndarray,
    residual: np.ndarray,
    center: np.ndarray,
    *,
    tilt: np.ndarray | None = None,
    ridge: float = 0.0,
    start: np.ndarray | None = None,
) -> Problem:
    """The problem with minimizer ``center``, where A x - y is ``residual``, and its constants."""
    n, d = A.shape
    y = A @ center - residual
    values, vectors = np.linalg.eigh(A.T @ A / n)
    kept = values > 1e-12 * values[-1]
    rows = vectors[:, kept]
    off = 1e-14 * float(values[-1] + ridge)  # as eigenvalues are computed
    whole = bool(ridge) or bool(kept.all())
    mu = ridge + (values[kept][0] if kept.all() or not ridge else 0.0)
    sizes = (A**2).sum(axis=1)
    spread = residual[:, None] * A + ridge * center - (0.0 if tilt is None else tilt)
    infima = _infima(A, y, np.zeros((n, d)) if tilt is None else tilt, ridge)
    f_star = 0.5 * float((residual**2).mean()) + 0.5 * ridge * float(center @ center)
    # The doubles y, tilt and residual are off by rounding, and so are the components' gradients.
    size = float(np.linalg.norm(center))
    sides = d * np.sqrt(sizes) * size + 2 * np.abs(residual)
    tilted = 0.0 if tilt is None else float(np.linalg.norm(tilt, axis=1).mean())
    rounding = 2.0**-52 * (float((np.sqrt(sizes) * sides).mean()) + ridge * size + tilted)
    wrong = float((np.linalg.norm(spread.mean(axis=0)) + rounding) / mu)
    prescribed, eigenvalue = "prescribed; error from the gradient there", "eigenvalue of A^T A / n"
    declares: list[Assumption] = [
        finite_sum(n),
        components_convex(),
        components_smooth(float(sizes.max() + ridge)),
        average_smooth(float(sizes.mean() + ridge)),
        smooth(Certificate(float(values[-1] + ridge), eigenvalue, off)),
        (strongly_convex if whole else pl)(Certificate(float(mu), eigenvalue, off)),
        attained(Certificate(f_star, prescribed), Certificate(center, prescribed, wrong)),
    ]
    least = ridge + (sizes.min() if d == 1 else 0.0)
    if least > 0:
        declares.append(components_strongly_convex(float(least)))
    if not spread.any():
        declares.append(interpolation())
    else:
        declares.append(gradient_noise(float((spread**2).sum(axis=1).mean())))
        if np.isfinite(infima).all():
            declares.append(function_noise(float(f_star - infima.mean())))
    if np.isfinite(infima).all():
        declares.append(known_infima())
    return Problem(
        oracle=LeastSquares(
            A,
            y,
            np.zeros((n, d)) if tilt is None else tilt,
            ridge,
            infima,
            center,
            np.eye(d) if whole else rows @ rows.T,
            f_star,
        ),
        declares=declares,
        start=start,
    )


def _infima(A: np.ndarray, y: np.ndarray, tilt: np.ndarray, ridge: float) -> np.ndarray:
    """inf f_i, one for each component; by the formula of Sherman and Morrison with a ridge."""
    if not ridge:
        return np.where(tilt.any(axis=1), -np.inf, 0.0)
    v, sizes = y[:, None] * A + tilt, (A**2).sum(axis=1)
    along = (A * v).sum(axis=1) ** 2 / (ridge + sizes)
    return 0.5 * y**2 - 0.5 * ((v**2).sum(axis=1) - along) / ridge


def _rows(rng: np.random.Generator, n: int, d: int, spread: float) -> np.ndarray:
    """Random rows whose squared lengths run from 1/spread to 1, in random directions."""
    A = rng.normal(size=(n, d))
    sizes = np.geomspace(1.0, 1.0 / spread, n)
    return A / np.linalg.norm(A, axis=1, keepdims=True) * np.sqrt(sizes)[:, None]


def _orthogonal(rng: np.random.Generator, A: np.ndarray, noise: float) -> np.ndarray:
    """A random vector of root mean square ``noise``, orthogonal to the columns of A."""
    r = rng.normal(size=len(A))
    for _ in range(2):
        r -= A @ np.linalg.lstsq(A, r, rcond=None)[0]
    return r * noise / np.sqrt((r**2).mean())


@family
def least_squares(
    rng,
    *,
    n: Annotated[int, between(6, 16)] = 8,
    d: Annotated[int, between(1, 4)] = 2,
    spread: Annotated[float, between(1.0, 100.0, log=True)] = 4.0,
    noise: Annotated[float, between(0.01, 10.0, log=True)] = 1.0,
):
    """Least squares without interpolation: L_max = 1, L_i down to 1/spread, residuals ``noise``."""
    A = _rows(rng, n, d, spread)
    return _least_squares(A, _orthogonal(rng, A, noise), rng.normal(size=d))


@family
def interpolated_least_squares(
    rng,
    *,
    n: Annotated[int, between(6, 16)] = 8,
    d: Annotated[int, between(1, 4)] = 2,
    spread: Annotated[float, between(1.0, 100.0, log=True)] = 4.0,
):
    """Least squares with interpolation: all residuals are 0 at the minimizer."""
    return _least_squares(_rows(rng, n, d, spread), np.zeros(n), rng.normal(size=d))


@family
def rank_deficient_least_squares(
    rng,
    *,
    n: Annotated[int, between(6, 16)] = 8,
    d: Annotated[int, between(3, 5)] = 3,
    rank: Annotated[int, between(1, 2)] = 2,
    noise: Annotated[float, between(0.01, 10.0, log=True)] = 1.0,
):
    """Least squares with many minimizers: convex and PL, not strongly convex."""
    A = _rows(rng, n, rank, 2.0) @ np.linalg.qr(rng.normal(size=(d, rank)))[0].T
    return _least_squares(A, _orthogonal(rng, A, noise), rng.normal(size=d))


@family
def ridge(
    rng,
    *,
    n: Annotated[int, between(6, 16)] = 8,
    d: Annotated[int, between(1, 3)] = 2,
    ridge: Annotated[float, between(0.01, 1.0, log=True)] = 0.1,
    noise: Annotated[float, between(0.01, 10.0, log=True)] = 1.0,
):
    """Least squares with ridge |x|^2 / 2 in every component: all are strongly convex."""
    A = _rows(rng, n, d, 4.0)
    center = rng.normal(size=d)
    pull = A @ np.linalg.solve(A.T @ A, -n * ridge * center)
    return _least_squares(A, _orthogonal(rng, A, noise) + pull, center, ridge=ridge)


@family
def two_parabolas(
    rng,
    *,
    L: Annotated[float, between(0.1, 10.0, log=True)] = 1.0,
    ratio: Annotated[float, between(0.01, 1.0, log=True)] = 1.0,
    shift: Annotated[float, between(0.01, 100.0, log=True)] = 1.0,
):
    """Two parabolas on the line, of curvature L and ratio L, with opposite slopes L shift at 0.

    The smallest finite sum with noise; the run starts at 1.
    """
    A = np.sqrt(L * np.array([[1.0], [ratio]]))
    residual = L * shift * np.array([1.0, -1.0]) / A[:, 0]
    return _least_squares(A, residual, np.zeros(1), start=np.ones(1))


@family
def needle(
    rng,
    *,
    n: Annotated[int, between(2, 32)] = 10,
    L: Annotated[float, between(0.1, 10.0, log=True)] = 1.0,
    shift: Annotated[float, between(-10.0, 10.0)] = 1.0,
):
    """One parabola of curvature L on the line among n - 1 linear functions.

    The parabola has slope L shift at the minimizer 0, balanced by the others, and the run starts
    at 1. With shift = 1 the two parts of its gradient at the start are equal, and for many
    components the inequality |a + b|^2 <= 2|a|^2 + 2|b|^2, on which the theorems of SGD rest,
    becomes an equality. With shift = 0 there is interpolation.
    """
    A, slopes = np.zeros((n, 1)), np.full((n, 1), -L * shift / (n - 1))
    A[0], slopes[0] = np.sqrt(L), L * shift
    tilt = -slopes if shift else None
    return _least_squares(A, np.zeros(n), np.zeros(1), tilt=tilt, start=np.ones(1))


@family
def heavy_component(
    rng,
    *,
    n: Annotated[int, between(2, 32)] = 4,
    L: Annotated[float, between(0.1, 10.0, log=True)] = 1.0,
    share: Annotated[float, between(0.001, 1.0, log=True)] = 0.1,
    shift: Annotated[float, between(0.01, 10.0, log=True)] = 1.0,
):
    """A parabola of curvature L on the line among n - 1 of curvature share L, from 1.

    At the minimizer 0 the first has slope L shift, and the others balance it. Between ``needle``
    (share 0) and equal curvatures.
    """
    A = np.sqrt(L * np.append(1.0, np.full(n - 1, share)))[:, None]
    slopes = L * shift * np.append(1.0, np.full(n - 1, -1 / (n - 1)))
    return _least_squares(A, slopes / A[:, 0], np.zeros(1), start=np.ones(1))


@family
def valley(
    rng,
    *,
    n: Annotated[int, between(1, 16)] = 2,
    L: Annotated[float, between(0.1, 10.0, log=True)] = 1.0,
    kappa: Annotated[float, between(1.1, 1000.0, log=True)] = 20.0,
):
    """n equal components in the plane, with curvature L across and L/kappa along the valley.

    Nothing is random, and the run starts in the valley: where theorems on sums of strongly
    convex components cannot be much better than gradient descent.
    """
    A = np.zeros((n, 2))
    A[:, 0] = np.sqrt(L - L / kappa)
    start = np.array([0.0, 1.0])
    return _least_squares(A, np.zeros(n), np.zeros(2), ridge=L / kappa, start=start)


@family
def crossroads(
    rng,
    *,
    d: Annotated[int, between(1, 10)] = 10,
    L: Annotated[float, between(0.1, 10.0, log=True)] = 1.0,
    shift: Annotated[float, between(0.1, 10.0, log=True)] = 3.0,
):
    """f_i(x) = L (|x - c_i|^2 - shift^2) / 2, with the 2 d points c_i = +- shift e_j.

    In many dimensions all components are almost equal near the minimizer 0, but not their
    gradients: slow for the Polyak step.
    """
    centers = shift * np.concatenate([np.eye(d), -np.eye(d)])
    return _least_squares(
        np.zeros((2 * d, d)), np.zeros(2 * d), np.zeros(d), tilt=L * centers, ridge=L
    )


@family
def coordinate_sum(
    rng,
    *,
    n: Annotated[int, between(1, 8)] = 4,
    L: Annotated[float, between(0.1, 10.0, log=True)] = 1.0,
):
    """f_i(x) = L x_i^2 / 2 in n dimensions: interpolation, and L_max = n L."""
    return _least_squares(np.sqrt(L) * np.eye(n), np.zeros(n), np.zeros(n))
