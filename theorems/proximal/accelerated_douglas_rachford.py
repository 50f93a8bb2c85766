"""Accelerated Douglas-Rachford splitting where f is quadratic: gaps of order 1/k^2.

With M = 2 (I + gamma A)^(-1) - I, A the Hessian of f, and gamma < 1/L, the Douglas-Rachford
envelope of F is convex and 1-smooth in the metric M/gamma, and z - x is gamma M^(-1) times its
gradient; so the method is Nesterov's with a step theta <= 1. M <= I gives the distance on the
right; F at the point of h that belongs to w is at most the envelope at w. The source (its Theorem
5) has the same theta and 2 W/(gamma theta (k + 3)^2), for the point of h that belongs to u; here
the gap is at most 2 W/(gamma theta (k + 1)^2).
"""

from sympy import Interval, Rational

from convlab.algorithms.splitting import accelerated_douglas_rachford
from convlab.assumptions import attained, quadratic_objective, smooth_part, split_sum, split_zero
from convlab.claims import upper_bound
from convlab.metrics import metric
from convlab.symbols import L, gamma, k
from convlab.theorem import Theorem, bound, mutant
from problems.splitting import sloped_split, slow_split, split_box, split_lasso
from theorems.proximal.douglas_rachford import W, start

theta = (1 - gamma * L) / (1 + gamma * L)
rate = 2 * W / (gamma * theta * (k + 1) ** 2)
point = r"F(J_{\gamma B}(2 J_{\gamma A}(w_k) - w_k)) - F^\star"


@metric("governed_gap", point, weights={"gamma": gamma})
def governed_gap(s, oracle, *, gamma):
    """Gap at the point of h that belongs to the governing point."""
    z = oracle.first(s.w, gamma)
    return oracle.value(oracle.second(2 * z - s.w, gamma)) - oracle.f_star


theorem = Theorem(
    cite="patrinos2014douglas",
    assume=[smooth_part(L), quadratic_objective, split_sum, split_zero, attained],
    algorithm=accelerated_douglas_rachford(gamma=gamma, theta=theta),
    parameters={gamma: Interval.open(0, 1 / L)},
    initial=start,
    claims=[upper_bound(governed_gap, rate)],
    tight=[sloped_split, slow_split(kappa=1000.0), slow_split(kappa=100.0), split_lasso, split_box],
    iterations=300,
    untested={
        smooth_part: "the instance at hand with f not smooth has a bounded f, and is no worse",
        quadratic_objective: "no other f at hand has both proximal operators",
        split_sum: "no family at hand has parts that are not convex",
        split_zero: "it says where the zero is",
    },
    mutants=[
        bound(rate * Rational(9, 10), "a walk down a slope"),
        bound(rate / (k + 1), "1/k^2 is the best rate"),
        mutant(
            "too long",
            "beyond 2 it diverges",
            algorithm=accelerated_douglas_rachford(gamma=gamma, theta=Rational(5, 2)),
        ),
    ],
)
