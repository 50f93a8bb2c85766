"""The derivation of ``byzantine/monna``, inequality by inequality."""

import sympy
from sympy import Rational, oo, simplify, symbols

h, e, s, r, y, b = symbols("h e s r y b", nonnegative=True)
beta = 1 - 4 * h
SHORT = sympy.Interval(0, Rational(1, 4))
"""The values of h = eta L."""


def largest(expression, values=SHORT):
    """The supremum of an expression in h."""
    return sympy.maximum(sympy.together(expression), h, values)


def test_error_and_shift_are_split_with_weights_five_halves_and_five_thirds():
    left = (e + s) ** 2
    right = Rational(5, 2) * e**2 + Rational(5, 3) * s**2
    assert simplify(right - left - (sympy.sqrt(6) * (3 * e / 2 - s) / 3) ** 2) == 0


def test_the_error_of_the_momentum_contracts_by_five_eighths_of_its_weight():
    # of |beta (e + v) + (1 - beta) z|^2: at |e|^2, and at |v|^2, where |v| <= h |g + w|
    a = Rational(3, 8) * (1 - b) / b
    assert simplify(b * (1 + a) - (b + Rational(3, 8) * (1 - b))) == 0
    assert simplify((b * (1 + a)).subs(b, beta) - (1 - Rational(5, 2) * h)) == 0
    moved = simplify((b * (1 + 1 / a)).subs(b, beta) - (beta + 2 * beta**2 / (3 * h)))
    assert moved == 0


def test_the_potential_pays_for_error_and_movement():
    weight = Rational(1, 2)  # of |e|^2/L, in units of (eta/2): weight * 2/h
    kept = weight * 2 / h * Rational(5, 2) * h
    assert kept == Rational(5, 2)  # what |w|^2 takes of |e|^2
    moved = weight * 2 / h * (beta + 2 * beta**2 / (3 * h)) * h**2
    assert largest(moved - (1 - h)) <= 0
    assert simplify(weight * 2 / h * 4 * h - 4) == 0  # of L^2 N^2
    assert simplify(weight * 2 / h * 16 * h**2 - 4 * (1 - beta)) == 0  # of sigma^2/n


def test_the_first_error_is_that_of_no_momentum():
    # e_0 = -beta grad f(x_0) + (1 - beta) noise, and |grad f(x_0)|^2 <= 2 L Delta
    assert simplify(beta**2 * 2 / 2 - beta**2) == 0


def test_the_floor_is_the_largest_value_under_the_reduction():
    share = 4 * h**2 / Rational(5, 3)  # of N^2 against |s|^2
    value = r * (1 + y) ** 2 - y**2 + share * y**2  # |s|^2 + share N^2, for N = y eta M
    best = sympy.solve(sympy.diff(value, y), y)[0]
    assert simplify(value.subs(y, best) - r / (1 - r / (1 - Rational(12, 5) * h**2))) == 0
    # concave in y where 1 - share - r > 0, which follows from sqrt(r) (1 + h) < 1
    assert largest(sympy.expand(1 - (1 - share) * (1 + h) ** 2)) <= 0


def test_the_spread_of_the_momenta_closes():
    root = sympy.Symbol("root", positive=True)
    M, zeta = symbols("M zeta", positive=True)  # with eta = 1
    spread = root * M / (1 - root)
    assert simplify(root * (spread + M) - spread) == 0
    assert (
        simplify(sympy.solve(M - zeta - h * spread, M)[0] - zeta / (1 - h * root / (1 - root))) == 0
    )


def test_the_claim_is_what_was_derived():
    from convlab.symbols import Delta, L_max, eta, k, n, sigma
    from theorems.byzantine import monna

    step = monna.h
    assert step == eta * L_max
    assert monna.beta == 1 - 4 * step
    claim = monna.theorem.claims[0].bound
    derived = (
        2 * (1 + monna.beta**2) * Delta / (eta * k)
        + 4 * (1 - monna.beta) * sigma**2 / n
        + Rational(5, 3) * monna.root**2 * monna.M**2 / (1 - monna.root**2 / (1 - 12 * step**2 / 5))
    )
    assert simplify(claim - derived) == 0
    assert oo not in claim.atoms()
