"""Davis-Yin splitting of three monotone operators, one cocoercive: squared moves of order 1/k.

W = |w_0 - w*|^2, where w* = x* + gamma u*. The operator of the method is alpha-averaged with
alpha = 2 beta/(4 beta - gamma), so that |w_(k+1) - w*|^2 <= |w_k - w*|^2
- (1 - alpha)/alpha |w_(k+1) - w_k|^2, and the moves never grow; summed up over k steps:
|w_k - w_(k-1)|^2 <= alpha/(1 - alpha) W/k = 2 beta/(2 beta - gamma) W/k.
"""

from sympy import Interval, Rational

from convlab.algorithms.splitting import three_operator_splitting
from convlab.assumptions import cocoercive, three_split_zero, two_resolvents
from convlab.claims import upper_bound
from convlab.symbols import gamma, k, symbol
from convlab.theorem import Theorem, bound, mutant
from problems.splitting import forced_lines, forced_split
from theorems.proximal.douglas_rachford import W, last_move_squared, start

beta = symbol("beta", "cocoercivity: the operator is Lipschitz with constant 1/beta")
rate = 2 * beta / (2 * beta - gamma) * W / k

theorem = Theorem(
    cite="davis2017three",
    assume=[two_resolvents, cocoercive(beta), three_split_zero],
    algorithm=three_operator_splitting(gamma=gamma),
    parameters={gamma: Interval.open(0, 2 * beta)},
    initial=start,
    claims=[upper_bound(last_move_squared, rate, when=k > 0)],
    tight=[forced_lines, forced_lines(angle=1.0), forced_split],
    loose="by e: averaged operators have the factor (1 - 1/k)^(k - 1), each at its own k; where "
    "two lines come close to that, u* is 0, so that the term gamma^2 U of W is not needed",
    untested={
        two_resolvents: "no family at hand has resolvents of operators that are not monotone",
        three_split_zero: "it says where the zero is",
    },
    mutants=[
        bound(rate * Rational(35, 100), "a quadratic comes to 0.47 of it at once"),
        bound(rate / k ** Rational(1, 3), "1/k is the best rate"),
        mutant(
            "too long",
            "beyond 4 beta it diverges",
            algorithm=three_operator_splitting(gamma=5 * beta),
        ),
    ],
)
