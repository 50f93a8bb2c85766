"""Adam walks to the worst point of a convex problem.

Losses on [-1, 1] with the best point -1. Correction of bias, which the paper leaves out, is kept.
"""

from sympy import And, Eq, Interval, Mod, Rational, log, oo, sqrt

from convlab.algorithms.adaptive import adam, amsgrad
from convlab.assumptions import (
    attained_on_set,
    cycle_of_losses,
    rare_gradients,
    starts_at_one,
)
from convlab.claims import identity, lower_bound, upper_bound
from convlab.metrics import E, average_regret, metric, running_mean
from convlab.symbols import eta, k, symbol
from convlab.theorem import Theorem, bound, mutant, step, without
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
    adapted="on the losses of the proof, from its start, with what the proof shows of every round",
    title="Adam comes back to the worst point of an online convex problem in every third round.",
    text="""The loss is C x in every third round, -x in the others. The step away from 1 in a round
    with loss C x is at most eta sqrt(1 + 1/C^2)/sqrt(k + 1), as the mean of squares is at least (1
    - beta2) C^2; in round 0 it is eta. In the next two rounds that mean is at most 2 and at most 1
    + beta2, so that the two steps back are together longer, and every third iterate is 1 again.
    Three rounds from there cost at least 2 C - 4 more than at -1: the average regret is at least (2
    C - 4)/3.""",
    assume=[cycle_of_losses(C), starts_at_one, attained_on_set],
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
        without(starts_at_one, "from -1 the way to 1 takes many rounds", on=[cycle(start=-1.0)]),
    ],
)

y0 = symbol("y_0", "distance of the starting point from 1", tex="|x_0 - 1|")

p = (1 + zeta) / (C + 1)
drift = (1 - p) * sqrt(1 + C**2) / (sqrt(2) * C) - p
squares = eta**2 * (1 + 1 / C**2) * (1 + log(k))
near = (y0**2 + squares) / (4 * eta * drift * (sqrt(k + 1) - 1))

stochastic = Theorem(
    cite="reddi2018adam",
    number="Theorem 3",
    adapted="for beta1 = 0 and beta2 = 1/(1 + C^2), with a bound, from every start",
    title="Adam comes to the worst point of a stochastic convex problem, or stays there.",
    text="""The gradient is C with probability p = (1 + zeta)/(C + 1), else -1. Let y = |x - 1|.
    Given the past, Adam's mean of squares u <= C^2, the next step moves towards 1 by eta_k ((1 -
    p)/sqrt((1 - w) u + w) - p C/sqrt((1 - w) u + w C^2)) in expectation, w >= 1 - beta2. For C >=
    2, and where s below is positive, that is least for u = C^2 and w = 1 - beta2: it is at least
    eta_k s, s = (1 - p) sqrt(1 + C^2)/(sqrt(2) C) - p. Squares of moves have expectation at most
    eta_k^2 (1 + 1/C^2). So E y_(k+1)^2 <= E y_k^2 - 2 s eta_k E y_k + (1 + 1/C^2) eta_k^2 with
    eta_k = eta/sqrt(k + 1). Summed up, the mean of y with weights 1/sqrt(i + 1) over the rounds is
    at most (y_0^2 + eta^2 (1 + 1/C^2) (1 + log k))/(4 eta s (sqrt(k + 1) - 1)) in expectation.""",
    assume=[rare_gradients(C, zeta)],
    algorithm=adam(eta=eta / sqrt(k + 1), beta1=0, beta2=small, eps=0),
    parameters={eta: Interval.open(0, oo)},
    initial={y0: distance_to_1},
    claims=[
        upper_bound(
            E(running_mean(distance_to_1, weight=1 / sqrt(k + 1))),
            near,
            when=And(k >= 1, C >= 2, drift > 0),
        )
    ],
    tight=[rare_gradient, rare_gradient(start=-1.0)],
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
