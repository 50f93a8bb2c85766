"""Muon, sign descent and normalized SGD with momentum under noise: the bound of the source.

With e_k = m_(k+1) - grad f(x_k), a step lowers f by eta |grad f(x_k)| - 2 eta |e_k| - L eta^2/2, in
the dual norm. The average forgets at the rate 1 - alpha, and a step moves the gradient by at most
L eta: E |e_k| <= (1 - alpha)^k rho sigma + sqrt(alpha) rho sigma + L eta/alpha, where rho is the
largest quotient of dual and Euclidean norm. Summed over k this is the bound on the mean over
x_0, ..., x_(k-1), and with L eta more the source's bound on the minimum over x_1, ..., x_k. With
eta of order k^(-3/4) and alpha of order k^(-1/2) all is of order k^(-1/4).
"""

from sympy import FiniteSet, Rational, sqrt

from convlab.algorithms import trust_region
from convlab.assumptions import attained, bounded_variance, max_smooth, smooth, spectral_smooth
from convlab.claims import upper_bound
from convlab.metrics import E, gradient_norm, metric, running_mean
from convlab.symbols import Delta, L, eta, k, sigma, symbol
from convlab.theorem import Theorem, bound, mutant
from convlab.vocabulary import full_scalar
from problems.matrix_functions import entrywise_cosine, hadamard_quadratic, matrix_quadratic
from theorems.orthogonalized.trust_region import (
    euclidean_distance,
    largest_distance,
    nuclear_norm,
    rho,
    spectral_distance,
    sum_norm,
)

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
noise = 2 * ratio * sigma / (alpha * k) + 2 * sqrt(alpha) * ratio * sigma
mean = Delta / (eta * k) + noise + L * eta / 2 + 2 * L * eta / alpha


def statement(title, smoothness, algorithm, dual, distance, quotient, on):
    """The theorem in one norm."""
    return Theorem(
        cite="kovalev2025understanding",
        number="Theorem 2",
        title=title,
        assume=[smoothness(L), bounded_variance(sigma), attained],
        algorithm=algorithm(eta=eta, alpha=alpha),
        parameters={alpha: FiniteSet(Rational(1, 4)), eta: FiniteSet(rho / 100)},
        initial={rho: distance, ratio: quotient},
        claims=[upper_bound(E(running_mean(dual)), mean)],
        tight=[hadamard_quadratic(size=1, radius=0.05, sigma=1.0), hadamard_quadratic],
        on=on,
        iterations=200,
        mutants=[
            bound(mean - noise, "under noise many a step goes the wrong way"),
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
    spectral_distance,
    nuclear_ratio,
    [matrix_quadratic(m=2, sigma=1.0)],
)
maximum = statement(
    "Sign descent with momentum under noise: a bound on the mean sum norm of the gradient.",
    max_smooth,
    trust_region.sign_momentum,
    sum_norm,
    largest_distance,
    sum_ratio,
    [entrywise_cosine(sigma=1.0)],
)
euclidean = statement(
    "Normalized SGD with momentum: a bound on the mean Euclidean norm of the gradient.",
    smooth,
    trust_region.normalized_momentum,
    gradient_norm,
    euclidean_distance,
    one,
    [matrix_quadratic(sigma=1.0)],
)
