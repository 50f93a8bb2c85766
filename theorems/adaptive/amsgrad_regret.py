"""AMSGrad has average regret of order 1/sqrt(k), where Adam has a constant one.

With beta1 = 0, G bounding the entries of the gradients and B the edges of the box. Entry by
entry, sqrt(v_k)(x_k - x*)^2 / (2 eta_k) telescopes to B^2 G sqrt(k) / (2 eta), and
eta_k g_k^2 / (2 sqrt(v_k)) <= eta_k G / (2 sqrt(1 - beta2)) sums to eta G sqrt(k / (1 - beta2)):
Theorem 4 of the paper, with smaller constants. On the losses where Adam walks to the worst point
AMSGrad reaches the best one. ``kingma_ba`` is what was claimed for Adam; they refute it.
"""

from sympy import FiniteSet, Rational, sqrt

from convlab.algorithms.adaptive import adam, amsgrad
from convlab.assumptions import (
    attained_on_set,
    bounded_box,
    bounded_entries,
    convex_losses,
    cycle_of_losses,
)
from convlab.claims import Verdict, exponent, limit, upper_bound
from convlab.metrics import average_regret, distance
from convlab.symbols import B, G, d, eta, k, symbol
from convlab.theorem import Theorem, bound, mutant, step
from problems.online import cycle, targets

C = symbol("C", "slope of the rare large gradient")
beta2 = symbol("beta2", "weight of the past in the mean of squared gradients", tex=r"\beta_2")

decreasing = eta / sqrt(k + 1)
regret = d * G * (B**2 / (2 * eta) + eta / sqrt(1 - beta2)) / sqrt(k)
memories = FiniteSet(1 / (1 + G**2), Rational(9, 10))

theorem = Theorem(
    cite="reddi2018adam",
    number="Theorem 4",
    assume=[convex_losses, bounded_entries(G), bounded_box(B), attained_on_set],
    algorithm=amsgrad(eta=decreasing, beta1=0, beta2=beta2),
    parameters={beta2: memories, eta: FiniteSet(1, 2)},
    claims=[upper_bound(average_regret, regret, when=k >= 1)],
    tight=[cycle],
    on=[targets],
    mutants=[
        bound(regret / 2, "the first round alone costs more on the cycle"),
        mutant(
            "Adam",
            "without the maximum the large gradients are forgotten",
            algorithm=adam(eta=decreasing, beta1=0, beta2=beta2, eps=0),
        ),
        mutant(
            "constant step",
            "then every round costs as much as the first ones",
            algorithm=amsgrad(eta=eta, beta1=0, beta2=beta2),
        ),
    ],
)

on_cycle = Theorem(
    cite="reddi2018adam",
    number="Section 5",
    title="AMSGrad reaches the best point where Adam walks to the worst.",
    assume=[cycle_of_losses(C), attained_on_set],
    algorithm=amsgrad(eta=decreasing, beta1=0, beta2=1 / (1 + C**2)),
    parameters={eta: FiniteSet(1, 2)},
    claims=[limit(distance, 0, within=0.05), exponent(average_regret, -Rational(1, 2))],
    tight=[cycle],
    iterations=3000,
    mutants=[
        mutant(
            "Adam",
            "it walks to 1",
            algorithm=adam(eta=decreasing, beta1=0, beta2=1 / (1 + C**2), eps=0),
        ),
        step(1 / (k + 1), "steps of order k^(-3/2) have a finite sum"),
        bound(-Rational(3, 5), "close to -1 a cycle costs the length of a step", claim=1),
    ],
)

kingma_ba = Theorem(
    cite="kingma2015adam",
    number="Corollary 4.2",
    title="Adam has average regret of order 1/sqrt(k): a claim that is false.",
    assume=[convex_losses, bounded_entries(G), bounded_box(B), attained_on_set],
    algorithm=adam(eta=decreasing, beta1=0, beta2=beta2),
    parameters={beta2: memories, eta: FiniteSet(1)},
    claims=[exponent(average_regret, -Rational(1, 2))],
    tight=[cycle],
    on=[targets],
    expected=Verdict.REFUTED,
)
