"""Finite sums whose components are not quadratic: logistic, nonsmooth, not convex."""

from typing import Annotated, NamedTuple

import numpy as np
from scipy.special import expit

from convlab.assumption import Certificate
from convlab.assumptions import (
    attained,
    average_smooth,
    components_convex,
    components_lipschitz,
    components_smooth,
    components_strongly_convex,
    finite_sum,
    function_noise,
    gradient_noise,
    interpolation,
    known_infima,
    pl,
    smooth,
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
    sigmoid,
    sign,
    sin,
    softplus,
    sqnorm,
)

__all__ = [
    "AbsoluteDeviations",
    "HuberSum",
    "Logistic",
    "SineSum",
    "absolute_deviations",
    "coordinate_absolute",
    "huber_sum",
    "logistic",
    "sine_sum",
]


class Logistic(NamedTuple):
    """f_i(x) = log(1 + exp(-a_i^T x)) + ridge |x|^2 / 2; the rows a_i carry the labels."""

    A: Array
    ridge: float
    infima: Array

    @property
    def n(self):
        """Number of components."""
        return self.A.shape[0]

    def value(self, x):
        """(R, d) -> (R, 1)."""
        return mean(softplus(-matvec(self.A, x))) + 0.5 * self.ridge * sqnorm(x)

    def gradient(self, x):
        """(R, d) -> (R, d)."""
        return self.ridge * x - rmatvec(self.A, sigmoid(-matvec(self.A, x))) / self.n

    def sample_value(self, x, i):
        """Mean over the components i, (R, b): (R, 1)."""
        return mean(softplus(-matvec(row(self.A, i), x))) + 0.5 * self.ridge * sqnorm(x)

    def sample_gradient(self, x, i):
        """Mean over the components i, (R, b): (R, d)."""
        rows = row(self.A, i)
        return self.ridge * x - rmatvec(rows, sigmoid(-matvec(rows, x))) / i.shape[1]

    def sample_infimum(self, i):
        """Mean of the infima of the components i, (R, b): (R, 1)."""
        return mean(element(self.infima, i))

    def stochastic_gradient(self, x, rng):
        """The gradient of one component: (R, d)."""
        return self.sample_gradient(x, integers(rng, self.n))


class AbsoluteDeviations(NamedTuple):
    """f_i(x) = |a_i^T x - y_i|; gradients are subgradients, 0 at the kink."""

    A: Array
    y: Array

    @property
    def n(self):
        """Number of components."""
        return self.A.shape[0]

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


class HuberSum(NamedTuple):
    """f_i(x) = h(x) + v_i x on the line; h = L x^2 / 2 up to tau, then linear; the v_i sum to 0."""

    L: float
    tau: float
    v: Array

    @property
    def n(self):
        """Number of components."""
        return self.v.shape[0]

    def value(self, x):
        """(R, 1) -> (R, 1)."""
        near = minimum(absolute(x), self.tau)
        return self.L * near * (absolute(x) - 0.5 * near)

    def gradient(self, x):
        """(R, 1) -> (R, 1)."""
        return self.L * maximum(minimum(x, self.tau), -self.tau)

    def sample_value(self, x, i):
        """Mean over the components i, (R, b): (R, 1)."""
        return self.value(x) + mean(element(self.v, i)) * x

    def sample_gradient(self, x, i):
        """Mean over the components i, (R, b): (R, 1)."""
        return self.gradient(x) + mean(element(self.v, i))

    def sample_infimum(self, i):
        """Mean of the infima of the components i, (R, b): (R, 1); while |v_i| <= L tau."""
        return -0.5 * mean(element(self.v, i) ** 2) / self.L

    def stochastic_gradient(self, x, rng):
        """The gradient of one component: (R, 1)."""
        return self.sample_gradient(x, integers(rng, self.n))


class SineSum(NamedTuple):
    """f_i(x) = x^2 + 3 sin(x)^2 - 2 v_i x on the line, where the v_i sum to 0."""

    v: Array

    @property
    def n(self):
        """Number of components."""
        return self.v.shape[0]

    def value(self, x):
        """(R, 1) -> (R, 1)."""
        return x * x + 3 * sin(x) ** 2

    def gradient(self, x):
        """(R, 1) -> (R, 1)."""
        return 2 * x + 3 * sin(2 * x)

    def sample_value(self, x, i):
        """Mean over the components i, (R, b): (R, 1)."""
        return self.value(x) - 2 * mean(element(self.v, i)) * x

    def sample_gradient(self, x, i):
        """Mean over the components i, (R, b): (R, 1)."""
        return self.gradient(x) - 2 * mean(element(self.v, i))

    def stochastic_gradient(self, x, rng):
        """The gradient of one component: (R, 1)."""
        return self.sample_gradient(x, integers(rng, self.n))


@family
def logistic(
    rng,
    *,
    n: Annotated[int, between(4, 50)] = 10,
    d: Annotated[int, between(1, 10)] = 3,
    ridge: Annotated[float, between(0.01, 1.0, log=True)] = 0.1,
):
    """Logistic regression on random data with random labels, and a ridge in every component.

    Its minimizer comes from Newton's method; the error follows from the gradient there and mu.
    """
    A = rng.normal(size=(n, d)) / np.sqrt(d)
    sizes = (A**2).sum(axis=1)
    x = _newton(A, ridge)
    weight = expit(-A @ x)
    gradients = ridge * x - weight[:, None] * A
    error = float(np.linalg.norm(gradients.mean(axis=0)) / ridge + 1e-15 * np.linalg.norm(x))
    f_star = float(np.logaddexp(0.0, -A @ x).mean() + 0.5 * ridge * x @ x)
    lengths = np.array([_newton(np.array([[size]]), ridge * size)[0] for size in sizes])
    infima = np.logaddexp(0.0, -sizes * lengths) + 0.5 * ridge * sizes * lengths**2
    L = float(np.linalg.eigvalsh(A.T @ A / n)[-1] / 4 + ridge)
    solved = "Newton's method; error from the gradient there"
    return Problem(
        oracle=Logistic(A, ridge, infima),
        declares=[
            finite_sum(n),
            components_strongly_convex(ridge),
            components_smooth(float(sizes.max() / 4 + ridge)),
            average_smooth(float(sizes.mean() / 4 + ridge)),
            smooth(Certificate(L, "largest eigenvalue of A^T A / 4 n, and the ridge")),
            attained(Certificate(f_star, solved, 1e-15), Certificate(x, solved, error)),
            gradient_noise(Certificate(float((gradients**2).sum(axis=1).mean()), solved)),
            function_noise(Certificate(float(f_star - infima.mean()), solved)),
            known_infima(),
        ],
    )


def _newton(A: np.ndarray, ridge: float) -> np.ndarray:
    """The minimizer of mean log(1 + exp(-A x)) + ridge |x|^2 / 2."""
    n, d = A.shape
    x = np.zeros(d)
    for _ in range(50):
        p = expit(-A @ x)
        hessian = (A.T * (p * (1 - p))) @ A / n + ridge * np.eye(d)
        x = x - np.linalg.solve(hessian, ridge * x - A.T @ p / n)
    return x


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
            attained(0.0, np.zeros(n)),
        ],
        start=np.full(n, 1 / np.sqrt(n)),
    )


@family
def huber_sum(
    rng,
    *,
    L: Annotated[float, between(0.1, 10.0, log=True)] = 1.0,
    travel: Annotated[float, between(1.0, 1000.0, log=True)] = 8.0,
    noise: Annotated[float, between(0.0, 10.0)] = 0.0,
):
    """f_i(x) = h(x) -+ noise x, with a Huber function h of slope L/travel.

    Without noise, steps eta_k bring a run from 1 to the minimizer when L sum eta_k reaches
    ``travel``: then the average of the iterates comes close to the bound D^2/(2 sum eta_k) that
    holds on convex functions.
    """
    declares = [
        finite_sum(2),
        components_convex(),
        components_smooth(L),
        average_smooth(L),
        smooth(L),
        attained(0.0, np.zeros(1)),
        gradient_noise(noise**2) if noise else interpolation(),
    ]
    if noise <= L / travel:
        declares += [function_noise(noise**2 / (2 * L)), known_infima()]
    return Problem(
        oracle=HuberSum(L, 1 / travel, noise * np.array([1.0, -1.0])),
        declares=declares,
        start=np.ones(1),
    )


@family
def sine_sum(
    rng,
    *,
    n: Annotated[int, between(1, 8)] = 2,
    shift: Annotated[float, between(0.0, 3.0)] = 1.0,
):
    """f_i(x) = x^2 + 3 sin(x)^2 -+ 2 shift x, one half each: PL and not convex.

    The bowl of Karimi, Nutini and Schmidt, *Linear convergence of gradient and proximal-gradient
    methods under the Polyak-Lojasiewicz condition* (2016), section 2.2; the smallest
    f'(x)^2/(2 f(x)) is 0.17553..., at x = 2.2017. As f_i >= (x -+ shift)^2 - shift^2, the
    function noise is at most shift^2.
    """
    signs = np.repeat([1.0, -1.0], n)
    noise = function_noise(Certificate(shift**2, "lower bound for each component"))
    return Problem(
        oracle=SineSum(shift * signs),
        declares=[
            finite_sum(2 * n),
            components_smooth(8.0),
            average_smooth(8.0),
            smooth(8.0),
            pl(Certificate(0.1755, "minimum of f'^2/(2 f) over the line, rounded down")),
            attained(0.0, np.zeros(1)),
            noise if shift else interpolation(),
        ],
        radius=3.0,
    )
