"""Games of two players as operators: linear ones that are normal, and a nonlinear one."""

from dataclasses import replace
from typing import Annotated, NamedTuple

import numpy as np

from convlab.assumption import Assumption, Certificate
from convlab.assumptions import (
    cocoercive,
    comonotone,
    evenly_monotone,
    lipschitz,
    monotone,
    noisy_operator,
    nonexpansive,
    normal_linear,
    normal_operator_noise,
    players_noise,
    resolvable,
    spiral,
    strongly_stable,
    zero,
)
from convlab.family import between, family
from convlab.problem import Problem
from convlab.streams import normal
from convlab.vocabulary import Array, concat, inner, maximum, minimum, sin, split, sqnorm

__all__ = [
    "Bend",
    "NoisyGame",
    "NormalGame",
    "Waves",
    "bent_operator",
    "comonotone_game",
    "noisy_game",
    "nonexpansive_bend",
    "nonexpansive_rotation",
    "rotation",
    "spiral_game",
    "stable_waves",
    "strong_game",
    "two_faces",
    "waves",
]

Size = Annotated[float, between(0.01, 100.0, log=True)]
Share = Annotated[float, between(0.0, 0.99)]


class NormalGame(NamedTuple):
    """min over u, max over v of the sum over i of a_i (u_i^2 - v_i^2)/2 - b_i u_i v_i.

    Its operator on x = (u, v) has the eigenvalues a_i + i b_i, ``real`` and ``imaginary`` parts,
    and their conjugates.
    """

    real: Array
    imaginary: Array

    def operator(self, x):
        """(R, 2n) -> (R, 2n): the gradient in u, minus the gradient in v."""
        u, v = split(x, self.real.shape[-1])
        return concat(self.real * u - self.imaginary * v, self.imaginary * u + self.real * v)

    def adjoint(self, x):
        """(R, 2n) -> (R, 2n): the transpose of the operator."""
        u, v = split(x, self.real.shape[-1])
        return concat(self.real * u + self.imaginary * v, self.real * v - self.imaginary * u)

    def resolvent(self, x, step):
        """(R, 2n) -> (R, 2n): the solution p of p + step F(p) = x."""
        u, v = split(x, self.real.shape[-1])
        p, q = 1 + step * self.real, step * self.imaginary
        size = p * p + q * q
        return concat((p * u + q * v) / size, (p * v - q * u) / size)


def _normal(a, b, extra=(), start=None):
    """The game with these eigenvalues: its constants are those of the worst of them."""
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    square = a * a + b * b
    rho = max(0.0, float((-a / square).max()))
    declared = [
        comonotone(Certificate(rho, "largest -Re/|.|^2 of the eigenvalues")),
        lipschitz(Certificate(float(np.sqrt(square.max())), "largest modulus of the eigenvalues")),
        normal_linear(),
        resolvable(),
        zero(np.zeros(2 * len(a))),
    ]
    if rho == 0:
        declared.insert(0, monotone())
    return Problem(oracle=NormalGame(a, b), declares=[*extra, *declared], start=start)


@family
def spiral_game(rng, *, share: Share = 0.25, L: Size = 1.0):
    """One pair of eigenvalues of modulus L with real part -rho L^2, where rho = share/L.

    All trajectories of a method are alike up to rotation and scale, so there is one start.
    """
    a, b = -share * L, np.sqrt(1 - share**2) * L
    return _normal([a], [b], extra=[spiral(share / L, L)], start=np.array([1.0, 0.0]))


@family
def comonotone_game(
    rng,
    *,
    n: Annotated[int, between(2, 12)] = 9,
    share: Share = 0.1,
    decades: Annotated[float, between(0.0, 4.0)] = 2.0,
    L: Size = 1.0,
):
    """Eigenvalues on the border of what is comonotone: Re = -rho |.|^2, where rho = share/L.

    Their moduli are spaced evenly in the logarithm, from L downwards; the start has equal shares
    of them.
    """
    modulus = L * 10.0 ** -np.linspace(0.0, decades, n)
    cosine = -share * modulus / L
    sine = np.sqrt(1 - cosine**2)
    return _normal(modulus * cosine, modulus * sine, start=np.full(2 * n, (2 * n) ** -0.5))


@family
def two_faces(rng, *, L: Size = 1.0):
    """Eigenvalues L, and L times a third root of unity: comonotone with rho = 1/(2L).

    Extrapolation steps below 1/L are too short for the second, longer ones too long for the first.
    """
    start = np.array([0.5, 0.5, 0.5, 0.5])
    return _normal([L, -L / 2], [0.0, np.sqrt(0.75) * L], start=start)


class Waves(NamedTuple):
    """min over u, max over v of c (u^2 - v^2)/2 + s (cos u - cos v) - u v: neither convex."""

    c: float
    s: float

    def operator(self, x):
        """(R, 2) -> (R, 2): the gradient in u, minus the gradient in v."""
        u, v = split(x, 1)
        return concat(
            self.c * u - self.s * sin(u) - v,
            self.c * v - self.s * sin(v) + u,
        )


@family
def waves(
    rng,
    *,
    dent: Annotated[float, between(0.01, 0.1)] = 0.05,
    hill: Annotated[float, between(0.1, 1.0)] = 0.5,
):
    """A game of one variable each, with curvatures between -dent and hill in either.

    With p, q in [-dent, hill] on the diagonal the Jacobian J = [[p, -1], [1, q]] has determinant
    1 + p q > 0 and a bounded inverse, so that F is a diffeomorphism of the plane, and
    F^(-1) + rho I is monotone where the symmetric part diag(q, p)/(1 + p q) of J^(-1) is at least
    -rho: rho = dent/(1 - dent hill). The norm of J is largest at a corner.
    """
    corners = [np.array([[p, -1.0], [1.0, q]]) for p in (-dent, hill) for q in (-dent, hill)]
    L = max(np.linalg.norm(J, 2) for J in corners)
    return Problem(
        oracle=Waves((hill - dent) / 2, (hill + dent) / 2),
        declares=[
            comonotone(Certificate(dent / (1 - dent * hill), "smallest eigenvalue at a corner")),
            lipschitz(Certificate(float(L), "largest norm of the Jacobian, at a corner")),
            zero(np.zeros(2)),
        ],
        radius=4.0,
    )


@family
def stable_waves(
    rng,
    *,
    dent: Annotated[float, between(0.01, 0.1)] = 0.05,
    hill: Annotated[float, between(0.2, 1.0)] = 0.5,
):
    """The same waves, shifted: strongly stable at the solution 0, and not monotone elsewhere.

    The Jacobian at 0 is [[hill, -1], [1, hill]], and t sin t >= -0.2173 t^2.
    """
    oracle = Waves((hill - dent) / 2, -(hill + dent) / 2)
    mu = Certificate((hill - dent - 0.2173 * (hill + dent)) / 2, "least value of sin(t)/t")
    return Problem(
        oracle=oracle,
        declares=[strongly_stable(mu), *waves.make(rng, dent=dent, hill=hill).declares],
        radius=0.5,
    )


class NoisyGame(NamedTuple):
    """A game whose players see their gradients with normal noise, additive and multiplicative.

    Player i sees g_i = (1 + sigma_1 xi_i) F_i(x) + sigma zeta_i, with xi_i normal and zeta normal
    with covariance I/d; d is the number of all coordinates, half of which are his.
    """

    exact: NormalGame | Waves
    sigma: float
    sigma_1: float
    d: int

    def operator(self, x):
        """(R, d) -> (R, d): the expectation of what the players see."""
        return self.exact.operator(x)

    def adjoint(self, x):
        """(R, d) -> (R, d): the transpose of the operator, where it is linear."""
        return self.exact.adjoint(x)  # type: ignore[union-attr]

    def players(self, x):
        """(R, d) -> (R, d): the squared norms of the players' blocks, at each coordinate."""
        first, second = split(x, self.d // 2)
        return concat(sqnorm(first) + 0 * first, sqnorm(second) + 0 * second)

    def regret(self, x):
        """(R, d) -> (R, 1): of the first player against (-1, ..., -1), losses linearized."""
        action, _ = split(x, self.d // 2)
        slope, _ = split(self.exact.operator(x), self.d // 2)
        return inner(slope, action + 1)

    def stochastic_operator(self, x, rng):
        """(R, d) -> (R, d): what the players see."""
        first, second = split(self.exact.operator(x), self.d // 2)
        xi, zeta = normal(rng, 2), normal(rng, self.d)
        first, second = (
            first * (1 + self.sigma_1 * xi[:, :1]),
            second * (1 + self.sigma_1 * xi[:, 1:]),
        )
        return concat(first, second) + self.sigma / self.d**0.5 * zeta


def _noise(sigma: float, sigma_1: float) -> Assumption:
    """The most that is true of the noise of :func:`noisy_game`."""
    if sigma and sigma_1:
        return noisy_operator(sigma, sigma_1)
    return normal_operator_noise(sigma) if sigma else players_noise(sigma_1)


def noisy_game(problem: Problem, sigma: float = 0.0, sigma_1: float = 0.0) -> Problem:
    """The game with noisy feedback ``stochastic_operator`` beside its other oracles.

    >>> noisy_game(spiral_game(share=0.0), sigma_1=1.0).constants["sigma_1"]
    1.0
    """
    d = len(problem.constants["x_star"])
    return replace(
        problem,
        oracle=NoisyGame(problem.oracle, sigma, sigma_1, d),
        declares=[
            *(a for a in problem.declares if a.definition is not resolvable),
            _noise(sigma, sigma_1),
        ],
        name=f"{problem.name} + noise(sigma={sigma!r}, sigma_1={sigma_1!r})",
    )


@family
def strong_game(
    rng,
    *,
    mu: Annotated[float, between(0.1, 10.0, log=True)] = 1.0,
    turn: Annotated[float, between(0.0, 3.0)] = 1.0,
    n: Annotated[int, between(1, 6)] = 1,
):
    """Eigenvalues mu + i b with b up to ``turn`` mu: strongly monotone."""
    return _normal(
        np.full(n, mu), turn * mu * np.linspace(1.0, 0.5, n), extra=[evenly_monotone(mu)]
    )


@family
def rotation(
    rng,
    *,
    angle: Annotated[float, between(0.0, 1.57)] = np.pi / 4,
    modulus: Size = 1.0,
):
    """F(x) = modulus R x, where R turns the plane by less than pi/2, from (1, 0).

    <F(x), x> = modulus cos(angle) |x|^2 = cos(angle)/modulus |F(x)|^2: strongly monotone, and
    cocoercive with beta = cos(angle)/modulus. At pi/2 it would be ``spiral_game`` with share 0.
    """
    a, b = modulus * np.cos(angle), modulus * np.sin(angle)
    sharper = [evenly_monotone(a), cocoercive(np.cos(angle) / modulus)]
    return _normal([a], [b], extra=sharper, start=np.array([1.0, 0.0]))


@family
def nonexpansive_rotation(
    rng,
    *,
    angle: Annotated[float, between(0.0, np.pi)] = np.pi / 2,
    modulus: Annotated[float, between(0.0, 1.0)] = 1.0,
):
    """T(x) = modulus R x, where R turns by ``angle``, from (1, 0); the fixed point is 0."""
    a, b = modulus * np.cos(angle), modulus * np.sin(angle)
    return Problem(
        oracle=NormalGame(np.array([a]), np.array([b])),
        declares=[nonexpansive(np.zeros(2)), normal_linear()],
        start=np.array([1.0, 0.0]),
    )


class Bend(NamedTuple):
    """F(x) = near x up to |x| = kink, with the slope ``far`` from there on, on the line."""

    near: float
    far: float
    kink: float

    def operator(self, x):
        """(R, 1) -> (R, 1)."""
        inside = minimum(maximum(x, -self.kink), self.kink)
        return self.near * inside + self.far * (x - inside)

    def resolvent(self, x, step):
        """(R, 1) -> (R, 1): the solution p of p + step F(p) = x."""
        steep = 1 + step * self.near
        inside = minimum(maximum(x / steep, -self.kink), self.kink)
        return inside + (x - steep * inside) / (1 + step * self.far)


@family
def bent_operator(
    rng,
    *,
    near: Annotated[float, between(0.01, 1.0)] = 1.0,
    far: Annotated[float, between(0.0, 1.0)] = 0.0,
    kink: Annotated[float, between(1e-4, 1.0, log=True)] = 0.1,
    L: Size = 1.0,
):
    """The derivative of a Huber function, from 1: slope near L up to ``kink``, far L beyond."""
    bound = "bound on the slopes"
    return Problem(
        oracle=Bend(near * L, far * L, kink),
        declares=[
            cocoercive(Certificate(1 / L, bound)),
            lipschitz(Certificate(L, bound)),
            resolvable(),
            zero(np.zeros(1)),
        ],
        start=np.ones(1),
    )


@family
def nonexpansive_bend(
    rng,
    *,
    near: Annotated[float, between(-1.0, 1.0)] = -1.0,
    far: Annotated[float, between(-1.0, 1.0)] = 1.0,
    kink: Annotated[float, between(1e-4, 1.0, log=True)] = 0.1,
):
    """T with slopes between -1 and 1 on the line, from 1; the fixed point is 0.

    By default a reflection near 0 and a shift by 2 kink away from it. With kink = 1/(N + 1) it is
    worst for N steps of Halpern's iteration: F. Lieder, *On the convergence rate of the
    Halpern-iteration*, Optim. Lett. 15 (2021).
    """
    return Problem(
        oracle=Bend(near, far, kink), declares=[nonexpansive(np.zeros(1))], start=np.ones(1)
    )
