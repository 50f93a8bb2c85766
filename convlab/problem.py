"""Problems: oracles, and certificates for the constants that theorems speak of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import ModuleType
from typing import Any

import numpy as np

from convlab import precise
from convlab.assumption import Assumption, Certificate
from convlab.errors import ConvlabError, require_distinct
from convlab.streams import START, Stream, normal
from convlab.vocabulary import Array, norm

__all__ = ["Problem", "View"]


def _on(xp: ModuleType, value: Any) -> Any:
    """Problem data on an array namespace: arrays converted (read-only on NumPy), numbers plain."""
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(_on(xp, v) for v in value))
    if isinstance(value, np.generic):
        value = value.item()
    if hasattr(xp, "parameter"):
        return xp.parameter(value)
    if isinstance(value, np.ndarray):
        if xp is np:
            value = value.view()
            value.flags.writeable = False
            return value
        return xp.asarray(value)
    return value


def _moves(method: Any) -> bool:
    code = getattr(method, "__code__", None)
    return code is not None and "k" in code.co_varnames[: code.co_argcount]


def _any_moves(oracle: Any) -> bool:
    """Whether a method of the oracle, or of an oracle within it, has an argument ``k``."""
    own = any(_moves(getattr(type(oracle), name)) for name in dir(type(oracle)))
    return own or any(_any_moves(v) for v in oracle if isinstance(v, tuple))


def _paired(one: Assumption, other: Assumption) -> list[tuple[Certificate, Certificate]]:
    return list(zip(one.certificates().values(), other.certificates().values(), strict=True))


def _agree(one: Certificate, other: Certificate) -> bool:
    """Whether two values are one, up to rounding and the errors of both."""
    if one.value is other.value:
        return True
    if np.shape(one.value) != np.shape(other.value):
        return False
    a, b = np.asarray(one.value, dtype=float), np.asarray(other.value, dtype=float)
    return bool(np.allclose(a, b, rtol=1e-12, atol=one.error + other.error, equal_nan=True))


def _unheard(name: str) -> None:
    """Default callback: calls are not counted."""


class View:
    """A problem as an algorithm sees it: its oracles and constants, on one array namespace.

    Attributes are the methods of the problem's oracle and the names of its constants. ``on_call``
    is told the name of each method that is called. A method with an argument ``k`` (a loss that
    changes from round to round) is given the iteration at which the view stands.
    """

    def __init__(self, problem: "Problem", xp: ModuleType) -> None:
        self._problem = problem
        self._oracle = _on(xp, problem.oracle)
        self._xp = xp
        self._k = 0
        self.on_call: Callable[[str], None] = _unheard

    def at(self, k: int) -> "View":
        """The view itself, standing at iteration ``k``."""
        self._k = k
        return self

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        found = getattr(self._oracle, name, None)
        if found is None:
            if name not in self._problem.constants:
                raise ConvlabError(
                    f"problem {self._problem.name} has no oracle or constant '{name}'; it has "
                    + ", ".join(self._problem.vocabulary)
                )
            if name in self._problem.disputed:
                one, other = self._problem.disputed[name]
                raise ConvlabError(
                    f"the constant '{name}' of problem {self._problem.name} has one value in "
                    f"{one} and another in {other}: give the method the one that it needs as a "
                    "hyperparameter, or the oracle a field of that name"
                )
            found = _on(self._xp, self._problem.constants[name])
        if callable(found):
            found = self._counted(name, found)
        setattr(self, name, found)
        return found

    def nearest_minimizer(self, x: Array) -> Array:
        """The minimizer nearest to ``x``: the oracle's own answer, or the only one, ``x_star``."""
        own = getattr(self._oracle, "nearest_minimizer", None)
        return self.x_star if own is None else own(x)

    def project(self, x: Array) -> Array:
        """The nearest feasible point: ``x`` itself where the problem has no constraint."""
        own = getattr(self._oracle, "project", None)
        return x if own is None else self._counted("project", own)(x)

    @property
    def moving(self) -> bool:
        """Whether some oracle changes from iteration to iteration."""
        return self._problem.moving

    @property
    def abreast(self) -> bool:
        """Whether it is many problems, each on replicates of its own."""
        return self._problem.abreast

    def _counted(self, name: str, method: Callable) -> Callable:
        moving = _moves(method)

        def call(*args: Any) -> Any:
            self.on_call(name)
            return method(*args, k=self._k) if moving else method(*args)

        return call


@dataclass(frozen=True, eq=False)
class Problem:
    """An instance: oracles on data, and what is known of it.

    Parameters
    ----------
    oracle : a NamedTuple whose fields are the data and whose methods are the oracles:
        ``value(x)``, ``gradient(x)``, ``stochastic_gradient(x, rng)``, ``prox(x, step)``, ...,
        written in :mod:`convlab.vocabulary`; one with a last argument ``k`` changes from
        iteration to iteration
    declares : assumptions with the problem's constants in them
    start : a fixed starting point, or ``start(rng, R) -> (R, *shape)``; by default a random
        point at distance ``radius`` from ``x_star``
    name : filled in by the family

    ``instance`` is the value from which a family made the problem. It is None for a problem made
    by hand, and for one that ``dataclasses.replace`` made of another. ``abreast`` says that it is
    many problems, each on replicates of its own: see :mod:`convlab.abreast`.
    """

    oracle: Any
    declares: Sequence[Assumption]
    start: Array | Callable[[Stream, int], Array] | None = None
    radius: float = 1.0
    name: str = field(default="problem")
    instance: Any = field(default=None, init=False)
    abreast: bool = field(default=False, init=False)

    def __str__(self) -> str:
        return self.name

    @cached_property
    def assumptions(self) -> dict[Assumption, Assumption]:
        """All that is declared, with all that follows from it, by definition.

        What is declared goes before what follows from it. Raises ConvlabError where two
        different ones have the same name, or one is declared twice with different constants.
        """
        found: dict[Assumption, Assumption] = {}
        for declared in self.declares:
            other = found.setdefault(declared.definition, declared)
            if any(not _agree(*both) for both in _paired(other, declared)):
                raise ConvlabError(
                    f"problem {self.name} declares both {other} and {declared}: keep one"
                )
        for declared in self.declares:
            for assumption in declared.closure():
                found.setdefault(assumption.definition, assumption)
        require_distinct(found, f"problem {self.name} declares two assumptions")
        return found

    @cached_property
    def certificates(self) -> dict[str, Certificate]:
        """Constant -> certificate: that of the assumption declared first."""
        found: dict[str, Certificate] = {}
        for assumption in self.assumptions.values():
            for name, certificate in assumption.certificates().items():
                found.setdefault(name, certificate)
        return found

    @cached_property
    def disputed(self) -> dict[str, tuple[Assumption, Assumption]]:
        """Constants that two assumptions give different values, with these assumptions.

        Different means beyond rounding and the errors of the certificates. Theorems read each
        constant from its assumption; an oracle named like it would be ambiguous.
        """
        first: dict[str, Assumption] = {}
        found: dict[str, tuple[Assumption, Assumption]] = {}
        for assumption in self.assumptions.values():
            for name, certificate in assumption.certificates().items():
                other = first.setdefault(name, assumption)
                if not _agree(other.certificates()[name], certificate):
                    found.setdefault(name, (other, assumption))
        return found

    @cached_property
    def constants(self) -> dict[str, Any]:
        """Constant -> value."""
        return {name: c.value for name, c in self.certificates.items()}

    @property
    def vocabulary(self) -> list[str]:
        """Names of the oracles and of the constants."""
        methods = [
            name
            for name in dir(type(self.oracle))
            if not name.startswith("_") and name not in ("count", "index")
        ]
        return sorted({*methods, *self.constants})

    def on(self, xp: ModuleType = np) -> View:
        """The oracles and constants on an array namespace."""
        return View(self, xp)

    @cached_property
    def moving(self) -> bool:
        """Whether some oracle changes from iteration to iteration."""
        return _any_moves(self.oracle)

    @property
    def fixed_start(self) -> bool:
        """Whether there is just one starting point."""
        return self.start is not None and not callable(self.start)

    @property
    def horizon(self) -> int | None:
        """The iteration for which its family made it; None where it is for all."""
        return None if self.instance is None else self.instance.parameters.get("horizon")

    @cached_property
    def shape(self) -> tuple[int, ...]:
        """The shape of an iterate."""
        return tuple(self.starts(0, [0]).shape[1:])

    def starts(self, key: int, replicates: Sequence[int], xp: ModuleType = np) -> Array:
        """Starting points ``(R, *shape)``: those of ``replicates`` under ``key``."""
        if self.fixed_start:
            start = np.asarray(self.start, dtype=float)
            points = np.broadcast_to(start, (len(replicates), *start.shape)).copy()
            return xp.asarray(points)
        # Always drawn on NumPy, so that every backend starts from the same bits.
        rng = Stream(key, replicates, np).at(START)
        if callable(self.start):
            points = self.start(rng, len(replicates))
        elif "x_star" in self.constants:
            direction = normal(rng, len(self.constants["x_star"]))
            points = self.constants["x_star"] + self.radius * direction / norm(direction)
        else:
            raise ConvlabError(
                f"problem {self.name} has neither a start nor an x_star: give it start=..."
            )
        return precise.asarray(points) if xp is precise else xp.asarray(points)
