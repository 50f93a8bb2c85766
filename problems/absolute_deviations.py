"""Finite sums of absolute values of affine functions, with subgradients and proximal operators."""

from typing import Annotated, NamedTuple

import numpy as np

from convlab.assumptions import (
    attained,
    components_convex,
    components_lipschitz,
    finite_sum,
    proximable_components,
)
from convlab.family import between, family
from convlab.problem import Problem
from convlab.streams import integers
from convlab.vocabulary import (
    Array,
    absolute,
    element,
    matvec,
    maximum,
    mean,
    minimum,
    rmatvec,
    row,
    sign,
    sqnorm,
)

__all__ = [
    "AbsoluteDeviations",
    "absolute_deviations",
    "coordinate_absolute",
    "planted_deviations",
    "scattered_absolute",
]


class AbsoluteDeviations(NamedTuple):
    """f_i(x) = |a_i^T x - y_i|; gradients are subgradients, 0 at the kink."""

    A: Array
    y: Array

    @property
    def n(self):
        """Number of components."""
        return self.A.shape[-2]

    def value(self, x):
        """(R, d) -> (R, 1)."""
        return mean(absolute(matvec(self.A, x) - self.y))

    def subgradient(self, x):
        """(R, d) -> (R, d)."""
        return rmatvec(self.A, sign(matvec(self.A, x) - self.y)) / self.n

    def gradient(self, x):
        """(R, d) -> (R, d)."""
        return self.subgradient(x)

    def sample_value(self, x, i):
        """Mean over the components i, (R, b): (R, 1)."""
        return mean(absolute(matvec(row(self.A, i), x) - element(self.y, i)))

    def sample_gradient(self, x, i):
        """Mean over the components i, (R, b): (R, d)."""
        rows = row(self.A, i)
        return rmatvec(rows, sign(matvec(rows, x) - element(self.y, i))) / i.shape[1]

    def stochastic_gradient(self, x, rng):
        """The subgradient of one component: (R, d)."""
        return self.sample_gradient(x, integers(rng, self.n))

    def sample_prox(self, x, i, step):
        """The proximal operator of the component i, (R, 1): (R, d)."""
        rows = row(self.A, i)
        residual = matvec(rows, x) - element(self.y, i)
        size = maximum(sqnorm(rmatvec(rows, 0 * residual + 1)), 1e-300)
        return x - rmatvec(rows, sign(residual) * minimum(absolute(residual) / size, step))


@family
def absolute_deviations(
    rng,
    *,
    n: Annotated[int, between(1, 10)] = 3,
    G: Annotated[float, between(0.1, 10.0, log=True)] = 1.0,
    spread: Annotated[float, between(0.01, 10.0, log=True)] = 1.0,
):
    """f_i(x) = G |x - c_i| on the line, with 2 n + 1 points c_i; the minimizer is the median."""
    c = spread * np.sort(rng.normal(size=2 * n + 1))
    A = np.full((2 * n + 1, 1), G)
    f_star = G * float(np.abs(c - c[n]).mean())
    return Problem(
        oracle=AbsoluteDeviations(A, G * c),
        declares=[
            finite_sum(2 * n + 1),
            components_convex(),
            components_lipschitz(G),
            proximable_components(),
            attained(f_star, c[n : n + 1]),
        ],
    )


@family
def coordinate_absolute(
    rng,
    *,
    n: Annotated[int, between(1, 32)] = 1,
    G: Annotated[float, between(0.1, 10.0, log=True)] = 1.0,
):
    """f_i(x) = G |x_i| in n dimensions, from the point whose entries are all equal."""
    return Problem(
        oracle=AbsoluteDeviations(G * np.eye(n), np.zeros(n)),
        declares=[
            finite_sum(n),
            components_convex(),
            components_lipschitz(G),
            proximable_components(),
            attained(0.0, np.zeros(n)),
        ],
        start=np.full(n, 1 / np.sqrt(n)),
    )


@family
def planted_deviations(
    rng,
    *,
    d: Annotated[int, between(1, 5)] = 2,
    pairs: Annotated[int, between(0, 5)] = 2,
    noise: Annotated[float, between(0.01, 10.0, log=True)] = 1.0,
):
    """Least absolute deviations with rows of length 1, some residuals 0, the others in pairs.

    The 2 d rows with residual 0 make the minimizer the only one; in a pair one row has the
    residuals +r and -r, so that it adds 2 r to the sum of deviations near the minimizer.
    """
    A = rng.normal(size=(2 * d + pairs, d))
    A /= np.linalg.norm(A, axis=1, keepdims=True)
    r = noise * rng.uniform(0.1, 1.0, size=pairs)
    center = rng.normal(size=d)
    A = np.concatenate([A, A[2 * d :]])
    y = A @ center + np.concatenate([np.zeros(2 * d), r, -r])
    return Problem(
        oracle=AbsoluteDeviations(A, y),
        declares=[
            finite_sum(len(A)),
            components_convex(),
            components_lipschitz(1.0),
            proximable_components(),
            attained(float(2 * r.sum() / len(A)), center),
        ],
    )


@family
def scattered_absolute(
    rng,
    *,
    horizon: Annotated[int, between(2, 128)] = 10,
    G: Annotated[float, between(0.1, 10.0, log=True)] = 1.0,
):
    """f_i(x) = G |x_i - 1/sqrt(n)| from 0, with n = 0.45 horizon components.

    A step with one component moves one entry, and ``horizon`` steps reach each about twice.
    """
    n = round(0.45 * horizon)
    center = np.full(n, 1 / np.sqrt(n))
    return Problem(
        oracle=AbsoluteDeviations(G * np.eye(n), G * center),
        declares=[
            finite_sum(n),
            components_convex(),
            components_lipschitz(G),
            proximable_components(),
            attained(0.0, center),
        ],
        start=np.zeros(n),
    )
