"""Clipped methods on a round bowl, step by step: exactly.

Derived from the definitions. On mu |x - x*|^2/2, in any dimension, the gradient points away from x*
and has the length mu |x - x*|. Clipped to length tau it keeps its direction, so that a step brings
x nearer by eta tau, as long as the gradient is longer than tau, and by eta mu |x - x*| from then
on: with eta = 1/mu and tau a tenth of the first gradient every step but the last covers a tenth of
the way. In ``similar_triangles`` with h = eta/(A + eta), y = (1 - h) x + h z and s the factor of
y - x* in the clipped gradient, z moves by -eta s (y - x*) and x to (1 - h) x + h z: both squared
distances follow from those of x and z and their inner product before.
"""

from sympy import Interval, Min, Rational, sqrt

from convlab.algorithms.clipped import clipped_sgd, clipped_sstm
from convlab.algorithms.stochastic import sgd
from convlab.assumptions import attained, bounded_variance, smooth, strongly_convex
from convlab.claims import drift
from convlab.metrics import at_point, distance, distance_squared, metric
from convlab.symbols import D, V, eta, k, mu, symbol
from convlab.theorem import Theorem, bound, mutant, step
from convlab.vocabulary import inner
from problems.noise import Exact, noisy
from problems.quadratics import quadratic

share = symbol("share", "level of clipping, as a part of the length of the first gradient")

tau = share * mu * D
bowls = [noisy(quadratic(d=d, L=L, kappa=1.0), Exact()) for d, L in ((5, 4.0), (1, 1.0))]
assume = [smooth(mu), strongly_convex(mu), bounded_variance(0), attained]
levels = {share: Interval.open(0, 1)}
nearer = V - eta * Min(tau, mu * V)

gradient_descent = Theorem(
    cite="pascanu2013difficulty",
    title="Clipped gradient descent on a round bowl: every clipped step has the length eta tau.",
    assume=assume,
    algorithm=clipped_sgd(eta=eta, tau=tau),
    parameters={eta: Interval.Lopen(0, 1 / mu), **levels},
    claims=[drift(distance, nearer, equal=True)],
    tight=bowls,
    iterations=60,
    mutants=[
        bound(V - eta * Min(Rational(99, 100) * tau, mu * V), "a step has the length eta tau"),
        bound(V - eta * tau, "short gradients keep their length"),
        step(tau * Rational(11, 10), "then steps are longer by a tenth", name="tau"),
        mutant("no clipping", "the first steps are longer", algorithm=sgd(eta=eta)),
    ],
)

distance_of_z = at_point("z", distance_squared)


@metric("mass", "A_k")
def mass(s, oracle):
    """The sum of the steps so far."""
    return s.mass


@metric("product", r"\langle X - x^\star, z_k - x^\star \rangle", least=None)
def product(s, oracle):
    """The inner product of x - x* and z - x*."""
    return inner(s.x - oracle.x_star, s.z - oracle.x_star)


A = symbol("A", "sum of the steps so far")
P = symbol("P", "inner product of x - x* and z - x*", sign="real")
X = symbol("X", "squared distance of x")
Z = symbol("Z", "squared distance of z")

growing = (k + 2) / (4 * mu)
h = growing / (A + growing)
y_y = (1 - h) ** 2 * X + 2 * h * (1 - h) * P + h**2 * Z
y_z = (1 - h) * P + h * Z
y_x = (1 - h) * X + h * P
moved = growing * Min(mu, tau / sqrt(y_y))
next_z = Z - 2 * moved * y_z + moved**2 * y_y
next_x = (1 - h) ** 2 * X + 2 * h * (1 - h) * (P - moved * y_x) + h**2 * next_z

similar_triangles = Theorem(
    cite="gorbunov2020stochastic",
    title="Clipped similar triangles on a round bowl: both points of the next step.",
    assume=assume,
    algorithm=clipped_sstm(eta=growing, tau=tau),
    parameters=levels,
    claims=[
        drift(
            distance_of_z,
            next_z.subs(Z, V),
            equal=True,
            given={X: distance_squared, P: product, A: mass},
        ),
        drift(
            distance_squared,
            next_x.subs(X, V),
            equal=True,
            given={Z: distance_of_z, P: product, A: mass},
        ),
    ],
    tight=bowls,
    iterations=60,
    mutants=[
        bound(next_z.subs({X: V, Z: V}), "z goes ahead of x"),
        bound(
            (1 - h) ** 2 * V + 2 * h * (1 - h) * P + h**2 * Z,
            "x goes towards the new z, not towards the old one",
            claim=1,
        ),
        step(tau * Rational(11, 10), "then clipped steps are longer by a tenth", name="tau"),
        step(growing * Rational(11, 10), "all steps are longer by a tenth"),
    ],
)
