"""Metrics: what is measured along a run.

A metric reads a number per replicate off the state. Some remember: ``best(gap)`` keeps the
smallest value so far, ``averaged(gap)`` measures the gap at the average of the iterates. ``E(gap)``
says that a claim is about the expectation over the randomness of the method.
"""

import functools
import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ParamSpec

import numpy as np
import sympy

from convlab import symbols
from convlab.errors import ConvlabError, caller
from convlab.problem import Problem
from convlab.vocabulary import (
    Array,
    flat,
    full_scalar,
    inner,
    maximum,
    minimum,
    norm,
    sqnorm,
    where,
    zeros_like,
)

__all__ = [
    "INITIAL",
    "E",
    "Metric",
    "at_point",
    "average_regret",
    "averaged",
    "best",
    "distance",
    "distance_squared",
    "gap",
    "gradient_norm",
    "gradient_norm_squared",
    "metric",
    "players_regret",
    "residual_squared",
    "restricted_gap",
    "rounding",
    "running_mean",
    "until",
]


@dataclass(frozen=True, eq=False)
class Metric:
    """What is measured.

    A metric is this object: two of the same name are two metrics, and one run or theorem cannot
    have both. :func:`E`, :func:`best` and the like give the same metric for the same arguments.

    Parameters
    ----------
    name : the key of the values in a trace
    tex : the quantity in TeX, with a capital ``X`` where the point stands
    letters : what letters in ``tex`` mean, by their TeX, where they have a meaning beside that of
        :data:`convlab.symbols.LETTERS`
    read : ``read(state, oracle) -> (R, 1)``, or ``(1, 1)`` for a metric of the whole ensemble;
        states of several iterations may be read at once, as more replicates
    init, update : for a metric that remembers: ``init(state, oracle) -> memory`` and
        ``update(memory, state, oracle, **weights) -> memory``, called at each iteration before
        the step; ``read`` then takes the memory as third argument
    weights : expressions in k and the constants, handed to ``update`` and ``read`` by name
    allowance : ``allowance(values, problem)``: by how much errors of the problem's certificates
        may change the values
    least : below this no value can lie; None where there is no such number, and then no sample
        can refute a bound on the expectation
    expected : the claim is about the expectation
    mean_of : the metric of which this one is a mean along the run, weighted by ``weight``
    race : for a metric that counts until another is small: that one, how small, and what counts
    place : module and line where it was made, or that from which it is derived, for messages
    """

    name: str
    tex: str
    read: Callable[..., Array]
    init: Callable | None = None
    update: Callable | None = None
    weights: dict[str, sympy.Expr] = field(default_factory=dict)
    allowance: Callable[[np.ndarray, Problem], Any] = lambda values, problem: 0.0
    least: float | None = 0.0
    expected: bool = False
    mean_of: "Metric | None" = None
    race: "tuple[Metric, float, Metric | None] | None" = None
    letters: Mapping[str, str] = field(default_factory=dict)
    place: str = field(default="", repr=False)
    _measurement: "Metric | None" = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "place", self.place or caller(__name__))

    @property
    def measurement(self) -> "Metric":
        """The metric itself; of an expectation, that of which it is the expectation.

        A run records measurements: ``gap`` and ``E(gap)`` have the same values in it.
        """
        return self._measurement or self

    def __str__(self) -> str:
        return f"E[{self.name}]" if self.expected else self.name

    @property
    def statement(self) -> str:
        """TeX at iteration k, with the expectation where there is one."""
        return self.at("k")

    def at(self, iteration: str) -> str:
        """TeX at an iteration, with the expectation where there is one."""
        tex = self.tex.replace("X", f"x_{iteration}")
        return rf"\mathbb{{E}}\left[{tex}\right]" if self.expected else tex


def metric(name: str, tex: str, **options: Any) -> Callable[[Callable], Metric]:
    """Make a metric of a function ``read(state, oracle) -> (R, 1)``.

    >>> @metric("sparsity", r"\\|x_k\\|_0")
    ... def sparsity(s, oracle):
    ...     return (abs(s.x) > 0).sum(-1, keepdims=True)
    >>> str(E(sparsity))
    'E[sparsity]'
    """

    def make(read: Callable) -> Metric:
        made = Metric(name, tex, read, **options)
        object.__setattr__(made, "__doc__", read.__doc__)
        return made

    return make


@functools.cache
def E(measured: Metric) -> Metric:  # noqa: N802 -- the field's letter
    """The expectation of a metric over the randomness of the method."""
    made = replace(measured, expected=True)
    object.__setattr__(made, "_measurement", measured.measurement)
    return made


P = ParamSpec("P")


def _derived(make: Callable[P, Metric]) -> Callable[P, Metric]:
    """Let ``make`` give the same metric for the same arguments.

    A weight is made a formula first. Raises ConvlabError where the metric is an expectation, since
    the order of the two would matter.
    """
    signature = inspect.signature(make)
    cached = functools.cache(make)

    @functools.wraps(make)
    def made(*args: P.args, **options: P.kwargs) -> Metric:
        given = signature.bind(*args, **options)
        given.apply_defaults()
        values = given.arguments
        if values["measured"].expected:
            raise ConvlabError(
                f"{make.__name__} of {values['measured']} has no meaning here: "
                f"write E({make.__name__}(...)), the expectation outermost"
            )
        if "weight" in values:
            values["weight"] = sympy.sympify(values["weight"])
        return cached(*given.args, **given.kwargs)

    return made


def _error(problem: Problem, name: str) -> float:
    return problem.certificates[name].error if name in problem.certificates else 0.0


@metric(
    "gap",
    r"f(X) - f^\star",
    allowance=lambda values, problem: _error(problem, "f_star"),
)
def gap(s: Any, oracle: Any) -> Array:
    """Objective minus its infimum."""
    return oracle.value(s.x) - oracle.f_star


def _displacement(s: Any, oracle: Any) -> Array:
    return s.x - oracle.nearest_minimizer(s.x)


@metric(
    "distance",
    r"\|X - x^\star\|",
    allowance=lambda values, problem: _error(problem, "x_star"),
)
def distance(s: Any, oracle: Any) -> Array:
    """Euclidean distance to the nearest minimizer."""
    return norm(flat(_displacement(s, oracle)))


@metric(
    "distance_squared",
    r"\|X - x^\star\|^2",
    allowance=lambda values, problem: (
        2 * _error(problem, "x_star") * np.sqrt(np.where(np.isfinite(values), values, 0.0))
        + _error(problem, "x_star") ** 2
    ),
)
def distance_squared(s: Any, oracle: Any) -> Array:
    """Squared Euclidean distance to the nearest minimizer."""
    return sqnorm(flat(_displacement(s, oracle)))


@metric("gradient_norm", r"\|\nabla f(X)\|")
def gradient_norm(s: Any, oracle: Any) -> Array:
    """Euclidean norm of the gradient."""
    return norm(flat(oracle.gradient(s.x)))


@metric("gradient_norm_squared", r"\|\nabla f(X)\|^2")
def gradient_norm_squared(s: Any, oracle: Any) -> Array:
    """Squared Euclidean norm of the gradient."""
    return sqnorm(flat(oracle.gradient(s.x)))


@metric("residual_squared", r"\|F(X)\|^2")
def residual_squared(s: Any, oracle: Any) -> Array:
    """Squared Euclidean norm of the operator of a variational inequality."""
    return sqnorm(oracle.operator(s.x))


@metric("restricted_gap", r"\sup_{y \in S} \langle F(y), X - y \rangle")
def restricted_gap(s: Any, oracle: Any) -> Array:
    """The gap of a variational inequality, restricted to a compact set S."""
    return oracle.restricted_gap(s.x)


FLOOR = 2.0**-40
"""Rounding of a metric, in units of the largest size that it has had in a run."""


def rounding(values: np.ndarray, problem: Problem) -> np.ndarray:
    """The size below which a double of a metric is mostly rounding.

    ``values`` and the result have the iterations along their first axis: 2^-40 times the largest
    value so far, or the optimal value, which the gap subtracts.
    """
    sizes = np.abs(np.where(np.isfinite(values), values, 0.0))
    f_star = np.abs(np.ravel(problem.constants.get("f_star", 0.0)))
    return FLOOR * np.maximum(np.maximum.accumulate(sizes, axis=0), f_star)


INITIAL: dict[sympy.Symbol, Metric] = {symbols.D: distance, symbols.Delta: gap}
"""Symbols that stand for the value of a metric at the starting point."""


@_derived
def at_point(place: str, measured: Metric) -> Metric:
    """The metric, which may remember, where the field ``place`` of the state stands for x.

    That point is written with a tilde.

    >>> str(at_point("leading", best(residual_squared)))
    'best(residual_squared) at leading'
    """

    def there(function: Callable) -> Callable:
        def elsewhere(*args: Any, **weights: Any) -> Any:
            moved = (
                a._replace(x=getattr(a, place)) if place in getattr(a, "_fields", ()) else a
                for a in args
            )
            return function(*moved, **weights)

        return elsewhere

    def tilde(tex: str) -> str:
        bars = tex.replace(r"\bar x", r"\bar{\tilde x}")
        return re.sub(r"(?<!\\tilde )\bx_|\bX\b", lambda found: rf"\tilde {found.group()}", bars)

    named = f"${place}_k$ of the method" if len(place) == 1 else f"the {place} point of the method"
    meanings = {tilde(name): tilde(text) for name, text in measured.letters.items()}
    return replace(
        measured,
        name=f"{measured.name} at {place}",
        tex=tilde(measured.tex),
        letters=meanings | {r"\tilde x_k": named},
        read=there(measured.read),
        init=None if measured.init is None else there(measured.init),
        update=None if measured.update is None else there(measured.update),
        mean_of=None if measured.mean_of is None else at_point(place, measured.mean_of),
    )


@_derived
def best(measured: Metric, *, last: bool = True) -> Metric:
    """The smallest value so far: over x_0, ..., x_k, or to x_(k-1) where ``last`` is False."""

    def init(s: Any, oracle: Any) -> Array:
        return measured.read(s, oracle)

    def update(smallest: Array, s: Any, oracle: Any) -> Array:
        return minimum(smallest, measured.read(s, oracle))

    def read(s: Any, oracle: Any, smallest: Array) -> Array:
        return update(smallest, s, oracle) if last else smallest

    upto = r"\le" if last else "<"
    return replace(
        measured,
        name=f"best({measured.name})" if last else f"best({measured.name}, before k)",
        tex=rf"\min_{{i {upto} k}} {measured.tex.replace('X', 'x_i')}",
        read=read,
        init=init,
        update=update,
    )


@_derived
def averaged(measured: Metric, *, weight: Any = 1, last: bool = False) -> Metric:
    """The metric at the weighted average of x_0, ..., x_(k-1), and of x_k too where ``last``.

    ``weight`` is the weight of x_k, an expression in k and the constants. Before the first
    positive weight the average is x_0.
    """

    def init(s: Any, oracle: Any) -> tuple[Array, Any]:
        return s.x, 0.0

    def update(memory: tuple[Array, Any], s: Any, oracle: Any, *, weight: Any) -> tuple:
        average, mass = memory
        mass = mass + weight
        return average + weight / maximum(mass, 1e-300) * (s.x - average), mass

    def read(s: Any, oracle: Any, memory: tuple, *, weight: Any) -> Array:
        average = update(memory, s, oracle, weight=weight)[0] if last else memory[0]
        return measured.read(s._replace(x=average), oracle)

    label = "" if weight == 1 else f", weight={weight}"
    return replace(
        measured,
        name=f"averaged({measured.name}{label}{', last' if last else ''})",
        tex=measured.tex.replace("X", r"\bar x_k"),
        letters=dict(measured.letters) | {r"\bar x_k": _mean_in_words(weight, last=last)},
        read=read,
        init=init,
        update=update,
        weights={"weight": weight},
    )


def _mean_in_words(weight: sympy.Expr, *, last: bool) -> str:
    """Of which iterates an average is, and with which weights."""
    points = "$x_0, \\dots, x_k$" if last else "$x_0, \\dots, x_{k - 1}$"
    weights = "" if weight == 1 else f" with weights $w_i = {_of_i(weight)}$"
    return f"average of {points}{weights}"


def _of_i(weight: sympy.Expr) -> str:
    """A weight in TeX, with i in place of k."""
    return symbols.latex(weight.xreplace({symbols.k: sympy.Symbol("i", integer=True)}))


@_derived
def running_mean(measured: Metric, *, weight: Any = 1) -> Metric:
    """The weighted mean of the metric over x_0, ..., x_(k-1).

    Its expectation is that of the metric at an iterate drawn with probabilities proportional to
    ``weight``, an expression in k and the constants. Before the first positive weight it is 0.
    """

    def init(s: Any, oracle: Any) -> tuple[Array, Any]:
        return full_scalar(s.x, 0.0), 0.0

    def update(memory: tuple[Array, Any], s: Any, oracle: Any, *, weight: Any) -> tuple:
        mean, mass = memory
        mass = mass + weight
        return mean + weight / maximum(mass, 1e-300) * (measured.read(s, oracle) - mean), mass

    def read(s: Any, oracle: Any, memory: tuple, *, weight: Any) -> Array:
        return memory[0]

    label = "" if weight == 1 else f", weight={weight}"
    return replace(
        measured,
        name=f"running_mean({measured.name}{label})",
        tex=_mean_tex(measured.tex.replace("X", "x_i"), weight),
        letters=dict(measured.letters)
        | ({} if weight == 1 else {"w_i": f"the weight ${_of_i(weight)}$ of step i"}),
        read=read,
        init=init,
        update=update,
        weights={"weight": weight},
        mean_of=measured,
    )


def _mean_tex(each: str, weight: sympy.Expr) -> str:
    """The mean over i < k of what stands in TeX, in brackets where it is a sum."""
    term = rf"\left({each}\right)" if re.search(r" [-+] ", each) else each
    if weight == 1:
        return rf"\frac{{1}}{{k}} \sum_{{i < k}} {term}"
    return rf"\sum_{{i < k}} w_i {term} \,/\, \sum_{{i < k}} w_i"


@_derived
def until(measured: Metric, eps: float, *, cost: Metric | None = None) -> Metric:
    """The iterations before the metric is at most ``eps`` times its first value.

    With a ``cost``, a metric that grows along the run such as the bits sent, it is the cost at
    that moment. Before the moment has come it is what has been spent so far.
    """

    def init(s: Any, oracle: Any) -> tuple[Array, Array, Array]:
        first = measured.read(s, oracle)
        return eps * first, full_scalar(s.x, 0.0), full_scalar(s.x, 1.0)

    def update(memory: tuple[Array, Array, Array], s: Any, oracle: Any) -> tuple:
        small, spent, running = memory
        running = where(measured.read(s, oracle) <= small, 0.0 * running, running)
        now = spent + 1.0 if cost is None else cost.read(s, oracle)
        return small, where(running > 0.5, now, spent), running

    def read(s: Any, oracle: Any, memory: tuple[Array, Array, Array]) -> Array:
        return memory[1] if cost is None else update(memory, s, oracle)[1]

    of = "iterations" if cost is None else cost.name
    small = rf"{measured.tex} \le {symbols.decimal(eps)} \cdot \mathrm{{initial}}"
    return Metric(
        f"{of} until {measured.name} <= {eps:g}",
        rf"\mathrm{{{of.replace('_', ' ')}\ until}}\ {small}",
        read,
        init,
        update,
        race=(measured, eps, cost),
        letters=measured.letters,
        place=measured.place,
    )


def _regret_update(regret: Array, s: Any, oracle: Any, *, k: Any) -> Array:
    return regret + oracle.loss(s.x) - oracle.loss(oracle.x_star + zeros_like(s.x))


@metric(
    "average_regret",
    r"\tfrac1k \sum_{i < k} \left(f_i(x_i) - f_i(x^\star)\right)",
    init=lambda s, oracle: full_scalar(s.x, 0.0),
    update=_regret_update,
    weights={"k": symbols.k},
)
def average_regret(s: Any, oracle: Any, regret: Array, *, k: Any) -> Array:
    """Mean loss over the rounds before k, in excess of that of ``x_star``; 0 before any round."""
    return regret / maximum(k, 1.0)


def _players(memory: tuple, s: Any, oracle: Any) -> tuple:
    losses, slopes, rounds = memory
    F = oracle.operator(s.x)
    return losses + inner(F, s.x - oracle.x_star), slopes + F, rounds + 1.0


@metric(
    "players_regret",
    r"\tfrac1k \max_{\|p - x^\star\| \le 1} \sum_{i < k} \langle F(x_i), x_i - p \rangle",
    init=lambda s, oracle: (full_scalar(s.x, 0.0), zeros_like(s.x), 0.0),
    update=_players,
)
def players_regret(s: Any, oracle: Any, memory: tuple) -> Array:
    """Mean over the rounds of the sum of all players' regrets, with linearized losses.

    Against the best fixed actions within distance 1 of the solution; 0 before any round.
    """
    losses, slopes, rounds = memory
    return (losses + norm(slopes)) / maximum(rounds, 1.0)
