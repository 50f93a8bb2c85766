"""Douglas-Rachford splitting where f is smooth and strongly convex: the exact linear rate.

Reflections in the proximal operator of f contract, by the larger of |1 - gamma mu|/(1 + gamma mu)
and the same for L; the method averages with the identity. A parabola attains it, free (h = 0) or
held at its minimizer. W = |w_0 - w*|^2, where w* = x* + gamma u*:
|w_k - w*|^2 <= max(1/(1 + gamma mu), gamma L/(1 + gamma L))^(2k) W.
"""

from sympy import Interval, Max, oo

from convlab.algorithms.splitting import douglas_rachford
from convlab.assumptions import smooth_part, split_sum, split_zero, strongly_convex_part
from convlab.claims import upper_bound
from convlab.metrics import metric
from convlab.symbols import L, gamma, k, mu
from convlab.theorem import Theorem, bound, mutant
from convlab.vocabulary import sqnorm
from problems.splitting import slow_split, split_lasso
from theorems.proximal.douglas_rachford import W, start

factor = Max(1 / (1 + gamma * mu), gamma * L / (1 + gamma * L))


@metric("governing_distance_squared", r"\|w_k - w^\star\|^2", weights={"gamma": gamma})
def governing_distance_squared(s, oracle, *, gamma):
    """Squared distance of the governing sequence from x* + gamma u*."""
    return sqnorm(s.w - oracle.x_star - gamma * oracle.u_star)


theorem = Theorem(
    cite="giselsson2017linear",
    number="Theorem 2",
    assume=[smooth_part(L), strongly_convex_part(mu), split_sum, split_zero],
    algorithm=douglas_rachford(gamma=gamma),
    parameters={gamma: Interval.open(0, oo)},
    initial=start,
    claims=[upper_bound(governing_distance_squared, factor ** (2 * k) * W)],
    tight=[slow_split, slow_split(share=1.0), split_lasso],
    untested={
        split_sum: "no family at hand has parts that are not convex",
        split_zero: "it says where the zero is",
    },
    mutants=[
        bound(factor ** (2.05 * k) * W, "a parabola, free or held"),
        bound((1 + gamma * mu) ** (-2 * k) * W, "long steps are slow in the steep entry"),
        mutant("half steps", "slower", algorithm=douglas_rachford(gamma=gamma, theta=0.5)),
    ],
)
