"""No target network and no regularization helps where the feature doubles (a claim refuted).

The source says that with suitable regularization, one that vanishes at equal arguments and so keeps
the TD update, stability can be had by the choice of alpha and K whatever the chain. But the error
is multiplied by J_K = I - (I - M^K) H^-1 (A - B), where H is the regularized Hessian and
M = I - alpha H, so that det(I - J_K) has the sign of det(A - B): where that is negative J_K has a
real eigenvalue above 1 for every positive definite H. ``one_number`` says it for one feature, where
A = a < b = B, and H = a + eta. (Proposition 1 of the source stabilizes fitted updates; where
A - B < 0 that needs H < 0, for which the inner iteration diverges.)
"""

from sympy import Interval, floor, oo

from convlab.algorithms.temporal_difference import target_network
from convlab.assumptions import fixed_point, one_feature
from convlab.claims import Verdict, identity, upper_bound
from convlab.metrics import distance
from convlab.symbols import D, k, symbol
from convlab.theorem import Integers, Theorem, bound, step
from problems.evaluation import doubling

a, b = (
    symbol("a", "mean square of the feature"),
    symbol("b_1", "its product with the next", sign="real", tex="b"),
)
K = symbol("K_target", "inner steps before the target is renewed", tex="K")
eta = symbol("eta_r", "regularization towards the target", tex=r"\eta")
alpha = symbol("alpha_td", "step size of the temporal differences", tex=r"\alpha")

theorem = Theorem(
    cite="fellows2023target",
    number="Section 5.4",
    adapted="there for some step, K and regularization, here for any; each of them fails",
    title="Regularized target networks converge on every chain (false).",
    expected=Verdict.REFUTED,
    assume=[one_feature(a, b), fixed_point],
    algorithm=target_network(alpha=alpha, steps=K, eta=eta),
    parameters={
        eta: Interval(0, oo),
        alpha: Interval.Lopen(0, 1 / (a + eta)),
        K: Integers(1),
    },
    claims=[upper_bound(distance, D)],
    tight=[doubling, doubling(gamma=0.5)],
    iterations=200,
    mutants=[
        step(1, "with TD", name="K_target"),
        bound(D / 2, "half of it"),
    ],
)

factor = 1 + (1 - (1 - alpha * (a + eta)) ** K) * (b - a) / (a + eta)

one_number = Theorem(
    cite="fellows2023target",
    title="Target networks on one feature: the error is multiplied by one number.",
    text="""With one feature the error of the target network is multiplied by one number.

The update from w with the target t is alpha (B t - A w - eta (w - t)), less its value at the fixed
point: w - w* tends to (b + eta)/(a + eta) (t - w*), and its distance from that is multiplied by
1 - alpha (a + eta) in each of K steps, from t - w*. So in K steps the error is multiplied by
1 + (1 - (1 - alpha (a + eta))^K) (b - a)/(a + eta).""",
    assume=[one_feature(a, b), fixed_point],
    algorithm=target_network(alpha=alpha, steps=K, eta=eta),
    parameters=theorem.parameters,
    untested={
        one_feature: "the claim has its constants",
        fixed_point: "it names the point from which distances are measured",
    },
    claims=[identity(distance, D * abs(factor) ** floor(k / K))],
    tight=[doubling, doubling(gamma=0.5)],
    iterations=200,
    mutants=[
        bound(D * abs(factor) ** floor(k / K + 1), "the target waits for K steps"),
        bound(D * abs(b / a) ** floor(k / K), "that is the fitted update, K infinite"),
    ],
)
