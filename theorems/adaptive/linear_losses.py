"""What adaptive methods do on a linear loss <c, x>, step by step: exactly.

All gradients are c. An upper bound is blind to a step that is wrong and not slower; these are not.
"""

from sympy import Interval, oo, sqrt

from convlab.algorithms.adaptive import adagrad_norm, adam, amsgrad
from convlab.algorithms.gradient import gradient_descent
from convlab.assumptions import linear_loss
from convlab.claims import identity
from convlab.metrics import gradient_norm, metric
from convlab.symbols import d, eta, k, symbol
from convlab.theorem import Theorem, bound, mutant
from convlab.vocabulary import amax, norm, sign
from problems.slopes import slopes

c_min = symbol("c_min", "smallest slope of the linear loss, in absolute value", tex=r"c_{\min}")
c_max = symbol("c_max", "largest slope of the linear loss, in absolute value", tex=r"c_{\max}")
beta1 = symbol("beta1", "weight of the past in the mean of gradients", tex=r"\beta_1")
beta2 = symbol("beta2", "weight of the past in the mean of squared gradients", tex=r"\beta_2")
eps = symbol("eps", "what Adam adds to the root", tex=r"\epsilon")
b0 = symbol("b0", "what AdaGrad-Norm starts its sum of squared gradients with", tex="b_0")
slope = symbol("slope", "norm of the gradient at the starting point", tex=r"\|c\|")


def _descended(x0, s, oracle):
    """How far each entry has moved from x_0 against the sign of its slope."""
    return (x0 - s.x) * sign(oracle.gradient(s.x))


@metric(
    "shortest_way",
    r"\min_i \operatorname{sign}(c_i) (x_0 - X)_i",
    init=lambda s, oracle: s.x,
    update=lambda x0, s, oracle: x0,
    least=None,
)
def shortest_way(s, oracle, x0):
    """The way of the slowest entry."""
    return -amax(-_descended(x0, s, oracle))


@metric(
    "longest_way",
    r"\max_i \operatorname{sign}(c_i) (x_0 - X)_i",
    init=lambda s, oracle: s.x,
    update=lambda x0, s, oracle: x0,
    least=None,
)
def longest_way(s, oracle, x0):
    """The way of the fastest entry."""
    return amax(_descended(x0, s, oracle))


@metric(
    "last_step",
    r"\|x_k - x_{k-1}\|",
    init=lambda s, oracle: s.x,
    update=lambda before, s, oracle: s.x,
)
def last_step(s, oracle, before):
    """The length of the last step; 0 before any."""
    return norm(s.x - before)


def way(c):
    """How far Adam moves an entry of slope c in k rounds."""
    return eta * k * c / (c + eps)


steps = {eta: Interval.open(0, oo)}
memories = {beta1: Interval.Ropen(0, 1), beta2: Interval.Ropen(0, 1)}

adam_moves = Theorem(
    cite="kingma2015adam",
    title="Adam on a linear loss: every entry moves by eta |c_i|/(|c_i| + eps) in every round.",
    text="""The running means are (1 - beta1^k) c and (1 - beta2^k) c^2: corrected, they are c and
    c^2 from the first round. So entry i moves by eta |c_i|/(|c_i| + eps) against the sign of c_i in
    every round: by eta k c_min/(c_min + eps) in k rounds where it moves least, and by eta k
    c_max/(c_max + eps) where it moves most.""",
    assume=[linear_loss(c_min, c_max)],
    algorithm=adam(eta=eta, beta1=beta1, beta2=beta2, eps=eps),
    parameters={**steps, **memories, eps: Interval(0, oo)},
    claims=[
        identity(shortest_way, way(c_min)),
        identity(longest_way, way(c_max)),
    ],
    tight=[slopes],
    iterations=100,
    mutants=[
        bound(way(c_max), "eps makes the flat entries slower"),
        bound(way(c_max) * (k + 1) / k, "a round more", claim=1),
        mutant(
            "AMSGrad",
            "it does not correct the bias",
            algorithm=amsgrad(eta=eta, beta1=beta1, beta2=beta2),
        ),
        mutant("gradient descent", "steep entries go farther", algorithm=gradient_descent(eta=eta)),
    ],
)

uncorrected = eta * (1 - beta1**k) / sqrt(1 - beta2**k) * sqrt(d)

amsgrad_moves = Theorem(
    cite="reddi2018adam",
    title="AMSGrad on a linear loss: steps that tend to eta sqrt(d), without correction of bias.",
    text="""The running means are (1 - beta1^k) c and (1 - beta2^k) c^2, not corrected, and the
    largest second mean is the last one. So each of the d entries moves by the same, and the step to
    x_k is eta (1 - beta1^k)/sqrt(1 - beta2^k) sqrt(d) long.""",
    assume=[linear_loss(c_min, c_max)],
    algorithm=amsgrad(eta=eta, beta1=beta1, beta2=beta2),
    parameters={**steps, **memories},
    claims=[identity(last_step, uncorrected, when=k >= 1)],
    tight=[slopes],
    iterations=100,
    mutants=[
        bound(eta * sqrt(d), "Adam, which corrects, moves so from the first round"),
        mutant("Adam", "it corrects", algorithm=adam(eta=eta, beta1=beta1, beta2=beta2, eps=0)),
        mutant(
            "decreasing steps",
            "then they tend to 0",
            algorithm=amsgrad(eta=eta / sqrt(k + 1), beta1=beta1, beta2=beta2),
        ),
    ],
)

shrinking = eta * slope / sqrt(b0**2 + k * slope**2)

adagrad_norm_moves = Theorem(
    cite="ward2019adagrad",
    title="AdaGrad-Norm on a linear loss: steps of order 1/sqrt(k), the last gradient counted.",
    text="""After k rounds the sum of squares is b_0^2 + k |c|^2, the last one included, and the
    step to x_k is eta |c|/sqrt(b_0^2 + k |c|^2) long.""",
    assume=[linear_loss(c_min, c_max)],
    algorithm=adagrad_norm(eta=eta, b0=b0),
    parameters={**steps, b0: Interval.open(0, oo)},
    initial={slope: gradient_norm},
    claims=[identity(last_step, shrinking, when=k >= 1)],
    tight=[slopes],
    iterations=100,
    mutants=[
        bound(shrinking.subs(k, k - 1), "the last gradient counts as well"),
        bound(eta * slope / (b0 + sqrt(k) * slope), "b_0 is squared before the sum"),
        mutant(
            "b_0 is not squared",
            "the sum of squares starts with b_0^2",
            algorithm=adagrad_norm(eta=eta, b0=sqrt(b0)),
        ),
    ],
)
