"""Stochastic gradient descent with minibatches without replacement.

A minibatch is a component of a larger sum with constants L_b and sigma_b: for b = n the theorems
are about gradient descent.
"""

from sympy import Interval, Rational

from convlab.algorithms.stochastic import minibatch_sgd
from convlab.assumptions import (
    components_convex,
    components_smooth,
    gradient_noise,
    smooth,
    strongly_convex,
)
from convlab.claims import upper_bound
from convlab.metrics import E, averaged, distance_squared, gap
from convlab.symbols import D, L, b, eta, k, mu
from convlab.theorem import Theorem, bound, mutant, step
from problems.finite_sums import needle
from problems.finite_sums_nonquadratic import huber_sum
from theorems.stochastic.minibatch import L_b, batches, convex, few, sigma_b

batch_slack = {
    components_convex: "the family with a concave component has two, and a batch has both",
    components_smooth: "half of L_max would do on all instances tried",
    smooth: "half of L would do on all instances tried",
    gradient_noise: "of its term a third is seen, so half of it would do",
}
average_bound = D**2 / (eta * k) + 2 * eta * sigma_b

average = Theorem(
    cite="garrigos2023handbook",
    title="SGD with minibatches without replacement: the average to a plateau, like 1/k.",
    text="""x_(k+1) is x_k - eta grad f_B(x_k), and its squared distance from x* is expanded.

By convexity and E|grad f_B(x)|^2 <= 4 L_b (f(x) - f*) + 2 sigma_b (``minibatch``), with L_b = n
(b - 1)/(b (n - 1)) L + (n - b)/(b (n - 1)) L_max and sigma_b = (n - b)/(b (n - 1)) sigma_star, 2
eta (1 - 2 eta L_b) E[f(x_i) - f*] <= E|x_i - x*|^2 - E|x_(i+1) - x*|^2 + 2 eta^2 sigma_b. Summed
over i < k, by Jensen's inequality at the average of these x_i, with 1 - 2 eta L_b >= 1/2,
E f - f* <= D^2/(eta k) + 2 eta sigma_b.""",
    assume=convex,
    algorithm=minibatch_sgd(eta=eta, b=b),
    parameters={b: batches, eta: Interval.Lopen(0, 1 / (4 * L_b))},
    claims=[upper_bound(E(averaged(gap)), average_bound)],
    tight=[huber_sum(travel=15.0), needle(n=8, shift=10.0)],
    iterations=60,
    loose=(
        "by 2: it is made simple, and a Huber function comes close to the sharper bound of "
        "``sgd_convex``"
    ),
    untested=batch_slack,
    mutants=[
        bound(average_bound * Rational(11, 25), "a Huber function comes to 0.47 of the bound"),
        bound(D**2 / (eta * k), "small batches are noisy"),
        step(2.1 / L, "beyond 2/L it diverges"),
    ],
)

forgetting, plateau = (1 - eta * mu) ** k * D**2, 2 * eta * sigma_b / mu

last = Theorem(
    cite="garrigos2023handbook",
    title="SGD with minibatches without replacement on strongly convex sums: linear to a plateau.",
    text="""x_(k+1) is x_k - eta grad f_B(x_k), and its squared distance from x* is expanded.

By strong convexity and E|grad f_B(x)|^2 <= 4 L_b (f(x) - f*) + 2 sigma_b (``minibatch``), with
L_b = n (b - 1)/(b (n - 1)) L + (n - b)/(b (n - 1)) L_max and sigma_b = (n - b)/(b (n - 1))
sigma_star, its mean is at most (1 - eta mu) |x_k - x*|^2 + 2 eta^2 sigma_b for eta <= 1/(2 L_b).
With the sum of the geometric series
E|x_k - x*|^2 <= (1 - eta mu)^k D^2 + 2 eta sigma_b/mu.""",
    assume=[*convex, strongly_convex(mu)],
    algorithm=minibatch_sgd(eta=eta, b=b),
    parameters={b: batches, eta: Interval.Lopen(0, 1 / (2 * L_b))},
    claims=[upper_bound(E(distance_squared), forgetting + plateau)],
    tight=[needle(n=8, shift=0.01), *few],
    iterations=100,
    loose=("by the power 1.5 of the rate: on quadratics on the line the factor is 1 - 3 eta mu/2"),
    untested=batch_slack,
    mutants=[
        bound((1 - eta * mu) ** (2 * k) * D**2 + plateau, "the factor is 1 - 3 eta mu/2"),
        bound(forgetting + plateau / 5, "a third of the noise term remains"),
        mutant(
            "eta = 2.1/L",
            "beyond 2/L it diverges, whatever the batch",
            algorithm=minibatch_sgd(eta=2.1 / L, b=b),
        ),
    ],
)
