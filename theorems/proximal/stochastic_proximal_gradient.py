"""The stochastic proximal gradient method on sums F = f + h, where f is a finite sum."""

from sympy import Interval

from convlab.algorithms.proximal import stochastic_proximal_gradient
from convlab.algorithms.stochastic import sgd
from convlab.assumptions import (
    attained,
    components_smooth_part,
    gradient_variance,
    proximable_part,
    strongly_convex_part,
)
from convlab.claims import upper_bound
from convlab.metrics import E, averaged, distance_squared, gap
from convlab.symbols import D, Delta, L_max, eta, k, mu, sigma_star
from convlab.theorem import Theorem, bound, mutant, step
from problems.composite import elastic_net, lasso, reflected_walk, soft_absolute, two_samples
from theorems.proximal.accelerated import EXACT

left = 1 - 4 * eta * L_max

convex_sums = Theorem(
    cite="garrigos2023handbook",
    number="Section 12",
    title="Stochastic proximal gradient with constant step: the average to a plateau, like 1/k.",
    text="""
        sigma* is the variance of the component gradients at the minimizer of F, where they need not
        have mean 0. From the step without noise, the variance of the gradient enters twice:
        E|x_(k+1) - x*|^2 <= |x_k - x*|^2 - 2 eta E(F(x_(k+1)) - F*) + 2 eta^2 Var, and
        Var <= 4 L_max (F(x_k) - F*) + 2 sigma*. Sum up; 2 eta times the first gap remains on the
        right, and 1 - 4 eta L_max of each other one on the left. By convexity the average has
        E F - F* <= (D^2 + 2 eta Delta)/(2 eta (1 - 4 eta L_max) k)
        + 2 eta sigma*/(1 - 4 eta L_max).""",
    assume=[
        components_smooth_part(L_max),
        proximable_part,
        gradient_variance(sigma_star),
        attained,
    ],
    algorithm=stochastic_proximal_gradient(eta=eta),
    parameters={eta: Interval.open(0, 1 / (4 * L_max))},
    claims=[
        upper_bound(
            E(averaged(gap)),
            (D**2 + 2 * eta * Delta) / (2 * eta * left * k) + 2 * eta * sigma_star / left,
        )
    ],
    tight=[soft_absolute(slope=0.04), soft_absolute(slope=100.0), reflected_walk, lasso],
    loose="by 2 in the floor: the variance enters twice in the proof, and walks at a wall feel it "
    "once",
    untested={
        components_smooth_part: "a larger L_max only shortens the range of steps, in which none "
        "is too long",
        proximable_part: EXACT,
        gradient_variance: "half of sigma* is enough for all instances at hand",
    },
    iterations=300,
    mutants=[
        bound(
            (D**2 + 2 * eta * Delta) / (4 * eta * left * k) + 2 * eta * sigma_star / left,
            "an absolute value that the run just crosses",
        ),
        bound((D**2 + 2 * eta * Delta) / (2 * eta * left * k), "the noise keeps the walk away"),
        mutant("no proximal step", "minimizes f only", algorithm=sgd(eta=eta)),
    ],
)

strongly_convex_sums = Theorem(
    cite="garrigos2023handbook",
    number="Section 12",
    title="Stochastic proximal gradient method on strongly convex sums: linear to a plateau.",
    text="""
        x* is the proximal step from x* - eta grad f(x*), and the operator moves no points apart, so
        that E|x_(k+1) - x*|^2 is at most E|x_k - x* - eta (grad f_i(x_k) - grad f(x*))|^2, which is
        at most (1 - eta mu) |x_k - x*|^2 - 2 eta (1 - 2 eta L_max) B + 2 eta^2 sigma*, where B >= 0
        is the Bregman divergence of f from x* to x_k. With eta <= 1/(2 L_max), and the geometric
        series of 1 - eta mu:
        E|x_k - x*|^2 <= (1 - eta mu)^k D^2 + 2 eta sigma*/mu.""",
    assume=[
        components_smooth_part(L_max),
        strongly_convex_part(mu),
        proximable_part,
        gradient_variance(sigma_star),
        attained,
    ],
    algorithm=stochastic_proximal_gradient(eta=eta),
    parameters={eta: Interval.Lopen(0, 1 / (2 * L_max))},
    claims=[
        upper_bound(E(distance_squared), (1 - eta * mu) ** k * D**2 + 2 * eta * sigma_star / mu)
    ],
    tight=[two_samples, two_samples(lam=1.0, center=1.0, shift=0.1), elastic_net],
    loose="by (1 - eta mu)^k in the first term and by 2 or more in the second: two parabolas with "
    "h = 0 have (1 - eta mu)^(2k) D^2 and a floor of eta sigma*/(mu (2 - eta mu))",
    untested={
        components_smooth_part: "a larger L_max only shortens the range of steps, in which none "
        "is too long",
        proximable_part: EXACT,
        gradient_variance: "half of sigma* is enough: the floor is loose by 2",
    },
    iterations=300,
    mutants=[
        bound((1 - eta * mu) ** k * D**2 + eta * sigma_star / (2 * mu), "two parabolas"),
        bound((1 - eta * mu) ** k * D**2, "the noise remains"),
        mutant("no proximal step", "minimizes f only", algorithm=sgd(eta=eta)),
        step(3 / L_max, "diverges"),
    ],
)
