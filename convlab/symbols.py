"""The symbols of the house: one letter for one thing, in every theorem.

``docs/notation.md`` is generated from this table. A theorem that needs a letter of its own makes
one with :func:`symbol`: letters of two meanings are two symbols, even where they look alike.
"""

import re
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

import numpy as np
import sympy
from sympy.printing.latex import LatexPrinter

from convlab.errors import ConvlabError

__all__ = [
    "LETTERS",
    "NOTATION",
    "Entry",
    "Letter",
    "decimal",
    "latex",
    "letters",
    "require_sign",
    "symbol",
]

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
        made.tex = tex or _upright(sympy.latex(sympy.Symbol(name)))
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


def _upright(tex: str) -> str:
    """A name in TeX, with words upright."""
    return re.sub(r"(?<![A-Za-z\\])[A-Za-z]{2,}", lambda word: rf"\mathrm{{{word[0]}}}", tex)


def _again(name: str, meaning: str, sign: Sign, integer: bool, tex: str) -> sympy.Symbol:
    return symbol(name, meaning, sign=sign, integer=integer, tex=tex)


class _Papers(LatexPrinter):
    """Prints sums and products in the order that papers use."""

    def _as_ordered_terms(self, expr: sympy.Add, order: str | None = None) -> list[sympy.Expr]:
        """1 - a and not -a + 1; 1 + a, but k + 1 where all letters count."""
        terms = list(expr.as_ordered_terms())
        counts = all(s.is_integer for s in expr.free_symbols) and expr.is_polynomial()
        if counts and not terms[0].could_extract_minus_sign():
            return terms
        negative = [t for t in terms if t.could_extract_minus_sign()]
        positive = [t for t in terms if not t.could_extract_minus_sign()]
        positive.sort(key=lambda t: not t.is_number)
        return positive + negative

    def _print_Mul(self, expr: sympy.Mul) -> str:  # noqa: N802 -- of the printer
        if not isinstance(expr, sympy.Mul):
            return super()._print_Mul(expr)  # SymPy prints 1/x by this method
        ordered = sorted(expr.args, key=_place)
        return super()._print_Mul(sympy.Mul(*ordered, evaluate=False))

    def _print_Float(self, expr: sympy.Float) -> str:  # noqa: N802 -- of the printer
        return decimal(float(expr))

    def _print_polygamma(self, expr: sympy.Expr) -> str:
        order, at = map(self._print, expr.args)
        return rf"\psi^{{({order})}}\left({at}\right)"


_FIRST = ("alpha", "gamma", "tau", "theta", "eta", "beta")
"""What stands before the other letters of a product: step sizes."""
_LAST = ("sigma", "G", "D", "Delta", "B", "R", "V", "d", "n", "k", "T")
"""What stands behind them: sizes, then counts."""


def _place(factor: sympy.Expr) -> tuple:
    """Where a factor stands: numbers, powers of order k, letters, sums, functions."""
    base, power = factor.as_base_exp()
    if not base.free_symbols and not power.free_symbols:
        return (0,)
    if power.free_symbols - {*base.free_symbols}:
        return (1,)
    if not isinstance(base, sympy.Symbol):
        return (3, isinstance(base, sympy.Function))
    stem = base.name.split("_")[0]
    if stem in _FIRST:
        return (2, -1, _FIRST.index(stem), base.name)
    return (2, _LAST.index(stem) + 1 if stem in _LAST else 0, 0, base.name)


_CONSTANTS = {sympy.EulerGamma: sympy.Symbol(r"\gamma_{\mathrm{E}}")}
"""Constants that SymPy prints as a letter of the house."""


def latex(formula: Any, **options: Any) -> str:
    r"""A formula in TeX, its sums and products in the order that papers use.

    ``options`` are those of SymPy's printer.

    >>> print(latex((1 - eta * mu) ** k * D**2))
    \left(1 - \eta \mu\right)^{k} D^{2}
    >>> print(latex(L * D**2 / (k + 1)))
    \frac{L D^{2}}{k + 1}
    """
    known = sympy.sympify(formula).xreplace(_CONSTANTS)
    return _Papers({"order": "none", **options}).doprint(known)


def decimal(value: float) -> str:
    r"""A number in TeX, in 15 digits at most.

    >>> print(decimal(0.25), decimal(1e-6), decimal(2.5e-9))
    0.25 10^{-6} 2.5 \cdot 10^{-9}
    """
    digits, _, power = f"{value:.15g}".partition("e")
    if not power:
        return digits
    ten = f"10^{{{int(power)}}}"
    return ten if digits == "1" else rf"{digits} \cdot {ten}"


_GREEK = (
    "alpha|beta|gamma|delta|(?:var)?epsilon|zeta|eta|(?:var)?theta|iota|kappa|lambda|mu|nu|xi|pi|rho"
    "|sigma|tau|upsilon|(?:var)?phi|chi|psi|omega|ell|Gamma|Delta|Theta|Lambda|Xi|Pi|Sigma|Phi|Psi|Omega"
)
_ATOM = rf"(?:\\(?:{_GREEK})(?![A-Za-z])|[A-Za-z])"
_TOKEN = re.compile(
    r"\\(?:text|texttt|mathrm|operatorname|mathbb|mathbf|mathtt|begin|end)\*?(?![A-Za-z])\s*"
    r"(?:\{[^{}]*\}|[A-Za-z])|\\mathcal\{N\}"
    r"|\\\|_(?:\\[A-Za-z]+|\{(?:[^{}]|\{[^{}]*\})*\}|\w)"
    r"|\\pi(?![_a-zA-Z])|(?:\\tilde )?O(?=\\left\()|e(?=\^)"
    rf"|(?P<base>\\(?:bar|hat|tilde|mathcal)\s*(?:\{{[^{{}}]*\}}|{_ATOM})|{_ATOM})"
    r"(?P<star>\^\{?(?:\\star(?![a-z])|\*|\\infty)\}?)?"
    r"(?:_(?P<sub>\{(?:[^{}]|\{[^{}]*\})*\}|\\[A-Za-z]+|\w))?"
    r"(?P<late>\^\{?(?:\\star(?![a-z])|\*)\}?)?"
    r"|\\[A-Za-z]+"
)


class Letter(NamedTuple):
    """A letter of a formula: its name with accent and star, its index, and where it stands."""

    name: str
    subscript: str
    start: int
    end: int

    @property
    def tex(self) -> str:
        """The letter with its index."""
        index = f"_{self.subscript}" if len(self.subscript) == 1 else f"_{{{self.subscript}}}"
        return self.name + (index if self.subscript else "")

    @property
    def running(self) -> bool:
        """Whether the index counts: iterations, components, coordinates."""
        return re.fullmatch(r"[ijklmNT0-9+\-, ]+", self.subscript) is not None


def letters(tex: str) -> Iterator[Letter]:
    r"""The letters of a formula in TeX; not those of words, and not E, P and O.

    >>> [letter.tex for letter in letters(r"x_{k+1} - x \le L_{\max} \text{ or } 2")]
    ['x_{k+1}', 'x', 'L_{\\max}']
    """
    for found in _TOKEN.finditer(tex):
        base, index = found["base"], found["sub"] or ""
        if base is None:
            continue
        if index.startswith("{") and index.endswith("}"):
            index = index[1:-1]
        star = (found["star"] or found["late"] or "").replace("{", "").replace("}", "")
        yield Letter(_tight(base) + star, _tight(index), found.start(), found.end())


def _tight(tex: str) -> str:
    """TeX without spaces that change nothing, and without braces around one letter."""
    tex = re.sub(r"(?<![A-Za-z])\{(\w|\\[A-Za-z]+)\}", r"\1", tex.strip())
    return re.sub(r"(?<![A-Za-z]) +| +(?![A-Za-z])", "", tex)


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


LETTERS: dict[str, str] = {
    "f": "the function that is minimized",
    r"f^\star": "the infimum of f",
    "f_i": "component i of f",
    "x": "any point",
    "y": "any point",
    "z": "any point",
    "x_k": "the iterate after k steps",
    "x_0": "the starting point",
    r"x^\star": "the nearest minimizer",
    "g": "the stochastic gradient",
    r"\xi": "the draw",
    r"\xi_k": "the draw of step k, independent of all others",
    "d": "the dimension",
    "n": "the number of components",
    "P_C": "the projection on C, or the identity where there is no constraint",
    "U": "a factor of the singular value decomposition",
    "S": "a factor of the singular value decomposition",
    "V": "a factor of the singular value decomposition",
    "C": "the constraint set, closed and convex",
    "I": "the identity",
    "H": "the Hessian of f",
    r"\sigma_{\max}": "the largest singular value",
    r"\sigma_{\min}": "the smallest singular value",
    "e": "the base of the natural logarithm",
    r"\gamma_{\mathrm{E}}": "Euler's constant",
    r"\psi": "the digamma function; $\\psi^{(1)}$ is its derivative",
}
"""What letters of formulas mean, by their TeX, where nothing else is said."""
