"""Finite sums on the line whose components are not quadratic: Huber functions, and not convex."""

from typing import Annotated, NamedTuple

import numpy as np

from convlab.assumption import Certificate
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
    absolute,
    element,
    maximum,
    mean,
    minimum,
    sin,
    where,
)

__all__ = [
    "HuberSum",
    "KinkedSum",
    "OppositeCurvatures",
    "SineSum",
    "huber_sum",
    "kinked_pair",
    "opposite_curvatures",
    "sine_sum",
]


class HuberSum(NamedTuple):
    """f_i(x) = h(x) + v_i x on the line; h = L x^2 / 2 up to tau, then linear; the v_i sum to 0."""

    L: float
    tau: float
    v: Array

    @property
    def n(self):
        """Number of components."""
        return self.v.shape[-1]

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
        return self.v.shape[-1]

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


def _lowest(shift: float) -> float:
    """The infimum of x^2 + 3 sin(x)^2 - 2 shift x: within sqrt(3) of the shift, by Newton."""
    x = np.linspace(shift - 1.75, shift + 1.75, 3501)
    x = x[np.argmin(x**2 + 3 * np.sin(x) ** 2 - 2 * shift * x)]
    for _ in range(4):
        x -= (2 * x + 3 * np.sin(2 * x) - 2 * shift) / max(2 + 6 * np.cos(2 * x), 0.1)
    return float(x**2 + 3 * np.sin(x) ** 2 - 2 * shift * x)


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
    f'(x)^2/(2 f(x)) is 0.17553..., at x = 2.2017. As f_i lies between (x -+ shift)^2 -
    shift^2 and 3 more, its minimizer is within sqrt(3) of +-shift.
    """
    signs = np.repeat([1.0, -1.0], n)
    noise = function_noise(Certificate(-_lowest(shift), "minimum found by Newton", 1e-12))
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


class KinkedSum(NamedTuple):
    """f_i(x) = h(x) + v_i x on the line; h has curvature ``right`` on x >= 0, ``left`` on x < 0."""

    right: float
    left: float
    v: Array

    @property
    def n(self):
        """Number of components."""
        return self.v.shape[-1]

    def value(self, x):
        """(R, 1) -> (R, 1)."""
        return 0.5 * where(x >= 0, self.right * x * x, self.left * x * x)

    def gradient(self, x):
        """(R, 1) -> (R, 1)."""
        return where(x >= 0, self.right * x, self.left * x)

    def sample_value(self, x, i):
        """Mean over the components i, (R, b): (R, 1)."""
        return self.value(x) + mean(element(self.v, i)) * x

    def sample_gradient(self, x, i):
        """Mean over the components i, (R, b): (R, 1)."""
        return self.gradient(x) + mean(element(self.v, i))

    def sample_infimum(self, i):
        """Mean of the infima of the components i, (R, b): (R, 1)."""
        v = element(self.v, i)
        return -0.5 * mean(where(v < 0, v * v / self.right, v * v / self.left))

    def stochastic_gradient(self, x, rng):
        """The gradient of one component: (R, 1)."""
        return self.sample_gradient(x, integers(rng, self.n))


@family
def kinked_pair(
    rng,
    *,
    L: Annotated[float, between(0.1, 10.0, log=True)] = 1.0,
    kappa: Annotated[float, between(1.0, 1000.0, log=True)] = 10.0,
    shift: Annotated[float, between(0.01, 100.0, log=True)] = 1.0,
):
    """Two components with opposite slopes L shift at the minimizer 0, from 1.

    Both have curvature L/kappa on the right and L on the left, so that steps in different orders,
    or with different components, do not cancel.
    """
    noise = L * shift
    infima = noise**2 * (1 / L + kappa / L) / 4
    return Problem(
        oracle=KinkedSum(L / kappa, L, noise * np.array([1.0, -1.0])),
        declares=[
            finite_sum(2),
            components_strongly_convex(L / kappa),
            components_smooth(L),
            average_smooth(L),
            smooth(L),
            gradient_noise(noise**2),
            function_noise(Certificate(infima, "closed form")),
            known_infima(),
            attained(0.0, np.zeros(1)),
        ],
        start=np.ones(1),
    )


class OppositeCurvatures(NamedTuple):
    """f_i(x) = c_i x^2/2 + v_i x on the line; the c_i average to ``curvature``, the v_i to 0."""

    curvature: float
    c: Array
    v: Array

    @property
    def n(self):
        """Number of components."""
        return self.v.shape[-1]

    def value(self, x):
        """(R, 1) -> (R, 1)."""
        return 0.5 * self.curvature * x * x

    def gradient(self, x):
        """(R, 1) -> (R, 1)."""
        return self.curvature * x

    def sample_value(self, x, i):
        """Mean over the components i, (R, b): (R, 1)."""
        return 0.5 * mean(element(self.c, i)) * x * x + mean(element(self.v, i)) * x

    def sample_gradient(self, x, i):
        """Mean over the components i, (R, b): (R, 1)."""
        return mean(element(self.c, i)) * x + mean(element(self.v, i))

    def stochastic_gradient(self, x, rng):
        """The gradient of one component: (R, 1)."""
        return self.sample_gradient(x, integers(rng, self.n))


@family
def opposite_curvatures(
    rng,
    *,
    mu: Annotated[float, between(0.1, 10.0, log=True)] = 1.0,
    bend: Annotated[float, between(1.01, 30.0, log=True)] = 3.0,
    shift: Annotated[float, between(0.0, 10.0)] = 0.5,
):
    """Two components of curvatures mu (1 + bend) and mu (1 - bend) < 0: one is not convex.

    Their slopes at the minimizer 0 are mu shift and -mu shift, and the run starts at 1.
    """
    noise = mu * shift
    return Problem(
        oracle=OppositeCurvatures(
            mu, mu * np.array([1 + bend, 1 - bend]), noise * np.array([1.0, -1.0])
        ),
        declares=[
            finite_sum(2),
            components_smooth(mu * (1 + bend)),
            average_smooth(mu * bend),
            smooth(mu),
            strongly_convex(mu),
            gradient_noise(noise**2),
            attained(0.0, np.zeros(1)),
        ],
        start=np.ones(1),
    )
