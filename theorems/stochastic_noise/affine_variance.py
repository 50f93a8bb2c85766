"""SGD on strongly convex functions, with noise that grows: linear to a plateau.

The variance of the noise is at most sigma^2 + sigma_1^2 |grad f|^2: the M and M_V of the paper, and
M_G = 1 + sigma_1^2; c is mu here, and mu and mu_G are 1. For eta L M_G <= 1 the descent inequality
and 2 mu (f - f*) <= |grad f|^2 give
E gap_(k+1) <= (1 - eta mu) E gap_k + L eta^2 sigma^2/2. A parabola with eta = 1/(L M_G) attains it.
"""

from sympy import Interval, Max, Rational, oo

from convlab.algorithms.stochastic import sgd
from convlab.assumptions import affine_variance, attained, smooth, strongly_convex
from convlab.claims import upper_bound
from convlab.metrics import E, gap
from convlab.symbols import Delta, L, eta, k, mu, sigma, sigma_1, symbol
from convlab.theorem import Theorem, bound, mutant, step
from problems.noise import Affine, affine_noise_quadratic, noisy
from problems.quadratics import quadratic

assume = [smooth(L), strongly_convex(mu), affine_variance(sigma, sigma_1), attained]
round_bowl = noisy(quadratic(d=1), Affine(1.0, 1.0))
growth = 1 + sigma_1**2

plateau = eta * L * sigma**2 / (2 * mu)
gap_bound = plateau + (1 - eta * mu) ** k * (Delta - plateau)

theorem = Theorem(
    cite="bottou2018optimization",
    number="Theorem 4.6",
    assume=assume,
    algorithm=sgd(eta=eta),
    parameters={eta: Interval.Lopen(0, 1 / (L * growth))},
    claims=[upper_bound(E(gap), gap_bound)],
    tight=[round_bowl, affine_noise_quadratic],
    mutants=[
        bound(gap_bound.subs(sigma, sigma * Rational(9, 10)), "equality on a parabola"),
        step(Rational(3, 2) / L, "without noise it would converge"),
        mutant(
            "growth ignored",
            "with noise that grows the step 1/L is too long",
            algorithm=sgd(eta=1 / L),
            claims=[upper_bound(E(gap), gap_bound.subs(eta, 1 / L))],
        ),
    ],
)

beta = symbol("beta_0", "factor of the step sizes", tex=r"\beta")
gamma = symbol("gamma_0", "delay of the step sizes", tex=r"\gamma")
nu = Max(beta**2 * L * sigma**2 / (2 * (beta * mu - 1)), (gamma + 1) * Delta)
decreasing_bound = nu / (gamma + 1 + k)

decreasing = Theorem(
    cite="bottou2018optimization",
    number="Theorem 4.7",
    title="SGD with steps of order 1/k, with noise that grows: gaps of order 1/k.",
    assume=assume,
    text="""With steps of order 1/k and noise that grows the mean gap is of order 1/k.

With eta_k = beta/(gamma + 1 + k) <= 1/(L M_G), as in ``affine_variance``,
E gap_(k+1) <= (1 - eta_k mu) E gap_k + L eta_k^2 sigma^2/2. With h = gamma + 1 + k and
E gap_k <= nu/h the right side is nu (h - 1)/h^2 - ((beta mu - 1) nu - beta^2 L sigma^2/2)/h^2. The
bracket is nonnegative for nu >= beta^2 L sigma^2/(2 (beta mu - 1)), and (h - 1)/h^2 <= 1/(h + 1).
At the start it needs nu >= (gamma + 1) Delta: with the larger of the two
E gap_k <= nu/(gamma + 1 + k).""",
    algorithm=sgd(eta=beta / (gamma + 1 + k)),
    parameters={
        beta: Interval.open(1 / mu, oo),
        gamma: Interval(beta * L * growth - 1, oo),
    },
    loose=(
        "by 2 after the first steps: the proof keeps half of the decrease, and a parabola decays "
        "twice as fast"
    ),
    claims=[upper_bound(E(gap), decreasing_bound)],
    tight=[round_bowl, affine_noise_quadratic],
    mutants=[
        bound(decreasing_bound / 2, "it is attained at the start"),
        bound(nu / (gamma + 1 + 2 * k), "a parabola decays like nu/(3k), and first more slowly"),
        mutant("constant step", "the noise stays", algorithm=sgd(eta=1 / (L * growth))),
    ],
)
