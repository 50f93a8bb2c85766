"""Muon with extrapolated gradients: what it gains where the Hessian is Lipschitz.

With e_k = m_(k+1) - grad f(x_k) and y_k = x_k + (1 - alpha)/alpha (x_k - x_(k-1)), the first-order
terms of grad f(y_k) and grad f(x_(k-1)) around x_k cancel in the average. What is left is at most
H eta^2/2 ((1 - alpha) + (1 - alpha)^2/alpha) = H eta^2 (1 - alpha)/(2 alpha) per step, and 1/alpha
of that in e_k: the term 2 L eta (1 - alpha)/alpha of Muon (``muon``) becomes
H eta^2 (1 - alpha)/alpha^2. So the mean of |grad f| over x_0, ..., x_(k-1) is at most
Delta/(eta k) + 2 rho_d sigma ((1 - alpha)/(alpha k) + sqrt(alpha/(2 - alpha))) + L eta/2
+ H eta^2 (1 - alpha)/alpha^2. With eta of order k^(-5/7) and alpha of order k^(-4/7) all is of
order k^(-2/7), as in the source.
"""

from convlab.algorithms.trust_region import extrapolated_muon, muon
from convlab.assumptions import attained, bounded_variance, hessian_spectral, spectral_smooth
from convlab.claims import upper_bound
from convlab.metrics import E, running_mean
from convlab.symbols import Delta, L, eta, k, sigma, symbol
from convlab.theorem import Theorem, bound, mutant
from problems.matrix_functions import entrywise_cosine, hadamard_quadratic
from theorems.orthogonalized.muon import alpha, noise, nuclear_ratio, ranges, ratio
from theorems.orthogonalized.trust_region import nuclear_norm

H = symbol("H", "Lipschitz constant of the Hessian, from the spectral to the nuclear norm")
mean = Delta / (eta * k) + noise + L * eta / 2 + H * eta**2 * (1 - alpha) / alpha**2

theorem = Theorem(
    cite="kovalev2025understanding",
    assume=[spectral_smooth(L), hessian_spectral(H), bounded_variance(sigma), attained],
    algorithm=extrapolated_muon(eta=eta, alpha=alpha),
    parameters=ranges,
    initial={ratio: nuclear_ratio},
    claims=[upper_bound(E(running_mean(nuclear_norm)), mean)],
    tight=[
        hadamard_quadratic,
        hadamard_quadratic(size=1, radius=0.05, sigma=1.0),
        entrywise_cosine(m=2, n=2, sigma=0.3),
    ],
    iterations=100,
    mutants=[
        bound(mean - L * eta / 4, "on a quadratic the average is the gradient itself"),
        bound(mean - noise, "under noise many a step goes the wrong way"),
        mutant(
            "not extrapolated",
            "the average lags behind the gradient",
            algorithm=muon(eta=eta, alpha=alpha),
        ),
    ],
)
