"""One column too many slows gradient descent on a symmetric factorization down to 1/k^2.

M is n by n of rank r, x has p columns, and E_k = x_k x_k^T - M. x_(k+1) = (I - eta E_k) x_k, so
with eta E_k < I the rank of x_k stays what it is, and for almost every start x_k x_k^T goes to M.
Let Z be the part of x_k that is orthogonal to the range of M and to what fits M. It obeys
Z <- Z (I - eta Z^T Z), and E_k is Z Z^T, up to terms that fall geometrically. So each of the
min(n, p) - r singular values of Z falls as z <- z - eta z^3, 1/z^2 = 2 eta k + O(log k), and hence
(eta k)^2 |E_k|_F^2 = (min(n, p) - r)/4 + O(log k/k).

The source has the order 1/k^2 as a lower bound, for few measurements.
"""

from sympy import FiniteSet, Max, Min, Rational, latex

from convlab.algorithms.gradient import gradient_descent
from convlab.assumptions import bounded_below, factorization, fully_observed, generic_start
from convlab.claims import exponent
from convlab.metrics import metric
from convlab.symbols import eta, k, symbol
from convlab.theorem import Theorem, mutant, without
from convlab.vocabulary import absolute, amax, flat, full_scalar, sqnorm, svd
from problems.matrix_factorization import (
    aligned_factorization,
    imbalanced_factorization,
    symmetric_factorization,
)

r = symbol("r", "rank of M", integer=True)
p = symbol("p", "columns of a factor, its width", integer=True)
n = symbol("n_rows", "rows of x", integer=True, tex="n")
lambda_max = symbol("lambda_max", "largest singular value of M", tex=r"\lambda_{\max}")
lambda_min = symbol("lambda_min", "smallest nonzero singular value of M", tex=r"\lambda_{\min}")
chi = symbol("chi_0", "square of the largest singular value of x_0", tex=r"\chi_0")
planted = [factorization(r, p, lambda_max, lambda_min), bounded_below]
named = {factorization: "it says what is factorized, and of which rank"}
longest = 1 / (4 * Max(lambda_max, chi))
two_steps = {eta: FiniteSet(longest, longest / 2)}
why_two = {eta: "with a shorter step the speed of the limit shows after the end of the run"}


@metric("rows", "n")
def rows(s, oracle):
    """Of x."""
    return full_scalar(s.x, float(s.x.shape[-2]))


@metric("size", r"\sigma_1(X)^2")
def size(s, oracle):
    """The square of the largest singular value."""
    return amax(svd(s.x)[1]) ** 2


@metric("error squared", r"\|X X^\top - M\|_F^2")
def error_squared(s, oracle):
    """Squared Frobenius norm of the error, on the blocks that are observed."""
    return sqnorm(flat(oracle.residual(s.x)))


def away(limit):
    """How far the error in units of 1/(eta k)^2 is from a number that it may tend to."""

    @metric(
        f"| scaled error - ({limit}) |",
        rf"\left| (\eta k)^2 \|X X^\top - M\|_F^2 - \left({latex(limit)}\right) \right|",
        weights={"eta": eta, "k": k, "to": limit},
    )
    def offset(s, oracle, *, eta, k, to):
        return absolute((eta * k) ** 2 * error_squared.read(s, oracle) - to)

    return exponent(offset, -1)


spare = Min(n, p) - r

theorem = Theorem(
    cite="xiong2024overparameterization",
    title="One column too many slows gradient descent on a symmetric factorization, from almost "
    "every start, down to 1/k^2.",
    assume=[*planted, fully_observed, generic_start],
    algorithm=gradient_descent(eta=eta),
    parameters=two_steps,
    because=why_two,
    initial={chi: size, n: rows},
    claims=[away(spare / 4)],
    tight=[symmetric_factorization(excess=3), symmetric_factorization(n=6, r=2, excess=6)],
    untested=named,
    iterations=5000,
    mutants=[
        mutant(
            "one part in 25 too much",
            "the difference then stays",
            claims=[away(Rational(26, 25) * spare / 4)],
        ),
        mutant("half of it", "the difference then stays", claims=[away(spare / 8)]),
        mutant("wide factors", "x has no more than n singular values", claims=[away((p - r) / 4)]),
        without(fully_observed, "F G^T converges linearly", on=[imbalanced_factorization]),
        without(generic_start, "a column that is 0 stays 0", on=[aligned_factorization(idle=1)]),
    ],
)
