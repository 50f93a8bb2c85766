"""Operations of the compiled engine, one by one, against the eager engine."""

from functools import partial
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sympy import Rational, sqrt, symbols

from convlab.algorithm import Point, algorithm
from convlab.algorithms.gradient import gradient_descent, silver_steps
from convlab.algorithms.variance_reduction import loopless_svrg, svrg
from convlab.assumptions import attained, smooth
from convlab.engine import run
from convlab.engine.compiled import driver
from convlab.errors import ConvlabError
from convlab.metrics import distance, gap, metric
from convlab.problem import Problem
from convlab.streams import (
    bernoulli,
    integers,
    normal,
    pareto,
    permutation,
    student,
    symmetric_pareto,
    two_point,
    uniform,
)
from convlab.symbols import L, k
from convlab.vocabulary import (
    absolute,
    cholesky,
    concat,
    cond,
    diag,
    diagonal,
    eigh,
    element,
    full_scalar,
    inner,
    matmul,
    matvec,
    maximum,
    minimum,
    norm,
    polar,
    qr,
    repeat,
    reshape,
    rmatvec,
    row,
    row_mean,
    set_row,
    solve,
    sqnorm,
    svd,
    table,
    total,
    trace,
    transpose,
    where,
    while_loop,
)
from problems.finite_sums import least_squares
from problems.quadratics import quadratic


class Bowl(NamedTuple):
    """f(x) = x^T H x / 2, whose matrix a step may ask for."""

    H: object

    def value(self, x):
        return 0.5 * inner(x, self.gradient(x))

    def gradient(self, x):
        return matvec(self.H, x)

    def newton(self, x):
        return solve(self.H, self.gradient(x))

    def scaled(self, x):
        w, V = eigh(self.H)
        return matvec(V, rotated(V, x) / (1.0 + w))

    def damped(self, x, eta):
        return solve(self.H + diag(eta * self.H[0, :]), x)


def rotated(V, x):
    return matvec(transpose(V), x)


H = np.diag(np.arange(1.0, 7.0)) + np.ones((6, 6)) / 6
bowl = Problem(oracle=Bowl(H), declares=[smooth(8.0), attained(0.0, np.zeros(6))], name="bowl")


def both(method, problem=None, *, metrics=(distance,), digits=1e-12, **options):
    """The traces of the two engines, after a check that they are equal; the compiled one."""
    problem = quadratic(d=6) if problem is None else problem
    options = {"iterations": 60, "replicates": 5, "metrics": metrics} | options
    eager = run(method, problem, engine="eager", **options)
    compiled = run(method, problem, engine="compiled", **options)
    assert compiled.engine == "compiled", compiled.note
    for name, values in eager.values.items():
        scale = np.abs(values[0]).max()
        np.testing.assert_allclose(compiled.values[name], values, digits, 1e-15 * (1 + scale))
    for oracle, calls in eager.calls.items():
        np.testing.assert_array_equal(compiled.calls[oracle], calls)
    return compiled


# Matrices ---------------------------------------------------------------------------------------


@algorithm
def orthogonalized(s, oracle, *, eta):
    G = reshape(oracle.gradient(s.x), (3, 2)) + diag(total(s.x) + s.x[:, :3])[:, :, :2]
    return Point(0.9 * s.x - eta * norm(s.x) * reshape(polar(G), (6,)))


@algorithm
def systems(s, oracle, *, eta):
    X = reshape(s.x, (2, 3))
    A = matmul(X, transpose(X)) + diag(sqnorm(s.x) + s.x[:, :2] * s.x[:, :2])
    y, Z = solve(A, s.x[:, 3:5]), solve(cholesky(A), X)
    step = concat(y, Z[:, 1, :], trace(A))
    return Point(0.5 * s.x - eta * norm(s.x) * step / (1.0 + norm(step)))


@algorithm
def spectral(s, oracle, *, eta):
    X = reshape(concat(s.x, oracle.gradient(s.x)[:, :3]), (3, 3)) + diag(s.x[:, :3])
    w, V = eigh(X + transpose(X))
    U, d, W = svd(X)
    Q, R = qr(X)
    first = concat(w, d) + concat(matvec(V, s.x[:, :3]), matvec(transpose(Q), diagonal(R)))
    second = concat(matvec(W, s.x[:, 3:]), matvec(U, s.x[:, :3]))
    return Point(0.5 * s.x - eta * first - 0.01 * second)


@algorithm
def shared(s, oracle, *, eta):
    step = oracle.newton(s.x) + oracle.scaled(s.x) + oracle.damped(s.x, eta)
    return Point(s.x - eta * step)


@pytest.mark.parametrize("replicates", [1, 40])
@pytest.mark.parametrize("step", [orthogonalized, systems, spectral, shared])
def test_matrices(step, replicates):
    both(step(eta=0.1), bowl if step is shared else None, replicates=replicates)


@algorithm
def of_size_one(s, oracle, *, eta):
    """Factors of 1 by 1 matrices, which are numbers, and of columns."""
    A = reshape(1.0 + sqnorm(s.x), (1, 1))
    (w, V), (U, d, W), (Q, R) = eigh(A), svd(-A), qr(A)
    (P, e, _), (T, _) = svd(s.x[:, :, None]), qr(s.x[:, :, None])
    product = matmul(matmul(cholesky(A), solve(A, A)), matmul(matmul(V, U), matmul(W, Q)))
    number = product[:, 0, :] + w * d * solve(A, e) + R[:, 0, :]
    turned = s.x * number / (1.0 + absolute(number)) + e * (P + T)[..., 0]
    return Point(0.5 * s.x - eta * turned)


@pytest.mark.parametrize("replicates", [1, 40])
def test_matrices_of_size_one(replicates):
    both(of_size_one(eta=0.1), bowl, replicates=replicates)


class Matrices(NamedTuple):
    """A matrix for each worker, and one for all."""

    A: object
    B: object

    def value(self, x):
        return 0.0 * total(x)

    def gradient(self, x):
        X = reshape(x, (3, 2, 1)) + 0.5 * reshape(x, (3, 1, 2))
        own = matmul(matmul(X, matmul(X, transpose(X))), self.A)
        alike = matmul(self.A, matmul(transpose(X), self.B))
        return reshape(own + matmul(transpose(self.A), alike) + matmul(self.B, X), (12,))


@algorithm
def of_workers(s, oracle, *, eta):
    g = oracle.gradient(s.x)
    return Point(0.5 * s.x - eta * (g[:, :6] - g[:, 6:]) / (1.0 + norm(g)))


@pytest.mark.parametrize("replicates", [1, 40])
def test_each_worker_has_matrices_of_its_own(replicates):
    oracle = Matrices(np.arange(12.0).reshape(3, 2, 2) / 12, np.array([[0.5, 0.2], [-0.3, 0.4]]))
    problem = Problem(oracle=oracle, declares=[attained(0.0, np.zeros(6))], name="workers")
    both(of_workers(eta=0.1), problem, replicates=replicates)


class Rounds(NamedTuple):
    """A matrix, a vector and a number for each round; steps read those of the round."""

    A: object
    b: object
    c: object

    def value(self, x):
        return 0.0 * total(x)

    def gradient(self, x, k):
        now, later = self.A[k % 3, :, :], self.A[(k // 2 + 1) % 3]
        middle = matvec(self.A[:, k % 2, 1:], x[:, :2]) + matvec(later[:, 1:], x[:, 1:])
        return matvec(now, x) + rmatvec(later, x) + middle + x * self.c[k % 3] + self.b[-1 - k % 2]


class Memory(NamedTuple):
    x: object
    T: object


@algorithm(init=lambda x0: Memory(x0, table(x0, 3)))
def round_by_round(s, oracle, rng, k, *, eta):
    x = 0.5 * s.x - eta * oracle.gradient(s.x) + 0.1 * s.T[:, k % 3, :]
    return Memory(x, set_row(s.T, integers(rng, 3), x[:, None, :]))


@pytest.mark.parametrize("replicates", [1, 40])
def test_data_of_the_round(replicates):
    rng = np.random.default_rng(0)
    oracle = Rounds(*(rng.normal(size=shape) for shape in ((3, 3, 3), (2, 3), 3)))
    problem = Problem(oracle, [attained(0.0, np.ones(3))], start=np.ones(3))
    both(round_by_round(eta=0.05), problem, replicates=replicates)


def test_a_singular_system_is_not_a_number_on_both_engines():
    @algorithm
    def singular(s, oracle):
        return Point(solve(reshape(concat(s.x, s.x, s.x)[:, :9], (3, 3)) * 0.0, s.x[:, :3]))

    options = {"iterations": 3, "start": np.ones(3), "metrics": [distance]}
    statuses = {
        run(singular(), quadratic(d=3), engine=engine, **options).statuses
        for engine in ("eager", "compiled")
    }
    assert len(statuses) == 1


# Indices ----------------------------------------------------------------------------------------


@algorithm(init=lambda x0: Memory(x0, table(x0, 3)))
def counted(s, oracle, rng, k, *, eta):
    """Rows named by a counter of passes, from either end."""

    def visit(state):
        x, T, j = state
        x = 0.5 * x + eta * row(T, j)[:, 0, :] + element(x, -1 - j) + element(x, k % 6)
        return x, set_row(T, 2 - j, 0.1 * x[:, None, :]), j + 1

    x, T, _ = repeat(3, visit, (s.x, s.T, integers(rng, 1)))
    return Memory(x / (1.0 + norm(x)), T)


@pytest.mark.parametrize("replicates", [1, 40])
def test_indices_that_are_counted(replicates):
    both(counted(eta=0.1), replicates=replicates)


class Lasting(NamedTuple):
    """Data for n rounds."""

    b: object

    def value(self, x):
        return 0.0 * total(x)

    def gradient(self, x, k):
        (b,) = cond(k + 1 > self.b.shape[0], lambda: (0.0 * x,), lambda: (x - self.b[k],))
        return b

    def bare(self, x, k):
        return x - self.b[k, :]

    def last(self, x, k):
        return x - self.b[-1 - k]

    def entry(self, x, k):
        return x - element(self.b[0], k)


@algorithm
def following(s, oracle, rng, *, word):
    return Point(s.x - 0.1 * getattr(oracle, ("gradient", "bare", "last", "entry")[word])(s.x))


def lasting():
    rng = np.random.default_rng(0)
    oracle = Lasting(rng.normal(size=(5, 5)))
    return Problem(oracle, [attained(0.0, np.ones(5))], start=np.ones(5))


@pytest.mark.parametrize("engine", ["eager", "compiled"])
@pytest.mark.parametrize("word", [1, 2, 3])
def test_data_that_come_to_an_end_are_an_error(word, engine):
    both(following(word=word), lasting(), iterations=5)
    with pytest.raises((ConvlabError, IndexError), match="out of") as error:
        run(following(word=word), lasting(), iterations=6, engine=engine)
    if engine == "compiled":
        index = -6 if word == 2 else 5
        assert str(error.value).startswith(
            f"an index out of range: {index} at iteration 5, along an axis of length 5"
        )


def test_data_that_come_to_an_end_may_be_left_alone():
    both(following(word=0), lasting(), iterations=9)


@algorithm(init=lambda x0: Memory(x0, table(x0, 3)))
def straying(s, oracle, rng, *, word, far):
    i = far * integers(rng, 2)
    words = (
        lambda: s.x + row(s.T, i)[:, 0, :],
        lambda: s.x + row(oracle.A, i)[:, 0, :],
        lambda: s.x + element(s.x, i),
        lambda: s.x + set_row(s.T, i, s.x[:, None, :])[:, 0, :],
    )
    return Memory(0.1 * words[word](), s.T)


@pytest.mark.parametrize("engine", ["eager", "compiled"])
@pytest.mark.parametrize("word", range(4))
def test_an_index_that_strays_is_an_error(word, engine):
    n = (3, 6, 6, 3)[word]
    both(straying(word=word, far=n - 1))
    both(straying(word=word, far=-n))
    for far in (n, -n - 1):
        with pytest.raises((ConvlabError, IndexError), match="out of") as error:
            run(straying(word=word, far=far), quadratic(d=6), iterations=60, engine=engine)
        if engine == "compiled":
            assert "in row, element or set_row, at an iteration from 0 to" in str(error.value)


PLACES = st.recursive(
    st.one_of(
        st.tuples(st.just("integers"), st.integers(1, 7)),
        st.tuples(st.just("constant"), st.integers(-7, 7)),
        st.just(("k",)),
    ),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from("+-*"), inner, inner),
        st.tuples(st.sampled_from(("%", "//")), inner, st.integers(1, 7)),
        st.tuples(st.just("neg"), inner),
        st.tuples(st.just("between"), inner, st.integers(-7, 0), st.integers(0, 6)),
    ),
    max_leaves=4,
)


def place(tree, rng, k):
    """The index that a tree of operations stands for."""
    word, *parts = tree
    if word == "integers":
        return integers(rng, parts[0])
    if word in ("constant", "k"):
        return parts[0] if parts else k
    a, b = (place(p, rng, k) if isinstance(p, tuple) else p for p in (parts * 2)[:2])
    if word == "between":
        return minimum(maximum(a, b), parts[2])
    return {
        "+": lambda: a + b,
        "-": lambda: a - b,
        "*": lambda: a * b,
        "%": lambda: a % b,
        "//": lambda: a // b,
        "neg": lambda: -a,
    }[word]()


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(tree=PLACES)
def test_an_index_strays_compiled_where_it_strays_eagerly(tree):
    @algorithm
    def step(s, oracle, rng, k):
        return Point(0.5 * s.x + 0.1 * element(s.x, place(tree, rng, k)))

    options = {"iterations": 12, "replicates": 3, "metrics": [distance]}
    try:
        eager = run(step(), quadratic(d=6), engine="eager", **options)
    except IndexError:
        with pytest.raises(ConvlabError, match="an index out of range"):
            run(step(), quadratic(d=6), engine="compiled", **options)
        return
    compiled = run(step(), quadratic(d=6), engine="compiled", **options)
    assert compiled.engine == "compiled", compiled.note
    np.testing.assert_allclose(compiled.values["distance"], eager.values["distance"], 1e-12)


def test_an_index_in_range_by_law_is_not_checked_in_the_kernel(tmp_path, monkeypatch):
    monkeypatch.setenv("CONVLAB_CACHE", str(tmp_path))

    @algorithm(init=lambda x0: Memory(x0, table(x0, 6)))
    def safe(s, oracle, rng, k):
        i, order = integers(rng, 6), permutation(rng, 6)
        x = row(s.T, (i + k) % 6)[:, 0, :] + row(oracle.A, 5 - i)[:, 0, :]
        x = x + element(x, element(order, i)) + element(x, k % 6)
        return Memory(0.1 * x, set_row(s.T, order[:, 2:3], x[:, None, :]))

    both(safe())
    (kernel,) = tmp_path.glob("*.py")
    assert "place(" not in kernel.read_text()


# Loops ------------------------------------------------------------------------------------------


@algorithm
def backtracking(s, oracle, *, eta):
    """Armijo's rule, with a step for each replicate."""
    f, g = oracle.value(s.x), oracle.gradient(s.x)

    def too_long(state):
        (t,) = state
        return oracle.value(s.x - t * g) > f - 0.3 * t * sqnorm(g)

    (t,) = while_loop(30, too_long, lambda state: (0.5 * state[0],), (full_scalar(s.x, 1.0),))
    return Point(s.x - eta * t * g)


class Inner(NamedTuple):
    x: object
    direction: object
    left: object


@algorithm
def inner_solver(s, oracle, rng, *, eta):
    """Conjugate gradients inside, until the residual is small, after noise; states are nested."""
    b = oracle.gradient(s.x) + 0.01 * normal(rng, 6)

    def step(state):
        (u, (r, p)), count = state
        Ap = 2.0 * p + 0.1 * total(p)
        a = sqnorm(r) / inner(p, Ap)
        new = r - a * Ap
        return ((u + a * p, (new, new + sqnorm(new) / sqnorm(r) * p)), count + 1.0)

    start = ((0.0 * s.x, (b, b)), full_scalar(s.x, 0.0))

    def going(state):
        return norm(state[0][1][0]) > 1e-6

    (u, _), count = while_loop(10, going, step, start)
    return Point(s.x - eta * u + 1e-3 * (count - 3.0) * s.x)


@algorithm
def local_steps(s, oracle, *, eta):
    """Passes with a counter, two loops within each other, values that change places."""

    def local(state):
        x, y, j = state
        z = repeat(3, lambda z: 0.9 * z + 0.1 * oracle.gradient(0.1 * y), x)
        (z,) = cond(norm(z) > 0.5, lambda: (z,), lambda: (0.5 * z + 0.1 * x,))
        return y, z - eta * oracle.gradient(x), j + 1

    x, y, j = repeat(4, local, (s.x, 0.5 * s.x, 0))
    return Point(0.5 * x + 0.1 * y / (1.0 + j))


@algorithm
def shuffled(s, oracle, rng, *, eta):
    """One pass over the coordinates in random order, and a table filled on the way."""
    order = permutation(rng, 6)

    def visit(state):
        x, T, j = state
        i = element(order, j)
        g = element(oracle.gradient(x), i)
        hot = where(row(diag(1.0 + 0.0 * x), i)[:, 0, :] > 0.0, g, 0.0)
        return x - eta * hot, set_row(T, i, x[:, None, :]), j + 1

    x, T, _ = repeat(6, visit, (s.x, table(s.x, 6), 0))
    return Point(x - 0.01 * total(transpose(T))[..., 0])


@algorithm
def noisy_local_steps(s, oracle, rng, *, eta):
    return Point(repeat(3, lambda x: x - eta * (oracle.gradient(x) + 0.01 * normal(rng, 6)), s.x))


@pytest.mark.parametrize("replicates", [1, 40])
@pytest.mark.parametrize("step", [inner_solver, local_steps, shuffled, noisy_local_steps])
def test_loops(step, replicates):
    both(step(eta=0.1), replicates=replicates)


@pytest.mark.parametrize("step", [backtracking, inner_solver, local_steps, shuffled])
def test_loops_run_alike_on_array_libraries(step):
    values = [
        run(step(eta=0.1), quadratic(d=6), iterations=5, replicates=3, backend=b).values["gap"]
        for b in ("numpy", "array-api-strict", "mpmath")
    ]
    np.testing.assert_allclose(values[1], values[0], 1e-12)
    np.testing.assert_allclose(values[2].astype(float), values[0], 1e-9)


@pytest.mark.parametrize("replicates", [1, 40])
def test_a_line_search_ends_for_each_replicate_on_its_own(replicates):
    options = {"iterations": 30, "replicates": replicates, "metrics": [distance]}
    eager = run(backtracking(eta=1.0), quadratic(d=6), engine="eager", **options)
    compiled = run(backtracking(eta=1.0), quadratic(d=6), engine="compiled", **options)
    assert compiled.engine == "compiled", compiled.note
    np.testing.assert_allclose(compiled.values["distance"], eager.values["distance"], 1e-10, 1e-15)
    assert compiled.calls.keys() == eager.calls.keys() == {"value", "gradient"}
    for oracle, calls in eager.calls.items():
        np.testing.assert_array_equal(compiled.calls[oracle], calls)
    alone = run(
        backtracking(eta=1.0), quadratic(d=6), engine="compiled", **options | {"replicates": [0]}
    )
    np.testing.assert_array_equal(compiled.calls["value"][:, :1], alone.calls["value"])


CALLS = st.recursive(
    st.just("gradient"),
    lambda inner: st.tuples(
        st.sampled_from(("repeat", "while", "cond", "round")),
        st.lists(inner, max_size=2),
        st.lists(inner, max_size=2),
    ),
    max_leaves=6,
)


def calling(nest):
    """The algorithm that calls the gradient in branches and loops within each other."""

    def after(x, parts, oracle, k):
        for part in parts:
            if part == "gradient":
                x = 0.8 * x + 0.1 * oracle.gradient(x)
                continue
            word, some, others = part
            then = partial(after, parts=some, oracle=oracle, k=k)
            other = partial(after, parts=others, oracle=oracle, k=k)
            if word == "repeat":
                x = repeat(len(others), then, x)
            elif word == "while":

                def large(state, y=x):
                    return oracle.value(state[0]) > 0.4 * norm(y)

                (x,) = while_loop(5, large, lambda state, f=then: (0.7 * f(state[0]),), (x,))
            else:
                test = k % 3 == 0 if word == "round" else x[:, :1] > 0.1 * x[:, 1:2]
                (x,) = cond(test, lambda x=x, f=then: (f(x),), lambda x=x, f=other: (-f(x),))
        return x

    @algorithm
    def calling(s, oracle, rng, k):
        return Point(after(s.x, nest, oracle, k) + 0.3 * normal(rng, 6))

    return calling()


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(nest=st.lists(CALLS, min_size=1, max_size=3))
def test_each_replicate_counts_its_calls_whatever_the_engine_and_the_company(nest):
    options = {"iterations": 10, "metrics": [distance], "start": np.ones(6)}
    eager, compiled, alone = (
        run(calling(nest), quadratic(d=6), engine=engine, replicates=replicates, **options)
        for engine, replicates in (("eager", 6), ("compiled", 6), ("eager", [4]))
    )
    assert compiled.engine == "compiled", compiled.note
    for oracle in {"gradient", "value"} & (eager.calls.keys() | compiled.calls.keys()):
        counts = [trace.calls.get(oracle, np.zeros((1, 6))) for trace in (eager, compiled, alone)]
        np.testing.assert_array_equal(*np.broadcast_arrays(*counts[:2]))
        np.testing.assert_array_equal(counts[2][:, 0], counts[0][:, 4])


@algorithm
def many(s, oracle, *, eta, m):
    return Point(repeat(m, lambda x: x - eta * oracle.gradient(x), s.x))


@algorithm
def many_noisy(s, oracle, rng, *, eta, m):
    def noisy(x):
        kicked = repeat(m, lambda z: 0.9 * z + 0.1 * normal(rng, 6), x)
        return x - eta * (oracle.gradient(x) + 0.01 * kicked * uniform(rng, 6))

    return Point(repeat(m, noisy, s.x) + 0.01 * normal(rng, 6))


@pytest.mark.parametrize("step", [many, many_noisy])
def test_a_loop_is_a_loop_in_the_kernel(step, tmp_path, monkeypatch):
    monkeypatch.setenv("CONVLAB_CACHE", str(tmp_path))
    for m in (0, 50, 70):
        both(step(eta=0.01, m=m), iterations=3)
    assert len(list(tmp_path.glob("*.py"))) == 2  # without a pass, there is no loop
    for kernel in tmp_path.glob("*.py"):
        assert len(kernel.read_text().splitlines()) < 80


LAWS = {
    "normal": lambda rng: normal(rng, 6),
    "student": lambda rng: student(rng, 6, 3.0),
    "uniform": lambda rng: uniform(rng, 6),
    "integers": lambda rng: integers(rng, 9, 6),
    "one integer": lambda rng: integers(rng, 9),
    "permutation": lambda rng: permutation(rng, 6),
}
NESTS = st.recursive(
    st.sampled_from(sorted(LAWS)),
    lambda inner: st.tuples(st.integers(0, 3), st.lists(inner, min_size=1, max_size=3)),
    max_leaves=8,
)


def drawing(nest):
    """The algorithm that adds up what it draws, in loops within each other."""

    def added(x, part, rng):
        if isinstance(part, str):
            return 0.5 * x + LAWS[part](rng)  # halves are exact: what differs are the draws
        passes, parts = part
        return repeat(passes, lambda y: all_added(y, parts, rng), x)

    def all_added(x, parts, rng):
        for part in parts:
            x = added(x, part, rng)
        return x

    @algorithm
    def drawing(s, oracle, rng):
        return Point(all_added(s.x, nest, rng))

    return drawing()


def entries(d):
    """Metrics that read the entries of the iterate, one each."""

    def entry(j):
        return metric(f"x{j}", "X")(lambda s, oracle: s.x[:, j : j + 1])

    return [entry(j) for j in range(d)]


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(nest=st.lists(NESTS, min_size=1, max_size=3))
def test_draws_in_loops_are_those_of_the_eager_engine_to_the_bit(nest):
    options = {"iterations": 7, "replicates": [0, 3, 9], "metrics": entries(6)}
    eager, compiled = (
        run(drawing(nest), quadratic(d=6), engine=engine, **options)
        for engine in ("eager", "compiled")
    )
    assert compiled.engine == "compiled", compiled.note
    for name, values in eager.values.items():
        np.testing.assert_array_equal(compiled.values[name], values)


def test_draws_of_many_passes_come_in_parts_and_change_no_bit(monkeypatch):
    whole = run(many_noisy(eta=0.01, m=20), quadratic(d=6), iterations=9, engine="compiled")
    monkeypatch.setattr(driver, "BLOCK", 2**5)
    parts = run(many_noisy(eta=0.01, m=20), quadratic(d=6), iterations=9, engine="compiled")
    assert parts.engine == "compiled"
    np.testing.assert_array_equal(parts.values["gap"], whole.values["gap"])


# Workers ----------------------------------------------------------------------------------------


class Workers(NamedTuple):
    x: object
    points: object
    errors: object


@algorithm(init=lambda x0: Workers(x0, table(x0, 4) + x0[:, None, :], table(x0, 4)))
def federated(s, oracle, rng, *, eta):
    """Each worker its point and what it has not yet sent; messages are clipped, one is lost."""
    G = matmul(s.points, oracle.H) + 0.1 * s.errors
    sent = where(norm(G) > 0.5, 0.5 * G / norm(G), G)
    lost = integers(rng, 4)
    received = set_row(sent, lost, 0.0 * row(sent, lost))
    x = s.x - eta * row_mean(received)
    points = 0.5 * (s.points - eta * G) + 0.5 * x[:, None, :]
    errors = set_row(0.5 * (G - received), lost, row(G, lost))
    return Workers(x, points, errors)


@pytest.mark.parametrize("replicates", [1, 40])
def test_workers(replicates):
    both(federated(eta=0.1), bowl, replicates=replicates)


# What moves with the iteration, or differs between replicates -------------------------------------


def test_functions_of_the_iteration():
    both(silver_steps(eta=1 / L, rho=1 + sqrt(2)), iterations=100)
    both(svrg(eta=1 / (10 * L), m=7), least_squares(), metrics=[distance, gap], iterations=100)
    both(loopless_svrg(eta=1 / (10 * L), p=Rational(1, 5)), least_squares(), iterations=100)


@algorithm
def noise_that_changes(s, oracle, rng, k, *, eta, p, nu):
    """Every law with a parameter, which moves with k or differs between replicates."""
    fades = 1.0 / (k + 2)
    z = two_point(rng, 6, 0.5 * p + 0.5 * fades) + bernoulli(rng, p * fades, 6)
    heavy = student(rng, 6, nu) + symmetric_pareto(rng, 6, 3.0 + nu) + pareto(rng, 6, 3 + fades)
    g = oracle.gradient(s.x) + 0.1 * z + 0.01 * heavy
    return Point(s.x - eta * fades * g)


@pytest.mark.parametrize("nu", [0.5, 3.0])
def test_draws_whose_parameter_moves(nu):
    for p in (0.5, 1 / (k + 2)):
        both(noise_that_changes(eta=0.1, p=p, nu=nu), replicates=70, digits=1e-11)


def test_a_sweep_gives_each_replicate_what_it_would_have_alone():
    c, q, nu = symbols("c q nu")
    method = noise_that_changes(eta=c / (k + 1), p=q, nu=nu)
    sweep = {c: np.geomspace(0.01, 0.5, 9), q: np.linspace(0.1, 0.9, 9), nu: 2.5}
    trace = both(method, constants=sweep, replicates=9, digits=1e-11)
    for engine in ("eager", "compiled"):
        alone = run(
            method,
            quadratic(d=6),
            iterations=60,
            replicates=[4],
            metrics=[distance],
            constants={c: sweep[c][4], q: sweep[q][4], nu: 2.5},
            engine=engine,
        )
        np.testing.assert_allclose(
            alone.values["distance"][:, 0], trace.values["distance"][:, 4], 1e-10
        )


def test_a_sweep_runs_on_array_libraries_and_in_fifty_digits():
    c, q, nu = symbols("c q nu")
    method = noise_that_changes(eta=c, p=q, nu=nu)
    sweep = {c: [0.1, 0.2, 0.3], q: np.array([[0.1], [0.5], [0.9]]), nu: 2.5}
    values = [
        run(
            method, quadratic(d=6), iterations=4, replicates=3, constants=sweep, backend=backend
        ).values["gap"]
        for backend in ("numpy", "array-api-strict", "mpmath")
    ]
    np.testing.assert_allclose(values[1], values[0], 1e-12)
    np.testing.assert_allclose(values[2].astype(float), values[0], 1e-9)


def test_a_sweep_of_the_wrong_length_is_refused():
    c = symbols("c")
    with pytest.raises(ConvlabError, match="constant c has 2 values for 3 replicates"):
        run(
            gradient_descent(eta=c),
            quadratic(d=6),
            iterations=2,
            replicates=3,
            constants={c: [0.1, 0.2]},
        )
