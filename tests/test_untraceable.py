"""What is answered to a step that cannot be compiled: what, where, and what to write instead."""

import math
from typing import NamedTuple

import numpy as np
import pytest

from convlab.algorithm import Point, algorithm
from convlab.engine import run
from convlab.engine.compiled import emit, expressions
from convlab.errors import ConvlabError
from convlab.streams import normal
from convlab.vocabulary import (
    cholesky,
    concat,
    full_scalar,
    matmul,
    norm,
    reshape,
    set_row,
    sqnorm,
    table,
    total,
    while_loop,
)
from problems.quadratics import quadratic


def runs(step, **options):
    method = step if not hasattr(step, "hyperparameters") else step()
    return run(method, quadratic(d=6), iterations=3, engine="compiled", **options)


def answer(step):
    """What is said where the compiled engine is asked for."""
    with pytest.raises(ConvlabError) as raised:
        runs(step)
    return str(raised.value)


def step_of(function):
    """The algorithm whose step turns x into ``function(x)``."""

    @algorithm
    def mine(s, oracle, rng, k):
        return Point(function(s.x, oracle, rng, k))

    return mine


def python_if(x, oracle, rng, k):
    return x if norm(x)[0, 0] > 1 else 0.5 * x


def python_while(x, oracle, rng, k):
    while norm(x)[0, 0] > 0.5:
        x = 0.5 * x
    return x


def numpy_function(x, oracle, rng, k):
    return x * np.exp(-np.linalg.norm(x))


def numpy_ufunc(x, oracle, rng, k):
    return np.tanh(np.abs(x))


def numpy_other(x, oracle, rng, k):
    return x * np.percentile(x, 50)


def math_function(x, oracle, rng, k):
    return x / math.sqrt(sqnorm(x)[0, 0]) if x.shape[0] == 1 else x


def array_method(x, oracle, rng, k):
    return x - x.mean(axis=-1, keepdims=True)


def unknown_method(x, oracle, rng, k):
    return x - 0.1 * x.cumsum(axis=-1)


def missing_operation(x, oracle, rng, k):
    return x.__array_namespace__().tanh(x) + x.__array_namespace__().cumulative_sum(x, axis=-1)


def python_loop(x, oracle, rng, k):
    return x - sum(0.001 * entry.sum() for entry in x)


def python_range(x, oracle, rng, k):
    return x / sum(1.0 for _ in range(int(k) % 2 + 1))


def assignment(x, oracle, rng, k):
    x = 0.5 * x
    x[:, 0] = 0.0
    return x


def array_index(x, oracle, rng, k):
    return 0.5 * x[:, np.array([1, 0, 2, 3, 4, 5])]


def lost_axis(x, oracle, rng, k):
    return x - 0.1 * x[:, 0] * x if x.shape[0] == 1 else x


def product_of_vectors(x, oracle, rng, k):
    return x - 0.1 * (x @ np.ones(6))[:, None] * x


def draw_in_a_loop(x, oracle, rng, k):
    (x, _) = while_loop(
        3,
        lambda s: s[1] < 2.0,
        lambda s: (s[0] - 0.1 * normal(rng, 6), s[1] + 1.0),
        (x, full_scalar(x, 0.0)),
    )
    return x


ANSWERS = {
    python_if: ("a Python 'if' or 'while'", "where(...), cond(...) or while_loop(...)"),
    python_while: ("a Python 'if' or 'while'", "where(...), cond(...) or while_loop(...)"),
    numpy_function: ("the NumPy function 'norm'", "write norm(...) of convlab.vocabulary"),
    numpy_ufunc: ("the NumPy function 'absolute'", "write absolute(...) of convlab.vocabulary"),
    numpy_other: ("the NumPy function 'percentile'", "words of convlab.vocabulary"),
    math_function: ("a Python number made", "a function of math: leave it an array"),
    array_method: ("the array method 'mean'", "write mean(...) of convlab.vocabulary"),
    unknown_method: ("the array method 'cumsum'", "words of convlab.vocabulary"),
    missing_operation: ("the operation 'cumulative_sum'", "words of convlab.vocabulary"),
    python_loop: ("a Python loop over the entries", "slices or repeat(...)"),
    python_range: ("a Python integer", "repeat(...), while_loop(...), row(...)"),
    assignment: ("an assignment into an array", "write set_row(...)"),
    array_index: ("indexing with an array", "row(...), element(...), set_row(...)"),
    lost_axis: ("'mul' of shapes (R,) and (R, 6)", "keep one in slices, x[:, :1]"),
    product_of_vectors: ("a matrix product of (R, 6) and (6,)", "write inner(...)"),
    draw_in_a_loop: ("a draw inside a while_loop", "draw before it"),
}


@pytest.mark.parametrize("function", ANSWERS, ids=lambda f: f.__name__)
def test_the_answer_names_operation_and_line_and_says_what_to_write(function):
    told = answer(step_of(function))
    operation, instead = ANSWERS[function]
    assert told.startswith(f"mine cannot run on the engine compiled: {operation}")
    assert instead in told
    assert "\n" not in told
    first = function.__code__.co_firstlineno
    lines = [int(n) for n in told.split("(line ")[1].split(" of test_untraceable.py")[:1]]
    assert first < lines[0] <= first + 6


def wrong_sum(x, oracle, rng, k):
    return x + x[:, :5]


def wrong_product(x, oracle, rng, k):
    return x + total(matmul(reshape(x, (2, 3)), reshape(x, (2, 3))))


def wrong_reshape(x, oracle, rng, k):
    return reshape(x, (4, 2))


def wrong_row(x, oracle, rng, k):
    return total(set_row(table(x, 2), normal(rng, 1) > 0, x))


def wrong_index(x, oracle, rng, k):
    return x * x[:, 6:7][:, 0]


def wrong_matrix(x, oracle, rng, k):
    return x + total(cholesky(reshape(x, (2, 3))))[:, 0, :]


def wrong_state(x, oracle, rng, k):
    return concat(x, x[:, :2])


def wrong_part(x, oracle, rng, k):
    return total(x)


SHAPES = {
    wrong_sum: "'add' of (R, 6) and (R, 5)",
    wrong_product: "a matrix product of (R, 2, 3) and (R, 2, 3)",
    wrong_reshape: "reshape of (R, 6) to (R, 4, 2)",
    wrong_row: "set_row of a table (R, 2, 6)",
    wrong_index: "an index out of range: 0 along an axis of length 0",
    wrong_matrix: "cholesky of (R, 2, 3); the matrix must be square",
    wrong_state: "the step turns x of shape (R, 6) into shape (R, 8)",
    wrong_part: "the step turns x of shape (R, 6) into shape (R, 1)",
}


@pytest.mark.parametrize("function", SHAPES, ids=lambda f: f.__name__)
def test_a_wrong_shape_is_an_error_that_names_operation_and_shapes(function):
    with pytest.raises(ConvlabError) as caught:
        runs(step_of(function))
    message = str(caught.value)
    assert SHAPES[function] in message
    assert "\n" not in message
    if function not in (wrong_state, wrong_part):
        assert "of test_untraceable.py: " in message


def test_numbers_and_arrays_of_numpy_may_stand_on_the_left():
    """Operators reach a symbolic array also from NumPy's side."""

    @algorithm
    def mixed(s, oracle):
        return Point(np.float64(0.5) * s.x - np.linspace(0.0, 0.1, 6) * s.x)

    trace = runs(mixed)
    assert trace.engine == "compiled", trace.note


class Growing(NamedTuple):
    x: object
    memory: object


def test_a_state_that_grows_is_answered():
    @algorithm(init=lambda x0: Growing(x0, total(x0)))
    def growing(s, oracle):
        return Growing(0.5 * s.x, s.x)

    told = answer(growing)
    assert "changes its shape, (R, 1) to (R, 6)" in told
    assert "init" in told


def test_auto_runs_eagerly_and_says_why():
    """Where the run is long enough to be compiled."""
    trace = run(step_of(python_if)(), quadratic(d=6), iterations=30_000, engine="auto")
    assert trace.engine == "eager"
    assert trace.note.startswith("mine runs eagerly: a Python 'if'")


@pytest.fixture
def unwritten():
    """No kernel has been written, neither before nor by this test."""
    emit.emit.cache_clear()
    yield
    emit.emit.cache_clear()


@pytest.mark.parametrize("sign", ["@", ""])
def test_a_fault_of_the_engine_is_told_as_such(sign, unwritten, monkeypatch):
    """A kernel that Numba refuses, then one that cannot be written."""
    monkeypatch.setitem(expressions._INFIX, "sub", sign)
    if not sign:
        monkeypatch.setattr(expressions, "ELEMENTWISE", None)

    @algorithm
    def mine(s, oracle):
        return Point(s.x - 0.125 * total(s.x))

    told = answer(mine)
    assert told.startswith("mine cannot run on the engine compiled: the kernel could not be")
    assert "please report the step" in told
    assert "\n" not in told
    assert ("TypingError at 't0 = (S0" if sign else "TypeError at 'argument of type") in told
