"""The oracle of an unknown member of a class: each call adds a point, and asks PEPit for the rest.

At every point the answers are unknown vectors and numbers; the inequalities of the class bind them
together when the problem is solved.
"""

from collections.abc import Mapping
from typing import Any

from convlab import assumptions as known
from convlab.referee.classes import Class
from convlab.referee.symbolic import Number, RefusedError, Vector

__all__ = ["Oracle"]


class Oracle:
    """The oracles and constants of a class, on the symbolic arrays of one PEPit problem.

    ``part`` is the function (of a composite one the smooth part) or the operator, ``other`` the
    proximable part or the indicator of the set, None where there is none; ``star`` the minimizer or
    zero, None where none is assumed. ``answers`` are those given so far, by word and point.
    """

    def __init__(self, pep: Any, kind: Class, constants: Mapping[str, float]) -> None:
        from PEPit import Expression, functions, operators

        self._kind = kind
        self._constants = constants
        room = operators if kind.operator else functions
        entry = kind.entry
        self.part = pep.declare_function(getattr(room, entry.kind), **entry.arguments(constants))
        self.other: Any = None
        if kind.has(known.proximable_part):
            self.other = pep.declare_function(functions.ConvexFunction)
        elif kind.has(known.projectable):
            bound = {"D": constants["B"]} if kind.has(known.bounded_domain) else {}
            self.other = pep.declare_function(functions.ConvexIndicatorFunction, **bound)
        self.answers: dict[Any, Any] = {}
        self.star: Any = None
        whole = self.part if self.other is None else self.part + self.other
        minimized = kind.has(known.attained) or kind.has(known.attained_on_set)
        if minimized or kind.has(known.zero):
            self.star = whole.stationary_point()
        elif kind.has(known.nonexpansive):
            self.star = whole.fixed_point()[0]
        if minimized or kind.has(known.bounded_below):
            value = whole.value(self.star) if minimized else Expression()
            self._least = Number(value)

    def __getattr__(self, name: str) -> Any:
        constants = self.__dict__.get("_constants", {})
        if name in constants:
            return constants[name]
        raise RefusedError(f"the step asks for '{name}', an oracle or constant the referee lacks")

    def _once(self, word: str, x: Vector, answer: Any) -> Any:
        """The same answer at the same point: an oracle is a function."""
        point = frozenset((p, w) for p, w in x.held.decomposition_dict.items() if w)
        mark = word, point
        if mark not in self.answers:
            self.answers[mark] = answer()
        return self.answers[mark]

    def _need(self, allowed: bool, word: str) -> None:
        if not allowed:
            raise RefusedError(
                f"the step asks for '{word}', which the assumptions do not bring along"
            )

    @property
    def x_star(self) -> Vector:
        """The minimizer, or the zero."""
        self._need(self.star is not None, "x_star")
        return Vector(self.star)

    @property
    def f_star(self) -> Number:
        """The infimum."""
        self._need("_least" in self.__dict__, "f_star")
        return self._least

    def nearest_minimizer(self, x: Vector) -> Vector:
        """The minimizer: a class contains, with a function, ones near it that have just one."""
        return self.x_star

    def gradient(self, x: Vector) -> Vector:
        """A (sub)gradient, of a composite function that of the smooth part."""
        self._need(not self._kind.operator, "gradient")
        return self._once("gradient", x, lambda: Vector(self.part.gradient(x.held)))

    def operator(self, x: Vector) -> Vector:
        """The operator."""
        self._need(self._kind.operator, "operator")
        return self._once("gradient", x, lambda: Vector(self.part.gradient(x.held)))

    def value(self, x: Vector) -> Number:
        """The function; on a set that of the function itself."""
        value = self.smooth_value(x)
        if self._kind.has(known.proximable_part):
            other = self._once("other", x, lambda: Number(self.other.value(x.held)))
            return value + other
        return value

    def smooth_value(self, x: Vector) -> Number:
        """The function without its proximable part."""
        self._need(not self._kind.operator, "value")
        return self._once("value", x, lambda: Number(self.part.value(x.held)))

    def _backward(self, word: str, function: Any, x: Vector, step: Any) -> Vector:
        from PEPit.primitive_steps import proximal_step

        size = float(step)

        def solved() -> Vector:
            point, slope, _ = proximal_step(x.held, function, size)
            if self._kind.operator:  # it has one value at each point: that of the resolvent's
                self._once("gradient", Vector(point), lambda: Vector(slope))
            return Vector(point)

        return self._once(f"{word} {size!r}", x, solved)

    def prox(self, x: Vector, step: Any) -> Vector:
        """The proximal operator of the function, of a composite one that of the other part."""
        composite = self._kind.has(known.proximable_part)
        self._need(composite or self._kind.has(known.proximable), "prox")
        return self._backward("prox", self.other if composite else self.part, x, step)

    def project(self, x: Vector) -> Vector:
        """The projection on the set; the point itself where there is none."""
        if not self._kind.has(known.projectable):
            return x
        return self._backward("project", self.other, x, 1.0)

    def resolvent(self, x: Vector, step: Any) -> Vector:
        """The resolvent of the operator."""
        self._need(self._kind.has(known.resolvable), "resolvent")
        return self._backward("resolvent", self.part, x, step)

    def constrain(self, pep: Any) -> None:
        """Add what binds the infimum, and the inequality of Polyak and Lojasiewicz."""
        if "_least" not in self.__dict__ or self._kind.operator:
            return
        c, least = self._constants, self._least.held
        convex = self._kind.entry.kind != "SmoothFunction"
        if convex and not self._kind.has(known.bounded_below):
            return
        for _, g, f in list(self.part.list_of_points):
            decrease = g**2 * (1 / (2 * c["L"])) if "L" in c else 0.0 * g**2
            pep.add_constraint(least + decrease <= f)
            if "mu" in c and not convex:
                pep.add_constraint(f - least <= g**2 * (1 / (2 * c["mu"])))
