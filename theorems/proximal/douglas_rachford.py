"""Douglas-Rachford splitting of monotone operators: squared moves of order 1/k.

W = |w_0 - w*|^2, where w* = x* + gamma u*. The map from w_k to w_(k+1) is the resolvent of a
monotone operator (Eckstein and Bertsekas), so that its moves have the exact rate of the proximal
point method, ``proximal/monotone_inclusions/proximal_point``; two lines attain it:
|w_k - w_(k-1)|^2 <= W/k (1 - 1/k)^(k-1).
"""

from sympy import Interval, Rational, oo

from convlab.algorithms.splitting import douglas_rachford
from convlab.assumptions import split_zero, two_resolvents
from convlab.claims import upper_bound
from convlab.metrics import metric
from convlab.symbols import gamma, k, symbol
from convlab.theorem import Theorem, bound, mutant
from convlab.vocabulary import inner, sqnorm
from problems.feasibility import two_lines

S = symbol("S", "squared distance from the start to the solution x*")
P = symbol("P", "inner product of x_0 - x* with the value u* of the first operator", sign="real")
U = symbol("U", "squared norm of the value u* of the first operator at the solution")
W = S - 2 * gamma * P + gamma**2 * U

rate = W / k * (1 - 1 / k) ** (k - 1)


@metric("start_distance_squared", r"\|x_0 - x^\star\|^2")
def start_distance_squared(s, oracle):
    """Squared distance from x*."""
    return sqnorm(s.x - oracle.x_star)


@metric("start_inner_product", r"\langle x_0 - x^\star, u^\star \rangle", least=None)
def start_inner_product(s, oracle):
    """Inner product with u*."""
    return inner(s.x - oracle.x_star, oracle.u_star + 0 * s.x)


@metric("dual_squared", r"\|u^\star\|^2")
def dual_squared(s, oracle):
    """Squared norm of u*."""
    return sqnorm(oracle.u_star + 0 * s.x)


@metric("last_move_squared", r"\|w_k - w_{k-1}\|^2")
def last_move_squared(s, oracle):
    """Squared length of the last step of the governing sequence."""
    return sqnorm(s.w - s.previous)


start = {S: start_distance_squared, P: start_inner_product, U: dual_squared}

theorem = Theorem(
    cite="eckstein1992douglas",
    assume=[two_resolvents, split_zero],
    algorithm=douglas_rachford(gamma=gamma),
    parameters={gamma: Interval.open(0, oo)},
    initial=start,
    claims=[upper_bound(last_move_squared, rate, when=k > 0)],
    tight=[two_lines(angle=0.1), two_lines(angle=0.5)],
    untested={
        two_resolvents: "no family at hand has resolvents of operators that are not monotone",
        split_zero: "it says where the zero is",
    },
    mutants=[
        bound(rate * Rational(98, 100), "two lines reach it"),
        bound(rate / k ** Rational(1, 20), "1/k is the best rate"),
        mutant("too long", "diverges", algorithm=douglas_rachford(gamma=gamma, theta=2.5)),
    ],
)
