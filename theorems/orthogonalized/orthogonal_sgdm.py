"""There is noise of mean 0 under which Orthogonal-SGDM goes to a wrong point.

On |x|^2/2 with noise xi J, J orthogonal, xi of mean 0 and median -b, the polar factor of the
stochastic gradient at x = t J is sign(t + xi) J: its mean is 0 where t is b, and not at the
minimizer, whatever step size and momentum. Started at the minimizer, where the norm of the gradient
is 0, the method leaves it, and the spectral norm of the gradient, |t|, goes to b, up to a step.
Muon, which averages first, stays. The source names this as the reason to average first; the example
is made here.
"""

from sympy import FiniteSet, Interval, Rational, latex

from convlab.algorithms.trust_region import muon, orthogonal_sgdm
from convlab.assumptions import skewed_noise, spectral_smooth
from convlab.claims import upper_bound
from convlab.metrics import E, metric
from convlab.symbols import L, eta, k, symbol
from convlab.theorem import Theorem, mutant
from convlab.vocabulary import absolute, amax, svd
from problems.matrix_functions import skewed_quadratic
from theorems.orthogonalized.muon import alpha

median = symbol("b_xi", "minus the median of the noise, whose mean is 0", tex="b")


def away(point):
    """How far the largest singular value of the gradient is from a number, and no farther.

    After three hundred steps, when it has walked there, one step on average: a hundredth of the
    median.
    """

    @metric(
        f"| spectral gradient - {point} |",
        rf"\left| \|\nabla f(X)\|_{{\mathrm{{op}}}} - {latex(point)} \right|",
        weights={"point": point},
    )
    def offset(s, oracle, *, point):
        return absolute(amax(svd(oracle.gradient(s.x))[1]) - point)

    return upper_bound(E(offset), median / 100, when=k >= 300)


theorem = Theorem(
    cite="kovalev2025understanding",
    assume=[spectral_smooth(L), skewed_noise(median)],
    algorithm=orthogonal_sgdm(eta=eta, alpha=alpha),
    parameters={alpha: Interval.Lopen(Rational(1, 8), 1), eta: FiniteSet(median / 100)},
    because={eta: "a hundred steps lead to the point, and one is what it jumps by"},
    claims=[away(median)],
    exists=True,
    on=[skewed_quadratic, skewed_quadratic(n=3, p=0.25)],
    iterations=400,
    mutants=[
        mutant("nearer", "it goes to the median", claims=[away(Rational(9, 10) * median)]),
        mutant("Muon", "it averages the noise away", algorithm=muon(eta=eta, alpha=alpha)),
        mutant("no skewness", "no side is preferred", on=[skewed_quadratic(p=0.5)]),
    ],
)
