"""Families: generators of problems, with ranges declared for their parameters.

An instance is a family with exact parameters and a key. It is a value: its text, a Python call,
reads back to the bit (:func:`convlab.families.instance_of`).
"""

import inspect
import operator
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import numpy as np

from convlab.errors import ConvlabError
from convlab.problem import Problem

__all__ = [
    "Between",
    "Choice",
    "Family",
    "Instance",
    "Numbers",
    "between",
    "choice",
    "family",
    "numbers",
]


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

    def take(self, value: Any, kind: type) -> Any:
        """The value as an int or a float; raises TypeError or OverflowError where it is none."""
        return operator.index(value) if kind is int else float(value + 0.0)

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

    def take(self, value: Any, kind: type) -> Any:
        """The option that equals the value; the value itself where none does."""
        return next((option for option in self.options if option == value), value)

    def __contains__(self, value: Any) -> bool:
        return value in self.options

    def __str__(self) -> str:
        return "one of " + ", ".join(map(str, self.options))


@dataclass(frozen=True)
class Numbers:
    """Tuples of at least one number of an interval, both ends included; or tuples of such."""

    low: float
    high: float
    rows: bool = False

    def draw(self, rng: np.random.Generator, kind: type) -> tuple:
        """One to four numbers, or rows of two, of either side of 0 and of size about 1."""
        shape = (int(rng.integers(1, 5)), 2) if self.rows else (int(rng.integers(1, 5)),)
        return self.take(np.clip(rng.normal(size=shape), self.low, self.high), kind)

    def strategy(self, kind: type) -> Any:
        """The same as a Hypothesis strategy, of numbers up to 10."""
        from hypothesis import strategies as st

        number = st.floats(max(self.low, -10.0), min(self.high, 10.0))
        row = st.lists(number, min_size=1, max_size=4).map(tuple)
        return st.lists(row, min_size=1, max_size=4).map(tuple) if self.rows else row

    def take(self, value: Any, kind: type) -> tuple:
        """The value as tuples of floats; raises TypeError where it is none."""
        if self.rows:
            return tuple(tuple(float(v + 0.0) for v in row) for row in value)
        return tuple(float(v + 0.0) for v in value)

    def __contains__(self, value: tuple) -> bool:
        rows = value if self.rows else (value,)
        return bool(rows) and all(r and all(self.low <= v <= self.high for v in r) for r in rows)

    def __str__(self) -> str:
        what = "rows of numbers" if self.rows else "numbers"
        return f"as a tuple of {what} between {self.low:g} and {self.high:g}"


def between(low: float, high: float, *, log: bool = False) -> Between:
    """The range of a number: ``d: Annotated[int, between(2, 50)] = 10``."""
    return Between(low, high, log)


def numbers(low: float, high: float, *, rows: bool = False) -> Numbers:
    """The range of a tuple of numbers: ``start: Annotated[tuple, numbers(-1, 1)] = (0.5,)``.

    With ``rows`` it is a tuple of such tuples.
    """
    return Numbers(low, high, rows)


def choice(*options: Any) -> Choice:
    """The range of a parameter with finitely many values."""
    return Choice(options)


@dataclass(frozen=True)
class Parameter:
    """A declared parameter of a family; its range is a Between, a Choice or Numbers."""

    name: str
    kind: type
    range: Any
    default: Any


@dataclass(frozen=True)
class Instance:
    """A family, the values of all its parameters, and a key: what a problem is made from.

    The text is a call with every parameter, so that another default does not change it:

    >>> from typing import Annotated
    >>> @family
    ... def ball(rng, *, d: Annotated[int, between(1, 9)] = 3):
    ...     ...
    >>> str(ball.instance(key=2))
    'ball(d=3, key=2)'
    """

    family: "Family"
    parameters: Mapping[str, Any] = field(hash=False)
    key: int = 0

    def __str__(self) -> str:
        given = {**self.parameters, **({"key": self.key} if self.key else {})}
        return f"{self.family.name}({', '.join(f'{n}={v!r}' for n, v in given.items())})"

    def problem(self) -> Problem:
        """The problem: the same, to the bit, in every call."""
        made = self.family.make(self.family.generator(self.key), **self.parameters)
        problem = replace(made, name=str(self))
        object.__setattr__(problem, "instance", self)
        return problem


@dataclass(frozen=True, eq=False)
class Family:
    """A generator of problems: ``family(key=0, **parameters) -> Problem``.

    Families are compared by identity: two of one name are two families. A family with a parameter
    ``horizon`` gives, for each iteration number, the instance that is worst at that iteration.
    """

    name: str
    make: Callable[..., Problem]
    parameters: dict[str, Parameter] = field(default_factory=dict)

    def __call__(self, key: int = 0, **values: Any) -> Problem:
        """The problem with these parameters (defaults elsewhere); data are drawn from ``key``.

        Raises ConvlabError where a parameter is unknown, of another kind or outside its range.
        """
        return self.instance(key, **values).problem()

    def instance(self, key: int = 0, **values: Any) -> Instance:
        """The same as a value, without making the problem; ``key`` is from 0 to 2^64 - 1.

        Raises ConvlabError as a call does.
        """
        for name in values:
            if name not in self.parameters:
                known = ", ".join(self.parameters) or "none"
                raise ConvlabError(f"family {self.name} has no parameter '{name}'; it has {known}")
        if not (isinstance(key, int | np.integer) and 0 <= key < 2**64):
            raise ConvlabError(
                f"family {self.name}: key={key!r} is no key; choose an integer from 0 to 2^64 - 1"
            )
        full = {n: self._taken(p, values.get(n, p.default)) for n, p in self.parameters.items()}
        return Instance(self, MappingProxyType(full), int(key))

    def _taken(self, parameter: Parameter, value: Any) -> Any:
        """The value in the kind of the parameter."""
        name, allowed = parameter.name, parameter.range
        try:
            taken = allowed.take(value, parameter.kind)
        except (TypeError, OverflowError) as error:
            raise ConvlabError(
                f"family {self.name}: {name}={value!r} is no "
                f"{_WORDS.get(parameter.kind, 'number')}; choose it {allowed}"
            ) from error
        if taken not in allowed:
            raise ConvlabError(
                f"family {self.name}: {name}={value!r} is outside its range; choose it {allowed}"
            )
        return taken

    def drawn(self, key: int, **fixed: Any) -> Instance:
        """An instance with parameters drawn from their ranges, independently of the data.

        Those in ``fixed`` have the values given there.
        """
        rng = self.generator(key, _PARAMETERS)
        values = {n: p.range.draw(rng, p.kind) for n, p in self.parameters.items()}
        return self.instance(key, **{**values, **fixed})

    def sample(self, key: int) -> Problem:
        """The problem of an instance with drawn parameters."""
        return self.drawn(key).problem()

    def instances(self, **given: Any) -> Any:
        """A Hypothesis strategy for instances; ``given`` are strategies for some parameters.

        Names in ``given`` that are no parameters are passed over.
        """
        from hypothesis import strategies as st

        values = {n: given.get(n, p.range.strategy(p.kind)) for n, p in self.parameters.items()}
        return st.builds(self.instance, key=st.integers(0, 2**32 - 1), **values)

    def strategy(self) -> Any:
        """A Hypothesis strategy for problems of the family."""
        return self.instances().map(Instance.problem)

    def generator(self, key: int, stream: int = 0) -> np.random.Generator:
        """The random numbers of a key: those of the data, or of another stream, 1 to 2^32 - 1."""
        name = zlib.crc32(self.name.encode())
        words = np.array([key, (stream << 32) | name], dtype=np.uint64)
        return np.random.Generator(np.random.Philox(key=words))

    @property
    def place(self) -> str:
        """Where the family is defined: line and file."""
        code = inspect.unwrap(self.make).__code__
        return f"line {code.co_firstlineno} of {code.co_filename}"


_WORDS = {int: "integer", tuple: "tuple of numbers"}
"""What a value of a kind is called."""

_PARAMETERS = 1
"""The stream from which a family draws parameters; data are drawn from stream 0."""


def family(make: Callable[..., Problem]) -> Family:
    """Make a family of a function ``make(rng, *, parameter: Annotated[kind, range] = default)``.

    ``rng`` is a NumPy generator. Raises ConvlabError where a parameter lacks range or default, or
    is called key.

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
        if name == "key":
            raise ConvlabError(
                f"family {make.__name__}: key chooses the data; rename that parameter"
            )
        kind, values = get_args(hint)[:2]
        parameters[name] = Parameter(name, kind, values, parameter.default)
    made = Family(make.__name__, make, parameters)
    object.__setattr__(made, "__doc__", make.__doc__)
    object.__setattr__(made, "__module__", make.__module__)
    return made
