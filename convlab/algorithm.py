"""Algorithms: a pair of pure functions, ``init`` and ``step``, written as in the paper.

A step is a function of the state and of whatever else it names among ``oracle``, ``rng`` and
``k``; its keyword-only arguments are the hyperparameters::

    class Momentum(NamedTuple):
        x: Array
        previous: Array

    @algorithm(init=lambda x0: Momentum(x0, x0))
    def heavy_ball(s, oracle, *, eta, beta):
        x = s.x - eta * oracle.gradient(s.x) + beta * (s.x - s.previous)
        return Momentum(x, s.x)

``heavy_ball(eta=1/L, beta=1/2)`` is then a *method*: the algorithm with its hyperparameters, each
a number or a SymPy expression in the constants of the problem and the iteration ``k``.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import sympy

from convlab.errors import ConvlabError
from convlab.vocabulary import Array

__all__ = ["Algorithm", "Method", "Point", "algorithm"]


class Point(NamedTuple):
    """The state of a method that remembers nothing but its iterate."""

    x: Array


_ARGUMENTS = ("oracle", "rng", "k")


@dataclass(frozen=True, eq=False)
class Algorithm:
    """An init/step pair.

    Call it with hyperparameters to get a :class:`Method`. ``stochastic`` says whether init
    or step draws random numbers; ``hyperparameters`` maps names to defaults
    (``inspect.Parameter.empty`` where there is none).
    """

    name: str
    init: Callable
    step: Callable
    hyperparameters: dict[str, Any] = field(default_factory=dict)
    stochastic: bool = False

    @property
    def depends_on_k(self) -> bool:
        """Whether the step asks for the iteration."""
        return "k" in _names(self.step)

    @property
    def random_start(self) -> bool:
        """Whether the first state is drawn."""
        return "rng" in _names(self.init)

    def __call__(self, **values: Any) -> "Method":
        """The method with these hyperparameters; raises ConvlabError on unknown or missing ones."""
        for name in values:
            if name not in self.hyperparameters:
                known = ", ".join(self.hyperparameters) or "none"
                raise ConvlabError(
                    f"algorithm {self.name} has no hyperparameter '{name}'; it has {known}"
                )
        full = {name: values.get(name, default) for name, default in self.hyperparameters.items()}
        missing = [name for name, value in full.items() if value is inspect.Parameter.empty]
        if missing:
            raise ConvlabError(f"algorithm {self.name} needs a value for {', '.join(missing)}")
        return Method(self, {name: sympy.sympify(value) for name, value in full.items()})


@dataclass(frozen=True)
class Method:
    """An algorithm with its hyperparameters, numbers or expressions."""

    algorithm: Algorithm
    hyperparameters: dict[str, sympy.Expr]

    def __str__(self) -> str:
        values = {n: sympy.sstr(e, full_prec=False) for n, e in self.hyperparameters.items()}
        shown = ", ".join(f"{name}={value}" for name, value in values.items())
        return f"{self.algorithm.name}({shown})"

    @property
    def free_symbols(self) -> set[sympy.Symbol]:
        """The symbols of the hyperparameters."""
        return set().union(*(e.free_symbols for e in self.hyperparameters.values()))

    def subs(self, values: dict) -> "Method":
        """The method with symbols replaced in its hyperparameters."""
        if not values:
            return self
        return replace(
            self, hyperparameters={n: e.xreplace(values) for n, e in self.hyperparameters.items()}
        )

    def init(self, x0: Array, oracle: Any, rng: Any, hyper: dict[str, Any]) -> Any:
        """The first state."""
        return _call(self.algorithm.init, {"x0": x0, "oracle": oracle, "rng": rng, **hyper})

    def step(self, state: Any, oracle: Any, rng: Any, k: int, hyper: dict[str, Any]) -> Any:
        """The next state."""
        given = {"oracle": oracle, "rng": rng, "k": k}
        step = self.algorithm.step
        names = _names(step)
        return step(state, *(given[a] for a in names[1:] if a in given), **hyper)


def _names(function: Callable) -> tuple[str, ...]:
    code = function.__code__
    return code.co_varnames[: code.co_argcount]


def _call(function: Callable, given: dict[str, Any]) -> Any:
    code = function.__code__
    wanted = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    return function(**{name: given[name] for name in wanted})


def algorithm(step: Callable | None = None, *, init: Callable = lambda x0: Point(x0)) -> Any:
    """Make an algorithm of a step; ``init`` may name ``x0``, ``oracle``, ``rng``, hyperparameters.

    Raises ConvlabError where the step names an argument that does not exist.

    >>> @algorithm
    ... def gradient_descent(s, oracle, *, eta):
    ...     return Point(s.x - eta * oracle.gradient(s.x))
    >>> print(gradient_descent(eta=0.5))
    gradient_descent(eta=0.5)
    """
    if step is None:
        return lambda function: algorithm(function, init=init)
    name = step.__name__
    hyperparameters = {}
    for position, parameter in enumerate(inspect.signature(step).parameters.values()):
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY:
            hyperparameters[parameter.name] = parameter.default
        elif position > 0 and parameter.name not in _ARGUMENTS:
            raise ConvlabError(
                f"algorithm {name}: the step names '{parameter.name}'; after the state it may "
                f"name {', '.join(_ARGUMENTS)}, and its hyperparameters behind a '*'"
            )
    stochastic = "rng" in (*_names(init), *_names(step))
    made = Algorithm(name, init, step, hyperparameters, stochastic)
    object.__setattr__(made, "__doc__", step.__doc__)
    object.__setattr__(made, "__module__", step.__module__)
    return made
