"""Stochastic Nesterov momentum is not accelerated by strong growth: a claim that is false.

Let E |g|^2 <= rho |grad f|^2 and eta = 1/(rho L). That Nesterov's momentum on stochastic gradients
converges as (1 - sqrt(mu/(rho L)))^k was claimed; in the second version of the preprint its authors
say that the momentum form, equation (6), is not the method of their proof, equation (5), and leave
open whether rho can be improved to sqrt(rho). It cannot. What does hold is in
``interpolation_corrected``.
"""

from sympy import Rational, sqrt

from convlab.algorithms.interpolation import stochastic_nesterov
from convlab.algorithms.stochastic import sgd
from convlab.assumptions import attained, smooth, strong_growth, strongly_convex
from convlab.claims import Verdict, lower_bound, upper_bound
from convlab.metrics import E, gap
from convlab.symbols import D, Delta, L, d, k, mu, symbol
from convlab.theorem import Theorem, bound, mutant
from problems.strong_growth import coordinate_oracle, growing_noise_quadratic

rho = symbol("rho", "strong growth: E |g|^2 over the squared norm of the gradient")
eta = 1 / (rho * L)
root = sqrt(mu * eta)
energy = Delta + mu / 2 * D**2
nesterov = stochastic_nesterov(eta=eta, beta=(1 - root) / (1 + root))

momentum = Theorem(
    cite="mishkin2024faster",
    number="equation (6) (arXiv v1)",
    adapted="the rate of equation (5), taken there for the same method, for strongly convex f",
    title="Stochastic Nesterov momentum converges at the rate of the square root of rho: false.",
    text="""In version 2 of the preprint its authors say that the momentum form, equation (6), is
    not the method of their proof, equation (5), and leave open whether rho can be improved to
    sqrt(rho). It cannot: let the gradient of L |x|^2/2 be shown one random entry of d at a time, so
    that rho = d. An entry that was not shown in k steps keeps its share of the gap, and none was
    with probability (1 - 1/d)^k, whatever the method does, which (1 - sqrt(1/d))^k falls short of.
    There the momentum form even diverges.""",
    expected=Verdict.REFUTED,
    assume=[smooth(L), strongly_convex(mu), strong_growth(rho), attained],
    algorithm=nesterov,
    claims=[upper_bound(E(gap), (1 - root) ** k * energy)],
    tight=[coordinate_oracle],
    iterations=200,
    mutants=[
        bound((1 - root) ** k * energy * 100, "no constant helps"),
        bound(energy, "it diverges"),
    ],
)

noiseless = Theorem(
    cite="mishkin2024faster",
    title="Without noise, Nesterov momentum converges at the rate of the square root of kappa.",
    text="""Strong growth with rho = 1 is no noise: E |g|^2 <= |E g|^2 makes g = grad f. So the
    method is Nesterov's, with eta = 1/L and beta = (1 - q)/(1 + q), q = sqrt(mu/L). Its energy
    f(x_k) - f* + mu |v_k - x*|^2/2, v_k = x_(k-1) + (x_k - x_(k-1))/q, shrinks by 1 - q in every
    step: f(x_k) - f* <= (1 - q)^k (f(x_0) - f* + mu D^2/2).""",
    assume=[smooth(L), strongly_convex(mu), strong_growth(1), attained],
    algorithm=nesterov.subs({rho: 1}),
    claims=[upper_bound(E(gap), (1 - sqrt(mu / L)) ** k * energy)],
    tight=[growing_noise_quadratic(rho=1.0), growing_noise_quadratic(rho=1.0, kappa=100.0)],
    iterations=200,
    mutants=[
        bound((1 - 2 * sqrt(mu / L)) ** k * energy, "half the time"),
        mutant("SGD", "gradient descent is slower", algorithm=sgd(eta=1 / L)),
    ],
)

floor = Theorem(
    cite="mishkin2024faster",
    title="There are problems with rho = d on which SGD is no faster than (1 - 1/d)^k.",
    text="""Let the gradient of L |x|^2/2 be shown one random entry of d at a time, d times too
    large: E |g|^2 = d |grad f|^2. An entry keeps its share of the gap until it is shown, and it was
    not shown in k steps with probability (1 - 1/d)^k: E f(x_k) - f* >= (1 - 1/d)^k (f(x_0) - f*),
    for SGD and for every method that moves only the entries shown.""",
    assume=[smooth(L), strongly_convex(mu), strong_growth(rho), attained],
    algorithm=sgd(eta=eta),
    claims=[lower_bound(E(gap), (1 - 1 / d) ** k * Delta)],
    exists=True,
    on=[coordinate_oracle, coordinate_oracle(d=4)],
    iterations=200,
    mutants=[
        bound((1 - Rational(9, 10) / d) ** k * Delta, "this method attains it"),
        mutant("all entries", "another oracle", on=[growing_noise_quadratic(rho=1.0)]),
    ],
)
