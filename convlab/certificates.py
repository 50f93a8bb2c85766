"""Checks of what a problem declares, made before a verdict rests on it.

A theorem is tried on problems whose constants are known. Were an x*, an f* or an oracle wrong, a
true theorem would be refuted, or a false one confirmed. So every problem meets two kinds of
checks where it is used: those of the assumptions, each with its own test, and those of ``CHECKS``,
which ask whether oracles and constants belong together. Each gives one sentence on what is false.

The checks find falsehoods at points; they prove nothing. Those between expectations are e-values,
so that a true problem fails one with a probability below the level that the caller chooses.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial
from types import ModuleType
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from convlab import precise
from convlab.assumption import Assumption, Certificate
from convlab.errors import ConvlabError
from convlab.problem import Problem, View
from convlab.statistics import LAMBDAS, log_mean_exp
from convlab.streams import Stream

__all__ = ["CHECKS", "Check", "check", "constants", "falsehoods", "log_e_centered"]

POINTS = 64
"""Points at which an oracle or an assumption is tested."""
SAMPLES = 512
"""Replicates for an inequality between expectations."""
MANY = 2000
"""Numbers in an oracle's data beyond which 50 digits are too slow for its derivatives."""
_CLOSE = 1e-9  # relative, to which two ways to compute a number in doubles agree
_STEPS = (0.25, 1.0, 3.0)  # of the proximal operator


class Check(NamedTuple):
    """A check that any problem meets which has all oracles and constants that it ``needs``.

    ``find(case)`` gives what is false, as the end of a sentence that begins with the problem's
    name, or None. ``says`` is the truth that is checked.
    """

    says: str
    needs: tuple[str, ...]
    find: Callable[["Case"], str | None]

    def applies(self, problem: Problem) -> bool:
        """Whether the problem has the oracles and constants."""
        return all(_has(problem, name) for name in self.needs)


def check(problem: Problem, assume: Sequence[Assumption], key: int, log_threshold: float) -> None:
    """Check a problem, and of its assumptions those that a theorem assumes.

    ``key`` decides the points; ``log_threshold`` is the e-value at which an inequality between
    expectations is false. What does not depend on ``assume`` is checked once for each problem.

    Raises ConvlabError with what is false, and where.
    """
    wanted = {assumption.definition for assumption in assume}
    for finding in falsehoods(problem, key, log_threshold, wanted):
        raise ConvlabError(finding)


_KNOWN: WeakKeyDictionary[Problem, dict[tuple[int, float], list[str]]] = WeakKeyDictionary()


def falsehoods(
    problem: Problem, key: int, log_threshold: float, wanted: set[Assumption] | None = None
) -> Iterator[str]:
    """What is false of a problem and of its assumptions (those ``wanted``, or all).

    One sentence for each, from the general to the particular. Where an oracle gives no numbers,
    nothing after it is checked.
    """
    known = _KNOWN.setdefault(problem, {})
    mark = (key, log_threshold)
    case = Case(problem, key)
    if mark not in known:
        known[mark] = list(_of_problem(case, log_threshold))
    for what in known[mark]:
        yield f"{problem.name}: {what}"
    if known[mark]:
        return
    for assumption in problem.assumptions.values():
        if wanted is None or assumption.definition in wanted:
            found = _violation(case, assumption, log_threshold)
            if found is not None:
                yield f"{problem.name}: {found}"


def constants(problem: Problem) -> Iterator[str]:
    """One line for each declared constant: its value, how it was obtained, what is checked."""
    for name, certificate in problem.certificates.items():
        checked = [
            assumption.name
            for assumption in problem.assumptions.values()
            if name in assumption.constants and (assumption.test or assumption.centered)
        ]
        checked += [one.says for one in CHECKS if name in one.needs and one.applies(problem)]
        value = certificate.value
        shown = f"{value:.6g}" if np.ndim(value) == 0 else f"{_show(value)}"
        error = f"; error at most {certificate.error:.2g}" if certificate.error else ""
        said = "; ".join(checked) or "not checked"
        yield f"{name} = {shown} ({certificate.how}{error}): {said}"


def _of_problem(case: "Case", log_threshold: float) -> Iterator[str]:
    for one in CHECKS:
        if one.applies(case.problem):
            try:
                found = one.find(case)
            except (TypeError, AttributeError):
                # The oracle may use functions that know no 50 digits.
                if not case.resign():
                    raise
                found = one.find(case)
            if found is not None:
                yield found
                return
    found = _bias(case, log_threshold)
    if found is not None:
        yield found


def _has(problem: Problem, name: str) -> bool:
    return hasattr(problem.oracle, name) or name in problem.constants


def _size(v: Any) -> np.ndarray:
    """Euclidean norms of the rows, as doubles: (R, ...) -> (R,)."""
    v = np.asarray(v, dtype=float)
    return np.linalg.norm(v.reshape(len(v), -1), axis=1)


def _dot(a: Any, b: Any) -> np.ndarray:
    """Inner products of the rows: (R, ...) -> (R,)."""
    return (a * b).reshape(len(a), -1).sum(axis=1)


def _numbers_in(oracle: Any) -> int:
    if isinstance(oracle, tuple):
        return sum(map(_numbers_in, oracle))
    return int(np.size(oracle))


def _show(v: Any) -> str:
    return np.array2string(
        np.asarray(v, dtype=float), precision=4, threshold=6, max_line_width=10**6
    )


class Exact(NamedTuple):
    """The oracles in 50 digits, or in doubles where they cannot be evaluated in 50.

    ``h`` is the step of a difference quotient, ``close`` its relative error, and ``slack`` the
    relative rounding of a value.
    """

    xp: ModuleType
    oracle: View
    h: Any
    close: float
    slack: float


def _in_doubles(oracle: View) -> Exact:
    """Derivatives by differences of doubles."""
    return Exact(np, oracle, 1e-6, 1e-4, 1e-12)


class Case:
    """A problem at ``POINTS`` points x, y around its solution, in its domain."""

    def __init__(self, problem: Problem, key: int) -> None:
        self.problem = problem
        self.key = key
        self.oracle = problem.on(np)

    @cached_property
    def pairs(self) -> tuple[np.ndarray, np.ndarray]:
        """Points (R, ...), at several distances from the solution and from each other."""
        problem = self.problem
        xs = problem.starts(self.key ^ 0x5EED, range(POINTS))
        rng = np.random.Generator(np.random.Philox(key=self.key))
        spread = _size(xs - problem.constants.get("x_star", xs)).max() + 1e-3
        size = spread * np.exp(rng.uniform(-4, 1, size=(2, len(xs)) + (1,) * (xs.ndim - 1)))
        x, y = xs + size * rng.normal(size=(2, *xs.shape)) / np.sqrt(max(xs[0].size, 1))
        return self._inside(x), self._inside(y)

    def _inside(self, x: np.ndarray) -> np.ndarray:
        if not hasattr(self.problem.oracle, "project"):
            return x
        inside = self.oracle.project(x)
        self.require(inside, x.shape, "project", x)
        return inside

    @property
    def x(self) -> np.ndarray:
        """Points (R, ...)."""
        return self.pairs[0]

    @property
    def y(self) -> np.ndarray:
        """Other points (R, ...)."""
        return self.pairs[1]

    @cached_property
    def extreme(self) -> tuple[np.ndarray, np.ndarray]:
        """The points x, y, of which some differ in the directions of extreme curvature.

        Power iterations with differences of gradients, plain for the largest curvature and shifted
        by it for the smallest, find these directions; random ones would miss them.
        """
        x, y = self.x, self.y.copy()
        if not hasattr(self.problem.oracle, "gradient"):
            return x, y
        x4 = x[:4]
        base, v = self.oracle.gradient(x4), y[:4] - x4
        length = _size(v).reshape(-1, *(1,) * (x.ndim - 1))

        def change(v: np.ndarray) -> np.ndarray:
            return self.oracle.gradient(x4 + v) - base

        def unit(v: np.ndarray) -> np.ndarray:
            size = _size(v).reshape(length.shape)
            return np.where(size > 0, v / np.maximum(size, 1e-300), 0.0)

        w = v
        for _ in range(12):
            v = length * unit(change(v))
        top = (_size(change(v)) / np.maximum(_size(v), 1e-300)).reshape(length.shape)
        for _ in range(12):
            w = length * unit(1.01 * top * w - change(w))
        y[:4] = self._inside(x4 + v)
        x = np.concatenate([x[:4], x[:4], x[8:]])
        y[4:8] = self._inside(x4 + w)
        return x, y

    @cached_property
    def best(self) -> np.ndarray:
        """The declared x*, as one row (1, ...)."""
        return np.asarray(self.problem.constants["x_star"], dtype=float)[None]

    @cached_property
    def steep(self) -> float:
        """About how fast the value changes with the distance from x*."""
        change = np.abs(self.oracle.value(self.x) - self.oracle.value(self.best))[:, 0]
        return 2 * float((change / np.maximum(_size(self.x - self.best), 1e-300)).max())

    @cached_property
    def exact(self) -> Exact:
        """The oracles in 50 digits; in doubles after :meth:`resign`, or where data are many."""
        if self.data > MANY:
            return _in_doubles(self.oracle)
        oracle: View = self.problem.on(precise)  # type: ignore[arg-type]
        return Exact(precise, oracle, precise.mp.mpf(10) ** -15, _CLOSE, 0.0)  # type: ignore[arg-type]

    def resign(self) -> bool:
        """Go on in doubles; False where that was so already."""
        if self.exact.xp is np:
            return False
        self.exact = _in_doubles(self.oracle)
        return True

    @cached_property
    def data(self) -> int:
        """Numbers in the oracle's data: what an evaluation in 50 digits costs."""
        return _numbers_in(self.problem.oracle)

    def error(self, constant: str) -> float:
        """That of the certificate."""
        return self.problem.certificates[constant].error

    def samples(self, count: int) -> Stream:
        """Random numbers for as many replicates."""
        return Stream(self.key ^ 0xC0DE, range(count), np).at(0)

    def rows(self, r: int, count: int) -> np.ndarray:
        """The r-th point as often as asked."""
        return np.repeat(self.x[r : r + 1], count, axis=0)

    def require(self, value: Any, shape: tuple[int, ...], name: str, x: np.ndarray) -> None:
        """Raise ConvlabError where the value is not of the shape, or is not finite, at x."""
        found = _not_numbers(value, shape, name, x)
        if found is not None:
            raise ConvlabError(f"{self.problem.name}: {found}")


# Oracles by themselves ---------------------------------------------------------------------------


def _calls(case: Case) -> Iterator[tuple[str, Callable[[np.ndarray], Any], bool]]:
    """The oracles of the problem: name, call at points, and whether it gives numbers or points."""
    oracle, problem = case.oracle, case.problem

    def at(name: str, *others: Any) -> Callable[[np.ndarray], Any]:
        return lambda x: getattr(oracle, name)(x, *others)

    known: dict[str, tuple[Callable[[np.ndarray], Any], bool]] = {
        name: (at(name), name.endswith("value"))
        for name in ("value", "smooth_value", "gradient", "subgradient", "operator", "project")
    }
    for name in ("stochastic_gradient", "stochastic_operator"):
        known[name] = (partial(_drawn, case, name), False)
    known["prox"] = (at("prox", 1.0), False)
    known["hessian_vector"] = (at("hessian_vector", case.y), False)
    if "n" in problem.constants:
        drawn = np.random.Generator(np.random.Philox(key=case.key + 1))
        i = drawn.integers(problem.constants["n"], size=(POINTS, 2))
        known["sample_value"] = (at("sample_value", i), True)
        known["sample_gradient"] = (at("sample_gradient", i), False)
    for name, (call, scalar) in known.items():
        if hasattr(problem.oracle, name):
            yield name, call, scalar


def _drawn(case: Case, name: str, x: np.ndarray) -> Any:
    return getattr(case.oracle, name)(x, case.samples(len(x)))


def _not_numbers(value: Any, shape: tuple[int, ...], name: str, x: np.ndarray) -> str | None:
    if np.shape(value) != shape:
        return (
            f"shapes do not match: the oracle '{name}' gives {np.shape(value)} at x of shape "
            f"{x.shape}, and should give {shape}; the first axis is the replicate, and "
            "reductions keep an axis of length one"
        )
    finite = np.isfinite(np.asarray(value, dtype=float)).reshape(len(x), -1).all(axis=1)
    if finite.all():
        return None
    return (
        f"the oracle '{name}' gives NaN or infinity at x = {_show(x[int(np.argmin(finite))])}; "
        "correct the oracle, or declare its domain with a 'project' oracle"
    )


def _numbers(case: Case) -> str | None:
    for name, call, scalar in _calls(case):
        shape = (len(case.x), 1) if scalar else case.x.shape
        found = _not_numbers(call(case.x), shape, name, case.x)
        if found is not None:
            return found
    return None


def _replicates(case: Case) -> str | None:
    """Row by row: the same numbers come out whatever the other rows are."""
    far = _size(case.x - case.x.mean(axis=0))
    order = np.argsort(far)
    for name, call, _ in _calls(case):
        together = np.asarray(call(case.x), dtype=float)
        if not np.array_equal(together, np.asarray(call(case.x), dtype=float)):
            return (
                f"the oracle '{name}' gives different values when it is called twice with the "
                "same arguments; random numbers come from its argument rng alone"
            )
        for r in (order[0], order[len(order) // 2], order[-1]):
            alone = np.asarray(call(case.rows(r, POINTS)), dtype=float)[r]
            away = np.abs(alone - together[r]).max()
            if away > 1e-7 * np.abs(alone).max() + 1e-12 * np.abs(together).max():
                return (
                    f"the oracle '{name}' couples replicates: at x = {_show(case.x[r])} it gives "
                    f"{_show(together[r])} among others and {_show(alone)} among equals; reduce "
                    "over the last axis only, as norm, inner and mean of convlab.vocabulary do"
                )
    return None


def _fields(case: Case) -> str | None:
    """What a method asks for by a constant's name must be the constant: a field goes first."""
    problem = case.problem
    for name in problem.constants:
        own = getattr(problem.oracle, name, None)
        if own is None or callable(own):
            continue
        certificates = [a.certificates().get(name) for a in problem.assumptions.values()]
        if not any(c is not None and _equals(own, c) for c in certificates):
            return (
                f"the oracle's field '{name}' is {_show(own)}, and the constant '{name}' is "
                f"{_show(problem.constants[name])}: a method that asks for it would be given the "
                "field, so rename the field"
            )
    return None


def _equals(value: Any, certificate: Certificate) -> bool:
    """Whether a number or an array is that of the certificate, up to its error and rounding."""
    own, declared = (np.asarray(v, dtype=float) for v in (value, certificate.value))
    return own.shape == declared.shape and np.allclose(
        own, declared, rtol=1e-12, atol=certificate.error, equal_nan=True
    )


# Gradient against value --------------------------------------------------------------------------


def _lines(case: Case) -> tuple[Any, Any]:
    """Points and directions for derivatives, as exact numbers."""
    count = 4 if case.data <= 100 else 2 if case.data <= 1000 else 1
    exact = case.exact
    # The farthest of several: near x* the values differ too little in doubles.
    r = np.argsort(-_size(case.x - case.y))[:count]
    return exact.xp.asarray(case.x[r]), exact.xp.asarray((case.y - case.x)[r])


def _derivative(case: Case) -> str | None:
    exact = case.exact
    smooth = hasattr(case.problem.oracle, "smooth_value")
    f = getattr(exact.oracle, "smooth_value" if smooth else "value")
    at, v = _lines(case)
    middle, g = f(at)[:, 0], exact.oracle.gradient(at)
    slope = _dot(g, v).astype(float)
    right = ((f(at + exact.h * v)[:, 0] - middle) / exact.h).astype(float)
    rounding = exact.slack * np.abs(middle.astype(float)) / float(exact.h)
    size = np.abs(right) + np.abs(slope) + 1e-3 * _size(g) * _size(v)
    slack = exact.close * size + rounding + 1e-300
    if np.all(np.abs(slope - right) <= slack):
        return None
    # At a kink a subgradient has a slope between that to the left and that to the right.
    left = ((middle - f(at - exact.h * v)[:, 0]) / exact.h).astype(float)
    low, high = np.minimum(left, right), np.maximum(left, right)
    wrong = (slope < low - slack) | (slope > high + slack)
    if not wrong.any():
        return None
    r = int(np.argmax(wrong))
    return (
        f"the gradient is not the derivative of the value: along v = {_show(v[r])} at "
        f"x = {_show(at[r])} the value has slope {right[r]:.9g}, and <gradient, v> is "
        f"{slope[r]:.9g}"
    )


def _second_derivative(case: Case) -> str | None:
    exact = case.exact
    at, v = _lines(case)
    g, h = exact.oracle.gradient, exact.h
    second = ((g(at + h * v) - g(at - h * v)) / (2 * h)).astype(float)
    product = np.asarray(exact.oracle.hessian_vector(at, v), dtype=float)
    rounding = exact.slack * _size(g(at)) / float(h)
    wrong = _size(product - second) > exact.close * (_size(product) + _size(second)) + rounding
    if not wrong.any():
        return None
    r = int(np.argmax(wrong))
    return (
        f"'hessian_vector' is not the derivative of the gradient: at x = {_show(at[r])}, along "
        f"v = {_show(v[r])}, it gives {_show(product[r])}, and the gradient has slope "
        f"{_show(second[r])}"
    )


# Solutions ---------------------------------------------------------------------------------------


def _lower_bound(case: Case) -> str | None:
    f_star = float(case.problem.constants["f_star"])
    near = [case.x, case.y]
    if "x_star" in case.problem.constants:
        near += [case.best + 0.01 * (case.x - case.best)]
    for x in near:
        value = np.asarray(case.oracle.value(x), dtype=float)[:, 0]
        below = f_star - case.error("f_star") - 1e-12 * (1 + abs(f_star) + np.abs(value)) - value
        if below.max() > 0:
            r = int(np.argmax(below))
            return (
                f"the problem declares f* = {f_star:.9g}, but f(x) = {value[r]:.9g} at "
                f"x = {_show(x[r])}"
            )
    return None


def _value_at_solution(case: Case) -> str | None:
    exact, f_star = case.exact, case.problem.constants["f_star"]
    at = float((exact.oracle.value(exact.xp.asarray(case.best)) - f_star)[0, 0])
    slack = exact.slack * (1 + abs(float(f_star)))
    if abs(at) <= case.error("f_star") + case.error("x_star") * case.steep + slack:
        return None
    return (
        f"the problem declares f* = {float(f_star):.9g} and x* = {_show(case.best[0])}, but f(x*) "
        f"differs from f* by {at:.3g}"
    )


def _gradient_at_solution(case: Case) -> str | None:
    """A point at distance e of a stationary point has a gradient of at most L e."""
    problem = case.problem
    if any(hasattr(problem.oracle, name) for name in ("prox", "project")):
        return _fixed_point(case)
    exact = case.exact
    g = _size(exact.oracle.gradient(exact.xp.asarray(case.best)))[0]
    L = float(problem.constants["L"])
    rounding = exact.slack * _size(case.oracle.gradient(case.x)).max()
    if g <= L * case.error("x_star") * (1 + _CLOSE) + rounding:
        return None
    return (
        f"the problem declares x* = {_show(case.best[0])}, but the gradient there has norm {g:.3g}"
    )


def _fixed_point(case: Case) -> str | None:
    """x* = P(x* - t grad f(x*)); the map moves a point at distance e of x* by at most 2 e."""
    exact, t = case.exact, 1 / float(case.problem.constants["L"])
    at = exact.xp.asarray(case.best)
    stepped = at - t * exact.oracle.gradient(at)
    prox = hasattr(case.problem.oracle, "prox")
    moved = exact.oracle.prox(stepped, t) if prox else exact.oracle.project(stepped)
    away = float(_size(moved - at)[0])
    rounding = max(exact.slack, 2.0**-50) * float(_size(stepped)[0] + _size(at)[0])
    if away <= 2 * case.error("x_star") + rounding:
        return None
    word = "proximal gradient" if prox else "projected gradient"
    return (
        f"the problem declares x* = {_show(case.best[0])}, but a {word} step from there moves by "
        f"{away:.3g}"
    )


def _prox_at_solution(case: Case) -> str | None:
    if hasattr(case.problem.oracle, "smooth_value"):
        return None
    away = float(_size(case.oracle.prox(case.best, 1.0) - case.best)[0])
    if away <= 2 * case.error("x_star") + 2.0**-50 * float(_size(case.best)[0]):
        return None
    return (
        f"the problem declares x* = {_show(case.best[0])}, but the proximal operator moves it by "
        f"{away:.3g}"
    )


def _feasible_solution(case: Case) -> str | None:
    away = float(_size(case.oracle.project(case.best) - case.best)[0])
    if away <= 2 * case.error("x_star") + 2.0**-46 * (1 + float(_size(case.best)[0])):
        return None
    return (
        f"the problem declares x* = {_show(case.best[0])}, but that is {away:.3g} away from the "
        "constraint set"
    )


def _nearest(case: Case) -> str | None:
    nearest = np.broadcast_to(case.oracle.nearest_minimizer(case.x), case.x.shape)
    f_star = float(case.problem.constants["f_star"])
    excess = np.asarray(case.oracle.value(nearest), dtype=float)[:, 0] - f_star
    scale = np.abs(case.oracle.value(case.x))[:, 0] + abs(f_star)
    wrong = np.abs(excess) > _CLOSE * (1e-3 + scale) + case.error("f_star")
    if wrong.any():
        r = int(np.argmax(wrong))
        return (
            f"'nearest_minimizer' gives {_show(nearest[r])} at x = {_show(case.x[r])}, where the "
            f"value is {excess[r]:.3g} above f*"
        )
    own, declared = _size(case.x - nearest), _size(case.x - case.best)
    wrong = own > declared * (1 + _CLOSE) + case.error("x_star") + 1e-12
    if wrong.any():
        r = int(np.argmax(wrong))
        return (
            f"'nearest_minimizer' gives a point at distance {own[r]:.6g} of x = "
            f"{_show(case.x[r])}, but x* is at distance {declared[r]:.6g}"
        )
    return None


# Parts -------------------------------------------------------------------------------------------


def _components(case: Case) -> str | None:
    """The mean over all components is the whole, and that over a batch the mean over its rows."""
    oracle, n = case.oracle, int(case.problem.constants["n"])
    x = case.x[:8]
    every = np.broadcast_to(np.arange(n), (len(x), n)).copy()
    batch = np.random.Generator(np.random.Philox(key=case.key)).integers(n, size=(len(x), 3))
    pairs = [("sample_gradient", "gradient")]
    smooth = hasattr(case.problem.oracle, "smooth_value")
    pairs += [("sample_value", "smooth_value" if smooth else "value")]
    for part, whole in pairs:
        if not (hasattr(case.problem.oracle, part) and hasattr(case.problem.oracle, whole)):
            continue
        one = getattr(oracle, part)
        singles = [one(x, batch[:, j : j + 1]) for j in range(3)]
        for name, left, right in (
            (f"all {n} components", one(x, every), getattr(oracle, whole)(x)),
            ("a batch of 3", one(x, batch), sum(singles) / 3),
        ):
            scale = sum(_size(s) for s in (left, right, *singles))
            wrong = _size(left - right) > _CLOSE * (1e-3 + scale)
            if wrong.any():
                r = int(np.argmax(wrong))
                of = f"'{whole}'" if right is not left and name.startswith("all") else "their mean"
                return (
                    f"'{part}' over {name} gives {_show(left[r])} at x = {_show(x[r])}, and {of} "
                    f"is {_show(right[r])}"
                )
    return None


def _projection(case: Case) -> str | None:
    project = case.oracle.project
    x, y = 2 * case.x - case.y, 2 * case.y - case.x
    p, q = project(x), project(y)
    again = _size(project(p) - p)
    wrong = again > _CLOSE * (1 + _size(p))
    if wrong.any():
        r = int(np.argmax(wrong))
        return (
            f"'project' is not idempotent: it moves its own value {_show(p[r])} by {again[r]:.3g}"
        )
    wrong = _size(p - q) > _size(x - y) * (1 + _CLOSE) + 1e-12
    if wrong.any():
        r = int(np.argmax(wrong))
        return (
            f"'project' expands a distance: from {_size(x - y)[r]:.6g} to {_size(p - q)[r]:.6g} "
            f"at x = {_show(x[r])}, y = {_show(y[r])}"
        )
    return None


def _prox(case: Case) -> str | None:
    """p = prox_th(z) if and only if h(p) + <z - p, y - p>/t <= h(y) for all y."""
    oracle = case.oracle
    smooth = hasattr(case.problem.oracle, "smooth_value")
    z, y = 2 * case.x - case.y, case.y
    for t in _STEPS:
        p, q = oracle.prox(z, t), oracle.prox(y, t)
        wrong = _dot(p - q, p - q) > _dot(p - q, z - y) + _CLOSE * (1e-3 + _dot(z - y, z - y))
        if wrong.any():
            r = int(np.argmax(wrong))
            return (
                f"'prox' with step {t:g} is not firmly nonexpansive at x = {_show(z[r])}, "
                f"y = {_show(y[r])}"
            )
        if not hasattr(case.problem.oracle, "value"):
            continue
        parts = [oracle.value(u)[:, 0] for u in (p, y)]
        if smooth:
            parts = [h - oracle.smooth_value(u)[:, 0] for h, u in zip(parts, (p, y), strict=True)]
        pull = _dot(z - p, y - p) / t
        scale = sum(np.abs(h) for h in parts) + np.abs(pull)
        wrong = parts[0] + pull > parts[1] + _CLOSE * (1e-3 + scale)
        if wrong.any():
            r = int(np.argmax(wrong))
            return (
                f"'prox' with step {t:g} gives {_show(p[r])} at x = {_show(z[r])}, which does not "
                "minimize h(p) + |p - x|^2/(2 step)"
            )
    return None


# Expectations ------------------------------------------------------------------------------------


def _bias(case: Case, log_threshold: float) -> str | None:
    """The noise of stochastic oracles has mean 0, by the first moment that the problem declares."""
    if not any(_has(case.problem, f"stochastic_{name}") for name in ("gradient", "operator")):
        return None
    size = int(case.problem.constants.get("n", 1)) * case.x[0].size
    rows = case.rows(0, min(2048, max(SAMPLES, 2**17 // size)))
    unknown = None
    for assumption in case.problem.assumptions.values():
        found = assumption.noise(case.oracle, rows, case.samples(len(rows)))
        if found is None:
            continue
        noise, order, bound = found
        noise = np.asarray(noise, dtype=float).reshape(len(rows), -1)
        if order is None:
            unknown = noise
            continue
        bound = float(np.max(bound)) + 1e-9 * (1 + np.abs(noise).min())
        log_e = log_e_centered(noise, float(order), bound)
        if log_e > log_threshold:
            return (
                f"the problem declares {assumption}, but at x = {_show(rows[0])} the mean of the "
                f"noise over {len(rows)} draws is {_show(noise.mean(axis=0))} "
                f"(e-value 10^{log_e / np.log(10):.0f})"
            )
        return None
    if unknown is not None and _far_from_zero(unknown):
        return (
            f"the stochastic gradient is biased: at x = {_show(rows[0])} the mean of the noise "
            f"over {len(rows)} draws is {_show(unknown.mean(axis=0))}"
        )
    return None


def log_e_centered(noise: np.ndarray, order: float, size: float) -> float:
    """Log of an e-value against E[noise] = 0 for vectors with E|noise|^order <= size^order.

    With y = lambda v/size for an entry v, lambda of either sign, a the order and
    c = (a - 1)^(a - 1)/a^a, the number 1 + y + c |y|^a is nonnegative, for c is the largest
    (t - 1)/t^a over t > 0. Its expectation is at most 1 + c lambda^a, by which it is divided. The
    result averages products over the rows of these factors, over lambda and the entries. No
    variance is needed: a in (1, 2]. For a = 2 the factor is (1 + y/2)^2/(1 + lambda^2/4).

    Parameters
    ----------
    noise : array (R, G) of independent rows
    order : in (1, 2]
    size : positive

    Examples
    --------
    >>> signs = np.tile([[-1.0], [1.0]], (500, 1))
    >>> log_e_centered(signs, 2.0, 1.0) < 0, log_e_centered(signs + 0.5, 2.0, 1.2) > 20
    (True, True)
    """
    a = float(order)
    c = (a - 1) ** (a - 1) / a**a
    # Clipping lowers the factors, and a product of eight of them stays finite.
    scores = np.clip(noise / size, -1e15, 1e15)
    curved = c * (scores**2 if a == 2 else np.abs(scores) ** a)
    blocks = np.arange(0, len(scores), 8)
    logs = []
    for bet in (*LAMBDAS, *-LAMBDAS):
        factors = (1 + bet * scores + abs(bet) ** a * curved) / (1 + c * abs(bet) ** a)
        products = np.multiply.reduceat(np.maximum(factors, 1e-30), blocks)
        logs.append(np.log(products).sum(axis=0))
    return float(log_mean_exp(logs))


def _far_from_zero(noise: np.ndarray) -> bool:
    """Whether a mean is not 0, where no moment is declared: by eight deviations.

    The deviation is that without the largest hundredth, and the largest value counts as a whole.
    This is no e-value: with heavy tails the mean is of the order of its largest term over R, and to
    exceed eight of these is unlikely, with a probability that depends on the law.
    """
    R = len(noise)
    error = np.sort(np.abs(noise), axis=0)
    trimmed = error[: -max(R // 100, 1)].std(axis=0) + np.abs(error[-1]) / R**0.5
    mean = np.abs(noise.mean(axis=0))
    return bool(np.any(mean > 8 * (trimmed / R**0.5 + error.max() / R + 1e-12)))


def _violation(case: Case, assumption: Assumption, log_threshold: float) -> Any:
    """A violation of the assumption, or None."""
    if not assumption.expected:
        stream = Stream(case.key ^ 0xC0DE, range(POINTS), np).at(0)
        starts = case.problem.starts(case.key, range(POINTS))
        return assumption.violation(case.oracle, *case.extreme, stream, log_threshold, starts)
    for r in range(3):
        rows = case.rows(r, SAMPLES)
        found = assumption.violation(case.oracle, rows, rows, case.samples(SAMPLES), log_threshold)
        if found is not None:
            return found
    return None


CHECKS = (
    Check("the oracles give finite numbers, with the right shapes", (), _numbers),
    Check("the oracles are functions, of each replicate alone", (), _replicates),
    Check("a field of the oracle named like a constant is that constant", (), _fields),
    Check("'project' is idempotent and nonexpansive", ("project",), _projection),
    Check("'prox' minimizes h(p) + |p - x|^2/(2 step)", ("prox",), _prox),
    Check("the components average to the whole", ("n", "sample_gradient"), _components),
    Check(
        "the gradient is the derivative of the value", ("value", "gradient", "f_star"), _derivative
    ),
    Check(
        "'hessian_vector' is the derivative of the gradient",
        ("gradient", "hessian_vector"),
        _second_derivative,
    ),
    Check("f* is a lower bound", ("value", "f_star"), _lower_bound),
    Check("x* is feasible", ("project", "x_star"), _feasible_solution),
    Check("the gradient vanishes at x*", ("gradient", "L", "x_star"), _gradient_at_solution),
    Check("the proximal operator leaves x* where it is", ("prox", "x_star"), _prox_at_solution),
    Check("f(x*) = f*", ("value", "f_star", "x_star"), _value_at_solution),
    Check(
        "'nearest_minimizer' gives minimizers, no farther than x*",
        ("value", "f_star", "x_star", "nearest_minimizer"),
        _nearest,
    ),
)
"""All checks of a problem beside its assumptions, in the order in which they are made."""
