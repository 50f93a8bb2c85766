"""SGD on smooth nonconvex functions: the mean squared gradient falls to a plateau.

The descent inequality E f(x_(k+1)) <= E f(x_k) - (eta - L eta^2/2) E|grad f(x_k)|^2
+ L eta^2 sigma^2/2, summed. An iterate drawn uniformly from x_0, ..., x_(k-1) has the mean of the
squared gradients as its expectation. ``tuned`` is the best constant step for a known horizon T.
"""

from sympy import Interval, Min, Rational, sqrt

from convlab.algorithms.stochastic import sgd
from convlab.assumptions import bounded_below, bounded_variance, smooth
from convlab.claims import upper_bound
from convlab.metrics import E, gradient_norm_squared, running_mean
from convlab.symbols import Delta, L, T, eta, k, sigma, symbol
from convlab.theorem import Theorem, bound, step
from problems.noise import Gaussian, noisy
from problems.nonconvex import egg_crate, sine_bowl
from problems.quadratics import parabola

f_star = symbol("f_star", "infimum of the function", sign="real", tex=r"f^\star")
steep = noisy(parabola(steep=True), Gaussian(1.0))
rippled = [noisy(sine_bowl(d=2), Gaussian(2.0)), noisy(egg_crate(), Gaussian(1.0))]

mean_gradient = E(running_mean(gradient_norm_squared))
mean_bound = (2 * Delta / k + L * eta**2 * sigma**2) / (2 * eta - L * eta**2)

theorem = Theorem(
    cite="ghadimi2013stochastic",
    number="Theorem 2.1",
    adapted="for a constant step",
    assume=[smooth(L), bounded_below(f_star), bounded_variance(sigma)],
    algorithm=sgd(eta=eta),
    parameters={eta: Interval.open(0, 2 / L)},
    claims=[upper_bound(mean_gradient, mean_bound, when=k >= 1)],
    tight=[steep, *rippled],
    mutants=[
        bound((2 * Delta / k + L * eta**2 * sigma**2) / (2 * eta), "noise makes f grow"),
        bound(mean_bound * Rational(9, 10), "on a parabola it is an equality but for the end"),
        step(Rational(21, 10) / L, "beyond 2/L it diverges"),
    ],
)

best_step = Min(1 / L, sqrt(2 * Delta / L) / (sigma * sqrt(T)))
horizon_bound = 2 * L * Delta / T + 2 * sigma * sqrt(2 * L * Delta) / sqrt(T)

tuned = Theorem(
    cite="ghadimi2013stochastic",
    number="Corollary 2.2",
    adapted="for the best of the step sizes that it allows",
    title="SGD on smooth nonconvex functions, step for T: squared gradients like 1/sqrt(T).",
    assume=[smooth(L), bounded_below(f_star), bounded_variance(sigma)],
    algorithm=sgd(eta=best_step),
    claims=[upper_bound(mean_gradient, horizon_bound)],
    tight=[steep, rippled[1]],
    mutants=[
        bound(horizon_bound * Rational(9, 20), "on a parabola it is nearly half of the bound"),
        step(20 * best_step, "the noise stays too large"),
    ],
)
