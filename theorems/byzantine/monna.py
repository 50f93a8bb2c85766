r"""MoNNA on smooth functions: the gradient falls to a floor that heterogeneity and liars set.

N is the root mean square distance of a table from its mean, s the shift of the mean in a round,
h = eta L, and r = 4 p (1 + sqrt(p))^2 with p = q/n, so that N(x')^2 + |s|^2 <= r N(half)^2 by
nearest-neighbor averaging, and N(half) <= N(x) + eta N(m). All norms are root means over the rounds
and the draws. As m is an average of gradients, N(m) <= zeta + sigma sqrt((1 - beta)/(1 + beta)) +
L N(x); hence N(x) <= sqrt(r) eta M/(1 - sqrt(r)) and N(m) <= M.

The mean moves by -eta (g + w), with g = grad f(x), w = e - s/eta, e = m - g, so that f falls by at
least (eta/2) (|g|^2 + (1 - h) |g + w|^2 - |w|^2), where |w|^2 <= 5/2 |e|^2 + 5/3 |s|^2/eta^2. With
1 - beta = 4 h and beta (1 + a) = beta + 3/8 (1 - beta), |e'|^2 <= (1 - 5 h/2) |e|^2 +
(beta + 2 beta^2/(3 h)) h^2 |g + w|^2 + 4 h L^2 N(x')^2 + 16 h^2 sigma^2/n. As
h (beta + 2 beta^2/(3 h)) <= 1 - h, the potential f + |e|^2/(2 L) falls by (eta/2) |g|^2 at least,
up to (eta/2) (5/3 |s|^2/eta^2 + 4 L^2 N(x)^2 + 16 h sigma^2/n). It begins with f* + Delta +
beta^2 Delta at most. The largest 5/3 |s|^2/eta^2 + 4 h^2 N(x)^2/eta^2 for which
|s|^2 + N(x)^2 <= r (N(x) + eta M)^2 is (5/3) r M^2/(1 - r/(1 - 12 h^2/5)). So the mean of |g|^2 is
at most 2 (1 + beta^2) Delta/(eta k) + 16 h sigma^2/n + (5/3) r M^2/(1 - r/(1 - 12 h^2/5)), where
M = (zeta + sigma sqrt((1 - beta)/(1 + beta)))/(1 - h sqrt(r)/(1 - sqrt(r))).
"""

from sympy import Interval, Rational, sqrt

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

h = eta * L_max
beta = 1 - 4 * h
M = (zeta + sigma * sqrt((1 - beta) / (1 + beta))) / (1 - h * root / (1 - root))
start = 2 * (1 + beta**2) * Delta / (eta * k)
noise = 4 * (1 - beta) * sigma**2 / n
floor = Rational(5, 3) * (root * M) ** 2 / (1 - root**2 / (1 - Rational(12, 5) * h**2))

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
            start + noise + floor,
            when=(k >= 1) & (root + h * root < 1),
        )
    ],
    tight=[
        attacked_bowls(n=12, heterogeneity=0.0),
        attacked_bowls(n=40, d=1, minority=1, attack="drag", heterogeneity=10.0),
        attacked(distributed_wells(n=12, d=2, spread=0.5), attack=Drag(), sigma=0.5),
    ],
    iterations=40,
    loose=(
        "by 2, and by 4 in the floor: liars do not come to sqrt(r) in each round, and the error of "
        "the momentum is paid for at its largest; beta^2 is needed for that only, the two terms in "
        "sigma cover for each other, and sqrt(q/n) in the parentheses is not needed"
    ),
    untested={
        components_smooth: "with twice the L_max the bound, which is loose by 2, still holds",
        heterogeneous: "with twice the zeta the floor, which is loose by 4, still holds",
        local_variance: "with twice the sigma its terms, which are loose by 10, still hold",
    },
    mutants=[
        bound(start + noise, "without the floor"),
        bound(start + noise + floor / 5, "liars who drag the nodes along come to a quarter of it"),
        mutant(
            "averaging",
            "a liar that amplifies the mean",
            algorithm=averaging_sgd(eta=eta, beta=beta),
            tight=[attacked_bowls(n=12, attack="amplify")],
        ),
    ],
)
