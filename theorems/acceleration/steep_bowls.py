"""Optimal methods on the steepest bowl: their bounds are attained, after every number of steps.

On L |x - x*|^2/2 the bounds of the sources are equalities. An upper bound is blind to a step that
is wrong and not slower; these are not.
"""

from sympy import Interval, Rational, oo

from convlab.algorithms.accelerated import optimized_gradient
from convlab.algorithms.optimal import exact_method, lemniscate_method, optimized_gradient_norm
from convlab.assumptions import attained, smooth, strongly_convex
from convlab.claims import identity
from convlab.metrics import distance_squared, metric
from convlab.symbols import D, Delta, L, T, k, mu, symbol
from convlab.theorem import Theorem, bound, step
from problems.quadratics import quadratic
from theorems.acceleration.lemniscate_method import weighted_gradient as with_omega
from theorems.acceleration.optimized_gradient import weighted_gap
from theorems.acceleration.optimized_gradient_norm import weighted_gradient as with_theta

c = symbol("c", "condition number for which the method is tuned")

bowls: list = [quadratic(d=5, kappa=1.0), quadratic(d=1, kappa=1.0, L=10.0)]
conditions = {c: Interval(4, oo)}
steep = [smooth(L), strongly_convex(L), attained]
flat = [smooth(mu), strongly_convex(mu), attained]


@metric("weighted_distance", r"(1 + q A_k) \|X - x^\star\|^2", weights={"q": 1 / c})
def weighted_distance(s, oracle, *, q):
    """The squared distance, times the factor by which it has become small: (R, 1)."""
    return (1 + q * (1 - s.u) / s.u) * distance_squared.read(s, oracle)


gap = Theorem(
    cite="kim2016optimized",
    title="The optimized gradient method on the steepest bowl: L D^2/(2 theta_N^2), exactly.",
    text="""On L |x - x*|^2/2 a gradient step ends at x*: y_k = x* for k >= 1, and the error obeys
    e_(k+1) = -(theta_k/theta_(k+1)) e_k after the first step, e_1 = -(2 theta_0 - 1)/theta_1 e_0.
    With theta_0 = 1 that is |e_N| = D/theta_N: theta_N^2 (f(x_N) - f*) = L D^2/2.""",
    assume=steep,
    algorithm=optimized_gradient(eta=1 / L, horizon=T),
    claims=[identity(weighted_gap, L * D**2 / 2)],
    tight=bowls,
    iterations=60,
    mutants=[
        bound(Rational(99, 200) * L * D**2, "it is reached"),
        step(Rational(99, 100) / L, "shorter steps lead elsewhere"),
    ],
)

gradient = Theorem(
    cite="kim2021optimizing",
    title="OGM-G on the steepest bowl: 2 L (f(x_0) - f*)/theta_0^2, exactly.",
    text="""On L |x - x*|^2/2 a gradient step ends at x*, so that y_k = x* for k >= 1. The error
    obeys e_1 = -(2 theta_1 - 1)/theta_0 e_0, then e_(k+1) = -(2 theta_(k+1) - 1)/(2 theta_k - 1)
    e_k. With theta_N = 1 that is |e_N| = D/theta_0: theta_0^2 |grad f(x_N)|^2 = L^2 D^2 = 2 L
    (f(x_0) - f*).""",
    assume=steep,
    algorithm=optimized_gradient_norm(eta=1 / L, horizon=T),
    claims=[identity(with_theta, 2 * L * Delta)],
    tight=bowls,
    iterations=60,
    mutants=[
        bound(Rational(99, 50) * L * Delta, "it is reached"),
        step(Rational(99, 100) / L, "shorter steps lead elsewhere"),
        step(T + 1, "the weights must end at 1", name="horizon"),
    ],
)

lemniscate = Theorem(
    cite="kim2026domain",
    title="LemniAcc on the steepest bowl: L^2 D^2/Omega^2, exactly.",
    text="""On L |x - x*|^2/2 a gradient step ends at x*, so that e_k = (c(rho_k) - c(rho_(k+1)))
    z_k for k >= 1. By Omega (rho_k - rho_(k+1))^2 = rho_k (1 - rho_(k+1)^2) the z_k are (-1)^k (1 -
    rho_k^2)/(2 rho_k) e_0, and rho_N = 1/Omega. So |e_N| = rho_N D = D/Omega: Omega^2 |grad
    f(x_N)|^2 = L^2 D^2.""",
    assume=steep,
    algorithm=lemniscate_method(L=L, horizon=T),
    claims=[identity(with_omega, L**2 * D**2)],
    tight=bowls,
    iterations=50,
    mutants=[
        bound(Rational(99, 100) * L**2 * D**2, "it is reached"),
        step(Rational(101, 100) * L, "shorter steps lead elsewhere", name="L"),
        step(T + 1, "the weights must end with the run", name="horizon"),
    ],
)

exact_steep = Theorem(
    cite="taylor2023optimal",
    title="ITEM on the steepest bowl: D^2/(1 + q A_k), exactly.",
    text="""On L |x - x*|^2/2 a gradient step ends at x*, so that the error of z is multiplied by 1
    - delta_k (1 - A_k/A_(k+1)) in every step. The square of that is (1 + q A_k)/(1 + q A_(k+1)),
    and A_0 = 0. After 20 steps, and for c < 4 before, the factor leaves doubles no digits of x_k -
    x* to judge: (1 + q A_k) |x_k - x*|^2 = D^2, with q A_k = q (1 - u_k)/u_k of the state.""",
    assume=steep,
    algorithm=exact_method(L=L, q=1 / c),
    parameters=conditions,
    claims=[identity(weighted_distance, D**2, when=k <= 20)],
    tight=bowls,
    iterations=12,
    mutants=[
        bound(Rational(99, 100) * D**2, "it is reached"),
        step(Rational(101, 100) * L, "shorter steps lead elsewhere", name="L"),
        step(Rational(99, 100) / c, "the weights are those of another class", name="q"),
    ],
)

exact_flat = Theorem(
    cite="taylor2023optimal",
    title="ITEM on the flattest bowl: D^2/(1 + q A_k), exactly.",
    text="""On mu |x - x*|^2/2 the terms of z_(k+1) in y_k cancel, and the error of z is multiplied
    by 1 - q delta_k in every step. The square of that is (1 + q A_k)/(1 + q A_(k+1)), and A_0 = 0.
    After 20 steps, and for c < 4 before, the factor leaves doubles no digits of x_k - x* to judge:
    (1 + q A_k) |x_k - x*|^2 = D^2, with q A_k = q (1 - u_k)/u_k of the state.""",
    assume=flat,
    algorithm=exact_method(L=c * mu, q=1 / c),
    parameters=conditions,
    claims=[identity(weighted_distance, D**2, when=k <= 20)],
    tight=bowls,
    iterations=12,
    mutants=[
        bound(Rational(99, 100) * D**2, "it is reached"),
        step(Rational(101, 100) * c * mu, "shorter steps lead elsewhere", name="L"),
        step(Rational(99, 100) / c, "the weights are those of another class", name="q"),
    ],
)
