"""Statements as they are printed: TeX compiles, every letter is explained."""

import inspect
import itertools
import re
import shutil
import subprocess
from collections import Counter

import pytest
import sympy
from sympy import log

from convlab import assumptions, catalogue, symbols
from convlab.algorithm import Method
from convlab.algorithms.gradient import gradient_descent
from convlab.algorithms.stochastic import sgd
from convlab.assumption import Assumption
from convlab.claims import upper_bound
from convlab.metrics import E, averaged, gap, running_mean
from convlab.statement import (
    condition,
    definition,
    formula,
    glossary,
    hyperparameters,
    inequality,
    markdown,
    others,
    tex,
    unexplained,
)
from convlab.symbols import D, L, T, eta, k, latex, mu, sigma
from convlab.theorem import Theorem

FOUND = catalogue.installed().theorems

WORDS = set(
    re.findall(
        r"\w+",
        """
        Big Bigl Bigr Delta Gamma Lambda Omega Phi Pi Psi Sigma Theta Xi alpha arg bar begin
        beta big bigl bigr bmod cap cdot chi cite cos cup delta det dots ell emptyset end
        epsilon eta exp forall frac gamma ge geq hat iff in inf infty item kappa lambda
        langle lceil ldots le left leftarrow leq lfloor lim log mathbb mathbf mathcal mathrm
        max mid min mu nabla neq nu omega operatorname partial perp phi pi preceq prod psi
        qquad quad rangle rceil rfloor rho right sigma sim sin sqrt star succ succeq sum sup
        tau text textasciicircum textasciitilde textbackslash textstyle texttt tfrac theta
        tilde times to top varepsilon varphi wedge xi zeta
        """,
    )
)
"""The commands that statements use; each of them was compiled by pdflatex."""


def of_catalogue(check):
    """What ``check`` says of each theorem, where it says anything."""
    said = {name: check(theorem) for name, theorem in FOUND.items()}
    return {name: words for name, words in said.items() if words}


def compared(theorem):
    """The methods with which that of the theorem is compared."""
    other = [getattr(claim, "other", None) for claim in theorem.claims]
    return [method for method in other if isinstance(method, Method)]


def formulas(theorem):
    """All formulas of a theorem that are printed."""
    yield from theorem.algorithm.hyperparameters.values()
    yield from (s for s in theorem.parameters.values() if isinstance(s, sympy.Set))
    for claim in theorem.claims:
        yield from map(sympy.sympify, claim.formulas)


def statement(**changes):
    """A theorem on gradient descent, with changes."""
    fields = {
        "cite": "mine",
        "assume": [assumptions.convex, assumptions.smooth(L), assumptions.attained],
        "algorithm": gradient_descent(eta=1 / L),
        "claims": [upper_bound(gap, L * D**2 / (2 * k))],
    }
    return Theorem(**fields | changes)


# TeX ----------------------------------------------------------------------------------------------

PREAMBLE = r"""\documentclass{article}
\usepackage{amsmath, amssymb}
\newtheorem{theorem}{Theorem}
\begin{document}
"""


def test_tex_compiles_for_all(tmp_path):
    if shutil.which("pdflatex") is None:
        pytest.skip("there is no pdflatex here: apt-get install texlive-latex-base")
    marked = [rf"\typeout{{@@ {name}}}" + "\n" + tex(t) for name, t in sorted(FOUND.items())]
    (tmp_path / "all.tex").write_text(PREAMBLE + "\n".join(marked) + r"\end{document}")
    command = ["pdflatex", "-interaction=nonstopmode", "all.tex"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    lines = ran.stdout.decode(errors="replace").splitlines()
    marks = [line for line in lines if line.startswith(("@@", "!"))]
    wrong = [(a, b) for a, b in itertools.pairwise(marks) if b.startswith("!")]
    assert not wrong
    assert len([mark for mark in marks if mark.startswith("@@")]) == len(FOUND)


def misprints(text):
    """What would stop LaTeX, as far as that can be seen without it."""
    text = "\n".join(line for line in text.splitlines() if not line.startswith("%"))
    yield from sorted(c for c in set(text) if not c.isascii())
    yield from sorted(set(re.findall(r"\\([A-Za-z]+)", text)) - WORDS)
    bare = re.sub(r"\\[{}\\&%$#_]", "", text)
    for one, other in (("{", "}"), (r"\left", r"\right"), (r"\begin", r"\end"), (r"\[", r"\]")):
        source, ends = (text, r"(?![a-z])") if one.startswith("\\") else (bare, "")
        ends = [len(re.findall(re.escape(e) + ends, source)) for e in (one, other)]
        if ends[0] != ends[1]:
            yield f"{one} {ends[0]} times, {other} {ends[1]} times"
    if bare.count("$") % 2:
        yield "a dollar is alone"
    words = re.sub(r"\\begin\{aligned\}|\\\[.*?\\\]|\$.*?\$", "", text, flags=re.DOTALL)
    words = re.sub(r"\\[{}\\&%$#_]|\\cite\{\w+\}", "", words)
    yield from (f"{c} in words" for c in "_^&#%" if c in words)


def test_statements_have_no_misprints():
    assert not of_catalogue(lambda theorem: [*misprints(tex(theorem))])


@pytest.mark.parametrize(
    "text", ["f_i", "100 %", "$x", "$\\left(x$", "{", "\u00df", "$\\unheard$", "\\[ x"]
)
def test_misprints_are_found(text):
    assert [*misprints(text)]


def test_words_of_a_meaning_are_escaped():
    c = symbols.symbol("c_tested", "50 % of f(x_0) - f*, {x_i} & #1 ~ a_(k-1) < |g|^2")
    printed = tex(
        statement(
            claims=[upper_bound(gap, c * D)],
            assume=[assumptions.smooth(L), assumptions.strongly_convex(c)],
        )
    )
    assert not [*misprints(printed)]
    assert r"50 \% of $f(x_{0})$ - $f^\star$" in printed
    assert r"$a_{k-1}$ $<$ $|g|^2$" in printed


# Formulas -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("made", "printed"),
    [
        ((1 - eta * mu) ** k * D**2, r"\left(1 - \eta \mu\right)^{k} D^{2}"),
        (L * D**2 / (2 * k), r"\frac{L D^{2}}{2 k}"),
        (1 / L, r"\frac{1}{L}"),
        (-eta / 2, r"- \frac{\eta}{2}"),
        (k + 1, "k + 1"),
        (eta * L + 1, r"1 + \eta L"),
        (eta * L * sigma**2 / (2 - eta * L), r"\frac{\eta L \sigma^{2}}{2 - \eta L}"),
        (sympy.Float(1e-8), "10^{-8}"),
    ],
)
def test_formulas_stand_in_the_order_of_papers(made, printed):
    assert latex(made) == printed


def test_another_order_is_the_same_formula():
    def signs(text):
        return Counter(re.sub(r"[+\s]|\\left|\\right", "", text))

    def changed(theorem):
        for made in formulas(theorem):
            known = made.has(sympy.Float, sympy.EulerGamma, sympy.polygamma)
            if not known and signs(latex(made)) != signs(sympy.latex(made)):
                yield latex(made)

    assert not of_catalogue(lambda theorem: [*changed(theorem)])


def test_no_sum_begins_with_a_minus_that_need_not():
    def sums(theorem):
        for made in formulas(theorem):
            for part in sympy.preorder_traversal(made):
                signs = [t.could_extract_minus_sign() for t in getattr(part, "args", ())]
                if part.is_Add and not all(signs) and latex(part).startswith("-"):
                    yield latex(part)

    assert not of_catalogue(lambda theorem: [*sums(theorem)])


# Assumptions --------------------------------------------------------------------------------------


def test_assumptions_have_the_constants_that_they_are_given():
    concave = assumptions.log_concave(L)
    assert r"\succeq {L} I" in inequality(statement(assume=[concave]), concave)
    bounded = assumptions.bounded_variance(sympy.Integer(0))
    assert inequality(statement(assume=[assumptions.smooth(L), bounded]), bounded).endswith(
        r"\quad \sigma = 0"
    )


def occurs(letter, text):
    return any(found.tex == letter for found in symbols.letters(text))


def test_no_assumption_keeps_its_own_letters():
    def kept(theorem):
        given = {latex(v) for a in theorem.assume for v in a.values}
        for assumed in theorem.assume:
            for name, value in zip(assumed.constants, assumed.values, strict=False):
                own = assumed.tex.get(name, sympy.latex(sympy.Symbol(name)))
                said, printed = assumed.statement, inequality(theorem, assumed)
                if isinstance(value, sympy.Symbol) and occurs(own, said) and own not in given:
                    yield from [own] if occurs(own, printed) else []
                    (new,) = symbols.letters(latex(value))
                    yield from [] if occurs(new.tex, printed) else [new.tex]

    assert not of_catalogue(lambda theorem: [*kept(theorem)])


MEAN_SAID = (
    r"\mathbb{E}\, g(x, \xi) = \nabla f(x)",
    r"i \text{ uniform}",
    r"\mathcal{N}(0,",
    r"\text{ the law symmetric about }",
    r"\text{worker } i \text{ holds } f_i",
)


def test_noise_says_its_mean():
    known = [a for a in vars(assumptions).values() if isinstance(a, Assumption)]
    noisy = [
        a
        for a in known
        if any(b.definition is assumptions.unbiased for b in a(*a.constants).closure())
    ]
    assert len(noisy) > 10
    silent = [a.name for a in noisy if not any(said in a.statement for said in MEAN_SAID)]
    assert not silent


# Claims -------------------------------------------------------------------------------------------


def test_a_claim_on_the_horizon_says_so():
    theorem = statement(claims=[upper_bound(gap, L * D**2 / (2 * T))])
    assert formula(theorem, theorem.claims[0]).endswith(r"\quad (k = T)")
    assert condition(statement(), statement().claims[0]) == r"k \geq 1"
    found = FOUND["stochastic/sgd_convex_decreasing/step_for_horizon"]
    assert condition(found, found.claims[0]) == "k = T"


def test_a_bound_without_a_value_at_the_start_says_so():
    for bound, said in (
        (D / k, r"k \geq 1"),
        (D / (k + 1), ""),
        (L**k, ""),
        (D * log(k), r"k \geq 1"),
    ):
        made = statement(claims=[upper_bound(gap, bound)])
        assert condition(made, made.claims[0]) == said


def test_where_there_is_a_set_points_are_in_it():
    explained = glossary(FOUND["constrained/frank_wolfe/open_loop"])
    assert explained["x_0"] == "the starting point, any of $C$"
    assert explained["x"] == "any point of $C$"
    assert glossary(FOUND["first_order/gradient_descent_convex"])["x"] == "any point"


def test_conditions_are_printed_as_such():
    silver = FOUND["first_order/silver_steps"]
    assert condition(silver, silver.claims[0]) == r"k = 2^m - 1 \text{ for } m = 1, \dots, 23"
    both = statement(claims=[upper_bound(gap, D / k, when=(k >= 2) & (L > 1))])
    assert set(condition(both, both.claims[0]).split(r",\ ")) == {r"k \geq 2", "L > 1"}
    chosen = sympy.Or(sympy.Eq(k, 3), sympy.Eq(k, 5))
    some = statement(claims=[upper_bound(gap, D / k, when=chosen)])
    assert condition(some, some.claims[0]) == r"k \in \left\{3, 5\right\}"


def test_weights_of_averages_are_printed():
    averages = statement(
        algorithm=sgd(eta=eta),
        parameters={eta: sympy.Interval.open(0, 1 / L)},
        claims=[
            upper_bound(E(averaged(gap, weight=k + 1)), D),
            upper_bound(E(running_mean(gap, weight=(1 - eta) ** -k)), D),
        ],
    )
    letters = glossary(averages)
    assert "with weights $w_i = i + 1$" in letters[r"\bar x_k"]
    assert letters["w_i"] == r"the weight $\left(1 - \eta\right)^{- i}$ of step i"
    assert r"\sum_{i < k} w_i \left(f(x_i) - f^\star\right)" in tex(averages)


def test_what_a_method_is_compared_with_is_defined():
    def undefined(theorem):
        printed = "".join(others(theorem))
        names = [method.algorithm.name for method in compared(theorem)]
        return [name for name in names if f"`{name}`: " not in printed]

    assert not of_catalogue(undefined)


# Letters ------------------------------------------------------------------------------------------


def test_every_letter_of_every_statement_is_explained():
    assert not of_catalogue(unexplained)


def test_an_unknown_letter_is_found():
    odd = Assumption("odd", statement=r"\|Q x\| \le 1")
    assert unexplained(statement(assume=[odd, assumptions.smooth(L)])) == ["Q"]


def test_letters_have_the_meaning_that_they_have_here():
    gamma = FOUND["heavy_tails/unclipped_games"]
    assert "operator" in glossary(gamma)["F"]
    bilevel = FOUND["bilevel/unrolled_descent"]
    assert glossary(bilevel)["F"] == "the objective of the upper level"
    plain = glossary(statement())
    assert plain["D"] == r"$\|x_0 - x^\star\|$"
    assert plain["x_0"] == "the starting point, any"


def test_markdown_has_the_same_letters():
    text = markdown(statement())
    assert all(f"${letter}$" in text for letter in glossary(statement()))


# Methods ------------------------------------------------------------------------------------------


def test_every_method_has_its_formula():
    methods = [m for t in FOUND.values() for m in (t.algorithm, *compared(t))]
    used = {method.algorithm for method in methods}
    texts = {a.name: definition(a) for a in used}
    without = [
        n for n, text in texts.items() if not re.search(r"\$[^$]*(=|\\in|\\le|\\left)", text)
    ]
    assert not without
    marked = [n for n, text in texts.items() if re.search(r":\w+:`|``|\.\. |\*[A-Z]", text)]
    assert not marked, "the last paragraph of a docstring names the source, and is not printed"


def test_a_definition_leaves_out_the_source():
    text = definition(gradient_descent)
    assert text == r"Gradient descent, $x_{k+1} = x_k - \eta \nabla f(x_k)$."
    assert "Cauchy" in inspect.getdoc(gradient_descent)


def test_hyperparameters_have_the_letters_of_the_method():
    steps = statement(algorithm=sgd(eta=1 / sympy.sqrt(k + 1)))
    assert hyperparameters(steps) == [r"\eta_k = \frac{1}{\sqrt{k + 1}}"]
