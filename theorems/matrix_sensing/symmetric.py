"""One column too many slows gradient descent on a symmetric factorization down to 1/k^2.

M has rank r, x has p columns, E_k = x_k x_k^T - M. The source has the order 1/k^2; the constant
is derived here. When the range of M is learned, the part Z of x that is orthogonal to it and to
what fits M obeys Z <- Z (I - eta Z^T Z). Its p - r singular values fall as z <- z - eta z^3, so
1/z^2 = 2 eta k + O(log k), and (eta k)^2 |E_k|_F^2 = (p - r)/4 + O(log k/k).
"""

from sympy import FiniteSet, Rational, latex

from convlab.algorithms.gradient import gradient_descent
from convlab.assumptions import bounded_below, factorization
from convlab.claims import exponent
from convlab.metrics import metric
from convlab.symbols import eta, k, symbol
from convlab.theorem import Theorem, mutant
from convlab.vocabulary import absolute, flat, sqnorm
from problems.matrix_factorization import imbalanced_factorization, symmetric_factorization

r = symbol("r", "rank", integer=True)
p = symbol("p", "columns of a factor, its width", integer=True)
lambda_max = symbol("lambda_max", "largest singular value of M", tex=r"\lambda_{\max}")
lambda_min = symbol("lambda_min", "smallest nonzero singular value of M", tex=r"\lambda_{\min}")
planted = [factorization(r, p, lambda_max, lambda_min), bounded_below]
short_steps = {eta: FiniteSet(1 / (4 * lambda_max), 1 / (8 * lambda_max))}


@metric("error squared", r"\|X X^\top - M\|_F^2")
def error_squared(s, oracle):
    """Squared Frobenius norm of the error, on the blocks that are observed."""
    return sqnorm(flat(oracle.residual(s.x)))


def away(limit):
    """How far the error in units of 1/(eta k)^2 is from a number that it may tend to."""

    @metric(
        f"| scaled error - {limit} |",
        rf"\left| (\eta k)^2 \|X X^\top - M\|_F^2 - {latex(limit)} \right|",
        weights={"eta": eta, "k": k, "to": limit},
    )
    def offset(s, oracle, *, eta, k, to):
        return absolute((eta * k) ** 2 * error_squared.read(s, oracle) - to)

    return exponent(offset, -1)


theorem = Theorem(
    cite="xiong2024overparameterization",
    number="Theorem 1.1",
    assume=planted,
    algorithm=gradient_descent(eta=eta),
    parameters=short_steps,
    claims=[away((p - r) / 4)],
    on=[symmetric_factorization(excess=e) for e in (1, 3, 6)],
    iterations=5000,
    mutants=[
        mutant(
            "one part in 25 too much",
            "the difference then stays",
            claims=[away(Rational(26, 25) * (p - r) / 4)],
        ),
        mutant("half of it", "the difference then stays", claims=[away((p - r) / 8)]),
        mutant("two factors", "F G^T converges linearly", on=[imbalanced_factorization]),
    ],
)
