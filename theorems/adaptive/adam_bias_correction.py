"""The bias that Adam corrects is that of starting its running means at zero.

Where the gradients shown are independent with one law, the running mean of the gradient has
expectation (1 - beta1^k) E[g], and that of its entrywise square (1 - beta2^k) E[g^2]: the factors
by which Adam divides. Here g is C with probability p = (1 + zeta)/(C + 1), else -1, so that
E[g] = zeta and E[g^2] = C + zeta (C - 1); the variance of a running mean with weight beta is
(1 - beta)(1 - beta^(2k))/(1 + beta) times that of what is averaged. So
E m_k = (1 - beta1^k) zeta and E v_k = (1 - beta2^k) (C + zeta (C - 1)).
"""

from sympy import Interval, Rational, oo

from convlab.algorithms.adaptive import adam
from convlab.assumptions import rare_gradients
from convlab.claims import identity
from convlab.metrics import E, metric
from convlab.symbols import eta, k, symbol
from convlab.theorem import Theorem, bound, mutant
from problems.online import rare_gradient

C = symbol("C", "slope of the rare large gradient")
zeta = symbol("zeta", "slope of the expected loss")
beta1 = symbol("beta1", "weight of the past in the mean of gradients", tex=r"\beta_1")
beta2 = symbol("beta2", "weight of the past in the mean of squared gradients", tex=r"\beta_2")


@metric("first_moment", "m_k")
def first_moment(s, oracle):
    """The running mean of the gradient, in one dimension."""
    return s.m


@metric("second_moment", "v_k")
def second_moment(s, oracle):
    """The running mean of the squared gradient, in one dimension."""
    return s.v


def spread(beta, variance):
    """The variance of a running mean."""
    return (1 - beta) / (1 + beta) * (1 - beta ** (2 * k)) * variance


p = (1 + zeta) / (C + 1)
square = C + zeta * (C - 1)

theorem = Theorem(
    cite="kingma2015adam",
    number="Section 3",
    adapted="for gradients of one law, C or -1, where the remainder there is 0; for both means",
    assume=[rare_gradients(C, zeta)],
    algorithm=adam(eta=eta, beta1=beta1, beta2=beta2),
    parameters={
        eta: Interval.open(0, oo),
        beta1: Interval.Ropen(0, 1),
        beta2: Interval.Ropen(0, 1),
    },
    claims=[
        identity(E(first_moment), (1 - beta1**k) * zeta, variance=spread(beta1, square - zeta**2)),
        identity(
            E(second_moment),
            (1 - beta2**k) * square,
            variance=spread(beta2, p * (1 - p) * (C**2 - 1) ** 2),
        ),
    ],
    tight=[rare_gradient],
    iterations=300,
    mutants=[
        bound(zeta, "without correction it starts at zero"),
        bound((1 - beta2 ** (k + 1)) * square, "off by one round", claim=1),
        mutant(
            "another memory",
            "another bias",
            algorithm=adam(eta=eta, beta1=(1 + beta1) / 2, beta2=Rational(9, 10) * beta2),
        ),
    ],
)
