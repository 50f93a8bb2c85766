"""The CUDA engine without a device: its kernels, compiled by the C++ compiler, and by nvcc."""

import importlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace

import array_api_compat
import cupy_on_cpu
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_compiled import (
    close,
    interpreted,
    products_of_all_kinds,
    remembering,
    steps,
)
from test_compiled_catalogue import CHAOTIC
from test_compiled_operations import (
    NESTS,
    backtracking,
    counted,
    drawing,
    entries,
    following,
    inner_solver,
    lasting,
    local_steps,
    many_noisy,
    noisy_local_steps,
    shuffled,
    spectral,
    systems,
)

from convlab import catalogue, streams
from convlab.algorithm import Point, algorithm
from convlab.algorithms.gradient import gradient_descent
from convlab.algorithms.stochastic import sgd
from convlab.engine import Status, run
from convlab.engine.compiled import device, driver
from convlab.errors import ConvlabError
from convlab.laboratory import Laboratory
from convlab.metrics import averaged, best, distance, gap
from convlab.streams import cuda
from convlab.symbols import D, L, k
from convlab.vocabulary import concat, norm
from problems.noise import Gaussian, noisy
from problems.quadratics import quadratic

CATALOGUE = catalogue.installed()
LABORATORY = Laboratory(CATALOGUE.families)
METHODS = {t.algorithm.algorithm.name: name for name, t in sorted(CATALOGUE.theorems.items())}


@pytest.mark.parametrize("method", sorted(METHODS))
def test_every_method_runs_on_cuda_as_it_runs_eagerly(on_cpu, method):
    theorem = CATALOGUE.theorems[METHODS[method]]
    benches = [LABORATORY.bench(theorem, engine=engine) for engine in ("eager", "cuda")]
    setting = benches[0].settings()[-1]
    most = 4 if theorem.id in CHAOTIC else 40
    setting = replace(setting, iterations=min(setting.iterations, most))
    eager, found = (bench.trace(setting) for bench in benches)
    assert (found.engine, found.backend, found.note) == ("cuda", "cupy", "")
    for name, values in eager.values.items():
        close(found.values[name], values)
    assert eager.statuses == found.statuses
    for oracle, calls in eager.calls.items():
        np.testing.assert_array_equal(found.calls[oracle], calls)


def test_every_theorem_has_a_kernel(on_cpu):
    laboratory, notes = Laboratory(CATALOGUE.families, engine="cuda"), {}
    with on_cpu.texts_only():
        for name, theorem in CATALOGUE.theorems.items():
            bench = laboratory.bench(theorem)
            try:
                bench.trace(replace(bench.settings()[-1], iterations=1))
            except ConvlabError as error:
                notes[name] = str(error)
    assert notes == {}


@pytest.mark.parametrize("replicates", [1, 40])
@pytest.mark.parametrize("step", [remembering, products_of_all_kinds], ids=lambda step: step.name)
def test_tables_branches_products_and_noise(on_cpu, step, replicates):
    method, problem = step(eta=0.1), quadratic(d=10)
    options = {
        "iterations": 100,
        "replicates": replicates,
        "key": 3,
        "metrics": [gap, best(gap), averaged(distance, weight=k)],
    }
    eager = run(method, problem, engine="eager", **options)
    found = run(method, problem, engine="cuda", **options)
    assert (found.engine, found.note) == ("cuda", "")
    for name, values in eager.values.items():
        close(found.values[name], values)


LOOPS = [backtracking, inner_solver, local_steps, shuffled, noisy_local_steps, counted]


@pytest.mark.parametrize("step", LOOPS, ids=lambda step: step.name)
def test_loops(on_cpu, step):
    options = {"iterations": 40, "replicates": 5, "metrics": [distance]}
    eager = run(step(eta=0.1), quadratic(d=6), engine="eager", **options)
    found = run(step(eta=0.1), quadratic(d=6), engine="cuda", **options)
    assert (found.engine, found.note) == ("cuda", "")
    close(found.values["distance"], eager.values["distance"], 1e-10)


@pytest.mark.parametrize("word", [1, 2, 3])
def test_data_that_come_to_an_end_are_an_error(on_cpu, word):
    with pytest.raises(ConvlabError, match="at iteration 5, along an axis of length 5"):
        run(following(word=word), lasting(), iterations=6, engine="cuda")


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(program=steps())
def test_random_steps_run_on_cuda_as_they_run_eagerly(on_cpu, program):
    options = {"iterations": 12, "replicates": 3, "metrics": [distance]}
    eager = run(interpreted(program), quadratic(d=6), engine="eager", **options)
    found = run(interpreted(program), quadratic(d=6), engine="cuda", **options)
    assert (found.engine, found.note) == ("cuda", "")
    close(found.values["distance"], eager.values["distance"], 1e-11)


@algorithm
def arithmetic(s, oracle, rng, k):
    """Quotients and remainders of integers and floats, of either sign, and powers."""
    i = streams.integers(rng, 20, 6) - 10
    x = 1.5 * streams.normal(rng, 6)
    whole = (i // 3) + (i % 3) * 10 + (i // -4) + (i % -4) * 7 + i**2 + (k % 5) + abs(i)
    parts = (x % 0.7) + (x // 0.7) + (x % -0.7) + x**3 + x**-2 + i / 7 + abs(x) ** 0.3
    return Point(s.x + whole + parts)


def test_arithmetic_is_that_of_numpy(on_cpu):
    options = {"iterations": 20, "replicates": 9, "metrics": entries(6)}
    eager = run(arithmetic(), quadratic(d=6), engine="eager", **options)
    found = run(arithmetic(), quadratic(d=6), engine="cuda", **options)
    assert (found.engine, found.note) == ("cuda", "")
    for name, values in eager.values.items():
        np.testing.assert_allclose(found.values[name], values, rtol=1e-13)


@pytest.mark.parametrize(
    "eta", [0.1 / D, 0.1 / (D * (k + 1))], ids=["by replicate", "by replicate and iteration"]
)
def test_step_sizes_may_differ_between_replicates(on_cpu, eta):
    options = {"iterations": 30, "replicates": 7, "metrics": [gap]}
    options["start"] = np.random.default_rng(0).normal(size=(7, 10))
    eager = run(gradient_descent(eta=eta), quadratic(), engine="eager", **options)
    found = run(gradient_descent(eta=eta), quadratic(), engine="cuda", **options)
    assert found.engine == "cuda"
    assert np.ndim(found.constants[D])
    close(found.values["gap"], eager.values["gap"], 1e-12)


def test_long_vectors_lie_in_memory_of_the_device(on_cpu):
    problem = noisy(quadratic.make(np.random.default_rng(0), d=300), Gaussian())
    options = {"iterations": 5, "replicates": 3, "metrics": [gap]}
    eager = run(sgd(eta=0.1 / L), problem, engine="eager", **options)
    found = run(sgd(eta=0.1 / L), problem, engine="cuda", **options)
    assert found.engine == "cuda"
    close(found.values["gap"], eager.values["gap"], 1e-12)


# Random numbers ---------------------------------------------------------------------------------


@settings(max_examples=10, suppress_health_check=list(HealthCheck))
@given(nest=st.lists(NESTS, min_size=1, max_size=3))
def test_draws_in_loops_are_those_of_the_eager_engine_to_the_bit(on_cpu, nest):
    options = {"iterations": 7, "replicates": [0, 3, 9], "metrics": entries(6)}
    eager = run(drawing(nest), quadratic(d=6), engine="eager", **options)
    found = run(drawing(nest), quadratic(d=6), engine="cuda", **options)
    assert (found.engine, found.note) == ("cuda", "")
    for name, values in eager.values.items():
        np.testing.assert_array_equal(found.values[name], values)


TO_THE_BIT = {
    "uniform": lambda rng: streams.uniform(rng, 5),
    "normal": lambda rng: streams.normal(rng, 5),
    "student": lambda rng: streams.student(rng, 5, 2.5),
    "rademacher": lambda rng: streams.rademacher(rng, 5),
    "two_point": lambda rng: streams.two_point(rng, 5, 0.3),
    "bernoulli": lambda rng: streams.bernoulli(rng, 0.3, 5),
    "integers": lambda rng: streams.integers(rng, 1000, 5),
    "subset": lambda rng: streams.subset(rng, 9, 5),
    "permutation": lambda rng: streams.subset(rng, 5, 5),
    "one integer": lambda rng: concat(*[streams.integers(rng, 7) for _ in range(5)]),
}
TO_ROUNDING = {
    "heavy student": lambda rng: streams.student(rng, 5, 0.5),
    "pareto": lambda rng: streams.pareto(rng, 5, 1.5),
    "symmetric_pareto": lambda rng: streams.symmetric_pareto(rng, 5, 1.5),
}


@pytest.mark.parametrize("law", [*TO_THE_BIT, *TO_ROUNDING])
def test_draws_are_those_of_the_streams(on_cpu, law, monkeypatch):
    draw = {**TO_THE_BIT, **TO_ROUNDING}[law]

    @algorithm
    def drawing(s, oracle, rng):
        streams.uniform(rng, 3)
        return Point(0.0 * s.x + draw(rng))

    def values(backend, engine):
        trace = run(
            drawing(),
            quadratic(d=5),
            iterations=50,
            replicates=[0, 3, 2**32 - 1],
            key=2**63 + 11,
            metrics=entries(5),
            grid=range(51),
            backend=backend,
            engine=engine,
        )
        assert trace.engine == engine, trace.note
        return np.array(list(trace.values.values()))

    expected = values("numpy", "eager")
    np.testing.assert_allclose(
        values("cupy", "cuda"), expected, rtol=0 if law in TO_THE_BIT else 1e-14
    )
    monkeypatch.setattr(array_api_compat, "is_numpy_namespace", lambda xp: False)
    monkeypatch.setattr(array_api_compat, "is_cupy_namespace", lambda xp: True)
    np.testing.assert_array_equal(values("cupy", "eager"), values("cupy", "cuda"))


# Runs -------------------------------------------------------------------------------------------


def test_launches_and_company_change_no_bit(on_cpu, monkeypatch):
    def values(replicates):
        trace = run(
            remembering(eta=0.1 / (k + 1)),
            quadratic(),
            iterations=50,
            replicates=replicates,
            engine="cuda",
        )
        return trace.values["gap"]

    whole = values(range(40))
    np.testing.assert_array_equal(values([35, 7]), whole[:, [35, 7]])
    monkeypatch.setattr(device, "LAUNCH", 7)
    np.testing.assert_array_equal(values(range(40)), whole)


def test_divergence_is_seen(on_cpu):
    def trace(engine):
        options = {"iterations": 3000, "replicates": 3, "engine": engine}
        return run(gradient_descent(eta=3 / L), quadratic(), **options)

    eager, found = trace("eager"), trace("cuda")
    assert found.engine == "cuda"
    assert found.statuses == eager.statuses == (Status.DIVERGED,) * 3
    close(found.values["gap"], eager.values["gap"])


def test_the_time_limit_holds(on_cpu):
    trace = run(
        gradient_descent(eta=0.1 / L),
        quadratic(),
        iterations=10**9,
        engine="cuda",
        time_limit=0.3,
    )
    assert trace.engine == "cuda"
    assert trace.statuses == (Status.TIMED_OUT,)


def test_one_kernel_serves_all_constants_of_a_dimension(on_cpu):
    made = len(on_cpu.RawKernel.known)
    for curvature in (1.0, 3.0):
        run(gradient_descent(eta=1 / L), quadratic(d=11, L=curvature), iterations=5, engine="cuda")
    assert len(on_cpu.RawKernel.known) == made + 1


def test_what_has_no_kernel_is_an_error(on_cpu):
    @algorithm
    def branching(s, oracle):
        return s if norm(s.x)[0, 0] > 1 else Point(0.5 * s.x)

    told = "branching cannot run on the engine cuda: a Python 'if'"
    with pytest.raises(ConvlabError, match=told):
        run(branching(), quadratic(), iterations=3, engine="cuda")


def test_the_benchmark_compares_the_device_with_the_cpu(on_cpu, monkeypatch, tmp_path, capsys):
    monkeypatch.syspath_prepend("benchmarks")
    gpu = importlib.import_module("gpu")
    monkeypatch.setattr(driver, "THREADS", None)
    found = tmp_path / "rates.json"
    options = ["--replicates", "5", "--work", "200", "--rounds", "1", "--json", str(found)]
    assert gpu.main(options) == 0
    assert {row["workload"] for row in json.loads(found.read_text())} == {"b", "d", "f"}
    assert "2 threads of the CPU" in capsys.readouterr().out


# The text ---------------------------------------------------------------------------------------

PRINTING = """
import cupy_on_cpu, pathlib, pytest, sys
from test_cuda import *
with pytest.MonkeyPatch.context() as patch:
    cupy_on_cpu.install(patch, pathlib.Path(sys.argv[1]))
    for text in texts():
        print(text)
"""


@algorithm
def all_laws(s, oracle, rng):
    """Every law."""
    x = 0.5 * s.x
    for draw in (*TO_THE_BIT.values(), *TO_ROUNDING.values()):
        x = x + 0.1 * draw(rng)
    return Point(x / (1.0 + norm(x)))


def texts():
    """The texts of some kernels."""
    runs = [
        (remembering(eta=0.1), quadratic()),
        (products_of_all_kinds(eta=0.1 / (k + 1)), quadratic()),
        (arithmetic(), quadratic(d=6)),
        (many_noisy(eta=0.1, m=4), quadratic(d=6)),
        (all_laws(), quadratic(d=5)),
        (systems(eta=0.1), quadratic(d=6)),
        (spectral(eta=0.1), quadratic(d=6)),
        (sgd(eta=0.1 / L), noisy(quadratic.make(np.random.default_rng(0), d=300), Gaussian())),
    ]
    with cupy_on_cpu.texts_only() as found:
        for method, problem in runs:
            assert run(method, problem, iterations=0, engine="cuda").engine == "cuda"
    return [cuda.filling(streams.Normal(3)), cuda.filling(streams.Subset(9, 5)), *found]


def test_the_text_is_the_same_in_every_process(on_cpu, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", PRINTING, str(tmp_path)],
        env={**os.environ, "PYTHONHASHSEED": "5", "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "".join(text + "\n" for text in texts())


@pytest.mark.skipif(shutil.which("nvcc") is None, reason="there is no nvcc")
def test_nvcc_compiles_the_text_without_a_warning(on_cpu, tmp_path):
    for i, text in enumerate(texts()):
        source = tmp_path / f"{i}.cu"
        source.write_text(text)
        flags = [*(o for o in cuda.OPTIONS), "-arch=sm_90", "-Werror", "all-warnings", "-cubin"]
        command = ["nvcc", *flags, str(source), "-o", str(tmp_path / "kernel.cubin")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
