"""Muon, sign descent and normalized SGD with momentum under noise: bounds on the mean gradient.

With e_k = m_(k+1) - grad f(x_k), a step lowers f by eta |grad f(x_k)| - 2 eta |e_k| - L eta^2/2, in
the dual norm. The average forgets at the rate 1 - alpha, and a step moves the gradient by at most
L eta, so e_k is a sum of
- (1 - alpha) (grad f(x_(k-1)) - grad f(x_k)), (1 - alpha)^2 times the one before, and so on: at
  most L eta (1 - alpha)/alpha;
- noise, with weight (1 - alpha)^(k+1) that of m_0, else alpha (1 - alpha)^j: in the mean at most
  rho_d sigma ((1 - alpha)^(k+1) + sqrt(alpha/(2 - alpha))), where rho_d is the largest quotient of
  dual and Euclidean norm.
Summed over x_0, ..., x_(k-1) and divided by eta k, with Delta for what f can lose, the mean of
|grad f| is at most Delta/(eta k) + 2 rho_d sigma (1 - alpha)/(alpha k)
+ 2 rho_d sigma sqrt(alpha/(2 - alpha)) + L eta/2 + 2 L eta (1 - alpha)/alpha.

The source has 1/alpha, sqrt(alpha) and 3/2 L eta for (1 - alpha)/alpha, sqrt(alpha/(2 - alpha)) and
L eta/2. With eta of order k^(-3/4) and alpha of order k^(-1/2) all is of order k^(-1/4).
"""

from sympy import Interval, oo, sqrt

from convlab.algorithms import trust_region
from convlab.assumptions import attained, bounded_variance, max_smooth, smooth, spectral_smooth
from convlab.claims import upper_bound
from convlab.metrics import E, gradient_norm, metric, running_mean
from convlab.symbols import Delta, L, eta, k, sigma, symbol
from convlab.theorem import Theorem, bound, mutant
from convlab.vocabulary import full_scalar
from problems.matrix_functions import entrywise_cosine, hadamard_quadratic, matrix_quadratic
from theorems.orthogonalized.trust_region import nuclear_norm, sum_norm

alpha = symbol("alpha_m", "weight of the new gradient in the momentum", tex=r"\alpha")
ratio = symbol("rho_d", "largest quotient of the dual and the Euclidean norm", tex=r"\rho_d")


def quotient(name, tex, value):
    """A number that depends on the shape of the iterate alone."""

    @metric(name, tex)
    def measured(s, oracle):
        return full_scalar(s.x, value(*s.x.shape[-2:]))

    return measured


nuclear_ratio = quotient("nuclear ratio", r"\sqrt{\min(m, n)}", lambda m, n: min(m, n) ** 0.5)
sum_ratio = quotient("sum ratio", r"\sqrt{m n}", lambda m, n: (m * n) ** 0.5)
one = quotient("one", "1", lambda m, n: 1.0)
first = 2 * ratio * sigma * (1 - alpha) / (alpha * k)
noise = first + 2 * ratio * sigma * sqrt(alpha / (2 - alpha))
lag = 2 * L * eta * (1 - alpha) / alpha
mean = Delta / (eta * k) + noise + L * eta / 2 + lag
ranges = {alpha: Interval.Lopen(0, 1), eta: Interval.open(0, oo)}


def statement(title, smoothness, algorithm, dual, quotient, *tight):
    """The theorem in one norm."""
    return Theorem(
        cite="kovalev2025understanding",
        number="Theorem 2",
        adapted="for the mean over x_0, ..., x_(k-1), not the minimum over x_1, ..., x_k, and with "
        "smaller constants",
        title=title,
        assume=[smoothness(L), bounded_variance(sigma), attained],
        algorithm=algorithm(eta=eta, alpha=alpha),
        parameters=ranges,
        initial={ratio: quotient},
        claims=[upper_bound(E(running_mean(dual)), mean)],
        tight=[hadamard_quadratic(size=1, radius=0.05, sigma=1.0), hadamard_quadratic, *tight],
        iterations=100,
        mutants=[
            bound(mean - noise, "under noise many a step goes the wrong way"),
            bound(mean - lag, "the average lags behind"),
            bound(mean - L * eta / 4, "without noise and momentum it jumps by half a step"),
            bound(mean - Delta / (2 * eta * k), "it takes that long to arrive"),
            mutant(
                "long memory",
                "an average over a hundred steps overshoots",
                algorithm=algorithm(eta=eta, alpha=alpha / 25),
            ),
        ],
    )


spectral = statement(
    "Muon under noise: a bound on the mean nuclear norm of the gradient.",
    spectral_smooth,
    trust_region.muon,
    nuclear_norm,
    nuclear_ratio,
    matrix_quadratic(m=2, sigma=1.0),
)
maximum = statement(
    "Sign descent with momentum under noise: a bound on the mean sum norm of the gradient.",
    max_smooth,
    trust_region.sign_momentum,
    sum_norm,
    sum_ratio,
    entrywise_cosine(sigma=1.0),
)
euclidean = statement(
    "Normalized SGD with momentum: a bound on the mean Euclidean norm of the gradient.",
    smooth,
    trust_region.normalized_momentum,
    gradient_norm,
    one,
    matrix_quadratic(sigma=1.0),
)
