"""Families: generators of problems, with ranges declared for their parameters."""

import inspect
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import numpy as np

from convlab.errors import ConvlabError
from convlab.problem import Problem

__all__ = ["Between", "Choice", "Family", "between", "choice", "family"]


@dataclass(frozen=True)
class Between:
    """An interval of numbers, both ends included; ``log`` draws uniformly in the logarithm."""

    low: float
    high: float
    log: bool = False

    def draw(self, rng: np.random.Generator, kind: type) -> Any:
        """A value of the given kind, int or float."""
        if kind is int:
            return int(rng.integers(int(self.low), int(self.high) + 1))
        if self.log:
            return float(np.exp(rng.uniform(np.log(self.low), np.log(self.high))))
        return float(rng.uniform(self.low, self.high))

    def strategy(self, kind: type) -> Any:
        """The same as a Hypothesis strategy."""
        from hypothesis import strategies as st

        if kind is int:
            return st.integers(int(self.low), int(self.high))
        return st.floats(self.low, self.high)

    def __contains__(self, value: Any) -> bool:
        return self.low <= value <= self.high

    def __str__(self) -> str:
        return f"between {self.low:g} and {self.high:g}"


@dataclass(frozen=True)
class Choice:
    """A finite set of values."""

    options: tuple

    def draw(self, rng: np.random.Generator, kind: type) -> Any:
        """One of the options."""
        return self.options[int(rng.integers(len(self.options)))]

    def strategy(self, kind: type) -> Any:
        """The same as a Hypothesis strategy."""
        from hypothesis import strategies as st

        return st.sampled_from(self.options)

    def __contains__(self, value: Any) -> bool:
        return value in self.options

    def __str__(self) -> str:
        return "one of " + ", ".join(map(str, self.options))


def between(low: float, high: float, *, log: bool = False) -> Between:
    """The range of a number: ``d: Annotated[int, between(2, 50)] = 10``."""
    return Between(low, high, log)


def choice(*options: Any) -> Choice:
    """The range of a parameter with finitely many values."""
    return Choice(options)


@dataclass(frozen=True)
class Parameter:
    """A declared parameter of a family."""

    name: str
    kind: type
    range: Between | Choice
    default: Any


@dataclass(frozen=True)
class Family:
    """A generator of problems: ``family(key=0, **parameters) -> Problem``.

    A family with a parameter ``horizon`` gives, for each iteration number, the instance that is
    worst at that iteration.
    """

    name: str
    make: Callable[..., Problem]
    parameters: dict[str, Parameter] = field(default_factory=dict)

    def __call__(self, key: int = 0, **values: Any) -> Problem:
        """The problem with these parameters (defaults elsewhere); data are drawn from ``key``.

        Raises ConvlabError where a parameter is unknown or outside its range.
        """
        for name, value in values.items():
            if name not in self.parameters:
                known = ", ".join(self.parameters) or "none"
                raise ConvlabError(f"family {self.name} has no parameter '{name}'; it has {known}")
            if value not in self.parameters[name].range:
                raise ConvlabError(
                    f"family {self.name}: {name}={value} is outside its range; "
                    f"choose it {self.parameters[name].range}"
                )
        full = {name: p.default for name, p in self.parameters.items()} | values
        shown = ",".join(
            f"{n}={v:.4g}" if isinstance(v, float) else f"{n}={v}" for n, v in full.items()
        )
        if key:
            shown += f",key={key}" if shown else f"key={key}"
        problem = self.make(self._generator(key), **full)
        return replace(problem, name=f"{self.name}[{shown}]" if shown else self.name)

    def sample(self, key: int) -> Problem:
        """A problem with parameters drawn from their ranges."""
        rng = self._generator(key)
        values = {n: p.range.draw(rng, p.kind) for n, p in self.parameters.items()}
        return self(key, **values)

    def strategy(self) -> Any:
        """A Hypothesis strategy for problems of the family."""
        from hypothesis import strategies as st

        values = {n: p.range.strategy(p.kind) for n, p in self.parameters.items()}
        return st.builds(self, key=st.integers(0, 2**32 - 1), **values)

    def _generator(self, key: int) -> np.random.Generator:
        words = np.array([key, zlib.crc32(self.name.encode())], dtype=np.uint64)
        return np.random.Generator(np.random.Philox(key=words))


def family(make: Callable[..., Problem]) -> Family:
    """Make a family of a function ``make(rng, *, parameter: Annotated[kind, range] = default)``.

    ``rng`` is a NumPy generator. Raises ConvlabError where a parameter lacks range or default.

    >>> from typing import Annotated
    >>> @family
    ... def ball(rng, *, d: Annotated[int, between(1, 9)] = 3):
    ...     ...
    >>> ball.parameters["d"].default
    3
    """
    hints = get_type_hints(make, include_extras=True)
    parameters = {}
    for name, parameter in list(inspect.signature(make).parameters.items())[1:]:
        hint = hints.get(name)
        if get_origin(hint) is not Annotated or parameter.default is inspect.Parameter.empty:
            raise ConvlabError(
                f"family {make.__name__}: declare {name} as "
                f"'{name}: Annotated[kind, between(low, high)] = default'"
            )
        kind, values = get_args(hint)[:2]
        parameters[name] = Parameter(name, kind, values, parameter.default)
    made = Family(make.__name__, make, parameters)
    object.__setattr__(made, "__doc__", make.__doc__)
    object.__setattr__(made, "__module__", make.__module__)
    return made
