"""Projected stochastic subgradient method on a bounded set: 1/sqrt(k) at the average.

With B the diameter of the set and eta_k = B/(2 G sqrt(k + 1)), the sum of
E|x_(i+1) - x*|^2 <= E|x_i - x*|^2 - 2 eta_i E(f(x_i) - f*) + eta_i^2 G^2, divided by 2 eta_i, is
k (E f - f*) <= B^2/(2 eta_(k-1)) + sum_(i<k) eta_i G^2/2 <= B G sqrt(k) + B G sqrt(k)/2.
"""

from sympy import sqrt

from convlab.algorithms.subgradient import projected_sgd
from convlab.assumptions import (
    attained_on_set,
    bounded_domain,
    bounded_second_moment,
    convex,
    projectable,
)
from convlab.claims import upper_bound
from convlab.metrics import E, averaged, gap
from convlab.symbols import B, G, k
from convlab.theorem import Theorem, bound, step, without
from problems.constrained import antipodal_max, distance_on_ball, tent

oracles = {projectable: "it says what C is", attained_on_set: "the gap is measured from f*"}

theorem = Theorem(
    cite="garrigos2023handbook",
    number="Section 9, Theorems 9.6 to 9.12",
    adapted="with the diameter of any set in place of the radius of a ball",
    assume=[convex, bounded_second_moment(G), projectable, bounded_domain(B), attained_on_set],
    algorithm=projected_sgd(eta=B / (2 * G * sqrt(k + 1))),
    claims=[upper_bound(E(averaged(gap)), 3 * B * G / (2 * sqrt(k)))],
    tight=[antipodal_max, distance_on_ball],
    untested=oracles,
    loose=(
        "by 2.5 after many steps, and a rate faster by k^0.2 is not refuted: no function tried "
        "comes closer than the maximum between antipodal points"
    ),
    mutants=[
        without(convex, "the other end of a segment is a minimum", on=[tent]),
        bound(0.9 * B * G / sqrt(k), "the maximum of few entries gives B G/sqrt(k)"),
        bound(3 * B * G / (2 * k), "the rate of smooth functions"),
        step(B / (40 * G * sqrt(k + 1)), "too slow on a distance"),
    ],
)
