"""The stochastic proximal point method."""

from sympy import Interval, Rational, oo, sqrt

from convlab.algorithms.proximal import stochastic_proximal_point
from convlab.algorithms.stochastic import sgd
from convlab.assumptions import (
    attained,
    components_lipschitz,
    components_strongly_convex,
    gradient_noise,
    proximable_components,
)
from convlab.claims import upper_bound
from convlab.metrics import E, averaged, distance_squared, gap
from convlab.symbols import D, G, T, eta, k, mu, sigma_star
from convlab.theorem import Theorem, bound, mutant, step
from problems.absolute_deviations import scattered_absolute
from problems.proximal_sums import mean_estimation

shrinkage = (1 + eta * mu) ** (-2)

lipschitz_components = Theorem(
    cite="garrigos2023handbook",
    title="Stochastic proximal point, Lipschitz components: the average to a plateau, like 1/k.",
    text="""
        In the inequality of the proximal step, f_i(x_(k+1)) is at least
        f_i(x_k) - G |x_(k+1) - x_k|, and as for subgradients
        |x_(k+1) - x*|^2 <= |x_k - x*|^2 - 2 eta (f_i(x_k) - f_i(x*)) + eta^2 G^2 remains. Sum up;
        by convexity the average has
        E f - f* <= D^2/(2 eta k) + eta G^2/2.""",
    assume=[components_lipschitz(G), proximable_components, attained],
    algorithm=stochastic_proximal_point(eta=eta),
    parameters={eta: Interval.Lopen(0, D / G)},
    claims=[upper_bound(E(averaged(gap)), D**2 / (2 * eta * k) + eta * G**2 / 2)],
    tight=[scattered_absolute],
    untested={proximable_components: "without it there is no step"},
    iterations=300,
    mutants=[
        bound(D**2 / (4 * eta * k) + eta * G**2 / 4, "many components, each drawn about twice"),
        bound(D**2 / (3 * eta * k), "as without the deviations of the components"),
    ],
)

step_for_horizon = Theorem(
    cite="garrigos2023handbook",
    title="Stochastic proximal point with the step for T: D G/sqrt(T) at the average.",
    text="""
        ``proximal/stochastic_proximal_point/lipschitz_components`` at k = T has the least bound
        D^2/(2 eta T) + eta G^2/2 for eta = D/(G sqrt(T)):
        D G/sqrt(T).""",
    assume=[components_lipschitz(G), proximable_components, attained],
    algorithm=stochastic_proximal_point(eta=D / (G * sqrt(T))),
    claims=[upper_bound(E(averaged(gap)), D * G / sqrt(T))],
    tight=[scattered_absolute],
    untested={proximable_components: "without it there is no step"},
    mutants=[
        bound(0.65 * D * G / sqrt(T), "many components, each drawn about twice"),
        bound(D * G / T ** Rational(3, 5), "the rate is sharp"),
        step(D / (10 * G * sqrt(T)), "too slow"),
    ],
)

strongly_convex_components = Theorem(
    cite="khaled2023faster",
    title="Stochastic proximal point, strongly convex components: linear to a plateau.",
    text="""
        x* is the proximal point of x* + eta grad f_i(x*), and the operator contracts, so that with
        q = (1 + eta mu)^-2, E|x_(k+1) - x*|^2 <= q (E|x_k - x*|^2 + eta^2 sigma*), as the mean of
        grad f_i(x*) is 0: an equality for f_i = mu |x - c_i|^2/2. The geometric series of q has
        eta^2 sigma* q/(1 - q) = eta sigma*/(eta mu^2 + 2 mu):
        E|x_k - x*|^2 <= (1 + eta mu)^(-2k) D^2 + eta sigma*/(eta mu^2 + 2 mu).""",
    assume=[
        components_strongly_convex(mu),
        proximable_components,
        gradient_noise(sigma_star),
        attained,
    ],
    algorithm=stochastic_proximal_point(eta=eta),
    parameters={eta: Interval.open(0, oo)},
    claims=[
        upper_bound(
            E(distance_squared),
            shrinkage**k * D**2 + eta * sigma_star / (eta * mu**2 + 2 * mu),
        )
    ],
    tight=[mean_estimation],
    untested={proximable_components: "without it there is no step"},
    mutants=[
        bound(
            shrinkage**k * D**2 + 0.9 * eta * sigma_star / (eta * mu**2 + 2 * mu),
            "estimating a mean reaches the bound",
        ),
        bound(shrinkage**k * D**2, "the components pull apart"),
        mutant("explicit", "diverges", algorithm=sgd(eta=eta)),
    ],
)
