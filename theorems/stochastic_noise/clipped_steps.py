"""Clipped gradient descent on a round bowl, step by step: exactly.

Derived from the definition. On mu |x - x*|^2/2, in any dimension, the gradient points away from x*
and has the length mu |x - x*|. Clipped to length tau it keeps its direction, so that a step brings
x nearer by eta tau, as long as the gradient is longer than tau, and by eta mu |x - x*| from then
on. With eta = 1/mu and tau a tenth of the first gradient every step but the last covers a tenth of
the way.
"""

from sympy import FiniteSet, Interval, Min, Rational

from convlab.algorithms.clipped import clipped_sgd
from convlab.algorithms.stochastic import sgd
from convlab.assumptions import attained, bounded_variance, smooth, strongly_convex
from convlab.claims import drift
from convlab.metrics import distance
from convlab.symbols import D, V, eta, mu, symbol
from convlab.theorem import Theorem, bound, mutant, step
from problems.noise import Exact, noisy
from problems.quadratics import quadratic

share = symbol("share", "level of clipping, as a part of the length of the first gradient")

tau = share * mu * D
nearer = V - eta * Min(tau, mu * V)

theorem = Theorem(
    cite="pascanu2013difficulty",
    number="Algorithm 1",
    assume=[smooth(mu), strongly_convex(mu), bounded_variance(0), attained],
    algorithm=clipped_sgd(eta=eta, tau=tau),
    parameters={
        eta: Interval.Lopen(0, 1 / mu),
        share: FiniteSet(Rational(1, 10), Rational(1, 3)),
    },
    claims=[drift(distance, nearer, equal=True)],
    tight=[noisy(quadratic(d=d, kappa=1.0), Exact()) for d in (5, 1)],
    on=[],
    iterations=60,
    mutants=[
        bound(V - eta * Min(Rational(99, 100) * tau, mu * V), "a step has the length eta tau"),
        bound(V - eta * tau, "short gradients keep their length"),
        step(tau * Rational(11, 10), "then steps are longer by a tenth", name="tau"),
        mutant("no clipping", "the first steps are longer", algorithm=sgd(eta=eta)),
    ],
)
