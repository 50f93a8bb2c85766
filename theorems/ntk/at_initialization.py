r"""The tangent kernel of a wide network is nearly deterministic before training.

It is a mean over the m independent neurons of the hidden layer, and the limit K is the mean of one
neuron's share. So the expectation of its squared distance from K is the variance of one share,
over m: V/m. The distance itself is of order m^(-1/2).
"""

from sympy import Eq, Rational

from convlab.algorithms.networks import trained_from_gaussian_weights
from convlab.assumptions import tangent_kernel
from convlab.claims import scaling, upper_bound
from convlab.metrics import E, metric
from convlab.symbols import k, symbol
from convlab.theorem import Theorem, bound, mutant
from convlab.vocabulary import sqrt
from problems.networks import wide_network

L = symbol("L", "the largest eigenvalue of K")
m = symbol("m", "width of the hidden layer", integer=True)
V = symbol("V_1", "variance of the share of one neuron in the tangent kernel", tex="V")
WIDTHS = (16, 32, 64, 128, 256, 512)


@metric("kernel error squared", r"\|\Theta_k - K\|_F^2")
def kernel_error_squared(s, oracle):
    """Squared distance of the tangent kernel from its limit in the width."""
    return oracle.kernel_error_squared(s.x)


@metric("kernel error", r"\|\Theta_k - K\|_F")
def kernel_error(s, oracle):
    """Distance of the tangent kernel from its limit in the width."""
    return sqrt(oracle.kernel_error_squared(s.x))


theorem = Theorem(
    cite="jacot2018neural",
    number="Theorem 1",
    adapted="for one hidden layer, with how fast the kernel converges",
    assume=[tangent_kernel(m, V)],
    algorithm=trained_from_gaussian_weights(eta=0),
    claims=[
        scaling(kernel_error, Rational(-1, 2), over=lambda m: wide_network(width=m), at=WIDTHS),
        upper_bound(E(kernel_error_squared), V / m, when=Eq(k, 0)),
    ],
    tight=[wide_network, wide_network(activation="relu", width=32, N=5, d=3)],
    mutants=[
        bound(Rational(-3, 5), "a mean of m terms is not that close"),
        bound(V / (2 * m), "the variance is attained", claim=1),
        mutant(
            "another limit",
            "the mean is not that of narrow layers",
            claims=[upper_bound(E(kernel_error_squared), V / m**2, when=Eq(k, 0))],
        ),
    ],
    iterations=1,
)
