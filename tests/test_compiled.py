"""The compiled engine against the eager one: random steps, and runs of all kinds."""

import tracemalloc
from functools import partial
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from convlab import vocabulary
from convlab.algorithm import Point, algorithm
from convlab.algorithms.gradient import gradient_descent
from convlab.assumptions import attained
from convlab.engine import Status, run
from convlab.engine.compiled import driver
from convlab.metrics import averaged, best, distance, gap
from convlab.problem import Problem
from convlab.streams import integers, normal, permutation, student
from convlab.symbols import L, k
from convlab.vocabulary import (
    amax,
    cholesky,
    concat,
    cond,
    diag,
    diagonal,
    eigh,
    element,
    matmul,
    matvec,
    minimum,
    norm,
    polar,
    qr,
    repeat,
    reshape,
    row,
    row_mean,
    set_row,
    solve,
    svd,
    table,
    total,
    transpose,
    where,
    while_loop,
)
from problems.nonconvex import sine_bowl
from problems.quadratics import quadratic


def close(got, expected, digits=1e-9):
    """Equal to rounding, also of what has converged down to rounding."""
    scale = np.abs(expected[0]).max() if np.isfinite(expected[0]).all() else 1.0
    np.testing.assert_allclose(got, expected, rtol=digits, atol=1e-13 * (1 + scale))


# Parts of the vocabulary that few methods use --------------------------------------------------


class Table(NamedTuple):
    x: object
    T: object


@algorithm(init=lambda x0: Table(x0, table(x0, 5)))
def remembering(s, oracle, rng, k, *, eta):
    """Rows, row updates, branches on k and per replicate, heavy noise."""
    i = integers(rng, 5)
    g = oracle.gradient(s.x) + 0.1 * student(rng, 10, 3.0)
    old = row(s.T, i)[:, 0, :]
    (boost,) = cond(k % 3 == 0, lambda: (2.0 * oracle.gradient(0.5 * s.x),), lambda: (g,))
    (calm,) = cond(norm(g) > 1.0, lambda: (g / norm(g),), lambda: (g,))
    x = s.x - eta * (calm - 0.3 * old + 0.1 * boost)
    return Table(x, set_row(s.T, i, g[:, None, :]))


@pytest.mark.parametrize("replicates", [1, 7, 130])
def test_tables_branches_and_noise(replicates):
    options = {
        "iterations": 200,
        "replicates": replicates,
        "key": 3,
        "metrics": [gap, best(gap), averaged(distance, weight=k)],
    }
    eager = run(remembering(eta=0.5 / (L * sqrt_k())), quadratic(), engine="eager", **options)
    compiled = run(remembering(eta=0.5 / (L * sqrt_k())), quadratic(), engine="compiled", **options)
    assert compiled.engine == "compiled"
    for name, values in eager.values.items():
        close(compiled.values[name], values)
    np.testing.assert_array_equal(compiled.calls["gradient"], eager.calls["gradient"])


class Swapped(NamedTuple):
    x: object
    y: object
    T: object


@algorithm(init=lambda x0: Swapped(x0, 0.5 * x0, table(x0, 4)))
def products_of_all_kinds(s, oracle, rng, *, eta):
    """Fields that change places, a table of old iterates, matrices of a replicate."""
    i = integers(rng, 4)
    M = transpose(row(s.T, concat(i, (i + 1) % 4)))
    square = matmul(transpose(M), M)
    wide = concat(total(square)[:, :, 0], amax(s.x))
    h = oracle.gradient(matvec(M, wide[:, :2] / (1.0 + norm(wide))))
    x = s.y - eta * oracle.gradient(s.x) + 0.1 * h / (1.0 + norm(h))
    return Swapped(x, 0.9 * s.x, set_row(s.T, i, s.x[:, None, :]))


@pytest.mark.parametrize("replicates", [1, 5, 40])
def test_products_and_states_that_change_places(replicates):
    options = {"iterations": 60, "replicates": replicates, "metrics": [distance]}
    eager = run(products_of_all_kinds(eta=0.1), quadratic(d=6), engine="eager", **options)
    compiled = run(products_of_all_kinds(eta=0.1), quadratic(d=6), engine="compiled", **options)
    assert compiled.engine == "compiled", compiled.note
    close(compiled.values["distance"], eager.values["distance"])


@algorithm(init=lambda x0: Swapped(x0, x0, table(x0, 1)))
def renewed(s, oracle, rng, k, *, eta):
    """A quotient of the problem's numbers first needed in a branch, then between two products."""
    noise = oracle.L / 3 * matvec(oracle.A, normal(rng, s.x.shape[-1]))
    y = s.y - eta * (oracle.gradient(s.y) + noise)
    (x,) = cond((k + 1) % 4 == 0, lambda: (y,), lambda: (s.x,))
    return Swapped(x, y, s.T)


def test_a_number_of_a_branch_is_known_after_the_next_product():
    options = {"iterations": 9, "replicates": 20, "metrics": [distance]}
    eager = run(renewed(eta=0.1), quadratic(d=6), engine="eager", **options)
    compiled = run(renewed(eta=0.1), quadratic(d=6), engine="compiled", **options)
    assert compiled.engine == "compiled", compiled.note
    close(compiled.values["distance"], eager.values["distance"])


def sqrt_k():
    return (k + 1) ** 0.5


def test_threads_chunks_blocks_stretches_and_company_change_no_bit(monkeypatch):
    def values(replicates, **sizes):
        with monkeypatch.context() as patch:
            for name, size in sizes.items():
                patch.setattr(driver, name, size)
            trace = run(
                remembering(eta=0.1),
                quadratic(),
                iterations=50,
                replicates=replicates,
                engine="compiled",
            )
        assert trace.engine == "compiled"
        return trace.values["gap"]

    whole = values(range(200), THREADS=1)
    for sizes in (
        {"THREADS": 2, "WORTHWHILE": 0.0, "FIRST": 1},
        {"THREADS": 5, "WORTHWHILE": 0.0, "FIRST": 1, "CHUNK": 12},
        {"THREADS": 1, "CHUNK": 4, "BLOCK": 2**5, "FILL": 1},
        {"THREADS": 3, "WORTHWHILE": 0.0, "FIRST": 2**12, "LONGEST": 7},
    ):
        np.testing.assert_array_equal(values(range(200), **sizes), whole)
    np.testing.assert_array_equal(values([150, 7]), whole[:, [150, 7]])
    np.testing.assert_array_equal(values([150]), whole[:, [150]])


# Long runs --------------------------------------------------------------------------------------


def long_run(**options):
    trace = run(
        gradient_descent(eta=1 / L),
        quadratic(),
        iterations=10**11,
        grid=[0, 10, 10**11],
        engine="compiled",
        **options,
    )
    assert trace.engine == "compiled"
    assert np.isfinite(trace.values["gap"][:2]).all()
    assert np.isnan(trace.values["gap"][2, 0])
    return trace


def test_a_time_limit_ends_a_run_between_two_points():
    assert long_run(time_limit=0.3).statuses == (Status.TIMED_OUT,)


def test_a_run_is_followed_and_ended_between_two_points():
    seen = []
    stopped = long_run(progress=lambda at: seen.append(at) or at > 10**5)
    assert stopped.statuses == (Status.STOPPED,)
    assert seen[:2] == [0, 10]
    assert seen == sorted(set(seen))
    assert seen[-1] < 10**10


@pytest.mark.parametrize("engine", ["eager", "compiled"])
def test_the_memory_of_a_run_is_bounded(engine):
    problem = sine_bowl.make(np.random.default_rng(0), d=400)
    tracemalloc.start()
    trace = run(
        gradient_descent(eta=1 / L),
        problem,
        iterations=3000,
        replicates=4,
        grid=range(3001),
        engine=engine,
    )
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert trace.engine == engine
    assert peak < 0.5 * 3000 * 4 * 400 * 8  # bytes of the states that are recorded


@pytest.mark.parametrize("replicates", [3, 6000])
def test_divergence_is_found_where_it_happens(replicates):
    options = {"iterations": 200, "replicates": replicates, "metrics": [gap, best(gap)]}
    eager = run(gradient_descent(eta=20 / L), quadratic(d=50), engine="eager", **options)
    compiled = run(gradient_descent(eta=20 / L), quadratic(d=50), engine="compiled", **options)
    assert compiled.engine == "compiled"
    assert compiled.statuses == eager.statuses == (Status.DIVERGED,) * replicates
    np.testing.assert_array_equal(compiled.values["gap"] == np.inf, eager.values["gap"] == np.inf)
    np.testing.assert_array_equal(compiled.calls["gradient"], eager.calls["gradient"])


UNARY = ("absolute", "sign", "sqrt", "exp", "sin", "cos", "sigmoid", "softplus")
REDUCTIONS = ("total", "norm", "amax", "mean")
M = np.array([[2.0, 0.3, -0.7], [0.4, -1.1, 0.9]])


def generic(x):
    """A (2, 3) matrix of a vector, far from all that has no unique factors."""
    return 0.3 * reshape(x, (2, 3)) + vocabulary.namespace(x).asarray(M)


def factorized(word, X):
    """Six numbers of a factorization of (R, 2, 3) matrices."""
    A = matmul(X, transpose(X)) + diag(total(X * X)[:, :, 0])
    if word == "svd":
        U, s, _ = svd(X)
        return concat(s, reshape(U, (4,)))
    if word == "eigh":
        values, vectors = eigh(A)
        return concat(values, reshape(vectors, (4,)))
    if word == "cholesky":
        return concat(diagonal(A), reshape(cholesky(A), (4,)))
    return reshape({"polar": polar, "qr": lambda X: qr(X)[1]}.get(word, partial(solve, A))(X), (6,))


def changed(word, a, b, k, rng):
    """Control, tables and draws of integers, on vectors of six entries."""
    if word == "repeat":
        return repeat(3, lambda v: 0.5 * v + 0.1 * vocabulary.sin(b), a)
    if word == "noisy repeat":

        def noisy(v):
            kicked = repeat(2, lambda u: 0.9 * u + 0.1 * normal(rng, 6), v)
            return 0.5 * kicked + 0.1 * element(b, integers(rng, 6, 6))

        return repeat(3, noisy, a)
    if word == "while_loop":

        def going(state):
            return (norm(state[0][0]) > 0.3) & (state[1] < 4.0)

        def shrink(state):
            return ((0.7 * state[0][0],), state[1] + 1.0)

        (v,), count = while_loop(9, going, shrink, ((a,), 0.0 * norm(b)))
        return v + 0.1 * count * b
    if word == "cond":
        (v,) = cond(norm(a) > norm(b), lambda: (a - b,), lambda: (0.5 * a,))
        return cond(k % 2 == 0, lambda: (v,), lambda: (v + 0.1 * b,))[0]
    if word == "element":
        return element(a, permutation(rng, 6))
    if word == "slice":
        return concat(a[:, 1::2], b[:, 3:])
    T = reshape(concat(a, b, a * b), (3, 6))
    i = integers(rng, 3)
    return row_mean(set_row(T, i, 0.5 * row(T, (i + 1) % 3)))


FACTORIZATIONS = ("svd", "eigh", "cholesky", "polar", "qr", "solve")
CHANGES = ("repeat", "noisy repeat", "while_loop", "cond", "element", "slice", "set_row")
KINDS = {
    "unary": UNARY,
    "binary": ("+", "-", "*", "minimum", "maximum"),
    "reduce": REDUCTIONS,
    "where": ("where",),
    "gradient": ("gradient",),
    "noise": ("normal",),
    "matrix": FACTORIZATIONS,
    "change": CHANGES,
}


@st.composite
def steps(draw):
    """A random step: a list of instructions on vectors and scalars, and the state they end in."""
    program = []
    for _ in range(draw(st.integers(1, 8))):
        kind = draw(st.sampled_from(sorted(KINDS)))
        word = draw(st.sampled_from(KINDS[kind]))
        program.append((kind, word, draw(st.integers(0, 9)), draw(st.integers(0, 9))))
    return tuple(program)


def interpreted(program):
    """The algorithm that follows the instructions; values are kept small."""

    @algorithm
    def random_step(s, oracle, rng, k):
        known = [s.x, 0.5 * s.x]
        for kind, word, first, second in program:
            a, b = known[first % len(known)], known[second % len(known)]
            whole = a + 0.0 * s.x, b + 0.0 * s.x
            if kind == "unary":
                value = getattr(vocabulary, word)(minimum(vocabulary.absolute(a), 3.0))
            elif kind == "reduce":
                value = getattr(vocabulary, word)(a)
            elif kind == "where":
                value = where(a > b, a, 0.5 * b)
            elif kind == "gradient":
                value = oracle.gradient(whole[0])
            elif kind == "noise":
                value = a + 0.1 * normal(rng, 6)
            elif kind == "matrix":
                value = factorized(word, generic(whole[0]))
            elif kind == "change":
                value = changed(word, *whole, k, rng)
            elif word in ("minimum", "maximum"):
                value = getattr(vocabulary, word)(a, b)
            else:
                value = a + b if word == "+" else a - b if word == "-" else a * b
            known.append(value / (1.0 + vocabulary.absolute(value)))
        return Point(0.5 * s.x + 0.1 * known[-1] + 0.05 * known[len(known) // 2])

    return random_step()


@settings(max_examples=30, suppress_health_check=list(HealthCheck))
@given(steps())
def test_random_steps_run_compiled_as_they_run_eagerly(program):
    problem = quadratic(d=6)
    options = {"iterations": 12, "replicates": 3, "metrics": [distance]}
    eager = run(interpreted(program), problem, engine="eager", **options)
    compiled = run(interpreted(program), problem, engine="compiled", **options)
    assert compiled.engine == "compiled", compiled.note
    close(compiled.values["distance"], eager.values["distance"], 1e-11)


def test_an_unknown_engine_is_refused():
    with pytest.raises(ValueError, match="unknown engine 'fast'; choose one of auto"):
        run(gradient_descent(eta=0.1), quadratic(), iterations=3, engine="fast")


@pytest.mark.parametrize("word", [*FACTORIZATIONS, *CHANGES])
def test_each_operation_of_the_random_steps_by_itself(word):
    kind = "matrix" if word in FACTORIZATIONS else "change"
    program = (("gradient", "gradient", 0, 0), (kind, word, 2, 0), (kind, word, 3, 1))
    options = {"iterations": 12, "replicates": 3, "metrics": [distance]}
    eager = run(interpreted(program), quadratic(d=6), engine="eager", **options)
    for engine, backend in (("compiled", "numpy"), ("eager", "array-api-strict")):
        other = run(interpreted(program), quadratic(d=6), engine=engine, backend=backend, **options)
        assert other.engine == engine, other.note
        close(other.values["distance"], eager.values["distance"], 1e-11)


class Cut(NamedTuple):
    """Products with matrices that are made of the problem's data in the step."""

    A: object

    def value(self, x):
        return total(x)

    def gradient(self, x):
        half = x.shape[-1]
        return matvec(self.A[:half], x) + matvec(2 * self.A[half:], x)


def test_matrices_made_of_the_data_in_the_step_are_compiled():
    A = np.random.default_rng(0).normal(size=(6, 3))
    problem = Problem(Cut(A), [attained(0.0, np.zeros(3))])
    traces = [
        run(gradient_descent(eta=0.05), problem, iterations=5, replicates=3, engine=engine)
        for engine in ("eager", "compiled")
    ]
    assert traces[1].engine == "compiled", traces[1].note
    close(traces[1].values["gap"], traces[0].values["gap"])
