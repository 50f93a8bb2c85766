"""Few measurements instead of all entries: the error is of order 1/k^2 just the same.

Gradient descent on |A(E)|^2 / 4, E_k = x_k x_k^T - M, with columns to spare. The exponent is the
source's (there with high probability over A and a small Gaussian start). That it cannot be a
linear rate is shown, here for any A and any start, as in ``every_run``: x_(k+1) = (I - eta H_k) x_k
with H_k = A^*A(E_k), so the squared singular value beyond the rank of M keeps at least
(1 - eta |H_k|_F)^2 of itself, and |E_k|_F is never below it. Compensated by the product of these
factors, the error stays above s_0; under a linear rate the product would converge.
"""

from sympy import FiniteSet, Rational

from convlab.algorithms.gradient import gradient_descent
from convlab.claims import exponent, lower_bound
from convlab.metrics import metric
from convlab.symbols import eta
from convlab.theorem import Theorem, bound, mutant
from convlab.vocabulary import flat, full_scalar, norm, sqrt
from problems.matrix_factorization import matrix_sensing
from theorems.matrix_sensing.every_run import s_0, spare_value
from theorems.matrix_sensing.symmetric import error_squared, lambda_max, planted


@metric(
    "compensated error",
    r"\|X X^\top - M\|_F \prod_{i < k} (1 - \eta\, \|A^* A(E_i)\|_F)^{-2}",
    init=lambda s, oracle: full_scalar(s.x, 1.0),
    update=lambda kept, s, oracle, *, eta: kept * (1 - eta * norm(flat(oracle.seen(s.x)))) ** 2,
    weights={"eta": eta},
)
def compensated_error(s, oracle, kept, *, eta):
    """The error over what the errors so far may have cost the spare singular value, squared."""
    return sqrt(error_squared.read(s, oracle)) / kept


theorem = Theorem(
    cite="xiong2024overparameterization",
    number="Theorem 1.1",
    assume=planted,
    algorithm=gradient_descent(eta=eta),
    parameters={eta: FiniteSet(1 / (8 * lambda_max))},
    initial={s_0: spare_value},
    claims=[exponent(error_squared, -2), lower_bound(compensated_error, s_0)],
    on=[matrix_sensing, matrix_sensing(n=8, excess=2)],
    iterations=4000,
    loose=(
        "by 4: Frobenius norms stand for spectral norms, and one spare singular value for the "
        "whole error"
    ),
    mutants=[
        bound(Rational(-12, 5), "it is 1/k^2"),
        mutant("no column to spare", "linear convergence", on=[matrix_sensing(excess=0)]),
    ],
)
