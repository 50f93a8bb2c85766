"""Few measurements instead of all entries: no start of full rank converges linearly either.

Gradient descent on f(x) = |A(E)|^2/4, E_k = x_k x_k^T - M with columns to spare:
x_(k+1) = (I - eta H_k) x_k with H_k = A^*A(E_k). So the square s_k of the singular value of x_k
beyond the rank of M keeps at least (1 - eta h_k)^2 of itself, h_k the largest eigenvalue of H_k, or
0 where that is negative (and where eta h_k > 1, at least 0). The largest eigenvalue of E_k is at
least s_k (Weyl's inequality: M has rank r). So the largest eigenvalue of E_k, divided by the
product of the (1 - eta h_i)^2 over i < k, is at least s_0, whatever A and the start. Under a linear
rate the product would converge, and E_k not go to 0.

The source shows the order 1/k^2 with high probability over A and a small Gaussian start.
"""

from sympy import Interval, Max, Rational

from convlab.algorithms.gradient import gradient_descent
from convlab.assumptions import sensing, two_factors
from convlab.claims import exponent, lower_bound
from convlab.metrics import metric
from convlab.symbols import eta, symbol
from convlab.theorem import Theorem, bound, mutant, step
from convlab.vocabulary import eigh, full_scalar, maximum
from problems.matrix_factorization import (
    aligned_factorization,
    imbalanced_factorization,
    matrix_sensing,
)
from theorems.matrix_sensing.every_run import s_0, spare_value
from theorems.matrix_sensing.symmetric import (
    chi,
    error_squared,
    lambda_max,
    named,
    planted,
    size,
)

b = symbol("b", "upper constant of the measurements")
longest = 1 / (4 * b * Max(lambda_max, chi))


def compensated(power):
    """The largest eigenvalue of the error, over what the errors so far may have cost of it."""

    def cost(s, oracle, eta):
        left = 1 - eta * maximum(eigh(oracle.seen(s.x))[0][:, -1:], 0.0)
        return maximum(left, 1e-30) ** power

    @metric(
        "compensated error",
        r"\lambda_{\max}(X X^\top - M) \prod_{i < k} "
        rf"(1 - \eta\, \lambda_{{\max}}(A^* A(E_i))_+)_+^{{-{power}}}",
        init=lambda s, oracle: full_scalar(s.x, 1.0),
        update=lambda kept, s, oracle, *, eta: kept * cost(s, oracle, eta),
        weights={"eta": eta},
    )
    def compensated_error(s, oracle, kept, *, eta):
        return eigh(oracle.residual(s.x))[0][:, -1:] / kept

    return compensated_error


theorem = Theorem(
    cite="xiong2024overparameterization",
    assume=[*planted, sensing(b)],
    algorithm=gradient_descent(eta=eta),
    parameters={eta: Interval.Lopen(0, longest)},
    initial={s_0: spare_value, chi: size},
    claims=[lower_bound(compensated(2), s_0)],
    tight=[aligned_factorization(excess=1), matrix_sensing, matrix_sensing(n=8, excess=2)],
    untested=named,
    iterations=500,
    mutants=[
        bound(Rational(11, 10) * s_0, "where all is seen it is reached"),
        mutant(
            "each factor once", "x has it on both sides", claims=[lower_bound(compensated(1), s_0)]
        ),
        mutant(
            "two factors",
            "F G^T converges linearly",
            assume=[*planted, two_factors],
            parameters={eta: Interval.Lopen(0, longest.subs(b, 1))},
            tight=[imbalanced_factorization],
        ),
    ],
)

order = Theorem(
    cite="xiong2024overparameterization",
    title="There are few measurements for which the error is of order 1/k^2 just the same.",
    text="""
Gradient descent on |A(E)|^2/4 with columns to spare, for Gaussian measurements A, once drawn. Where
x_k x_k^T goes to M, and |A(Y)|^2 >= a |Y|_F^2 with a > 0 for all symmetric Y, the error is
O(1/k^2): the gradient is A^*A(E) x, and there is a v with x v^T + v x^T = 2 E up to smaller terms
whose norm is of order |E|^(1/2): the part of x that fits M answers for all of E but Z Z^T, Z the
part of x beyond it, and Z itself for that. So |grad f| |v| >= <A^*A(E), E> >= a |E|^2, and
|grad f| is of order f^(3/4) or more. Per step f loses at least eta/2 |grad f|^2, hence
f = O(k^-2), and |E_k|_F^2 <= 4 f/a. That the order is no better is ``sensing``.""",
    assume=[*planted, sensing(b)],
    algorithm=gradient_descent(eta=eta),
    parameters={eta: Interval(longest / 2, longest)},
    initial={chi: size},
    claims=[exponent(error_squared, -2)],
    exists=True,
    on=[matrix_sensing, matrix_sensing(n=8, excess=2)],
    untested=named | {sensing: "it says what is seen of M"},
    iterations=4000,
    mutants=[
        bound(Rational(-12, 5), "it is 1/k^2"),
        step(8 / (b * lambda_max), "too long a step", name="eta"),
    ],
)
