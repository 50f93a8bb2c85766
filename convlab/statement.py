"""Theorems in words: as data, in Markdown, in TeX."""

import functools
import re
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import sympy

from convlab.algorithm import Method
from convlab.assumption import Assumption
from convlab.claims import Claim, Verdict
from convlab.claims.bounds import LowerBound, UpperBound
from convlab.claims.drift import Drift
from convlab.claims.limits import Limit, Threshold
from convlab.claims.rates import Exponent, LinearRate
from convlab.claims.relations import Identity, Ordering
from convlab.claims.sweeps import Complexity, Scaling
from convlab.metrics import Metric

__all__ = [
    "claim_tex",
    "describe",
    "expected_after",
    "interval",
    "markdown",
    "number",
    "order",
    "slopes_only",
    "tex",
]


class _Theorem(Protocol):
    """The fields of a theorem that are written: theorems stand above this module."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def cite(self) -> str: ...
    @property
    def number(self) -> str: ...
    @property
    def expected(self) -> Verdict: ...
    @property
    def assume(self) -> Sequence[Assumption]: ...
    @property
    def algorithm(self) -> Method: ...
    @property
    def parameters(self) -> Mapping[sympy.Symbol, sympy.Set]: ...
    @property
    def claims(self) -> Sequence[Claim]: ...
    @property
    def mutants(self) -> Sequence[Any]: ...
    @property
    def tight(self) -> Sequence[Any]: ...
    @property
    def loose(self) -> str: ...
    @property
    def on(self) -> Sequence[Any] | None: ...


def describe(theorem: _Theorem) -> dict[str, Any]:
    """The statement as JSON data: formulas as SymPy can parse them, and in TeX."""
    method = theorem.algorithm
    return {
        "id": theorem.id,
        "title": theorem.title,
        "text": theorem.text,
        "cite": theorem.cite,
        "number": theorem.number,
        "expected": str(theorem.expected),
        "slopes_only": slopes_only(theorem),
        "assumptions": [
            {"name": a.name, "constants": list(map(str, a.values)), "statement": a.statement}
            for a in theorem.assume
        ],
        "algorithm": {
            "name": method.algorithm.name,
            "update": _update(theorem),
            "hyperparameters": {n: str(v) for n, v in method.hyperparameters.items()},
        },
        "parameters": {str(s): str(allowed) for s, allowed in theorem.parameters.items()},
        "claims": [_claim(claim) for claim in theorem.claims],
        "mutants": [{"name": m.name, "why": m.why} for m in theorem.mutants],
        "tight": [i.name for i in theorem.tight],
        "loose": theorem.loose,
        "on": None if theorem.on is None else [i.name for i in theorem.on],
    }


def _claim(claim: Claim) -> dict[str, Any]:
    return {
        "kind": claim.kind,
        "metric": "" if claim.metric is None else str(claim.metric),
        "bound": None if claim.compared is None else str(claim.compared),
        "symbols": {str(s): _meaning(s) for s in sorted(claim.symbols, key=str)},
        "plain": str(claim),
        "statement": claim_tex(claim),
    }


def _meaning(symbol: sympy.Symbol) -> str:
    return getattr(symbol, "meaning", "")


def slopes_only(theorem: "_Theorem") -> bool:
    """Whether all claims are judged by intervals of slopes, outside the error budget."""
    return all(claim.slope for claim in theorem.claims)


def _update(theorem: _Theorem) -> str:
    """The first paragraph of the algorithm's docstring, formulas between dollars."""
    first = (theorem.algorithm.algorithm.__doc__ or "").strip().split("\n\n")[0]
    return re.sub(r":math:`([^`]*)`", r"$\1$", " ".join(first.split()))


def interval(allowed: sympy.Set) -> str:
    """A set as one writes it.

    >>> interval(sympy.Interval.Lopen(0, 1))
    '(0, 1]'
    """
    if isinstance(allowed, sympy.Interval):
        left, right = "(" if allowed.left_open else "[", ")" if allowed.right_open else "]"
        return f"{left}{number(allowed.start)}, {number(allowed.end)}{right}"
    return str(allowed)


def number(value: sympy.Expr) -> str:
    """A formula as it stands, a decimal number in six digits.

    >>> number(sympy.Float(0.5)), number(sympy.Rational(1, 3))
    ('0.5', '1/3')
    """
    return f"{float(value):.6g}" if value.is_Float else str(value)


def _assumption(assumption: Assumption) -> str:
    constants = [v for v in assumption.values if isinstance(v, sympy.Expr)]
    named = f" (${', '.join(map(sympy.latex, constants))}$)" if constants else ""
    inequality = f": ${assumption.statement}$" if assumption.statement else ""
    return assumption.name.replace("_", " ") + named + inequality


def _method(theorem: _Theorem) -> str:
    method = theorem.algorithm
    rules = [
        f"${sympy.latex(sympy.Symbol(name))} = {sympy.latex(value)}$"
        for name, value in method.hyperparameters.items()
        if str(value) != name
    ]
    rules += [
        rf"${sympy.latex(s)} \in {sympy.latex(allowed)}$"
        for s, allowed in theorem.parameters.items()
    ]
    name = _update(theorem).rstrip(".") or method.algorithm.name.replace("_", " ")
    return name + (", with " + ", ".join(rules) if rules else "") + "."


def _formula(claim: Claim) -> str:
    condition = "" if claim.when == sympy.true else rf" \quad ({sympy.latex(claim.when)})"
    return claim_tex(claim) + condition


def _letters(theorem: _Theorem) -> str:
    used = sorted(set().union(*(c.symbols for c in theorem.claims)), key=str)
    return "; ".join(f"${sympy.latex(s)}$: {m}" for s in used if (m := _meaning(s)))


def _source(theorem: _Theorem, cite: str) -> str:
    return ", ".join(filter(None, (cite, theorem.number)))


def markdown(theorem: _Theorem) -> str:
    """The statement in Markdown, with formulas in TeX."""
    lines = [f"**{theorem.title}** ({_source(theorem, theorem.cite)})", ""]
    lines += [theorem.text, ""] if theorem.text else []
    lines += ["Assumptions:", ""] if theorem.assume else []
    lines += [f"- {_assumption(a)}" for a in theorem.assume]
    lines += ["", f"Method: {_method(theorem)}", "", "Claims:"]
    for claim in theorem.claims:
        lines += ["", f"$${_formula(claim)}$$"]
    return "\n".join([*lines, "", _letters(theorem)]) + "\n"


def tex(theorem: _Theorem) -> str:
    """The statement as a LaTeX theorem, to be pasted into a paper."""
    cite = _source(theorem, rf"\cite{{{theorem.cite}}}")
    lines = [f"% {theorem.id}: {theorem.title}", rf"\begin{{theorem}}[{cite}]"]
    if theorem.assume:
        items = [rf"  \item {_assumption(a)}" for a in theorem.assume]
        lines += ["Assume", r"\begin{itemize}", *items, r"\end{itemize}"]
    lines += [_method(theorem), "Then"]
    lines += [rf"\[ {_formula(claim)} \]" for claim in theorem.claims]
    return "\n".join([*lines, _letters(theorem) + ".", r"\end{theorem}"]) + "\n"


# Claims -------------------------------------------------------------------------------------------


@functools.singledispatch
def claim_tex(claim: Claim) -> str:
    """A claim in TeX, without its condition ``when``.

    ``claim_tex.register`` gives a kind of claim its formula; of any other its kind and its metric
    are written.

    >>> from convlab import gap, upper_bound
    >>> from convlab.symbols import D, L, k
    >>> print(claim_tex(upper_bound(gap, L * D**2 / (2 * k))))
    f(x_k) - f^\\star \\le \\frac{D^{2} L}{2 k}
    """
    return rf"\text{{{claim.kind} of }} {claim.metric.statement}"


@claim_tex.register
def _(claim: UpperBound) -> str:
    text = rf"{claim.metric.statement} \le {sympy.latex(claim.bound)}"
    if claim.probability is not None:
        text += rf" \quad \text{{with probability at least }} {sympy.latex(claim.probability)}"
    return text


@claim_tex.register
def _(claim: LowerBound) -> str:
    return rf"{claim.metric.statement} \ge {sympy.latex(claim.bound)}"


@claim_tex.register
def _(claim: Drift) -> str:
    relation = "=" if claim.equal else r"\le"
    return rf"{expected_after(claim.metric)} {relation} {sympy.latex(claim.bound)}"


@claim_tex.register
def _(claim: Limit) -> str:
    return rf"\lim_{{k \to \infty}} {claim.metric.statement} = {sympy.latex(claim.bound)}"


@claim_tex.register
def _(claim: Threshold) -> str:
    symbol, bound = sympy.latex(claim.parameter), sympy.latex(claim.bound)
    return rf"{claim.metric.statement} \to 0 \iff {symbol} {claim.side} {bound}"


@claim_tex.register
def _(claim: Exponent) -> str:
    return rf"{claim.metric.statement} = \tilde O\left({order(claim)}\right)"


@claim_tex.register
def _(claim: LinearRate) -> str:
    return rf"{claim.metric.statement} = O\left({order(claim)}\right)"


@claim_tex.register
def _(claim: Complexity) -> str:
    small = rf"{claim.metric.statement} \le {claim.eps:g} \cdot \text{{initial}}"
    return rf"\min\{{k : {small}\}} = O\left({order(claim)}\right)"


@claim_tex.register
def _(claim: Scaling) -> str:
    return rf"{claim.metric.at('T')} = O\left({order(claim)}\right)"


@claim_tex.register
def _(claim: Identity) -> str:
    if isinstance(claim.other, Method):
        return rf"{claim.metric.statement} \text{{ is that of }} {_typewritten(claim.other)}"
    return rf"{claim.metric.statement} = {sympy.latex(claim.other)}"


@claim_tex.register
def _(claim: Ordering) -> str:
    share = "" if claim.factor == 1 else rf"{sympy.latex(claim.factor)} \cdot "
    return rf"{claim.metric.statement} \le {share}\text{{that of }} {_typewritten(claim.other)}"


def _typewritten(method: Method) -> str:
    name = method.algorithm.name.replace("_", r"\_")
    return rf"\texttt{{{name}}}"


def order(claim: Exponent | Complexity | Scaling) -> str:
    """The claimed order of growth or decay in TeX: a power of k, of v, or of a rate.

    >>> from convlab import exponent, gap
    >>> order(exponent(gap, -2))
    'k^{-2}'
    """
    if isinstance(claim, LinearRate):
        return rf"\left({sympy.latex(claim.power)}\right)^k"
    if isinstance(claim, Exponent):
        x = "k" if claim.against is None else claim.against.tex
    else:
        x = sympy.latex(sympy.Symbol(claim.swept))
    return rf"{x}^{{{sympy.latex(claim.power, fold_short_frac=True)}}}"


def expected_after(metric: Metric) -> str:
    """The expectation of a metric after the next step in TeX.

    >>> from convlab import distance
    >>> print(expected_after(distance))
    \\mathbb{E}\\left[\\|x_{k+1} - x^\\star\\| \\mid x_k\\right]
    """
    ahead = metric.tex.replace("X", "x_{k+1}")
    return rf"\mathbb{{E}}\left[{ahead} \mid x_k\right]"
