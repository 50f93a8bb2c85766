"""Linear equations with random coefficients, for stochastic approximation."""

from typing import Annotated, NamedTuple

import numpy as np

from convlab.assumption import Certificate
from convlab.assumptions import (
    mean_square_stable,
    normal_system,
    random_system,
    signed_system,
)
from convlab.family import between, choice, family
from convlab.problem import Problem
from convlab.streams import normal, rademacher
from convlab.vocabulary import Array, matvec, sqnorm

__all__ = ["RandomSystem", "SignedSystem", "random_linear_system", "scalar_linear_system"]


class RandomSystem(NamedTuple):
    """A x = b with A_k = mean + sum_j xi_j M_j and b_k = mean center + root zeta.

    xi and zeta are independent standard normals; ``parts`` (m d, d) has the m matrices M_j one
    below another; ``covariance`` is that of A_k center - b_k.
    """

    mean: Array
    parts: Array
    root: Array
    center: Array
    covariance: Array

    def coefficients(self, rng, m):
        """The xi_j: (R, m)."""
        return normal(rng, m)

    def moved(self, x):
        """The M_j x, a list of m vectors (R, d)."""
        d = x.shape[-1]
        stacked = matvec(self.parts, x)
        return [stacked[:, j : j + d] for j in range(0, self.parts.shape[0], d)]

    def random_field(self, x, rng):
        """A_k x - b_k: (R, d) -> (R, d)."""
        moved = self.moved(x)
        xi = self.coefficients(rng, len(moved))
        field = matvec(self.mean, x - self.center) - matvec(self.root, normal(rng, x.shape[-1]))
        return field + sum(xi[:, j : j + 1] * v for j, v in enumerate(moved))

    def second_moment(self, x):
        """E |A_k x - b_k|^2: (R, d) -> (R, 1)."""
        field = sqnorm(matvec(self.mean, x - self.center)) + sum(sqnorm(v) for v in self.moved(x))
        return field + (self.root**2).sum()


class SignedSystem(RandomSystem):
    """The same with signs for the xi_j, so that A_k is bounded."""

    def coefficients(self, rng, m):
        """The xi_j: (R, m)."""
        return rademacher(rng, m)


def _oracle(law: str, mean, parts, root, center) -> RandomSystem:
    kind = {"normal": RandomSystem, "signs": SignedSystem}[law]
    shifts = parts @ center
    covariance = root @ root.T + shifts.T @ shifts
    return kind(mean, np.concatenate(parts), root, center, covariance)


def _stable(oracle: RandomSystem) -> float:
    """The longest step at which second moments stay bounded.

    1/h is the spectral radius of the map that takes S to the solution X of
    A X + X A^T = E A_k S A_k^T, where A is the mean.
    """
    A, d = oracle.mean, len(oracle.mean)
    seen = [A, *oracle.parts.reshape(-1, d, d)]
    drift = np.kron(A, np.eye(d)) + np.kron(np.eye(d), A)
    spread = np.linalg.solve(drift, sum(np.kron(M, M) for M in seen))
    return float(1 / np.abs(np.linalg.eigvals(spread)).max())


@family
def scalar_linear_system(
    rng,
    *,
    a: Annotated[float, between(0.1, 10.0, log=True)] = 1.0,
    ratio: Annotated[float, between(0.0, 3.0)] = 1.0,
    sigma: Annotated[float, between(0.0, 10.0)] = 1.0,
    start: Annotated[float, between(0.0, 10.0)] = 1.0,
    law: Annotated[str, choice("normal", "signs")] = "normal",
):
    """Numbers A_k of mean a and deviation ratio * a, and b_k of mean 0 and deviation sigma.

    ``law`` is that of A_k: normal, or one of two values.
    """
    A, b = np.full((1, 1), a), np.full((1, 1), sigma)
    system = {"normal": normal_system, "signs": signed_system}[law]
    return Problem(
        oracle=_oracle(law, A, ratio * A[None], b, np.zeros(1)),
        declares=[
            system(a, ratio * a, sigma),
            random_system(np.zeros(1)),
            mean_square_stable(Certificate(2 / (a * (1 + ratio**2)), "closed form")),
        ],
        start=np.full(1, start),
    )


@family
def random_linear_system(
    rng,
    *,
    d: Annotated[int, between(1, 4)] = 2,
    noise: Annotated[float, between(0.0, 0.5)] = 0.3,
    law: Annotated[str, choice("normal", "signs")] = "normal",
):
    """A random matrix that is not symmetric, with symmetric part at least the identity.

    Two random matrices of size ``noise`` enter with random coefficients, so that their effect
    depends on the solution, which is random.
    """
    first, second = rng.normal(size=(2, d, d))
    mean = np.eye(d) + first @ first.T / d + (second - second.T)
    parts, center = noise * rng.normal(size=(2, d, d)), rng.normal(size=d)
    oracle = _oracle(law, mean, parts, rng.normal(size=(d, d)), center)
    h = _stable(oracle)
    return Problem(
        oracle=oracle,
        declares=[
            random_system(center),
            mean_square_stable(Certificate(h, "spectral radius", 1e-10 * h)),
        ],
    )
