"""Steps of a given length in a norm: how small the gradient gets in the dual norm.

Where the gradient is L-Lipschitz from a norm to its dual, a step of length eta against the
gradient lowers f by at least eta |grad f(x_k)|_dual - L eta^2/2; summing gives the bound on the
mean over x_0, ..., x_(k-1). With the best eta it is sqrt(2 L Delta/k). Attained up to
L eta/(8 k) by |x|^2/2 from a distance of an odd number of half steps in the direction of a step:
in the end the iterate jumps forth and back between -eta/2 and eta/2. In the spectral norm this
is the orthogonalized gradient, in the largest entry sign descent, in the Euclidean norm
normalized gradient descent. So the mean of |grad f| over x_0, ..., x_(k-1) is at most
Delta/(eta k) + L eta/2.
"""

from sympy import Interval, Rational, oo

from convlab.algorithms.trust_region import (
    normalized_gradient,
    orthogonalized_gradient,
    sign_gradient,
)
from convlab.assumptions import attained, max_smooth, smooth, spectral_smooth
from convlab.claims import upper_bound
from convlab.metrics import gradient_norm, metric, running_mean
from convlab.symbols import Delta, L, eta, k, symbol
from convlab.theorem import Theorem, bound, mutant
from convlab.vocabulary import absolute, amax, flat, norm, svd, total
from problems.matrix_functions import entrywise_cosine, hadamard_quadratic, matrix_quadratic

rho = symbol("rho", "distance of the start from x* in the norm of the steps")


@metric("nuclear norm", r"\|\nabla f(X)\|_*")
def nuclear_norm(s, oracle):
    """Sum of the singular values of the gradient."""
    return total(svd(oracle.gradient(s.x))[1])


@metric("sum norm", r"\|\nabla f(X)\|_1")
def sum_norm(s, oracle):
    """Sum of the absolute values of the gradient's entries."""
    return total(absolute(flat(oracle.gradient(s.x))))


@metric("spectral distance", r"\|X - x^\star\|_{\mathrm{op}}")
def spectral_distance(s, oracle):
    """Largest singular value of the displacement."""
    return amax(svd(s.x - oracle.x_star)[1])


@metric("largest distance", r"\|X - x^\star\|_\infty")
def largest_distance(s, oracle):
    """Largest entry of the displacement."""
    return amax(absolute(flat(s.x - oracle.x_star)))


@metric("euclidean distance", r"\|X - x^\star\|")
def euclidean_distance(s, oracle):
    """Euclidean norm of the displacement."""
    return norm(flat(s.x - oracle.x_star))


def statement(title, smoothness, algorithm, dual, wrong, *tight):
    """The theorem in one norm; ``wrong`` is too small a constant for it."""
    value = Delta / (eta * k) + L * eta / 2
    return Theorem(
        cite="kovalev2025understanding",
        number="Theorem 2",
        adapted="without noise and momentum, for the mean over x_0, ..., x_(k-1), not the minimum "
        "over x_1, ..., x_k, and so with L eta/2 for 7/2 L eta",
        title=title,
        assume=[smoothness(L), attained],
        algorithm=algorithm(eta=eta),
        parameters={eta: Interval.open(0, oo)},
        claims=[upper_bound(running_mean(dual), value)],
        tight=[hadamard_quadratic, *tight],
        iterations=200,
        mutants=[
            bound(Delta / (eta * k) + Rational(9, 20) * L * eta, "it jumps by half a step"),
            bound(Rational(9, 10) * Delta / (eta * k) + L * eta / 2, "no faster than eta per step"),
            *wrong,
        ],
    )


spectral = statement(
    "Orthogonalized gradients: the mean nuclear norm of the gradient falls to L eta/2.",
    spectral_smooth,
    orthogonalized_gradient,
    nuclear_norm,
    [mutant("Euclidean constant", "|A||B| is not the spectral one", assume=[smooth(L), attained])],
    matrix_quadratic,
    entrywise_cosine,
)
maximum = statement(
    "Sign descent: the mean sum norm of the gradient falls to L eta/2.",
    max_smooth,
    sign_gradient,
    sum_norm,
    [mutant("Euclidean constant", "nor that of sign descent", assume=[smooth(L), attained])],
    entrywise_cosine,
)
euclidean = statement(
    "Normalized gradient descent: the mean norm of the gradient falls to L eta/2.",
    smooth,
    normalized_gradient,
    gradient_norm,
    [],
    matrix_quadratic,
)
