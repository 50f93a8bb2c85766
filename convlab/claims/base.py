"""What a claim is, and what judging it yields."""

import enum
import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np
import sympy

from convlab.algorithm import Method
from convlab.engine import Trace
from convlab.metrics import Metric
from convlab.problem import Problem
from convlab.symbols import require_sign

__all__ = [
    "Basis",
    "Bench",
    "Claim",
    "Evidence",
    "Finding",
    "Relation",
    "Setting",
    "Verdict",
    "Witness",
    "combine",
]


class Verdict(enum.StrEnum):
    """What a check says."""

    HOLDS = "holds"
    REFUTED = "refuted"
    INCONCLUSIVE = "inconclusive"
    INAPPLICABLE = "inapplicable"


class Basis(enum.StrEnum):
    """How a claim was judged."""

    EXACT = "exact"
    """In doubles, and in 50 digits where it is refuted."""
    MOMENTS = "moments"
    """By expectations that are known exactly; in 50 digits where one refutes and is small."""
    E_VALUE = "e-value"
    """By betting on a sample."""
    INTERVAL = "interval"
    """By the interval of a slope; outside the error budget."""


class Relation(enum.StrEnum):
    """What a claim says of its two sides."""

    AT_MOST = "<="
    AT_LEAST = ">="
    EQUAL = "="


@dataclass(frozen=True)
class Witness:
    """What a refutation rests on; it can be run again.

    Parameters
    ----------
    instance : the problem, in the form that ``convlab run`` reads
    method : the method with its hyperparameters
    choices : the values, as formulas, of the theorem's parameters
    iterations : length of the run
    replicate, k : where in the run; None where the witness is a sample or a slope
    left, right : the two sides
    relation : what is claimed of them
    basis : how the sides are known
    precise : both sides in 50-digit arithmetic, to 20 digits
    """

    instance: str
    method: str
    choices: Mapping[str, str]
    iterations: int
    replicate: int | None
    k: int | None
    left: float
    right: float
    relation: Relation
    basis: Basis
    precise: tuple[str, str] | None = None


@functools.lru_cache(maxsize=4096)
def _chosen(formula: sympy.Expr, choices: tuple) -> sympy.Expr:
    return formula.xreplace(dict(choices)) if choices else formula


@dataclass(frozen=True)
class Setting:
    """An instance on which a theorem is tried: a problem, and the theorem's free choices made.

    ``choices`` replaces the parameters of the theorem (a step size from an interval) by formulas
    in the constants; ``constants`` are the values of the assumptions' symbols on this problem.
    """

    problem: Problem
    method: Method
    constants: dict[sympy.Symbol, Any]
    iterations: int
    choices: dict[sympy.Symbol, sympy.Expr] = field(default_factory=dict)
    tight: bool = False

    def __post_init__(self) -> None:
        numbers = {s: sympy.Float(v) for s, v in self.constants.items() if np.ndim(v) == 0}
        for letter, choice in self.choices.items():
            require_sign(letter, sympy.sympify(choice).xreplace(numbers))

    def __str__(self) -> str:
        return self._text

    @functools.cached_property
    def _text(self) -> str:
        chosen = ", ".join(f"{s}={e}" for s, e in self.choices.items())
        steps = f"{self.iterations} step{'s' if self.iterations != 1 else ''}"
        return f"{self.problem.name}{' with ' + chosen if chosen else ''}, {steps}"

    def resolve(self, formula: Any) -> sympy.Expr:
        """A formula with the choices put in."""
        return _chosen(sympy.sympify(formula), tuple(self.choices.items()))

    def weighted(self, metric: Metric) -> Metric:
        """The metric with the choices put into its weights."""
        if not metric.weights:
            return metric
        return replace(metric, weights={n: self.resolve(w) for n, w in metric.weights.items()})

    @functools.cached_property
    def chosen_method(self) -> Method:
        """The method with the choices put in."""
        return self.method.subs(self.choices)

    def holds(self, condition: Any, trace: Trace) -> np.ndarray:
        """(G, R): where along the grid of a trace a condition holds."""
        condition = self.resolve(condition)
        if condition == sympy.true:
            return np.ones((len(trace.grid), len(trace.replicates)), dtype=bool)
        return trace.evaluate(sympy.Piecewise((1, condition), (0, True))) > 0.5


@dataclass(frozen=True)
class Evidence:
    """What one setting says of one claim.

    ``basis`` is None where nothing could be judged. ``speed`` compares rates where a bound falls
    geometrically: by how much the logarithm of the metric has fallen, over that of the bound.
    Raises ValueError where a refutation has no witness.
    """

    setting: str
    verdict: Verdict
    sentence: str = ""
    basis: Basis | None = None
    witness: Witness | None = None
    worst_ratio: float | None = None
    speed: float | None = None
    resolution: float | None = None
    log_e_value: float | None = None
    exponent: tuple[float, float, float] | None = None
    statuses: Mapping[str, int] = field(default_factory=dict)
    engine: str = ""

    def __post_init__(self) -> None:
        if self.verdict is Verdict.REFUTED and self.witness is None:
            raise ValueError(f"a refutation needs a witness: {self.sentence}")


@dataclass(frozen=True)
class Finding:
    """What all settings together say of one claim."""

    verdict: Verdict
    sentence: str
    evidence: tuple[Evidence, ...] = ()

    @property
    def witness(self) -> Witness | None:
        """What the refutation rests on; None where the claim is not refuted."""
        refuted = (e.witness for e in self.evidence if e.verdict is Verdict.REFUTED)
        return next(refuted, None)

    @property
    def bases(self) -> tuple[Basis, ...]:
        """How the claim was judged, on whatever setting."""
        return tuple(b for b in Basis if any(e.basis is b for e in self.evidence))

    def _all(self, name: str) -> list[Any]:
        return [v for e in self.evidence if (v := getattr(e, name)) is not None]

    @property
    def worst_ratio(self) -> float | None:
        """The largest metric/bound seen: the tightness."""
        return max(self._all("worst_ratio"), default=None)

    @property
    def speed(self) -> float | None:
        """The smallest speed seen: 1 where the metric falls at the rate of the bound."""
        return min(self._all("speed"), default=None)

    @property
    def resolution(self) -> float | None:
        """The largest c < 1 for which c times the bound would have been refuted by these data."""
        return max(self._all("resolution"), default=None)

    @property
    def log_e_value(self) -> float | None:
        """Natural logarithm of the mean of the e-values over the settings."""
        values = self._all("log_e_value")
        return float(np.logaddexp.reduce(values) - np.log(len(values))) if values else None

    @property
    def exponent(self) -> tuple[float, float, float] | None:
        """The exponent interval (low, estimate, high) of the setting that is slowest."""
        return max(self._all("exponent"), key=lambda e: e[1], default=None)


class Bench(Protocol):
    """What a claim is judged with: the settings, and runs on them."""

    log_threshold: float
    """log(1/alpha) for the e-value of one claim."""

    def settings(self) -> Sequence[Setting]:
        """The instances to try, tight ones first."""

    def trace(self, setting: Setting, method: Method | None = None, *, ends: bool = False) -> Trace:
        """A run from several starting points, with all metrics of the theorem, at every k.

        With ``ends`` only the first iteration, that at two thirds and the last are recorded.
        """

    def expectation(
        self,
        setting: Setting,
        metric: Metric,
        method: Method | None = None,
        *,
        ends: bool = False,
    ) -> Trace | None:
        """The exact expectation of the metric, or None where the moments do not close."""

    def drift(
        self, setting: Setting, metric: Metric, given: Mapping[sympy.Symbol, Metric]
    ) -> Trace | None:
        """The metric along runs, and its exact expectation one step ahead of each state.

        Formulas on the trace may use V, the metric, and the symbols that stand for other metrics.
        None where the draws of a step can be neither listed nor integrated.
        """

    def setting_for(self, over: Callable[[Any], Problem], v: Any) -> Setting:
        """A setting on the problem ``over(v)`` that the claim brings along."""

    def samples(self, setting: Setting, method: Method | None = None) -> Iterator[Trace]:
        """Growing samples of replicates, until the budget of the profile is used up."""

    def exactly(
        self,
        setting: Setting,
        metric: Metric,
        other: Any,
        replicate: int,
        ks: Sequence[int],
        basis: Basis,
    ) -> tuple[Any, Any]:
        """A metric at some iterations, and a formula or the metric of another method, in 50 digits.

        Of a run, or, where the basis is moments, the expectation. What could not be run so far is
        NaN, and so are moments that are too many.
        """

    def exactly_ahead(
        self,
        setting: Setting,
        metric: Metric,
        given: Mapping[sympy.Symbol, Metric],
        other: Any,
        replicate: int,
        ks: Sequence[int],
    ) -> tuple[Any, Any]:
        """The expectation one step ahead of some states of a run, and a formula, in 50 digits.

        What could not be run so far is NaN, and so is an expectation over too many outcomes.
        """

    def rest(self, setting: Setting, replicate: int) -> int | None:
        """From when on the state repeats itself, to rounding; None where it still moves."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What a theorem says of a metric.

    Kinds of claims derive from this class and say how they are judged. ``when`` restricts a claim
    to iterations (and constants) for which a condition holds. ``form`` is the claim in plain text,
    with the attributes that it names; :func:`convlab.statement.claim_tex` writes it in TeX, and
    :func:`convlab.report.graphs.graph` draws it.
    """

    metric: Metric
    bound: Any = None
    when: Any = sympy.true
    kind = "claim"
    form = "{0.kind} of {0.metric}"
    slope = False
    """Whether it is judged by the interval of a slope, outside the error budget."""

    def __str__(self) -> str:
        text = self.form.format(self).replace("**", "^")
        return text if self.when == sympy.true else f"{text} where {self.when}"

    @property
    def compared(self) -> sympy.Expr | None:
        """The formula with which the metric is compared: a bound, a power, a rate, a limit."""
        return next((f for f in self.formulas if f is not self.when), None)

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """The metrics that a run must record."""
        return (self.metric,)

    @property
    def own(self) -> set[sympy.Symbol]:
        """Symbols that the claim itself gives a value, in its formulas."""
        return set()

    @property
    def symbols(self) -> set[sympy.Symbol]:
        """The symbols of the formulas."""
        return set().union(*(sympy.sympify(f).free_symbols for f in self.formulas))

    @property
    def formulas(self) -> tuple[Any, ...]:
        """All formulas of the claim."""
        return tuple(f for f in (self.bound, self.when) if f is not None)

    def with_bound(self, bound: Any) -> "Claim":
        """The same claim with another bound."""
        return replace(self, bound=sympy.sympify(bound))

    def judge(self, bench: Bench) -> Finding:
        """Try the claim on the settings of the bench."""
        return combine(self.evidence(bench))

    def evidence(self, bench: Bench) -> Iterator[Evidence]:
        """What each setting of the bench says, one after the other."""
        raise NotImplementedError

    def run(
        self, bench: Bench, setting: Setting, method: Method | None = None, *, ends: bool = False
    ) -> tuple[Trace, Basis] | None:
        """The values of the metric, and how they are known; None where only samples tell.

        Runs from several starting points, or, for the expectation of a stochastic method, the
        exact moments; with ``ends`` at the first iteration, at two thirds and at the last only.
        """
        chosen = method or setting.method
        if not (self.metric.expected and chosen.algorithm.stochastic):
            return bench.trace(setting, method, ends=ends), Basis.EXACT
        trace = bench.expectation(setting, self.metric, method, ends=ends)
        return None if trace is None else (trace, Basis.MOMENTS)


def combine(evidence: Iterable[Evidence]) -> Finding:
    """Settings together: refuted by the first that refutes; holds where none is in doubt."""
    seen: list[Evidence] = []
    for piece in evidence:
        seen.append(piece)
        if piece.verdict is Verdict.REFUTED:
            return Finding(Verdict.REFUTED, piece.sentence, tuple(seen))
    if all(piece.verdict is Verdict.INAPPLICABLE for piece in seen):
        sentence = seen[0].sentence if seen else "no instance satisfies the assumptions"
        return Finding(Verdict.INAPPLICABLE, sentence, tuple(seen))
    for piece in seen:
        if piece.verdict is Verdict.INCONCLUSIVE:
            return Finding(Verdict.INCONCLUSIVE, piece.sentence, tuple(seen))
    closest = max(seen, key=lambda piece: piece.worst_ratio or 0.0)
    return Finding(Verdict.HOLDS, closest.sentence, tuple(seen))
