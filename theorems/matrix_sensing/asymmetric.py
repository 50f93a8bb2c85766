"""Two factors of different size: linear convergence, at a rate that the start decides.

F_0 has the size alpha, G_0 a third of it, and both have p > r columns. Where all is diagonal, each
spare pair of singular values obeys f <- f (1 - eta g^2), g <- g (1 - eta f^2), so that
f^2 - g^2 <- (f^2 - g^2) (1 - eta^2 f^2 g^2): it hardly moves, while g loses all that it has. Hence
8/9 alpha^2 (1 - eta alpha^2) <= f^2 <= alpha^2. The pairs that fit M converge faster, at the rate
1 - eta (f^2 + g^2). So f g is O(fast^k) with fast = 1 - 8/9 eta alpha^2 (1 - eta alpha^2), and the
gap, half the sum of the (f g)^2, is O(fast^(2k)). Conversely g_k >= alpha/3 (1 - eta alpha^2)^k,
so the gap is at least
(p - r)/2 * 8/9 alpha^2 (1 - eta alpha^2) * alpha^2/9 (1 - eta alpha^2)^(2k)
= 4 (p - r) alpha^4/81 (1 - eta alpha^2)^(2k + 1).

The source has exp(-Omega(eta alpha^2 k)), from a Gaussian start, for few measurements. From
F_0 = G_0 the error falls like 1/k^2.
"""

from sympy import Interval, Rational

from convlab.algorithms.gradient import gradient_descent
from convlab.assumptions import imbalanced_start, two_factors
from convlab.claims import linear_rate, lower_bound
from convlab.metrics import gap, metric
from convlab.symbols import eta, k, symbol
from convlab.theorem import Theorem, bound, mutant
from convlab.vocabulary import amax, svd
from problems.matrix_factorization import imbalanced_factorization
from theorems.matrix_sensing.symmetric import chi, longest, named, p, planted, r, size

alpha = symbol("alpha_0", "size of the start", tex=r"\alpha")
fast = 1 - Rational(8, 9) * eta * alpha**2 * (1 - eta * alpha**2)
slow = 1 - eta * alpha**2
least = 4 * (p - r) * alpha**4 / 81


@metric("size of F", r"\sigma_1(F)")
def size_of_left(s, oracle):
    """The largest singular value of the first factor."""
    return amax(svd(oracle.left * s.x)[1])


theorem = Theorem(
    cite="xiong2024overparameterization",
    assume=[*planted, two_factors, imbalanced_start(alpha)],
    algorithm=gradient_descent(eta=eta),
    parameters={eta: Interval.Lopen(0, longest)},
    initial={chi: size},
    claims=[
        linear_rate(gap, fast**2),
        lower_bound(gap, least * slow ** (2 * k + 1)),
    ],
    tight=[imbalanced_factorization(scale=a) for a in (0.4, 0.2)],
    untested=named | {two_factors: "one factor is not split into F and G"},
    iterations=2000,
    mutants=[
        bound(fast**3, "one and a half times as fast"),
        bound(least * slow**k, "half as fast", claim=1),
        mutant(
            "equal factors",
            "F = G is the symmetric factorization",
            assume=[*planted, two_factors],
            initial={chi: size, alpha: size_of_left},
            tight=[imbalanced_factorization(balanced=True)],
        ),
    ],
)
