r"""MoNNA under noise: with momentum, liars do not keep the gradient up, in an example.

For nodes that want the same, eta = 1/(L sqrt(T)) and 1 - beta = 4 L eta, the momenta differ by the
noise of about 1/(1 - beta) gradients only, and lies shift the mean by at most the order of eta
times that. So the mean squared gradient along a run is of the order of T^(-1/2), by the bound for
smooth functions. Here it is the one at the end, of nine equal parabolas, for lies that drag every
node the same way. Without momentum these keep it at the order of (q/n) sigma^2, whatever the step.
An exponent, read off runs of different lengths.
"""

from sympy import Rational, sqrt

from convlab.algorithms.byzantine import averaging_sgd, monna
from convlab.assumptions import attained, distributed, equal_bowls, liars, local_variance
from convlab.claims import scaling
from convlab.metrics import gradient_norm_squared
from convlab.symbols import L, T, n, sigma, symbol
from convlab.theorem import Theorem, bound, mutant, step
from problems.byzantine import Amplify, Drag, attacked
from problems.distributed import bowls

q = symbol("q", "number of nodes that lie", integer=True)
eta = 1 / (L * sqrt(T))
same = bowls(n=9, d=4, heterogeneity=0.0)
lengths = (48, 68, 96, 136, 192)


def lying(T):
    """The same problem, whatever the length of the run."""
    return attacked(same, attack=Drag(), sigma=1.0)


def amplified(T):
    """The same, but one lie is far away."""
    return attacked(same, attack=Amplify(), sigma=1.0)


theorem = Theorem(
    cite="farhadkhani2023robust",
    assume=[distributed(n), liars(q), equal_bowls(L), local_variance(sigma), attained],
    algorithm=monna(eta=eta, beta=1 - 4 * L * eta),
    claims=[scaling(gradient_norm_squared, -Rational(1, 2), over=lying, at=lengths)],
    exists=True,
    on=[lying(lengths[0])],
    mutants=[
        step(0, "without momentum the noise of every step is at the liars' service", name="beta"),
        bound(-1, "it is no faster"),
        mutant(
            "averaging",
            "a liar that amplifies the mean",
            algorithm=averaging_sgd(eta=eta, beta=1 - 4 * L * eta),
            claims=[scaling(gradient_norm_squared, 0, over=amplified, at=lengths)],
        ),
    ],
)
