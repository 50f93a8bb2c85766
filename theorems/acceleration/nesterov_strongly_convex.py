"""Nesterov's method on smooth strongly convex functions: the linear rate 1 - sqrt(mu/L).

With q = sqrt(mu/L) and v_k = x_(k-1) + (x_k - x_(k-1))/q the energy
f(x_k) - f* + mu |v_k - x*|^2/2 shrinks by 1 - q in every step, and the gap is at most the energy.
The bound on the gap is blind to a gradient at x_k in the place of y_k; that on the energy is not.
"""

from sympy import sqrt

from convlab.algorithms.accelerated import nesterov_momentum
from convlab.assumptions import attained, smooth, strongly_convex
from convlab.claims import upper_bound
from convlab.metrics import gap, metric
from convlab.symbols import D, Delta, L, k, mu
from convlab.theorem import Theorem, bound, step
from convlab.vocabulary import sqnorm
from problems.quadratics import parabola
from problems.worst_case import three_slopes

q = sqrt(mu / L)


@metric(
    "energy",
    r"f(X) - f^\star + \tfrac{\mu}{2} \|v_k - x^\star\|^2",
    letters={"v_k": r"$x_k + \sqrt{L / \mu}\, (x_k - x_{k - 1})$"},
    weights={"mu": mu, "q": q},
    allowance=gap.allowance,
)
def energy(s, oracle, *, mu, q):
    """f(x_k) - f* + mu |v_k - x*|^2/2."""
    v = s.previous + (s.x - s.previous) / q
    return oracle.value(s.x) - oracle.f_star + 0.5 * mu * sqnorm(v - oracle.x_star)


energy_at_start = Delta + mu * D**2 / 2

theorem = Theorem(
    cite="daspremont2021acceleration",
    number="Corollary 4.15",
    adapted="with the energy of its proof, beside the gap",
    assume=[smooth(L), strongly_convex(mu), attained],
    algorithm=nesterov_momentum(eta=1 / L, beta=(1 - q) / (1 + q)),
    claims=[
        upper_bound(gap, (1 - q) ** k * energy_at_start),
        upper_bound(energy, (1 - q) ** k * energy_at_start),
    ],
    tight=[parabola, parabola(kappa=1000.0), parabola(steep=True), three_slopes],
    mutants=[
        bound((1 - q) ** (1.3 * k) * energy_at_start, "a parabola is slower than that"),
        bound((1 - q) ** (1.02 * k) * energy_at_start, "a parabola comes close to it", claim=1),
        step(0, "without momentum it is gradient descent", name="beta"),
        step(2 / L, "with momentum steps beyond 1/L are too long"),
    ],
)
