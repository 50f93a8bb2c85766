"""AMSGrad has average regret of order 1/sqrt(k), where Adam has a constant one.

With beta1 = 0, G bounding the entries of the gradients and B the edges of the box: entry by entry,
sqrt(v_k)(x_k - x*)^2/(2 eta_k) telescopes to B^2 G sqrt(k)/(2 eta), as the largest v_k never falls,
and eta_k g_k^2/(2 sqrt(v_k)) <= eta_k G/(2 sqrt(1 - beta2)) sums to eta G sqrt(k/(1 - beta2)).
Over d entries and k rounds, the average regret is at most
d G (B^2/(2 eta) + eta/sqrt(1 - beta2))/sqrt(k).
"""

from sympy import FiniteSet, Interval, Rational, oo, sqrt

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

theorem = Theorem(
    cite="reddi2018adam",
    number="Theorem 4",
    adapted="for beta1 = 0, with smaller constants",
    assume=[convex_losses, bounded_entries(G), bounded_box(B), attained_on_set],
    algorithm=amsgrad(eta=decreasing, beta1=0, beta2=beta2),
    parameters={beta2: Interval.Ropen(0, 1), eta: Interval.open(0, oo)},
    claims=[upper_bound(average_regret, regret, when=k >= 1)],
    tight=[cycle, targets],
    untested={
        convex_losses: "the regret needs the losses, and no family has others with a box",
        attained_on_set: "it names the best point, with which the regret is compared",
    },
    loose="by 2 from the tenth round on: no losses at hand keep the iterate at one end of the box",
    mutants=[
        bound(regret * Rational(2, 5), "the first round alone costs more on the cycle"),
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
    title="AMSGrad reaches the best point where Adam walks to the worst.",
    text="""Let v be the largest mean of squares, at least (1 - beta2) C^2 from round 0 on and at
    most C^2. In the two rounds after that with slope C it does not change. So three rounds move by
    at least eta_k (C - 2)/C towards -1 until that is reached, and the sum of eta_k = eta/sqrt(k +
    1) is infinite. Then the next two steps lead away by no more than 2 eta_k/sqrt(v): the distance
    is of order 1/sqrt(k), and so is the average regret.""",
    assume=[cycle_of_losses(C), attained_on_set],
    algorithm=amsgrad(eta=decreasing, beta1=0, beta2=1 / (1 + C**2)),
    parameters={eta: FiniteSet(1, 2)},
    because={
        eta: "with shorter steps the runs do not arrive, with longer ones they end farther off"
    },
    claims=[limit(distance, 0, within=0.05), exponent(average_regret, -Rational(1, 2))],
    tight=[cycle],
    untested={
        cycle_of_losses: "the losses are those of the statement, and no family has others with C",
        attained_on_set: "it names the best point, with which the regret is compared",
    },
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
    adapted="for beta1 = 0, and the one beta2 for which it is refuted",
    title="Adam has average regret of order 1/sqrt(k): a claim that is false.",
    text="""The source has it for all beta1^2 < sqrt(beta2). On losses C x, -x, -x in turn Adam with
    beta1 = 0 and beta2 = 1/(1 + C^2) comes back to the worst point in every third round, by Theorem
    1 of Reddi, Kale and Kumar (2018), and its average regret does not fall. The step of the proof
    that fails takes sqrt(v_k)/eta_k to grow.""",
    assume=[convex_losses, bounded_entries(G), bounded_box(B), attained_on_set],
    algorithm=adam(eta=decreasing, beta1=0, beta2=beta2),
    parameters={beta2: FiniteSet(1 / (1 + G**2)), eta: Interval.Lopen(0, 1)},
    because={beta2: "with it Adam goes astray on the cycle of losses with the slope C = G"},
    claims=[exponent(average_regret, -Rational(1, 2))],
    tight=[cycle],
    expected=Verdict.REFUTED,
)
