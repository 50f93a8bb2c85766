"""There are random starts of two factors whose imbalance sets the linear rate.

As in ``asymmetric``, F G^T - M loses eta sigma^2 of itself per step, with sigma the smallest
singular value of F in the directions of R^p that are to spare. Those are, for a small start,
orthogonal to the rows of U^T F_0 + V^T G_0, M = U S V^T, for that is what grows; and F^T F - G^T G
hardly moves while G loses all it has there. So sigma^2 is sigma_F, the least eigenvalue of
F_0^T F_0 - G_0^T G_0 in the spare directions, up to a factor that tends to 1 with the size alpha of
the start, and the gap has the rate (1 - eta sigma_F)^2. sigma_F is of order alpha^2 for starts of
sizes alpha and alpha/3: the iterations to an accuracy grow like 1/alpha^2. From other starts that
are not small the factor was seen to be as small as 0.99.

The source has exp(-Omega(eta alpha^2 k)), for few measurements.
"""

from sympy import Rational

from convlab.algorithms.gradient import gradient_descent
from convlab.assumptions import two_factors
from convlab.claims import complexity, linear_rate
from convlab.metrics import gap, metric
from convlab.symbols import eta, symbol
from convlab.theorem import Theorem, bound, mutant
from convlab.vocabulary import eigh, matmul, solve, transpose
from problems.matrix_factorization import asymmetric_factorization, symmetric_factorization
from theorems.matrix_sensing.symmetric import chi, named, planted, size, two_steps

imbalance = symbol("sigma_F", "smallest spare singular value of F_0 beyond G_0", tex=r"\sigma_F")


@metric("imbalance", r"\lambda_{\min}(F^\top F - G^\top G)")
def spare_imbalance(s, oracle):
    """The least eigenvalue of F^T F - G^T G on the directions that M leaves to spare."""
    F = oracle.left * s.x
    G = s.x - F
    signal = matmul(transpose(oracle.growing), s.x)
    onto = matmul(transpose(signal), solve(matmul(signal, transpose(signal)), signal))
    difference = matmul(transpose(F), F) - matmul(transpose(G), G)
    spare = difference - matmul(onto, difference)
    return eigh(spare - matmul(spare, onto) + 1e3 * onto)[0][:, :1]


theorem = Theorem(
    cite="xiong2024overparameterization",
    assume=[*planted, two_factors],
    algorithm=gradient_descent(eta=eta),
    parameters=two_steps,
    because={eta: "with a shorter step the rate shows after the end of the run"},
    initial={imbalance: spare_imbalance, chi: size},
    claims=[
        linear_rate(gap, (1 - eta * imbalance) ** 2),
        complexity(
            gap,
            2,
            over=lambda v: asymmetric_factorization(scale=1 / v),
            at=[2.5, 2.75, 3, 3.3, 3.6, 4, 4.5, 5],
            eps=1e-16,
        ),
    ],
    exists=True,
    on=[
        asymmetric_factorization(1, scale=0.15),
        asymmetric_factorization(2, r=1, excess=2, scale=0.2),
    ],
    untested=named,
    iterations=8000,
    mutants=[
        bound((1 - eta * imbalance) ** 3, "one and a half times as fast"),
        bound(Rational(3, 2), "the rate goes with the square of the size", claim=1),
        mutant(
            "one factor",
            "x x^T - M falls like 1/k^2",
            assume=planted,
            on=[symmetric_factorization],
        ),
    ],
)
