"""Theorems in words: as data, in Markdown, in TeX."""

import functools
import inspect
import re
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import sympy

from convlab import symbols
from convlab.algorithm import Algorithm, Method
from convlab.assumption import Assumption
from convlab.assumptions import attained, bounded_below
from convlab.claims import Claim, Verdict
from convlab.claims.bounds import LowerBound, UpperBound
from convlab.claims.drift import Drift
from convlab.claims.limits import Limit, Threshold
from convlab.claims.rates import Exponent, LinearRate
from convlab.claims.relations import Identity, Ordering
from convlab.claims.sweeps import Complexity, Scaling
from convlab.formula import Integers
from convlab.metrics import INITIAL, Metric

__all__ = [
    "assumed",
    "cited",
    "claim_tex",
    "condition",
    "definition",
    "describe",
    "expected_after",
    "formula",
    "glossary",
    "hyperparameters",
    "inclusion",
    "inequality",
    "interval",
    "markdown",
    "number",
    "order",
    "others",
    "reasons",
    "slopes_only",
    "tex",
    "unexplained",
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
    def adapted(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def expected(self) -> Verdict: ...
    @property
    def assume(self) -> Sequence[Assumption]: ...
    @property
    def algorithm(self) -> Method: ...
    @property
    def parameters(self) -> Mapping[sympy.Symbol, sympy.Set]: ...
    @property
    def because(self) -> Mapping[sympy.Symbol, str]: ...
    @property
    def quantities(self) -> Mapping[sympy.Symbol, Metric]: ...
    @property
    def claims(self) -> Sequence[Claim]: ...
    @property
    def mutants(self) -> Sequence[Any]: ...
    @property
    def tight(self) -> Sequence[Any]: ...
    @property
    def untested(self) -> Mapping[Assumption, str]: ...
    @property
    def loose(self) -> str: ...
    @property
    def exists(self) -> bool: ...
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
        "source": str(theorem.source),
        "adapted": theorem.adapted,
        "expected": str(theorem.expected),
        "slopes_only": slopes_only(theorem),
        "assumptions": [
            {
                "name": a.name,
                "constants": list(map(str, a.values)),
                "statement": inequality(theorem, a),
            }
            for a in theorem.assume
        ],
        "algorithm": {
            "name": method.algorithm.name,
            "update": definition(method.algorithm),
            "hyperparameters": {n: str(v) for n, v in method.hyperparameters.items()},
        },
        "parameters": {str(s): interval(allowed) for s, allowed in theorem.parameters.items()},
        "because": {str(s): why for s, why in theorem.because.items()},
        "claims": [_claim(theorem, claim) for claim in theorem.claims],
        "letters": glossary(theorem),
        "mutants": [{"name": m.name, "why": m.why} for m in theorem.mutants],
        "tight": [i.name for i in theorem.tight],
        "loose": theorem.loose,
        "untested": {a.name: why for a, why in theorem.untested.items()},
        "exists": theorem.exists,
        "on": None if theorem.on is None else [i.name for i in theorem.on],
    }


def _claim(theorem: _Theorem, claim: Claim) -> dict[str, Any]:
    return {
        "kind": claim.kind,
        "metric": "" if claim.metric is None else str(claim.metric),
        "bound": None if claim.compared is None else str(claim.compared),
        "symbols": {str(s): _meaning(s) for s in sorted(claim.symbols, key=str)},
        "plain": str(claim),
        "statement": _claim_formula(theorem, claim),
        "condition": condition(theorem, claim),
    }


def _meaning(symbol: sympy.Symbol) -> str:
    return getattr(symbol, "meaning", "")


def slopes_only(theorem: "_Theorem") -> bool:
    """Whether all claims are judged by intervals of slopes, outside the error budget."""
    return all(claim.slope for claim in theorem.claims)


def interval(allowed: sympy.Set) -> str:
    """A set as one writes it.

    >>> interval(sympy.Interval.Lopen(0, 1))
    '(0, 1]'
    """
    if isinstance(allowed, sympy.Interval):
        left, right = "(" if allowed.left_open else "[", ")" if allowed.right_open else "]"
        return f"{left}{number(allowed.start)}, {number(allowed.end)}{right}"
    if isinstance(allowed, Integers):
        last = "" if allowed.end is sympy.oo else f", {number(allowed.end)}"
        return f"{{{number(allowed.start)}, ...{last}}}"
    return str(allowed)


def number(value: sympy.Expr) -> str:
    """A formula as it stands, a decimal number in six digits.

    >>> number(sympy.Float(0.5)), number(sympy.Rational(1, 3))
    ('0.5', '1/3')
    """
    return f"{float(value):.6g}" if value.is_Float else str(value)


# Assumptions --------------------------------------------------------------------------------------


def inequality(theorem: _Theorem, assumption: Assumption) -> str:
    """What an assumption says in TeX, with the constants that the theorem gives it.

    A formula takes the place of the assumption's own letter; a number is named behind it.
    """
    used = {symbols.latex(v) for a in theorem.assume for v in a.values if _is_symbol(v)}
    put: dict[str, str] = {}
    statement = assumption.statement
    if assumption.definition in {attained, bounded_below}:
        statement = _of_the_sum(theorem, statement)
    numbers: list[str] = []
    for name, value in zip(assumption.constants, assumption.values, strict=False):
        if not isinstance(value, sympy.Expr | float | int):
            continue
        shown = symbols.latex(value)
        own = [t for t in _letters_of(assumption, name) if _occurs(t, statement)]
        if not own or shown in own:
            continue
        if _is_symbol(value) or used & set(own):
            put[own[0]] = shown
        else:
            numbers.append(rf"{own[0]} = {shown}")
    text = _replaced(statement, put)
    return rf"{text}, \quad {', '.join(numbers)}" if numbers else text


def _is_symbol(value: Any) -> bool:
    return isinstance(value, sympy.Symbol)


def _letters_of(assumption: Assumption, constant: str) -> list[str]:
    """How a constant may be written in the statement of its assumption."""
    if constant in assumption.tex:
        return [assumption.tex[constant]]
    known = [e.tex for (name, _), e in symbols.NOTATION.items() if name == constant]
    every = [*known, sympy.latex(sympy.Symbol(constant))]
    return [letter.tex for tex in every for letter in symbols.letters(tex)]


def _occurs(tex: str, formula: str) -> bool:
    return any(letter.tex == tex for letter in symbols.letters(formula))


def _replaced(formula: str, put: Mapping[str, str]) -> str:
    """A formula with letters replaced."""
    pieces, last = [], 0
    for letter in symbols.letters(formula):
        if letter.tex in put:
            pieces += [formula[last : letter.start], "{" + put[letter.tex] + "}"]
            last = letter.end
    return "".join([*pieces, formula[last:]])


def _of_the_sum(theorem: _Theorem, formula: str) -> str:
    """A formula about the function that is minimized, which is F where f is a part of it.

    So it is where an assumption says that F is f + h.
    """
    if not any("f + h" in a.letters.get("F", "") for a in theorem.assume):
        return formula
    put = {"f": "F", r"f^\star": r"F^\star"}
    for letter in reversed([*symbols.letters(formula)]):
        if letter.tex in put:
            formula = formula[: letter.start] + put[letter.tex] + formula[letter.end :]
    return formula


def _assumption(theorem: _Theorem, assumption: Assumption) -> str:
    constants = [v for v in assumption.values if isinstance(v, sympy.Expr)]
    named = f" (${', '.join(map(symbols.latex, constants))}$)" if constants else ""
    text = inequality(theorem, assumption)
    return assumption.name.replace("_", " ") + named + (f": ${text}$" if text else "")


# Methods ------------------------------------------------------------------------------------------


def definition(algorithm: Algorithm) -> str:
    """The method in words and formulas, in Markdown with TeX between dollars.

    It is the docstring without its last paragraph, which names the source and what only the code
    needs; of a docstring of one paragraph, that one.
    """
    text = inspect.cleandoc(algorithm.__doc__ or "") + "\n"
    text = re.sub(r"\.\. math::\n((?:[ ]+\S.*\n|\s*\n(?=[ ]+\S))+)", _displayed, text)
    *defining, last = [p for p in re.split(r"\n\s*\n", text) if p.strip()] or [""]
    paragraphs = [" ".join(p.split()) for p in defining or [last]]
    plain = "\n\n".join(re.sub(r":math:`([^`]*)`", r"$\1$", p) for p in paragraphs)
    return re.sub(r":\w+:`([^`]*)`|``([^`]*)``", lambda m: f"`{m[1] or m[2]}`", plain)


def _displayed(block: re.Match) -> str:
    formula = " ".join(block[1].split())
    if r"\\" in formula:
        formula = rf"\begin{{aligned}} {formula} \end{{aligned}}"
    return f"\n$${formula}$$\n\n"


def hyperparameters(theorem: _Theorem) -> list[str]:
    """What the hyperparameters and the parameters of the theorem are, in TeX."""
    return _values(theorem.algorithm) + [
        rf"{symbols.latex(s)} \in {inclusion(allowed)}" for s, allowed in theorem.parameters.items()
    ]


def _values(method: Method) -> list[str]:
    """The hyperparameters of a method that do not have the value of their own letter, in TeX."""
    text = definition(method.algorithm)
    return [
        f"{letter} = {shown}"
        for name, value in method.hyperparameters.items()
        if (letter := _hyperparameter(name, text)) != (shown := symbols.latex(value))
        and not (_is_symbol(value) and _occurs(letter, shown))
    ]


def others(theorem: _Theorem) -> list[str]:
    """The methods with which claims compare that of the theorem, in Markdown with TeX."""
    found: dict[str, None] = {}
    for claim in theorem.claims:
        other = getattr(claim, "other", None)
        if isinstance(other, Method):
            values = ", ".join(f"${rule}$" for rule in _values(other))
            known = other.algorithm is theorem.algorithm.algorithm
            text = "the same method." if known else definition(other.algorithm)
            text += f" Here {values}." if values else ""
            found[f"`{other.algorithm.name}`: {text}"] = None
    return [*found]


def _hyperparameter(name: str, text: str) -> str:
    """A hyperparameter in TeX: with the index k where the method has it, or as a word."""
    tex = _SHORT.get(name) or sympy.latex(sympy.Symbol(name))
    if len(every := [*symbols.letters(tex)]) != 1:
        return rf"\text{{{name.replace('_', ' ')}}}"
    tex = every[0].tex
    indexed = f"{tex}_k"
    formulas = "".join(_formulas(text))
    return indexed if _occurs(indexed, formulas) and not _occurs(tex, formulas) else tex


_SHORT = {"lam": r"\lambda", "eps": r"\varepsilon"}
"""Hyperparameters whose names are no letters."""


def inclusion(allowed: sympy.Set) -> str:
    """A set in TeX, an interval with its ends.

    >>> print(inclusion(sympy.Interval.Lopen(0, 1)))
    (0, 1]
    """
    if isinstance(allowed, sympy.Interval):
        left = "(" if allowed.left_open else "["
        right = ")" if allowed.right_open else "]"
        ends = f"{symbols.latex(allowed.start)}, {symbols.latex(allowed.end)}"
        if "frac" in ends:
            return rf"\left{left}{ends}\right{right}"
        return f"{left}{ends}{right}"
    if isinstance(allowed, Integers):
        last = "" if allowed.end is sympy.oo else f", {symbols.latex(allowed.end)}"
        return rf"\{{{symbols.latex(allowed.start)}, \dots{last}\}}"
    if isinstance(allowed, sympy.Basic):
        return symbols.latex(allowed)
    return rf"\left\{{{symbols.latex(allowed.value)}\right\}}"  # one value, fixed by at()


def _method(theorem: _Theorem) -> str:
    rules = [f"${rule}$" for rule in hyperparameters(theorem)]
    text = definition(theorem.algorithm.algorithm)
    return text + ("\n\nHere " + ", ".join(rules) + "." if rules else "") + reasons(theorem)


def reasons(theorem: _Theorem) -> str:
    """Why parameters have the values that they have, in sentences."""
    return "".join(f" For ${symbols.latex(s)}$: {why}." for s, why in theorem.because.items())


# Claims, with their conditions --------------------------------------------------------------------


def condition(theorem: _Theorem, claim: Claim) -> str:
    """For which iterations and constants a claim is made, in TeX; empty for all."""
    parts = list(sympy.And.make_args(sympy.sympify(claim.when)))
    parts.sort(key=lambda part: (symbols.k not in part.free_symbols, str(part)))
    special = ["k = T"] if _at_horizon(theorem, claim) else []
    if not special and _not_at_the_start(claim):
        special = [r"k \geq 1"]
    return r",\ ".join(dict.fromkeys(filter(None, [*special, *map(_condition, parts)])))


def _not_at_the_start(claim: Claim) -> bool:
    """Whether a bound has no value at k = 0, and the condition does not say so."""
    if not isinstance(claim, UpperBound | LowerBound | Identity):
        return False
    if symbols.k in sympy.sympify(claim.when).free_symbols:
        return False
    compared = claim.compared
    return compared is not None and compared.subs(symbols.k, 0).has(
        sympy.zoo, sympy.nan, sympy.oo, -sympy.oo
    )


def _at_horizon(theorem: _Theorem, claim: Claim) -> bool:
    """Whether the formulas speak of the horizon and not of k; then no other k is judged."""
    if isinstance(claim, Complexity | Scaling | Threshold) or not claim.formulas:
        return False
    own = claim.symbols
    every = own | theorem.algorithm.free_symbols
    for letter, allowed in theorem.parameters.items():
        if letter in every and isinstance(allowed, sympy.Set):
            every |= allowed.free_symbols
    return symbols.T in every and symbols.k not in own


def _condition(part: sympy.Basic) -> str:
    if part == sympy.true:
        return ""
    choices = [e for e in sympy.Or.make_args(part) if isinstance(e, sympy.Eq)]
    if len(choices) < 2 or len(choices) < len(part.args) or len({e.lhs for e in choices}) > 1:
        return symbols.latex(part)
    letter, values = symbols.latex(choices[0].lhs), [e.rhs for e in choices]
    last = len(values)
    if last > 2 and set(values) == {2**m - 1 for m in range(1, last + 1)}:
        return rf"{letter} = 2^m - 1 \text{{ for }} m = 1, \dots, {last}"
    return rf"{letter} \in {symbols.latex(sympy.FiniteSet(*values))}"


def formula(theorem: _Theorem, claim: Claim) -> str:
    """A claim in TeX, with its condition."""
    when = condition(theorem, claim)
    return _claim_formula(theorem, claim) + (rf" \quad ({when})" if when else "")


def _claim_formula(theorem: _Theorem, claim: Claim) -> str:
    return _of_the_sum(theorem, claim_tex(claim))


# Letters ------------------------------------------------------------------------------------------


def glossary(theorem: _Theorem) -> dict[str, str]:
    """What the letters of the statement mean, by their TeX, in the order in which they come.

    Meanings are Markdown, with TeX between dollars. Letters that the method defines are left out.
    """
    return _explained(theorem)[0]


def unexplained(theorem: _Theorem) -> list[str]:
    """The letters of the statement, in TeX, that neither its glossary nor its method explains."""
    return _explained(theorem)[1]


def _explained(theorem: _Theorem) -> tuple[dict[str, str], list[str]]:
    text = definition(theorem.algorithm.algorithm)
    known = _meanings(theorem)
    own = _defined(text + "".join(f"${rule}$" for rule in hyperparameters(theorem)))
    todo = [inequality(theorem, a) for a in theorem.assume]
    for piece in todo:
        own |= dict.fromkeys(re.findall(r"(?:^|\\quad |,\\? )\s*(\S+) = ", piece), "")
    todo += [*_formulas(text), *hyperparameters(theorem)]
    todo += [formula(theorem, claim) for claim in theorem.claims]
    compared = "".join(others(theorem))
    todo += _formulas(compared)
    own |= _defined(compared)
    words = [key for key in known if key.startswith(r"\mathrm")]
    found: dict[str, str] = {}
    unknown: dict[str, None] = {}
    while todo:
        piece = todo.pop(0)
        bound = _bound(piece)
        for word in words:
            if word in piece:
                found[word] = known[word]
        for letter in symbols.letters(piece):
            key = None if letter.tex in own and letter.tex not in known else _entry(letter, known)
            if key is None:
                if letter.tex not in ("i", "j", *bound) and _entry(letter, own) is None:
                    unknown[letter.tex] = None
            elif key not in found and (letter.name not in bound or letter.subscript):
                found[key] = known[key]
                todo += _formulas(known[key])
                own |= _defined(" ".join(f"${f}$" for f in _formulas(known[key]) if "=" in f))
    if found.get("C") == symbols.LETTERS["C"]:  # all happens in the set
        found |= {t: "any point of $C$" for t in ("x", "y") if found.get(t) == symbols.LETTERS[t]}
        if found.get("x_0", known["x_0"]) == known["x_0"]:
            found["x_0"] = f"{symbols.LETTERS['x_0']}, any of $C$"
    return found, [*unknown]


def _meanings(theorem: _Theorem) -> dict[str, str]:
    """What letters mean in a theorem, by their TeX: the nearer word counts."""
    found = dict(symbols.LETTERS)
    metrics = [m for c in theorem.claims for m in (*c.metrics, *getattr(c, "given", {}).values())]
    metrics += theorem.quantities.values()
    for part in (*theorem.assume, *metrics):
        found |= part.letters
    if theorem.on is None:
        found["x_0"] += ", any"
    formulas = [*theorem.algorithm.hyperparameters.values(), *theorem.parameters]
    formulas += [f for c in theorem.claims for f in c.formulas]
    formulas += [w for m in metrics for w in m.weights.values()]
    formulas += [v for a in theorem.assume for v in a.values if isinstance(v, sympy.Basic)]
    formulas += [s for s in theorem.parameters.values() if isinstance(s, sympy.Set)]
    used = set().union(*(sympy.sympify(f).free_symbols for f in formulas))
    for claim in theorem.claims:
        if isinstance(claim, Complexity | Scaling):
            swept = symbols.latex(sympy.Symbol(claim.swept))
            found.setdefault(swept, "the parameter of the problems that varies")
    used |= {symbols.k, *(c.parameter for c in theorem.claims if isinstance(c, Threshold))}
    stands_for = {s: _of_the_sum(theorem, m.at("0")) for s, m in theorem.quantities.items()}
    for claim in theorem.claims:
        if isinstance(claim, Drift):
            stands_for |= {
                s: m.at("k") for s, m in ((symbols.V, claim.metric), *claim.given.items())
            }
    for s in used:
        value = f"${stands_for[s]}$" if s in stands_for else ""
        words = "" if s in {symbols.V, *INITIAL} else _meaning(s)
        own = [*symbols.letters(s.tex)]
        if len(own) == 1 and own[0].end - own[0].start == len(s.tex):
            found[own[0].tex] = ", ".join(filter(None, (value, words)))
        elif not own:
            found[s.tex] = ", ".join(filter(None, (value, words)))
    return found | _constants(theorem)


_SHARED = {value for value in vars(symbols).values() if isinstance(value, sympy.Symbol)}
"""The letters of :mod:`convlab.symbols`."""


def _constants(theorem: _Theorem) -> dict[str, str]:
    """What the constants mean whose assumption says so; of several assumptions, all of it.

    The meaning of a letter that is made for the theorem is nearer.
    """
    found: dict[str, dict[str, None]] = {}
    for assumption in theorem.assume:
        for name, value in zip(assumption.constants, assumption.values, strict=False):
            for own in _letters_of(assumption, name) if value in _SHARED else ():
                if own in assumption.letters:
                    found.setdefault(symbols.latex(value), {})[assumption.letters[own]] = None
    return {letter: "; ".join(meanings) for letter, meanings in found.items()}


def _formulas(text: str) -> list[str]:
    """The formulas between dollars."""
    return [a or b for a, b in re.findall(r"\$\$(.+?)\$\$|\$(.+?)\$", text)]


def _defined(text: str) -> dict[str, str]:
    """The letters that a text defines: alone in a formula, or on the left of a sign."""
    found = []
    for piece in _formulas(re.sub(r"\\(begin|end)\{\w+\}", "", text)):
        for side, mark in re.findall(rf"(.*?)({_SIGNS}|$)", piece):
            inside = [letter.tex for letter in symbols.letters(side)]
            if not inside or not (mark in _DEFINES or side == piece):
                continue
            if side.strip().startswith(inside[0][:1]):
                found.append(inside[0])
        for arguments in re.findall(r"(?:\\operatorname\{\w+\}|\w)\(([^()]*)\) = ", piece):
            found += [letter.tex for letter in symbols.letters(arguments)]
    return dict.fromkeys(found, "")


_DEFINES = ("=", "&=", r"\in", r"\sim", r"\leftarrow")
_SIGNS = r"&?=|\\in(?![a-z])|\\sim|\\leftarrow|\\quad|\\qquad|\\\\|,"
_OPERATORS = r"\\(?:sum|prod|min|max|sup|inf|lim|operatorname\{argmin\})"
_BINDS = re.compile(
    rf"(?:{_OPERATORS}_\{{?\s*(?:\\\|)?\(?|\\forall\s*|\\text\{{ ?(?:for|where) ?\}}\s*|\\\{{)"
    r"((?:\\[a-z]+|[A-Za-z])(?:\s*,\s*(?:\\ )?(?:\\[a-z]+|[A-Za-z]))*)"
)


def _bound(tex: str) -> set[str]:
    """The letters that a formula binds: under a sum, behind 'for all'."""
    return {letter.name for found in _BINDS.findall(tex) for letter in symbols.letters(found)}


def _entry(letter: symbols.Letter, known: Mapping[str, str]) -> str | None:
    """The key under which a letter is explained: its own, or that of its sequence."""
    if letter.tex in known:
        return letter.tex
    if not letter.running:
        return None
    alike = [
        (key, other.subscript)
        for key in known
        for other in symbols.letters(key)
        if other.name == letter.name and other.running and not other.subscript.isdigit()
    ]
    alike.sort(key=lambda found: ("k" not in found[1], "i" not in found[1]))
    return alike[0][0] if alike else None


# Whole statements ---------------------------------------------------------------------------------


def cited(theorem: _Theorem, cite: str) -> str:
    """Where a statement comes from, with its number; ``cite`` names the source.

    A statement that is derived here names the source of its method.
    """
    if not theorem.number:
        return f"derived here, for {cite}"
    changed = f"; adapted: {theorem.adapted}" if theorem.adapted else ""
    return f"{cite}, {theorem.number}{changed}"


def assumed(theorem: _Theorem) -> str:
    """The words before the assumptions."""
    if theorem.exists:
        return "There is a problem with these properties:"
    return "Assume"


def markdown(theorem: _Theorem) -> str:
    """The statement in Markdown, with formulas in TeX."""
    lines = [f"**{theorem.title}** ({cited(theorem, theorem.cite)})", ""]
    lines += [theorem.text, ""] if theorem.text else []
    lines += [assumed(theorem), ""] if theorem.assume else []
    lines += [f"- {_assumption(theorem, a)}" for a in theorem.assume]
    false = ", known to be false" if theorem.expected == Verdict.REFUTED else ""
    lines += ["", f"Method: {_method(theorem)}", "", f"Claims{false}:"]
    for claim in theorem.claims:
        lines += ["", f"$${formula(theorem, claim)}$$"]
    lines += [line for text in others(theorem) for line in ("", text)]
    letters = [f"- {letter}: {meaning}" for letter, meaning in _together(theorem)]
    return "\n".join([*lines, "", "Letters:", "", *letters]) + "\n"


def tex(theorem: _Theorem) -> str:
    """The statement as a LaTeX theorem, to be pasted into a paper; it needs amsmath and amssymb."""
    before, after = cited(theorem, "|").split("|", 1)
    cite = rf"{before}\cite{{{theorem.cite}}}{_prose(after)}"
    title = " ".join(theorem.title.split())
    lines = [f"% {theorem.id}: {title}", rf"\begin{{theorem}}[{{{cite}}}]"]
    if theorem.assume:
        items = [rf"  \item {_prose(_assumption(theorem, a))}" for a in theorem.assume]
        lines += [assumed(theorem), r"\begin{itemize}", *items, r"\end{itemize}"]
    lines += [re.sub(r"\n\n", "\n", _prose(_method(theorem))), "Then"]
    lines += [rf"\[ {formula(theorem, claim)} \]" for claim in theorem.claims]
    lines += [re.sub(r"\n\n", "\n", _prose(text)) for text in others(theorem)]
    letters = "; ".join(f"{letters}: {_prose(m)}" for letters, m in _together(theorem))
    return "\n".join([*lines, f"Letters: {letters}.", r"\end{theorem}"]) + "\n"


def _together(theorem: _Theorem) -> list[tuple[str, str]]:
    """The glossary with letters of one meaning in one line, between dollars."""
    found: dict[str, list[str]] = {}
    for letter, meaning in glossary(theorem).items():
        found.setdefault(meaning, []).append(f"${letter}$")
    return [(", ".join(letters), meaning) for meaning, letters in found.items()]


_PLAIN = re.compile(
    r"\|\w+\|(?:\^\d)?|\b[A-Za-z]\^\d|\b[A-Za-z]\([A-Za-z]_\w\)|(?<![\w\\])(?:[A-Za-z]_(?:\w+|\([^)]*\))|[fx]\*)(?![\w*])"
)
"""Letters with an index, f* and x* in words."""


def _prose(text: str) -> str:
    """Markdown in LaTeX: formulas as they are, code typewritten, all else escaped."""
    pieces = []
    for piece in re.split(r"(\$\$.+?\$\$|\$.+?\$|`[^`]*`)", text):
        if piece.startswith("$$"):
            pieces.append(rf"\[ {piece[2:-2]} \]")
        elif piece.startswith("$"):
            pieces.append(piece)
        elif piece.startswith("`"):
            pieces.append(rf"\texttt{{{_escaped(piece[1:-1])}}}")
        else:
            last = 0
            for found in _PLAIN.finditer(piece):
                pieces += [_escaped(piece[last : found.start()]), _set(found.group())]
                last = found.end()
            pieces.append(_escaped(piece[last:]))
    return "".join(pieces)


def _set(plain: str) -> str:
    """A letter with an index in TeX: x_(k-1) and f*."""
    tex = re.sub(r"_\(([^)]*)\)|_(\w+)(?!\w)", lambda m: f"_{{{m[1] or m[2]}}}", plain)
    return f"${tex.replace('*', '^' + chr(92) + 'star')}$"


_ESCAPES = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{c: rf"\{c}" for c in "&%$#_{}"},
    **{c: f"${c}$" for c in "<>|"},
}


def _escaped(text: str) -> str:
    """Plain text for LaTeX."""
    return "".join(_ESCAPES.get(c, c) for c in text)


# Claims -------------------------------------------------------------------------------------------


@functools.singledispatch
def claim_tex(claim: Claim) -> str:
    """A claim in TeX, without its condition ``when``.

    ``claim_tex.register`` gives a kind of claim its formula; of any other its kind and its metric
    are written.

    >>> from convlab import gap, upper_bound
    >>> from convlab.symbols import D, L, k
    >>> print(claim_tex(upper_bound(gap, L * D**2 / (2 * k))))
    f(x_k) - f^\\star \\le \\frac{L D^{2}}{2 k}
    """
    return rf"\text{{{claim.kind} of }} {claim.metric.statement}"


@claim_tex.register
def _(claim: UpperBound) -> str:
    text = rf"{claim.metric.statement} \le {symbols.latex(claim.bound)}"
    if claim.probability is not None:
        text += rf" \quad \text{{with probability at least }} {symbols.latex(claim.probability)}"
    return text


@claim_tex.register
def _(claim: LowerBound) -> str:
    return rf"{claim.metric.statement} \ge {symbols.latex(claim.bound)}"


@claim_tex.register
def _(claim: Drift) -> str:
    relation = "=" if claim.equal else r"\le"
    return rf"{expected_after(claim.metric)} {relation} {symbols.latex(claim.bound)}"


@claim_tex.register
def _(claim: Limit) -> str:
    return rf"\lim_{{k \to \infty}} {claim.metric.statement} = {symbols.latex(claim.bound)}"


@claim_tex.register
def _(claim: Threshold) -> str:
    symbol, bound = symbols.latex(claim.parameter), symbols.latex(claim.bound)
    return rf"{claim.metric.statement} \to 0 \iff {symbol} {claim.side} {bound}"


@claim_tex.register
def _(claim: Exponent) -> str:
    return rf"{claim.metric.statement} = \tilde O\left({order(claim)}\right)"


@claim_tex.register
def _(claim: LinearRate) -> str:
    return rf"{claim.metric.statement} = O\left({order(claim)}\right)"


@claim_tex.register
def _(claim: Complexity) -> str:
    small = rf"{claim.metric.statement} \le {symbols.decimal(claim.eps)} \cdot \text{{initial}}"
    return rf"\min\{{k : {small}\}} = O\left({order(claim)}\right)"


@claim_tex.register
def _(claim: Scaling) -> str:
    return rf"{claim.metric.at('T')} = O\left({order(claim)}\right)"


@claim_tex.register
def _(claim: Identity) -> str:
    if isinstance(claim.other, Method):
        return rf"{claim.metric.statement} \text{{ is that of }} {_typewritten(claim.other)}"
    return rf"{claim.metric.statement} = {symbols.latex(claim.other)}"


@claim_tex.register
def _(claim: Ordering) -> str:
    share = "" if claim.factor == 1 else rf"{symbols.latex(claim.factor)} \cdot "
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
        return rf"\left({symbols.latex(claim.power)}\right)^k"
    if isinstance(claim, Exponent):
        x = "k" if claim.against is None else claim.against.tex
    else:
        x = sympy.latex(sympy.Symbol(claim.swept))
    return rf"{x}^{{{symbols.latex(claim.power, fold_short_frac=True)}}}"


def expected_after(metric: Metric) -> str:
    """The expectation of a metric after the next step in TeX.

    >>> from convlab import distance
    >>> print(expected_after(distance))
    \\mathbb{E}\\left[\\|x_{k+1} - x^\\star\\| \\mid x_k\\right]
    """
    ahead = metric.tex.replace("X", "x_{k+1}")
    return rf"\mathbb{{E}}\left[{ahead} \mid x_k\right]"
