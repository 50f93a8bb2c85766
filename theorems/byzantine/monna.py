r"""MoNNA on smooth functions: the gradient falls to a floor that heterogeneity and liars set.

A derivation with constants, at the mean of the honest nodes; the paper has the rate. With r as for
nearest-neighbor averaging, c = 1 - sqrt(r) > 0 and N the root mean square distance of a table from
its mean, N(x) <= sqrt(r) eta M/c and the liars shift the mean by at most sqrt(r) eta M/c in a
round, where N(m) <= M = (zeta + sigma sqrt((1 - beta)/(1 + beta)))/(1 - eta L sqrt(r)/c). The
error of the mean momentum, e_k = m_k - grad f(x_k), obeys E|e_{k+1}|^2 <= (1 + beta)/2 E|e_k|^2 +
beta (1 + beta)/(1 - beta) L^2 E|x_{k+1} - x_k|^2 + (1 - beta) L^2 N(x)^2 + (1 - beta)^2 sigma^2/n.
With 1 - beta = 4 eta L the descent of f pays for the steps, and what remains is the bound: for
eta = 1/sqrt(T) of order T^(-1/2) + (q/n) zeta^2, coarse by a factor of three and more.
"""

from sympy import Interval, sqrt

from convlab.algorithms.byzantine import averaging_sgd, monna
from convlab.assumptions import (
    attained,
    components_smooth,
    distributed,
    heterogeneous,
    liars,
    local_variance,
)
from convlab.claims import upper_bound
from convlab.metrics import E, gradient_norm_squared, running_mean
from convlab.symbols import Delta, L_max, eta, k, n, sigma
from convlab.theorem import Theorem, bound, mutant
from problems.byzantine import Drag, attacked, attacked_bowls
from problems.distributed import distributed_wells
from theorems.byzantine.heterogeneity_floor import q, root, zeta

beta = 1 - 4 * eta * L_max
c = 1 - root
M = (zeta + sigma * sqrt((1 - beta) / (1 + beta))) / (1 - eta * L_max * root / c)
mean_bound = 4 * Delta / (eta * k) + 4 * (1 - beta) * sigma**2 / n + 2 * (root * M / c) ** 2

theorem = Theorem(
    cite="farhadkhani2023robust",
    assume=[
        distributed(n),
        liars(q),
        components_smooth(L_max),
        heterogeneous(zeta),
        local_variance(sigma),
        attained,
    ],
    algorithm=monna(eta=eta, beta=beta),
    parameters={eta: Interval.Lopen(0, 1 / (4 * L_max))},
    claims=[
        upper_bound(
            E(running_mean(gradient_norm_squared)),
            mean_bound,
            when=(k >= 1) & (root + eta * L_max * root < 1),
        )
    ],
    tight=[
        attacked_bowls(n=12, heterogeneity=0.0),
        attacked_bowls(n=14, d=1, minority=1, attack="drag", sigma=0.3),
    ],
    on=[attacked(distributed_wells(n=12, d=2, spread=0.5), attack=Drag(), sigma=0.5)],
    iterations=40,
    loose=(
        "by 3: the descent of f pays for the error of the momentum at its largest, with a "
        "factor of 4 where gradient descent has 2"
    ),
    mutants=[
        bound(mean_bound / 8, "where all want the same, it comes to a quarter"),
        mutant(
            "averaging",
            "a liar that amplifies the mean",
            algorithm=averaging_sgd(eta=eta, beta=beta),
            tight=[attacked_bowls(n=12, attack="amplify")],
        ),
    ],
)
