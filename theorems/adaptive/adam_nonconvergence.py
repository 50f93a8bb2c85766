"""Adam walks to the worst point of a convex problem.

Losses on [-1, 1] with the best point -1. ``online``: C x in every third round, -x in the others.
The step away from 1 in a round with loss C x is at most eta / sqrt((1 - beta2) k), the two steps
back are together longer, and so every third iterate is 1; three rounds from there cost at least
2 C - 4 more than at -1. ``stochastic``: the gradient is C with probability
p = (1 + zeta)/(C + 1), else -1. Whatever the past, v <= C^2 makes the expected move
towards 1 at least eta_k s with s = (1 - p)/sqrt(2) - p C/sqrt(1 + C^2); squares of moves have
expectation at most eta_k^2 (1 + 1/C^2). So y = 1 - x obeys
E y_(k+1)^2 <= E y_k^2 - 2 s eta_k E y_k + (1 + 1/C^2) eta_k^2, and the sum over k is the bound:
the mean of y over the run goes to 0. Correction of bias, which the paper leaves out, is kept.
"""

from sympy import Eq, Interval, Mod, Rational, log, sqrt

from convlab.algorithms.adaptive import adam, amsgrad
from convlab.assumptions import attained_on_set, cycle_of_losses, rare_gradients
from convlab.claims import identity, lower_bound, upper_bound
from convlab.metrics import E, average_regret, metric, running_mean
from convlab.symbols import eta, k, symbol
from convlab.theorem import Theorem, bound, mutant, step
from convlab.vocabulary import absolute
from problems.online import cycle, rare_gradient

C = symbol("C", "slope of the rare large gradient")
zeta = symbol("zeta", "slope of the expected loss")


@metric("position", "X")
def position(s, oracle):
    """The iterate, in one dimension."""
    return s.x


@metric("distance_to_1", "|X - 1|")
def distance_to_1(s, oracle):
    """Distance to the worst point."""
    return absolute(s.x - 1.0)


small = 1 / (1 + C**2)
away = eta * sqrt((1 + C**2) / (C**2 * (k - Mod(k - 1, 3))))

online = Theorem(
    cite="reddi2018adam",
    number="Theorem 1",
    title="Adam walks to the worst point of an online convex problem.",
    assume=[cycle_of_losses(C), attained_on_set],
    algorithm=adam(eta=eta / sqrt(k + 1), beta1=0, beta2=small, eps=0),
    parameters={eta: Interval.open(0, sqrt(1 - small))},
    claims=[
        identity(position, 1, when=Eq(Mod(k, 3), 0)),
        upper_bound(distance_to_1, away, when=k >= 1),
        lower_bound(average_regret, (2 * C - 4) / 3, when=k >= 1),
    ],
    tight=[cycle],
    mutants=[
        mutant(
            "AMSGrad",
            "it does not forget the large gradients",
            algorithm=amsgrad(eta=eta / sqrt(k + 1), beta1=0, beta2=small),
        ),
        step(Rational(99, 100), "with a memory of a hundred rounds it goes to -1", name="beta2"),
        bound(away * Rational(9, 10), "the move away from 1 has almost this length", claim=1),
        bound((2 * C - 4) / 2, "two thirds of that, in the long run", claim=2),
    ],
)

p = (1 + zeta) / (C + 1)
drift = (1 - p) / sqrt(2) - p * C / sqrt(1 + C**2)
near = eta * (1 + 1 / C**2) * (1 + log(k)) / (4 * drift * (sqrt(k + 1) - 1))

stochastic = Theorem(
    cite="reddi2018adam",
    number="Theorem 3",
    title="Adam stays at the worst point of a stochastic convex problem.",
    assume=[rare_gradients(C, zeta)],
    algorithm=adam(eta=eta / sqrt(k + 1), beta1=0, beta2=small, eps=0),
    parameters={eta: Interval(Rational(1, 10), 1)},
    claims=[upper_bound(E(running_mean(distance_to_1, weight=1 / sqrt(k + 1))), near, when=k >= 1)],
    tight=[rare_gradient],
    loose=(
        "by 6: the derivation counts the squares of all moves, also of those towards 1 that the "
        "set cuts off, and takes v at its largest in every move back"
    ),
    mutants=[
        mutant(
            "AMSGrad",
            "it goes to the best point, -1",
            algorithm=amsgrad(eta=eta / sqrt(k + 1), beta1=0, beta2=small),
        ),
        step(Rational(99, 100), "with a memory of a hundred rounds it goes to -1", name="beta2"),
        bound(near / 8, "the moves away from 1 alone are longer on average"),
    ],
)
