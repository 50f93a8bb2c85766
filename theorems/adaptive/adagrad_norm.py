"""AdaGrad-Norm on smooth functions from a small b_0: best squared gradient of order 1/k.

With b_0 >= eta L every step decreases f by eta |grad f(x_j)|^2 / (2 b_(j+1)), so that the sum of
|grad f(x_j)|^2 / b_(j+1) is at most 2 Delta / eta; and so is b_k - b_0. Their product bounds the
sum of the squared gradients:
min_(j < k) |grad f(x_j)|^2 <= (4 Delta^2/eta^2 + 2 b_0 Delta/eta)/k, Delta = f(x_0) - inf f.
"""

from sympy import Interval, Rational, oo

from convlab.algorithms.adaptive import adagrad_norm
from convlab.assumptions import bounded_below, smooth
from convlab.claims import upper_bound
from convlab.metrics import best, gradient_norm_squared
from convlab.symbols import Delta, L, eta, k, symbol
from convlab.theorem import Theorem, bound, step
from problems.quadratics import parabola

f_star = symbol("f_star", "infimum of the function", sign="real", tex=r"f^\star")
b0 = symbol("b0", "what AdaGrad-Norm starts its sum of squared gradients with", tex="b_0")

smallest = (4 * Delta**2 / eta**2 + 2 * b0 * Delta / eta) / k

theorem = Theorem(
    cite="ward2019adagrad",
    number="Theorem 2, case 1 (JMLR 2020)",
    adapted="solved for the accuracy, with one gradient less than there",
    assume=[smooth(L), bounded_below(f_star)],
    algorithm=adagrad_norm(eta=eta, b0=b0),
    parameters={eta: Interval.open(0, oo), b0: Interval(eta * L, oo)},
    claims=[upper_bound(best(gradient_norm_squared, last=False), smallest, when=k >= 1)],
    tight=[parabola(steep=True)],
    mutants=[
        bound(smallest * Rational(9, 10), "with large eta the first gradient has this size"),
        step(eta * L / 20, "the bound falls below the first gradient", name="b0"),
    ],
)
