r"""Trained by least squares, the outputs of a wide network follow a linear equation.

Those of a network of infinite width obey f_(k+1) - y = (I - eta K)(f_k - y). With width m the
kernel at the start is off by O(m^(-1/2)), and during training it moves by O(1/m) only. So in any
fixed number of steps the outputs leave that line by O(m^(-1/2)).
"""

from sympy import Rational

from convlab.algorithms.networks import trained_from_gaussian_weights
from convlab.assumptions import bounded_kernel, tangent_kernel
from convlab.metrics import metric
from convlab.theorem import Theorem, bound, mutant
from convlab.vocabulary import full_scalar, matvec, maximum, norm
from problems.networks import wide_network
from theorems.ntk.at_initialization import L, V, m
from theorems.ntk.in_training import mean_field, vanishes


def farthest(memory, s, oracle):
    """The largest distance so far; ``memory`` holds the outputs of the limit and that before."""
    return maximum(memory[1], norm(oracle.residual(s.x) - memory[0]))


@metric(
    "distance from the linear dynamics",
    r"\max_{i \le k} \|f_i - f^{\infty}_i\|",
    init=lambda s, oracle: (oracle.residual(s.x), full_scalar(s.x, 0.0)),
    update=lambda memory, s, oracle, *, eta: (
        memory[0] - eta * matvec(oracle.limit, memory[0]),
        farthest(memory, s, oracle),
    ),
    weights={"eta": 1 / (2 * L)},
)
def off_the_line(s, oracle, memory, *, eta):
    """How far the outputs were at most from what the limit kernel makes of those at the start."""
    return farthest(memory, s, oracle)


theorem = Theorem(
    cite="jacot2018neural",
    number="Section 5",
    adapted="for one hidden layer and steps of gradient descent, with the rate in the width",
    assume=[tangent_kernel(m, V), bounded_kernel(L)],
    algorithm=trained_from_gaussian_weights(eta=1 / (2 * L)),
    claims=[vanishes(off_the_line, Rational(-1, 2))],
    tight=[wide_network],
    mutants=[
        bound(Rational(-7, 10), "that fast they do not come close to it"),
        mutant(
            "mean field",
            "where features are learned the equation is another",
            claims=[vanishes(off_the_line, Rational(-1, 2), over=mean_field)],
        ),
    ],
    iterations=8,
)
