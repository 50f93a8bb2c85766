r"""The tangent kernel of a wide network stays constant during training.

Each weight moves by O(m^(-1/2)) in a step, and the kernel is a mean over m neurons. Its first
change is the mean over the neurons of terms of that size that are odd in the outer weight, whose
law is symmetric: another m^(-1/2). What is of second order in the moves is O(1/m) without that.
So the kernel moves by O(1/m), in any fixed number of steps.
"""

from sympy import Rational

from convlab.algorithms.networks import trained_from_gaussian_weights
from convlab.assumptions import bounded_kernel, tangent_kernel
from convlab.claims import scaling
from convlab.metrics import metric
from convlab.theorem import Theorem, bound, mutant
from convlab.vocabulary import maximum, norm, reshape, zeros_like
from problems.networks import wide_network
from theorems.ntk.at_initialization import WIDTHS, L, V, m


def _first(s, oracle):
    kernel = reshape(oracle.kernel(s.x), (-1,))
    return kernel, norm(zeros_like(kernel))


def _farthest(memory, s, oracle):
    first, farthest = memory
    return first, maximum(farthest, norm(reshape(oracle.kernel(s.x), (-1,)) - first))


@metric("kernel drift", r"\max_{i < k} \|\Theta_i - \Theta_0\|_F", init=_first, update=_farthest)
def kernel_drift(s, oracle, memory):
    """How far the tangent kernel has been from that at the start."""
    return memory[1]


WIDE = (256, 512, 1024, 2048, 4096)
"""Below, the drift times m still grows."""


def mean_field(m):
    return wide_network(width=m, parametrization="mean field")


def vanishes(metric, power, at=WIDTHS, over=lambda m: wide_network(width=m)):
    """The median of the metric grows at most like this power of the width."""
    return scaling(metric, power, over=over, at=at, statistic="median")


theorem = Theorem(
    cite="jacot2018neural",
    number="Theorem 2",
    adapted="for one hidden layer and steps of gradient descent, with how fast the drift vanishes",
    assume=[tangent_kernel(m, V), bounded_kernel(L)],
    algorithm=trained_from_gaussian_weights(eta=1 / (2 * L)),
    claims=[vanishes(kernel_drift, -1, at=WIDE)],
    tight=[wide_network],
    mutants=[
        bound(Rational(-6, 5), "that fast it does not vanish"),
        mutant(
            "mean field",
            "scaled by 1/m the features are learned, whatever the width",
            claims=[vanishes(kernel_drift, -1, at=WIDE, over=mean_field)],
        ),
    ],
    iterations=8,
)
