"""With a column too many, gradient descent converges linearly from no start of full rank.

x_(k+1) = (I - eta E_k) x_k with E_k = x_k x_k^T - M, and the largest eigenvalue e_k of E_k is at
least s_k, the squared singular value r + 1 of x_k (Weyl's inequality: M has rank r). The step is
so short that eta e_k < 1. So s_(k+1) >= (1 - eta e_k)^2 s_k, and the sum A_k of
-2 log(1 - eta e_i) over i < k has s_k >= s_0 exp(-A_k), hence
exp(A_(k+1)) >= exp(A_k) (1 + 2 eta e_k) >= exp(A_k) + 2 eta s_0, and A_k >= log(1 + 2 eta s_0 k).
Under a linear rate the sum would be bounded; here it grows like log k. So
-sum over i < k of log(1 - eta e_i) = A_k/2 >= log(1 + 2 eta s_0 k)/2.

The source shows the order 1/k^2 with high probability over a small Gaussian start.
"""

from sympy import Interval, log

from convlab.algorithms.gradient import gradient_descent
from convlab.assumptions import fully_observed
from convlab.claims import lower_bound
from convlab.metrics import metric
from convlab.symbols import eta, k, symbol
from convlab.theorem import Theorem, bound, without
from convlab.vocabulary import eigh, full_scalar, svd
from convlab.vocabulary import log as ln
from problems.matrix_factorization import aligned_factorization, imbalanced_factorization
from theorems.matrix_sensing.symmetric import chi, longest, named, planted, size

s_0 = symbol("s_0", "square of the first singular value of x_0 beyond the rank of M")


@metric("spare value", r"\sigma_{r+1}(X)^2")
def spare_value(s, oracle):
    """The squared singular value r + 1, or 0 where there is none."""
    i = min(oracle.r, min(s.x.shape[-2:]) - 1)
    return float(oracle.r < min(s.x.shape[-2:])) * svd(s.x)[1][:, i : i + 1] ** 2


@metric(
    "spent",
    r"-\sum_{i < k} \log(1 - \eta\, \lambda_{\max}(x_i x_i^\top - M))",
    init=lambda s, oracle: full_scalar(s.x, 0.0),
    update=lambda spent, s, oracle, *, eta: (
        spent - ln(1 - eta * eigh(oracle.residual(s.x))[0][:, -1:])
    ),
    weights={"eta": eta},
)
def spent(s, oracle, spent, *, eta):
    """By how much, in the logarithm, the errors so far could shrink a singular value."""
    return spent


theorem = Theorem(
    cite="xiong2024overparameterization",
    assume=[*planted, fully_observed],
    algorithm=gradient_descent(eta=eta),
    parameters={eta: Interval.Lopen(0, longest)},
    initial={s_0: spare_value, chi: size},
    claims=[lower_bound(spent, log(1 + 2 * eta * s_0 * k) / 2)],
    tight=[aligned_factorization, aligned_factorization(scale=0.1, r=1, excess=1)],
    untested=named,
    iterations=200,
    mutants=[
        bound(log(1 + 3 * eta * s_0 * k) / 2, "the factor is two"),
        bound(log(1 + 2 * eta * s_0 * k), "half the logarithm"),
        without(
            fully_observed,
            "F G^T converges linearly",
            on=[imbalanced_factorization(scale=0.5)],
        ),
    ],
)
