"""DCA on F = f_1 - f_2 with both parts smooth: the best gradient is of order 1/sqrt(k).

Cocoercivity of both parts between x_k and x_(k+1), where grad f_1(x_(k+1)) = grad f_2(x_k), gives
F(x_k) - F(x_(k+1)) >= |grad F(x_k)|^2/(2 L1) + |grad F(x_(k+1))|^2/(2 L2); at the end F(x_k) - F*
is at least |grad F(x_k)|^2/(2 L1). Two stairs attain the sum,
Delta >= (k/(2 L1) + k/(2 L2) + 1/(2 L1)) min_(i <= k) |grad F(x_i)|^2.
"""

from convlab.algorithms.difference_of_convex import difference_of_convex
from convlab.algorithms.gradient import gradient_descent
from convlab.assumptions import (
    attained,
    conjugate_of_first,
    first_part_smooth,
    second_part_smooth,
)
from convlab.claims import upper_bound
from convlab.metrics import best, gradient_norm_squared
from convlab.symbols import Delta, k, symbol
from convlab.theorem import Theorem, bound, mutant
from problems.difference_of_convex import cosine_bowl, two_stairs

L1 = symbol("L1", "smoothness of the first of two convex parts", tex="L_1")
L2 = symbol("L2", "smoothness of the second of two convex parts", tex="L_2")
rate = 2 * L1 * L2 * Delta / (L1 * k + L2 * (k + 1))

theorem = Theorem(
    cite="abbaszadehpeivasti2024rate",
    number="Theorem 3",
    adapted="for parts without strong convexity",
    assume=[first_part_smooth(L1), second_part_smooth(L2), conjugate_of_first, attained],
    algorithm=difference_of_convex(),
    claims=[upper_bound(best(gradient_norm_squared), rate)],
    tight=[two_stairs, cosine_bowl],
    untested={conjugate_of_first: "the method is made of it"},
    mutants=[
        bound(0.98 * rate, "two stairs attain the bound"),
        bound(rate / (k + 1), "the rate is no better than 1/k"),
        mutant(
            "gradient descent", "shorter steps", algorithm=gradient_descent(eta=1 / (2 * (L1 + L2)))
        ),
    ],
)
