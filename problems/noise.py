"""Gradient noise, as a part of its own: any problem with a gradient gets a stochastic gradient.

``noisy(problem, Gaussian(0.5))`` is the problem with ``stochastic_gradient(x, rng)`` beside its
other oracles, and with what is known of the noise among its certificates. Laws of finite variance
have independent entries, or one sign for the whole vector; heavy-tailed laws are a scalar times a
direction, so that the moments of the norm have closed forms.
"""

import math
from dataclasses import replace
from typing import Annotated, Any, NamedTuple

import numpy as np
from scipy.special import beta, gamma, hyp2f1

from convlab.assumption import Assumption, Certificate
from convlab.assumptions import (
    affine_variance,
    alpha_moment,
    attained,
    bounded_second_moment,
    bounded_subgradients,
    bounded_variance,
    convex,
    gaussian_noise,
    scaled_gradient,
    smooth,
    unbiased,
)
from convlab.errors import ConvlabError
from convlab.family import between, choice, family
from convlab.problem import Problem
from convlab.streams import (
    bernoulli,
    integers,
    normal,
    pareto,
    rademacher,
    student,
    subset,
    symmetric_pareto,
    two_point,
)
from convlab.vocabulary import concat, norm, zeros_like
from problems.huber import Huber, huber_width
from problems.nonsmooth import Corner
from problems.quadratics import parabola_between, quadratic

__all__ = [
    "Affine",
    "Exact",
    "Gaussian",
    "HeavyTailed",
    "Minibatch",
    "Noisy",
    "OneSidedPareto",
    "Student",
    "SymmetricPareto",
    "ThreePoint",
    "TwoPoint",
    "affine_noise_quadratic",
    "corner_two_point",
    "heavy_tailed_quadratic",
    "huber_three_point",
    "huber_two_point",
    "noisy",
    "noisy_huber",
    "noisy_quadratic",
    "parabola_three_point",
    "parabola_two_point",
]


class Exact(NamedTuple):
    """No noise."""

    def stochastic_gradient(self, oracle, x, rng):
        """(R, d) -> (R, d)."""
        return oracle.gradient(x)

    def declares(self, problem: Problem) -> list[Assumption]:
        """Variance 0."""
        return [bounded_variance(0.0)]


class Gaussian(NamedTuple):
    """Independent normal entries; the norm has second moment sigma^2."""

    sigma: float = 1.0

    def stochastic_gradient(self, oracle, x, rng):
        """(R, d) -> (R, d)."""
        d = x.shape[-1]
        return oracle.gradient(x) + self.sigma / math.sqrt(d) * normal(rng, d)

    def declares(self, problem: Problem) -> list[Assumption]:
        """The law, and with it the variance."""
        return [gaussian_noise(self.sigma)]


class TwoPoint(NamedTuple):
    """Independent entries on two points, the larger with probability p; second moment sigma^2."""

    sigma: float = 1.0
    p: float = 0.5

    def stochastic_gradient(self, oracle, x, rng):
        """(R, d) -> (R, d)."""
        d = x.shape[-1]
        return oracle.gradient(x) + self.sigma / math.sqrt(d) * two_point(rng, d, self.p)

    def declares(self, problem: Problem) -> list[Assumption]:
        """The variance."""
        return [bounded_variance(self.sigma)]


class ThreePoint(NamedTuple):
    """Independent entries, 0 but with probability ``rate``: then of one size, with a random sign.

    The norm has second moment sigma^2; an entry has the kurtosis 1/rate.
    """

    sigma: float = 1.0
    rate: float = 0.5

    def stochastic_gradient(self, oracle, x, rng):
        """(R, d) -> (R, d)."""
        d = x.shape[-1]
        signs = bernoulli(rng, self.rate, d) * rademacher(rng, d)
        return oracle.gradient(x) + self.sigma / (d * self.rate) ** 0.5 * signs

    def declares(self, problem: Problem) -> list[Assumption]:
        """The variance."""
        return [bounded_variance(self.sigma)]


class Affine(NamedTuple):
    """Variance sigma^2 + sigma_1^2 |grad f(x)|^2, exactly.

    Normal entries of total variance sigma^2, and a random sign times sigma_1 times the gradient.
    """

    sigma: float = 1.0
    sigma_1: float = 1.0

    def stochastic_gradient(self, oracle, x, rng):
        """(R, d) -> (R, d)."""
        d = x.shape[-1]
        flip = 2.0 * bernoulli(rng, 0.5) - 1.0
        scaled = (1.0 + self.sigma_1 * flip) * oracle.gradient(x)
        return scaled + self.sigma / math.sqrt(d) * normal(rng, d)

    def declares(self, problem: Problem) -> list[Assumption]:
        """The two constants of the variance, and the law where nothing is added to the gradient."""
        if self.sigma == 0:
            return [scaled_gradient(self.sigma_1)]
        return [affine_variance(self.sigma, self.sigma_1)]


class _Size(NamedTuple):
    sigma: float
    alpha: float
    tail: float
    scale: float


class HeavyTailed(_Size):
    """A random number of tail index ``tail``, times ``scale``, times a uniform direction.

    The norm has moment sigma^alpha of order alpha < tail, which the scale, made once, sees to. A
    law says what the ``number`` is, and its absolute ``moment``.
    """

    __slots__ = ()

    def __new__(
        cls, sigma: float = 1.0, alpha: float = 1.5, tail: float = 1.6, scale: Any = None
    ) -> "HeavyTailed":
        if scale is None:
            unit = super().__new__(cls, sigma, alpha, tail, 1.0)
            scale = sigma / unit.moment(alpha) ** (1 / alpha)
        return super().__new__(cls, sigma, alpha, tail, scale)

    def __str__(self) -> str:
        return f"{type(self).__name__}(sigma={self.sigma}, alpha={self.alpha}, tail={self.tail})"

    def moment(self, a: float) -> float:
        """E|number|^a."""
        raise NotImplementedError

    def number(self, rng):
        """(R, 1)."""
        raise NotImplementedError

    def stochastic_gradient(self, oracle, x, rng):
        """(R, d) -> (R, d)."""
        number, v = self.number(rng), normal(rng, x.shape[-1])
        return oracle.gradient(x) + self.scale * number * v / norm(v)

    def declares(self, problem: Problem) -> list[Assumption]:
        """The moment of order alpha, and the variance where there is one."""
        alpha, tail = self.alpha, self.tail
        if not 1 < alpha < tail:
            raise ConvlabError(
                f"{self} has no moment of order alpha: choose alpha and tail with 1 < alpha < tail"
            )
        how = f"closed form of the moment of order {alpha:g} at tail index {tail:g}"
        found = [alpha_moment(alpha, Certificate(self.sigma, how))]
        if tail > 2:
            variance = Certificate(self.scale * math.sqrt(self.moment(2)), "closed form")
            found.append(bounded_variance(variance))
        return found


class Student(HeavyTailed):
    """A t variate with ``tail`` degrees of freedom times a uniform direction.

    E|t|^a = tail^(a/2) Gamma((a+1)/2) Gamma((tail-a)/2) / (sqrt(pi) Gamma(tail/2)).
    """

    __slots__ = ()

    def moment(self, a: float) -> float:
        """E|t|^a."""
        nu = self.tail
        top = nu ** (a / 2) * gamma((a + 1) / 2) * gamma((nu - a) / 2)
        return float(top / (math.sqrt(math.pi) * gamma(nu / 2)))

    def number(self, rng):
        """(R, 1)."""
        return student(rng, 1, self.tail)


class SymmetricPareto(HeavyTailed):
    """A Pareto variate of index ``tail`` times a uniform direction: E X^a = tail / (tail - a)."""

    __slots__ = ()

    def moment(self, a: float) -> float:
        """E X^a."""
        return self.tail / (self.tail - a)

    def number(self, rng):
        """(R, 1)."""
        return symmetric_pareto(rng, 1, self.tail)


class OneSidedPareto(HeavyTailed):
    """A centered Pareto variate of index ``tail`` in the first coordinate: skewed.

    With m = tail/(tail-1), the mean,
    E|X - m|^a = tail m^(a-tail) (B(a+1, tail-a) + u^(a+1)/(a+1) 2F1(a+1, tail+1; a+2; u)) at
    u = 1/tail: the two sides of the mean, with x = m/(1-v) below it.
    """

    __slots__ = ()

    def moment(self, a: float) -> float:
        """E|X - m|^a."""
        s, u = self.tail, 1 / self.tail
        above = beta(a + 1, s - a)
        below = u ** (a + 1) / (a + 1) * hyp2f1(a + 1, s + 1, a + 2, u)
        return float(s * (s / (s - 1)) ** (a - s) * (above + below))

    def number(self, rng):
        """(R, 1)."""
        return pareto(rng, 1, self.tail) - self.tail / (self.tail - 1)

    def stochastic_gradient(self, oracle, x, rng):
        """(R, d) -> (R, d)."""
        return oracle.gradient(x) + concat(self.scale * self.number(rng), zeros_like(x[:, 1:]))


class Minibatch(NamedTuple):
    """The mean of b component gradients of a finite sum, with or without replacement."""

    b: int = 1
    replacement: bool = False

    def stochastic_gradient(self, oracle, x, rng):
        """(R, d) -> (R, d)."""
        n = oracle.n
        chosen = integers(rng, n, self.b) if self.replacement else subset(rng, n, self.b)
        return oracle.sample_gradient(x, chosen)

    def declares(self, problem: Problem) -> list[Assumption]:
        """No bias; a bound on the variance where the problem has one for single components.

        Without replacement the variance falls by (n - b)/(b (n - 1)), with replacement by 1/b.
        """
        single = problem.assumptions.get(bounded_variance)
        if single is None:
            return [unbiased()]
        n = problem.oracle.n
        share = 1 / self.b if self.replacement else (n - self.b) / (self.b * max(n - 1, 1))
        sigma = single.certificates()["sigma"]
        return [bounded_variance(replace(sigma, value=math.sqrt(share) * sigma.value))]


class Noisy(NamedTuple):
    """An oracle with a stochastic gradient; everything else is the oracle's own."""

    exact: Any
    noise: Any

    def value(self, x):
        """(R, d) -> (R, 1)."""
        return self.exact.value(x)

    def gradient(self, x):
        """(R, d) -> (R, d)."""
        return self.exact.gradient(x)

    def stochastic_gradient(self, x, rng):
        """(R, d) -> (R, d)."""
        return self.noise.stochastic_gradient(self.exact, x, rng)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.exact, name)


def noisy(problem: Problem, noise: Any) -> Problem:
    """The problem with a noisy gradient beside its other oracles; Gaussian, Minibatch, ...

    What the problem declared of another stochastic gradient is replaced. Raises ConvlabError
    where the problem has no gradient, or is no finite sum and should be sampled.

    >>> from problems.quadratics import quadratic
    >>> problem = noisy(quadratic(), Gaussian(0.5))
    >>> problem.constants["sigma"]
    0.5
    """
    needed = "sample_gradient" if isinstance(noise, Minibatch) else "gradient"
    if not hasattr(problem.oracle, needed):
        raise ConvlabError(
            f"{type(noise).__name__} noise needs the oracle '{needed}', which {problem.name} lacks"
        )
    about_noise = {
        unbiased,
        bounded_variance,
        alpha_moment,
        affine_variance,
        gaussian_noise,
        scaled_gradient,
    }
    kept = [a for a in problem.declares if a.definition not in about_noise]
    return replace(
        problem,
        oracle=Noisy(problem.oracle, noise),
        declares=[*kept, *noise.declares(problem)],
        name=f"{problem.name} + {noise}",
    )


_LIGHT: dict[str, Any] = {
    "gaussian": Gaussian,
    "two_point": lambda sigma: TwoPoint(sigma, 0.1),
    "student": lambda sigma: Student(sigma, 2.0, 3.0),
    "pareto": lambda sigma: OneSidedPareto(sigma, 2.0, 3.0),
}
_HEAVY: dict[str, Any] = {
    "student": Student,
    "pareto": SymmetricPareto,
    "one_sided_pareto": OneSidedPareto,
}


@family
def noisy_quadratic(
    rng,
    *,
    d: Annotated[int, between(1, 10)] = 3,
    L: Annotated[float, between(0.1, 100.0, log=True)] = 1.0,
    kappa: Annotated[float, between(1.0, 100.0, log=True)] = 10.0,
    sigma: Annotated[float, between(0.01, 10.0, log=True)] = 1.0,
    law: Annotated[str, choice("gaussian", "two_point", "student", "pareto")] = "gaussian",
):
    """A quadratic with additive noise of finite variance sigma^2."""
    base = quadratic(int(rng.integers(2**32)), d=d, L=L, kappa=kappa)
    return noisy(base, _LIGHT[law](sigma))


@family
def affine_noise_quadratic(
    rng,
    *,
    d: Annotated[int, between(1, 10)] = 3,
    L: Annotated[float, between(0.1, 100.0, log=True)] = 1.0,
    kappa: Annotated[float, between(1.0, 100.0, log=True)] = 10.0,
    sigma: Annotated[float, between(0.01, 10.0, log=True)] = 1.0,
    sigma_1: Annotated[float, between(0.01, 3.0, log=True)] = 1.0,
):
    """A quadratic with noise of variance sigma^2 + sigma_1^2 |grad f(x)|^2."""
    base = quadratic(int(rng.integers(2**32)), d=d, L=L, kappa=kappa)
    return noisy(base, Affine(sigma, sigma_1))


@family
def heavy_tailed_quadratic(
    rng,
    *,
    d: Annotated[int, between(1, 10)] = 3,
    L: Annotated[float, between(0.1, 100.0, log=True)] = 1.0,
    kappa: Annotated[float, between(1.0, 100.0, log=True)] = 10.0,
    alpha: Annotated[float, between(1.1, 1.9)] = 1.5,
    sigma: Annotated[float, between(0.01, 10.0, log=True)] = 1.0,
    law: Annotated[str, choice("student", "pareto", "one_sided_pareto")] = "student",
):
    """A quadratic with noise of infinite variance: moment sigma^alpha, tail index alpha + 0.1."""
    base = quadratic(int(rng.integers(2**32)), d=d, L=L, kappa=kappa)
    return noisy(base, _HEAVY[law](sigma, alpha, alpha + 0.1))


@family
def noisy_huber(
    rng,
    *,
    d: Annotated[int, between(1, 10)] = 1,
    L: Annotated[float, between(0.1, 100.0, log=True)] = 1.0,
    tau: Annotated[float, between(0.001, 1.0, log=True)] = 0.1,
    sigma: Annotated[float, between(0.01, 10.0, log=True)] = 1.0,
    law: Annotated[str, choice("gaussian", "two_point", "student", "pareto")] = "gaussian",
):
    """The Huber function, convex and not strongly, with additive noise of variance sigma^2."""
    base = Problem(
        oracle=Huber(L, tau),
        declares=[convex(), smooth(L), attained(0.0, np.zeros(d))],
        name="huber",
    )
    return noisy(base, _LIGHT[law](sigma))


Share = Annotated[float, between(0.0, 1.0)]
Scale = Annotated[float, between(0.1, 100.0, log=True)]
Condition = Annotated[float, between(1.1, 100.0, log=True)]
Sigma = Annotated[float, between(0.01, 10.0, log=True)]
Width = Annotated[float, between(1e-3, 1.0, log=True)]
Probability = Annotated[float, between(0.001, 0.999)]
Rate = Annotated[float, between(0.001, 1.0, log=True)]


@family
def parabola_two_point(
    rng,
    *,
    share: Share = 0.5,
    L: Scale = 1.0,
    kappa: Condition = 10.0,
    sigma: Sigma = 1.0,
    p: Probability = 0.5,
):
    """``parabola_between`` with noise on two points: the skewness is (1 - 2p)/sqrt(p (1 - p))."""
    return noisy(parabola_between.make(rng, share=share, L=L, kappa=kappa), TwoPoint(sigma, p))


@family
def parabola_three_point(
    rng,
    *,
    share: Share = 0.5,
    L: Scale = 1.0,
    kappa: Condition = 10.0,
    sigma: Sigma = 1.0,
    rate: Rate = 0.5,
):
    """``parabola_between`` with symmetric noise on three points, of kurtosis 1/rate."""
    base = parabola_between.make(rng, share=share, L=L, kappa=kappa)
    return noisy(base, ThreePoint(sigma, rate))


@family
def huber_two_point(
    rng, *, tau: Width = 0.1, L: Scale = 1.0, sigma: Sigma = 1.0, p: Probability = 0.5
):
    """``huber_width`` with noise on two points: the skewness is (1 - 2p)/sqrt(p (1 - p))."""
    return noisy(huber_width.make(rng, tau=tau, L=L), TwoPoint(sigma, p))


@family
def huber_three_point(
    rng, *, tau: Width = 0.1, L: Scale = 1.0, sigma: Sigma = 1.0, rate: Rate = 0.5
):
    """``huber_width`` with symmetric noise on three points, of kurtosis 1/rate."""
    return noisy(huber_width.make(rng, tau=tau, L=L), ThreePoint(sigma, rate))


@family
def corner_two_point(
    rng,
    *,
    right: Annotated[float, between(0.001, 0.99, log=True)] = 0.5,
    left: Annotated[float, between(0.001, 0.99, log=True)] = 0.5,
    start: Annotated[float, between(0.01, 10.0, log=True)] = 1.0,
    p: Probability = 0.5,
):
    """f(x) = right max(x, 0) + left max(-x, 0) with noise on two points.

    The larger slope s and the noise have s^2 + sigma^2 = 1, the second moment declared.
    """
    sigma = math.sqrt(1 - max(right, left) ** 2)
    base = Problem(
        oracle=Corner(right, left),
        declares=[
            convex(),
            bounded_subgradients(Certificate(1.0, "bound on the slopes")),
            bounded_second_moment(Certificate(1.0, "sum of two squares")),
            attained(0.0, np.zeros(1)),
        ],
        start=np.array([start]),
    )
    return noisy(base, TwoPoint(sigma, p))
