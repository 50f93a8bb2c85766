"""The symbols of the house: one letter for one thing, in every theorem.

``docs/notation.md`` is generated from this table. A theorem that needs a letter of its own makes
one with :func:`symbol`: letters of two meanings are two symbols, even where they look alike.
"""

from typing import Any, Literal, NamedTuple

import numpy as np
import sympy

from convlab.errors import ConvlabError

__all__ = ["NOTATION", "Entry", "require_sign", "symbol"]

Sign = Literal["nonnegative", "positive", "real"]
"""What is known of the values of a letter: at least 0, above 0, or real."""


class Entry(NamedTuple):
    """One line of the table of notation."""

    symbol: sympy.Symbol
    meaning: str
    tex: str
    sign: Sign = "nonnegative"


NOTATION: dict[tuple[str, str], Entry] = {}
"""Every symbol by name and meaning, in the order in which the symbols were made."""


class _Letter(sympy.Symbol):
    """A symbol that is told from others of its name by its meaning."""

    __slots__ = ("meaning", "sign", "tex")

    def _hashable_content(self) -> tuple:
        return (*super()._hashable_content(), self.meaning)

    def _latex(self, printer: Any) -> str:
        return self.tex

    def __reduce__(self) -> tuple:
        return _again, (self.name, self.meaning, self.sign, bool(self.is_integer), self.tex)


def symbol(
    name: str,
    meaning: str,
    *,
    sign: Sign = "nonnegative",
    integer: bool = False,
    tex: str = "",
) -> sympy.Symbol:
    """A symbol with its meaning; the TeX form follows from the name, or is given.

    SymPy simplifies by the sign: the root of the square of a nonnegative letter is the letter. A
    letter that takes negative values needs ``sign="real"``.

    Asking twice for one name and meaning gives the same symbol. Raises ConvlabError where it was
    declared with another sign, or as an integer or not.

    >>> symbol("rho", "weak convexity")
    rho
    >>> symbol("rho", "weak convexity") == symbol("rho", "density")
    False
    """
    mark = name, meaning
    if mark not in NOTATION:
        assumptions = {sign: True} | ({"integer": True} if integer else {})
        made = sympy.Symbol.__xnew__(_Letter, name, **assumptions)
        made.meaning, made.sign = meaning, sign
        made.tex = tex or sympy.latex(sympy.Symbol(name))
        NOTATION[mark] = Entry(made, meaning, made.tex, sign)
    known = NOTATION[mark]
    if (known.sign, bool(known.symbol.is_integer)) != (sign, integer):
        kinds = [
            f"{s}{' integer' if i else ''}"
            for s, i in ((known.sign, known.symbol.is_integer), (sign, integer))
        ]
        raise ConvlabError(
            f"the letter {name}, '{meaning}', is declared as {kinds[0]} and as {kinds[1]}: "
            "declare it once, or give the other one a meaning of its own"
        )
    return known.symbol


def _again(name: str, meaning: str, sign: Sign, integer: bool, tex: str) -> sympy.Symbol:
    return symbol(name, meaning, sign=sign, integer=integer, tex=tex)


def require_sign(letter: sympy.Symbol, value: Any) -> None:
    """Raise ConvlabError where a value contradicts the sign of its letter.

    ``value`` is a number, an array of numbers, or a formula; a formula whose sign SymPy cannot
    decide contradicts nothing, and neither does NaN.
    """
    if isinstance(value, sympy.Basic):
        wrong = value.is_extended_negative or (letter.is_positive and value.is_zero)
        shown = value
    else:
        values = np.asarray(value)
        with np.errstate(invalid="ignore"):
            bad = values < 0 if not letter.is_positive else values <= 0
        wrong = bool(np.any(bad))
        shown = values[bad].flat[0] if wrong else None
    if letter.is_nonnegative and wrong:
        sign = "positive" if letter.is_positive else "nonnegative"
        raise ConvlabError(
            f"the letter {letter} is declared {sign}, but its value is {shown}: correct the "
            'value, or declare the letter with symbol(..., sign="real")'
        )


k = symbol("k", "iteration", integer=True)
T = symbol("T", "horizon: the number of iterations, where the method must know it", integer=True)
L = symbol("L", "smoothness: Lipschitz constant of the gradient")
mu = symbol("mu", "strong convexity, or Polyak-Lojasiewicz constant")
kappa = L / mu
D = symbol("D", "distance from the starting point to the nearest minimizer")
Delta = symbol("Delta", "initial gap f(x_0) - f*")
G = symbol("G", "Lipschitz constant of the function, or bound on the subgradients")
sigma = symbol("sigma", "standard deviation of the gradient noise")
sigma_1 = symbol("sigma_1", "growth of the gradient noise with the norm of the gradient")
eta = symbol("eta", "step size")
beta = symbol("beta", "momentum")
d = symbol("d", "dimension", integer=True)
n = symbol("n", "number of samples, components or workers", integer=True)
b = symbol("b", "minibatch size", integer=True)
delta = symbol("delta", "failure probability")
eps = symbol("eps", "accuracy", tex=r"\varepsilon")
alpha = symbol("alpha", "tail index: the order of the moment of the noise that exists")
L_max = symbol(
    "L_max", "largest smoothness constant of the components of a finite sum", tex=r"L_{\max}"
)
L_avg = symbol(
    "L_avg", "mean smoothness constant of the components of a finite sum", tex=r"L_{\mathrm{avg}}"
)
sigma_star = symbol(
    "sigma_star", "variance of the component gradients at the minimizer", tex=r"\sigma^\star"
)
Delta_star = symbol(
    "Delta_star", "function noise: inf f minus the mean of the inf f_i", tex=r"\Delta^\star"
)
B = symbol("B", "diameter of the constraint set")
V = symbol("V", "value at x_k of the metric whose drift is claimed", sign="real")
rho = symbol("rho", "negative comonotonicity: how far the inverse operator is from monotone")
gamma = symbol("gamma", "step of the extrapolation, or of a resolvent")
R = symbol("R", "largest distance from the start to a point of the set of the restricted gap")
