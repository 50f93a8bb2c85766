"""Weight decay makes the orthogonalized gradient a conditional gradient method on a ball.

x_(k+1) = x_k + beta (z_k - x_k), where z_k minimizes the linear model over the spectral ball of
radius R = eta/beta. So from a start in that ball the iterates stay there: their spectral norm is at
most eta/beta. Let the minimizer be in the ball, too. A step has length at most 2 eta, so
f(x_(k+1)) <= f(x_k) + beta <grad f(x_k), z_k - x_k> + 2 L eta^2, and for convex f the inner product
is at most that with x*, -(f(x_k) - f*). So gap_(k+1) <= (1 - beta) gap_k + 2 L eta^2, and
gap_k <= (1 - beta)^k Delta + 2 L eta^2/beta. The source has the order, under noise.
"""

from sympy import FiniteSet, Interval, Rational, oo

from convlab.algorithms import trust_region
from convlab.assumptions import attained, bounded_variance, convex, spectral_smooth
from convlab.claims import upper_bound
from convlab.metrics import gap, metric
from convlab.symbols import Delta, L, eta, k, sigma, symbol
from convlab.theorem import Theorem, bound, mutant, step
from convlab.vocabulary import amax, maximum, svd
from problems.matrix_functions import entrywise_huber, hadamard_quadratic, matrix_quadratic
from theorems.orthogonalized.muon import alpha

beta = symbol("beta_w", "weight decay", tex=r"\beta")
size = symbol("R", "larger one of the spectral norms of x_0 and x*")


@metric("spectral norm", r"\|X\|_{\mathrm{op}}")
def spectral_norm(s, oracle):
    """Largest singular value of the iterate."""
    return amax(svd(s.x)[1])


@metric("spectral size", r"\max(\|X\|_{\mathrm{op}}, \|x^\star\|_{\mathrm{op}})")
def spectral_size(s, oracle):
    """That of the iterate, or of the minimizer where it is larger."""
    return maximum(amax(svd(s.x)[1]), amax(svd(oracle.x_star + 0 * s.x)[1]))


rate = (1 - beta) ** k * Delta
floor = 2 * L * eta**2 / beta

theorem = Theorem(
    cite="kovalev2025understanding",
    assume=[convex, spectral_smooth(L), attained],
    algorithm=trust_region.orthogonalized_gradient(eta=eta, decay=beta),
    parameters={beta: Interval.open(0, 1), eta: Interval(beta * size, oo)},
    initial={size: spectral_size},
    claims=[
        upper_bound(gap, rate + floor),
        upper_bound(spectral_norm, eta / beta),
    ],
    tight=[entrywise_huber, hadamard_quadratic],
    iterations=300,
    mutants=[
        mutant(
            "twice as fast",
            "on a slope it is 1 - beta, with little decay, too",
            parameters={beta: FiniteSet(Rational(1, 200)), eta: FiniteSet(beta * size)},
            claims=[upper_bound(gap, (1 - beta) ** (2 * k) * Delta + floor)],
        ),
        bound(rate, "the last steps are as long as the first"),
        bound(Rational(9, 10) * eta / beta, "the ball is filled", claim=1),
        step(beta * size / 2, "the minimizer is outside of the ball"),
    ],
)

muon = Theorem(
    cite="kovalev2025understanding",
    title="Muon with weight decay stays in a spectral ball, whatever the noise.",
    text="""
x_(k+1) = (1 - beta) x_k - eta O_k with a polar factor O_k, of spectral norm at most 1. So
|x_(k+1)| <= (1 - beta) |x_k| + eta, and from |x_0| <= eta/beta on |x_k| <= eta/beta, whatever the
gradients are. Derived here.""",
    assume=[bounded_variance(sigma), attained],
    algorithm=trust_region.muon(eta=eta, alpha=alpha, decay=beta),
    parameters={
        alpha: Interval.Lopen(0, 1),
        beta: Interval.open(0, 1),
        eta: Interval(beta * size, oo),
    },
    initial={size: spectral_size},
    claims=[upper_bound(spectral_norm, eta / beta)],
    tight=[matrix_quadratic(sigma=5.0), hadamard_quadratic(sigma=5.0, radius=0.1)],
    iterations=300,
    mutants=[
        bound(Rational(9, 10) * eta / beta, "the ball is filled"),
        mutant(
            "no decay",
            "then nothing holds the iterates",
            algorithm=trust_region.muon(eta=eta, alpha=alpha),
        ),
    ],
)
