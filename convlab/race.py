"""The race: the members of all families on which the bounds of a theorem come closest to false.

Every family that fits the theorem is tried at many parameters, in short runs that go abreast. Of
the families whose members come closest, the parameters are then searched one after the other, each
between the neighbours of the best value so far. A race only chooses: what it has found is judged by
longer runs, with other draws.
"""

import functools
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
import sympy
from scipy.optimize import differential_evolution

from convlab import symbols
from convlab.abreast import form
from convlab.choices import choices
from convlab.claims import Basis, Claim, Setting
from convlab.claims.bounds import LowerBound, UpperBound
from convlab.engine import run
from convlab.family import Between, Choice, Family, Instance, Numbers, Parameter
from convlab.formula import holds
from convlab.problem import Problem
from convlab.theorem import Theorem

__all__ = [
    "Budget",
    "Entry",
    "Found",
    "Makers",
    "Race",
    "axes_of",
    "iterations_of",
    "members",
    "probes",
    "race",
    "speaks_of_the_horizon",
]


class Budget(NamedTuple):
    """How much a race tries.

    ``finalists`` are the families per claim whose parameters are searched, ``scan`` the values of
    a parameter over its range, ``zooms`` how often the range is narrowed to the neighbours of the
    best value, ``sweeps`` how often all parameters are gone through, ``generations`` those of
    differential evolution in all parameters together, ``choices`` the values of each free
    parameter of the theorem.
    """

    finalists: int
    scan: int
    zooms: int
    sweeps: int
    choices: int
    generations: int = 0


LENGTH = 32
"""Iterations of a short run."""
SEEN = (0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 24, 32)
"""Iterations of a short run at which all families are looked at."""
PINNED = 16
"""A condition that holds at no more iterations pins them."""
HORIZONS = (1, 2, 3, 5, 10, 32)
"""Horizons of members that are made for one."""
ENDS = (1, 3, 10)
"""Lengths of the short runs where a statement speaks of the horizon."""
FIRST = 6
"""Values of a parameter, over its range, at which every family is tried, at least."""
SHARED = 24
"""Values that the real parameters of a family share."""
DRAWN = 3
"""Members with drawn parameters that are tried of every family, and of its smallest dimensions."""
LARGE = 4096
"""Numbers in the data of a problem beyond which few members of its family are tried."""
ALONE = 3
"""Members that are tried of a family that cannot go abreast."""
ABREAST = 512
"""Replicates of one run."""
STARTS, SAMPLE = 2, 8
"""Replicates of each member: starting points, and samples of a stochastic method."""
SAME = 1e-6
"""Relative difference of ratios that are taken for the same run."""
APART = 2**32
"""Added to the key: a race has draws that no verdict rests on."""


class Found(NamedTuple):
    """A member that came close: its largest metric/bound, and the horizon that it is made for."""

    ratio: float
    problem: Problem
    horizon: int | None


def speaks_of_the_horizon(theorem: Theorem) -> bool:
    """Whether a claim or a hyperparameter has the letter T."""
    formulas = [f for claim in theorem.claims for f in claim.formulas]
    formulas += theorem.algorithm.hyperparameters.values()
    return any(symbols.T in sympy.sympify(f).free_symbols for f in formulas)


def axes_of(theorem: Theorem, makers: "Makers") -> int:
    """How many axes the iterates have on the instances that a theorem names; 1 if it names none."""
    for named in (*theorem.tight, *(theorem.on or ())):
        problem = named if isinstance(named, Problem) else _first(makers.probes(named))
        if problem is not None:
            return len(problem.shape)
    return 1


def _first(probed: Sequence[tuple[Instance, Problem]]) -> Problem | None:
    return probed[0][1] if probed else None


class Makers(Protocol):
    """Where a race has its problems from: each is made once."""

    def problem(self, instance: Instance) -> Problem:
        """The problem of an instance."""

    def probes(self, family: Family) -> list[tuple[Instance, Problem]]:
        """Few members, by which one sees whether others can fit: see :func:`probes`."""

    def members(self, family: Family) -> list[tuple[Instance, Problem]]:
        """The members that a family enters: see :func:`members`."""

    def abreast(self, problems: Sequence[Problem], starts: int, key: int) -> Problem:
        """Problems as one: see :func:`convlab.abreast.abreast`."""


class Entry(NamedTuple):
    """A member in the race, with the values of the theorem's symbols."""

    instance: Instance
    problem: Problem
    constants: dict[sympy.Symbol, Any]

    @property
    def horizon(self) -> int | None:
        """The iteration for which the member is made; None where it is for all."""
        return self.problem.horizon


@dataclass(frozen=True)
class Race:
    """One theorem's race: its claims that are bounds, and the means to try members.

    ``length`` is that of the runs, ``pinned`` are iterations that a condition singles out,
    ``exclusive`` says that no claim speaks of others.
    """

    theorem: Theorem
    claims: Sequence[UpperBound | LowerBound]
    makers: Makers
    budget: Budget
    key: int
    length: int
    pinned: Sequence[int]
    exclusive: bool

    @classmethod
    def of(cls, theorem: Theorem, makers: Makers, budget: Budget, key: int) -> "Race":
        """The race of a theorem: its runs are longer where a claim says nothing so early."""
        claims = [c for c in theorem.claims if isinstance(c, UpperBound | LowerBound)]
        length, pinned, exclusive = min(LENGTH, theorem.iterations), set(), True
        for claim in claims:
            said = iterations_of(claim, theorem.iterations)
            if said.size:
                length = max(length, int(said[0]))
            if said.size <= PINNED:
                pinned.update(said.tolist())
            else:
                exclusive = False
        few = sorted(k for k in pinned if k <= length)
        exclusive = exclusive and len(few) == len(pinned) > 0
        return cls(theorem, claims, makers, budget, key, length, few, exclusive)

    # Members ------------------------------------------------------------------------------------

    def first(self, family: Family) -> list[Entry]:
        """The members of a family that enter, with real parameters as the theorem names them."""
        wanted = {a.definition for a in self.theorem.assume}
        if not any(wanted <= p.assumptions.keys() for _, p in self.makers.probes(family)):
            return []
        entered = self.makers.members(family)
        if not entered:
            return []
        made = [(i, self.makers.problem(i)) for i in self.named(family, entered[0][0])]
        near = [i for i, _ in made if i.parameters.get("horizon") in self.near]
        if self.exclusive and near:
            entered = [(i, p) for i, p in entered if i.parameters["horizon"] in self.near]
        return self.entries([*entered, *made])

    def named(self, family: Family, base: Instance) -> list[Instance]:
        """Members with numbers of the theorem: its iterations as horizons, others as parameters.

        The member whose constants are most of the theorem's numbers, like L = 1 with kappa = 100
        for smooth(1) and strongly_convex(0.01), has its other parameters tried over their ranges.
        """
        horizons = family.parameters.get("horizon")
        pinned = [] if horizons is None else [k for k in self.near if k in horizons.range]
        found = [_with(base, {"horizon": k}) for k in pinned]
        best = found[0] if found else base
        found += [
            i
            for k, at in zip(pinned, list(found), strict=True)
            for i in _over(at, FIRST)
            if k not in HORIZONS
        ]
        real = [p for p in family.parameters.values() if p.kind is float]
        values = [(p, v) for p in real for v in self.told() if v in p.range]
        found += [_with(base, {p.name: v}) for p, v in values]
        given: set[str] = set()
        while values and (left := [(p, v) for p, v in values if p.name not in given]):
            tried = [(self._matched(_with(best, {p.name: v})), p, v) for p, v in left]
            count, parameter, value = max(tried, key=lambda t: t[0])
            if count <= self._matched(best):
                break
            best = _with(best, {parameter.name: value})
            given.add(parameter.name)
        if given:
            found += [best, *_over(best, FIRST, given)]
        return found

    def _matched(self, instance: Instance) -> int:
        """How many numbers of the theorem are constants of the member."""
        declared = self.makers.problem(instance).assumptions
        return sum(
            certificate.value == float(value)
            for assumed in self.theorem.assume
            if assumed.definition in declared
            for value, certificate in zip(
                assumed.values,
                declared[assumed.definition].certificates().values(),
                strict=False,
            )
            if _is_number(value)
        )

    @property
    def near(self) -> list[int]:
        """Horizons for the pinned iterations: that many steps, or that many points."""
        return list(dict.fromkeys([*self.pinned, *(k + 1 for k in self.pinned)]))

    def entries(self, members: Iterable[tuple[Instance, Problem]]) -> list[Entry]:
        """Those of the members that satisfy the assumptions."""
        found = []
        for instance, problem in members:
            constants = self.theorem.constants(problem)
            if constants is None:
                continue
            if len(problem.shape) != self.axes:
                break
            if self.may_be_empty and not choices(self.theorem, constants, 1):
                continue
            found.append(Entry(instance, problem, constants))
        return found

    def told(self) -> set[float]:
        """Numbers that the assumptions name, and their quotients."""
        named = {float(v) for a in self.theorem.assume for v in a.values if _is_number(v)}
        return named | {a / b for a in named for b in named if b}

    def scored(self, family: Family) -> tuple[list[Entry], np.ndarray] | None:
        """The members that enter, and their ratios (C, N) in runs seen now and then, if any."""
        entries = self.first(family)
        if not entries:
            return None
        seen = {k for k in SEEN if k < self.length}.union(self.pinned)
        return entries, self.ratios(entries, sorted(seen))

    # Runs ---------------------------------------------------------------------------------------

    def ratios(self, entries: Sequence[Entry], grid: Sequence[int] | None = None) -> np.ndarray:
        """(C, N): the largest metric/bound after the start, of each claim on each member."""
        found = np.zeros((len(self.claims), len(entries)))
        groups: dict[Any, list[int]] = {}
        for i, entry in enumerate(entries):
            mark = form(entry.problem.oracle), entry.problem.shape, entry.horizon
            groups.setdefault(mark, []).append(i)
        for (*_, horizon), members in groups.items():
            lengths = [self.length] if horizon is None else [horizon]
            if horizon is None and self._of_the_horizon:
                lengths = [h for h in ENDS if h <= self.length]
            step = max(1, ABREAST // self._copies)
            for begin in range(0, len(members), step):
                some = members[begin : begin + step]
                tried = [entries[i] for i in some]
                for length in lengths:
                    found[:, some] = np.maximum(found[:, some], self._tried(tried, length, grid))
        return found

    @functools.cached_property
    def axes(self) -> int:
        """How many axes the iterates of its problems have."""
        return axes_of(self.theorem, self.makers)

    @functools.cached_property
    def may_be_empty(self) -> bool:
        """Whether a range of the theorem can be empty, which depends on the constants."""
        ranges = [a for a in self.theorem.parameters.values() if hasattr(a, "start")]
        return any(a.start != 0 and a.start.free_symbols | a.end.free_symbols for a in ranges)

    @functools.cached_property
    def _of_the_horizon(self) -> bool:
        return speaks_of_the_horizon(self.theorem)

    @property
    def _copies(self) -> int:
        return SAMPLE if self.theorem.algorithm.algorithm.stochastic else STARTS

    def _tried(
        self, entries: Sequence[Entry], length: int, grid: Sequence[int] | None
    ) -> np.ndarray:
        """(C, N): abreast, or one by one where an oracle or a step is not made for that."""
        points = range(length + 1) if grid is None else [k for k in grid if k < length] + [length]
        try:
            return self._run(entries, length, points)
        except Exception:  # whatever an oracle says of columns where it expects numbers
            if len(entries) == 1:
                return np.zeros((len(self.claims), 1))  # a verdict will say what is wrong
            alone = [self._tried([entry], length, grid) for entry in entries[:ALONE]]
            return np.pad(np.hstack(alone), ((0, 0), (0, max(0, len(entries) - ALONE))))

    def _run(self, entries: Sequence[Entry], length: int, grid: Sequence[int]) -> np.ndarray:
        theorem, copies = self.theorem, self._copies
        problems = [entry.problem for entry in entries]
        problem = problems[0]
        if len(problems) > 1:
            problem = self.makers.abreast(problems, copies, self.key + APART)
        each = [entry.constants for entry in entries]
        constants = {s: _column([c[s] for c in each], copies) for s in each[0]}
        found = np.zeros((len(self.claims), len(problems)))
        for chosen in choices(theorem, each[0], self.budget.choices):
            setting = Setting(problem, theorem.algorithm, constants, length, chosen)
            trace = run(
                setting.chosen_method,
                problem,
                iterations=length,
                replicates=copies * len(problems),
                metrics=[setting.weighted(c.metric) for c in self.claims],
                key=self.key + APART,
                constants=constants,
                initial=theorem.quantities,
                grid=grid,
                engine="eager",
            )
            for c, claim in enumerate(self.claims):
                sides = claim.sides(setting, trace, Basis.EXACT)
                ratio = sides.ratio[trace.grid > 0].reshape(-1, len(problems), copies)
                if theorem.algorithm.algorithm.stochastic:
                    ratio = ratio.mean(axis=2, keepdims=True)
                found[c] = np.maximum(found[c], ratio.max(axis=(0, 2), initial=0.0))
        return found

    def finalists(
        self, scored: Sequence[tuple[list[Entry], np.ndarray]], claim: int
    ) -> list[tuple[Entry, float]]:
        """The best of the families that come closest, and how close they come when run alone.

        Two on which a run is the same number for number, such as a function with different noise
        for a method that draws none, count as one.
        """
        best = []
        for entries, ratios in scored:
            top = ratios[claim].max()
            i = int(np.argmax(ratios[claim] >= (1 - SAME) * top))  # the plainest comes first
            best.append((float(ratios[claim, i]), entries[i]))
        # Of equal ones the plainest, that of the fewest parameters, goes first.
        best.sort(key=lambda p: (-float(f"{p[0]:.6g}"), len(p[1].instance.parameters)))
        found: list[tuple[Entry, float]] = []
        for ratio, entry in best:
            if len(found) >= self.budget.finalists:
                break
            own = self.ratios([entry])[claim, 0]
            if own < (1 - SAME) * ratio or any(self._copy(entry, own, *f, claim) for f in found):
                continue
            found.append((entry, float(own)))
        return found

    def _copy(
        self, entry: Entry, ratio: float, other: Entry, other_ratio: float, claim: int
    ) -> bool:
        """Whether a run is the same on both, or would be with the parameters of the other."""
        if ratio == other_ratio or abs(ratio - other_ratio) <= SAME * other_ratio:
            return True
        family, given = entry.instance.family, other.instance.parameters
        shared = {
            n: given[n] for n, p in family.parameters.items() if n in given and given[n] in p.range
        }
        if not shared or family is other.instance.family:
            return False
        made = _with(entry.instance, shared)
        tried = self.entries([(made, self.makers.problem(made))])
        return bool(tried) and bool(
            abs(self.ratios(tried)[claim, 0] - other_ratio) <= SAME * other_ratio
        )

    # Search -------------------------------------------------------------------------------------

    def searched(self, entry: Entry, ratio: float, claim: int) -> tuple[Entry, float]:
        """The entry with its parameters changed, one after the other, so that the ratio grows."""
        real = _real(entry.instance.family)
        if _size(entry.problem.oracle) > LARGE:
            return entry, ratio
        for sweep in range(self.budget.sweeps if len(real) > 1 else 1):
            before = ratio
            for parameter in real:
                entry, ratio = self._along(entry, ratio, claim, parameter)
            if sweep and ratio <= before * (1 + 1e-6):
                break
        if self.budget.generations and self.evolves(entry, ratio):
            entry, ratio = self._evolved(entry, ratio, claim, real)
        return entry, ratio

    def evolves(self, entry: Entry, ratio: float) -> bool:
        """Whether more generations may find worse parameters."""
        several = len(_real(entry.instance.family)) > 1
        return several and bool(np.isfinite(ratio)) and _size(entry.problem.oracle) <= LARGE

    def _evolved(
        self, entry: Entry, ratio: float, claim: int, real: Sequence[Parameter]
    ) -> tuple[Entry, float]:
        """The best values of several parameters together, by differential evolution."""
        best = [(entry, ratio)]

        def loss(shares: np.ndarray) -> np.ndarray:
            columns = [_at(p.range, row) for p, row in zip(real, shares, strict=True)]
            tried: list[Entry] = []
            places: list[int] = []
            for i, values in enumerate(zip(*columns, strict=True)):
                named = dict(zip((p.name for p in real), map(float, values), strict=True))
                instance = _with(entry.instance, named)
                fitting = self.entries([(instance, instance.problem())])
                tried += fitting
                places += [i] * len(fitting)
            found = np.zeros(shares.shape[1])
            if tried:
                found[places] = self.ratios(tried)[claim]
                top = int(np.argmax(found[places]))
                best.append((tried[top], float(found[places][top])))
            return -found

        start = [_share(p.range, entry.instance.parameters[p.name]) for p in real]
        differential_evolution(
            loss,
            [(0.0, 1.0)] * len(real),
            x0=start,
            vectorized=True,
            updating="deferred",
            polish=False,
            popsize=8,
            maxiter=self.budget.generations,
            seed=self.key,
        )
        found = max(best, key=lambda pair: pair[1])
        return found if found[1] > (1 + SAME) * ratio else best[0]

    def _along(
        self, entry: Entry, ratio: float, claim: int, parameter: Parameter
    ) -> tuple[Entry, float]:
        """The best value of one parameter, the others unchanged."""
        name, allowed = parameter.name, parameter.range
        assert isinstance(allowed, Between)
        values = _values(allowed, self.budget.scan)
        seen = {*values, entry.instance.parameters[name]}
        for _ in range(1 + self.budget.zooms):
            changed = [_with(entry.instance, {name: v}) for v in values]
            tried = self.entries((i, self.makers.problem(i)) for i in changed)
            if len(tried) < 2:
                break
            found = self.ratios(tried)[claim]
            best = int(np.argmax(found))
            if found[best] > (1 + SAME) * ratio:
                entry, ratio = tried[best], float(found[best])
            if not np.isfinite(found[best]) or np.ptp(found) <= SAME * found[best]:
                break  # it does not matter, or it cannot be worse
            at = entry.instance.parameters[name]
            below = max((v for v in seen if v < at), default=at)
            above = min((v for v in seen if v > at), default=at)
            between = Between(below, above, allowed.log)
            values = _values(between, 9)[1:-1]
            seen.update(values)
        return entry, ratio


def _is_number(value: Any) -> bool:
    return np.ndim(value) == 0 and not getattr(value, "free_symbols", ())


def probes(family: Family, key: int) -> Iterator[Instance]:
    """Few members that show which assumptions the family satisfies: default, options, drawn."""
    base = family.instance(**_horizons(family)[0]) if _horizons(family) else family.instance()
    yield base
    for parameter in family.parameters.values():
        if isinstance(parameter.range, Choice) and parameter.name != "horizon":
            yield from (_with(base, {parameter.name: option}) for option in parameter.range.options)
    usual = {p.name: p.default for p in family.parameters.values() if p.kind is not float}
    yield family.drawn(key + 1, **usual)


def members(family: Family, key: int) -> Iterator[Instance]:
    """The members that a family enters into every race.

    The default, each parameter over its range, and drawn ones, at the usual and at the smallest
    dimensions; of a family for horizons, those for short ones.
    """
    smallest = {
        p.name: int(p.range.low)
        for p in family.parameters.values()
        if p.kind is int and p.name != "horizon" and isinstance(p.range, Between)
    }
    usual = {p.name: p.default for p in family.parameters.values() if p.kind is not float}
    for horizon in _horizons(family):
        base = family.instance(**horizon)
        yield base
        if _size(base.problem().oracle) > LARGE:
            yield family.drawn(key + 1, **horizon)
            continue
        real = sum(p.kind is float for p in family.parameters.values())
        yield from _over(base, FIRST if horizon else max(FIRST, SHARED // max(real, 1)))
        for sizes in (usual, usual | smallest) if smallest else (usual,):
            yield family.instance(**sizes | horizon)
            for i in range(DRAWN):
                yield family.drawn(key + 1 + i, **sizes | horizon)


def _over(base: Instance, count: int, but: Container[str] = ()) -> Iterator[Instance]:
    """Each parameter that is no whole number over its range, the others unchanged."""
    for parameter in base.family.parameters.values():
        if parameter.kind is not int and parameter.name not in but:
            for value in _values(parameter.range, count):
                yield _with(base, {parameter.name: value})


def _horizons(family: Family) -> list[dict[str, int]]:
    """The horizons of short runs for which there is a member; one choice where there are none."""
    if "horizon" not in family.parameters:
        return [{}]
    allowed = family.parameters["horizon"].range
    offered = allowed.options if isinstance(allowed, Choice) else HORIZONS
    return [{"horizon": h} for h in offered if h in allowed and h <= LENGTH]


def _values(allowed: Between | Choice | Numbers, count: int) -> list[Any]:
    """The options, or values spaced over an interval, both ends included; of tuples none."""
    if isinstance(allowed, Numbers):
        return []
    if isinstance(allowed, Choice):
        return list(allowed.options)
    return [float(v) for v in _at(allowed, np.linspace(0.0, 1.0, count))]


def _at(allowed: Any, shares: np.ndarray) -> np.ndarray:
    """Values at shares from 0 to 1 of an interval, in the logarithm where it is drawn so."""
    low, high = allowed.low, allowed.high
    if allowed.log:
        return (low * (high / low) ** shares).clip(low, high)
    return (low + (high - low) * shares).clip(low, high)


def _share(allowed: Any, value: float) -> float:
    """The share at which a value lies."""
    if allowed.log:
        return float(np.log(value / allowed.low) / np.log(allowed.high / allowed.low))
    return (value - allowed.low) / (allowed.high - allowed.low)


def race(
    theorem: Theorem,
    families: Sequence[Family],
    makers: Makers,
    budget: Budget,
    key: int,
) -> list[list[Found]]:
    """For each claim that is a bound, what the finalists of the families came to, worst first.

    Claims of other kinds have no ratio, and no race.
    """
    this = Race.of(theorem, makers, budget, key)
    if not this.claims:
        return []
    scored = [one for f in families if (one := this.scored(f)) is not None]
    found = []
    for c in range(len(this.claims)):
        ends = [this.searched(entry, ratio, c) for entry, ratio in this.finalists(scored, c)]
        places = [Found(ratio, e.problem, e.horizon) for e, ratio in ends]
        found.append(sorted(places, key=lambda place: -place.ratio))
    return found


def iterations_of(claim: Claim, iterations: int) -> np.ndarray:
    """The iterations after the start of which a claim speaks, as far as k alone decides that."""
    ks = np.arange(1, iterations + 1)
    condition = sympy.sympify(claim.when)
    if condition.free_symbols != {symbols.k}:
        return ks
    return ks[holds(condition, {symbols.k: ks}, ks)]


def _real(family: Family) -> list[Parameter]:
    """The parameters of a family that are searched."""
    return [
        p
        for p in family.parameters.values()
        if p.kind is float and isinstance(p.range, Between) and p.range.low < p.range.high
    ]


def _with(instance: Instance, values: Mapping[str, Any]) -> Instance:
    """The instance with other values for some of its parameters."""
    return instance.family.instance(instance.key, **{**instance.parameters, **values})


def _size(oracle: Any) -> int:
    """How many numbers the data of an oracle are."""
    if hasattr(oracle, "_fields"):
        return sum(map(_size, oracle))
    return int(np.size(oracle)) if isinstance(oracle, np.ndarray) else 0


def _column(values: Sequence[Any], copies: int) -> Any:
    """The values of all members: a number where they are equal, else one for each replicate."""
    if all(v is values[0] or np.array_equal(v, values[0]) for v in values):
        return values[0]
    return np.repeat(np.asarray(values, dtype=float).reshape(len(values)), copies)
