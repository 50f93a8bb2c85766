"""Kernels on disk: found again, shared between processes, and never trusted."""

import hashlib
import hmac
import json
import os
import pickle
import platform
import re
import subprocess
import sys
import time
from pathlib import Path

import numba
import numpy as np
import pytest
from click.testing import CliRunner
from test_compiled_operations import backtracking, bowl, counted, many_noisy, shared, spectral

from convlab.algorithms.gradient import gradient_descent
from convlab.cli import main
from convlab.engine import run
from convlab.engine.compiled import cache, driver
from convlab.errors import ConvlabError
from convlab.symbols import L, k
from problems.quadratics import quadratic


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder for kernels; none is known from before."""
    monkeypatch.setenv("CONVLAB_CACHE", str(tmp_path))
    cache.compiled.cache_clear()
    yield tmp_path
    cache.compiled.cache_clear()


def values(eta=0.3):
    """Those of a run whose kernel is looked up anew."""
    cache.compiled.cache_clear()
    trace = run(
        gradient_descent(eta=eta), quadratic(), iterations=30, replicates=2, engine="compiled"
    )
    assert trace.engine == "compiled", trace.note
    return trace.values["gap"]


DAMAGES = {
    "empty": lambda content: b"",
    "cut": lambda content: content[: content.rstrip().rindex(b"\n") + 1],
    "a changed byte": lambda content: content[:-99] + bytes([content[-99] ^ 1]) + content[-98:],
    "longer": lambda content: content + b"\n",
}


@pytest.mark.parametrize("suffix", [".py", ".code"])
def test_a_corrupt_file_is_made_anew(suffix, folder):
    first = values()
    (file,) = folder.glob(f"*{suffix}")
    for damage in DAMAGES.values():
        sound = file.read_bytes()
        file.write_bytes(damage(sound))
        np.testing.assert_array_equal(values(), first)
        np.testing.assert_array_equal(values(), first)  # and what was made is sound
        (text,) = folder.glob("*.py")
        assert sum(sys.modules[text.stem].kernel.stats.cache_hits.values()) == 1
        assert suffix == ".code" or file.read_bytes() == sound


def test_machine_code_of_another_kernel_is_not_taken_for_it(folder):
    first = values()
    (file,) = folder.glob("*.code")
    values(eta=0.3 / (k + 1))
    (other,) = set(folder.glob("*.code")) - {file}
    file.write_bytes(other.read_bytes())
    np.testing.assert_array_equal(values(), first)


class Planted:
    """What runs code when it is unpickled."""

    def __reduce__(self):
        return exec, ("import numpy; numpy.planted = True",)


def test_machine_code_that_somebody_else_has_put_there_is_not_loaded(folder):
    """It has the digest that everybody can make, and that of another user's secret."""
    first = values()
    (file,) = folder.glob("*.code")
    data = pickle.dumps(Planted())
    named = file.name.encode() + data
    for digest in (hashlib.sha256(named).digest(), hmac.digest(b"another", named, "sha256")):
        file.write_bytes(digest + data)
        np.testing.assert_array_equal(values(), first)
        assert not hasattr(np, "planted")
    pickle.loads(data)
    assert np.planted  # it would have run
    del np.planted


@pytest.mark.parametrize(
    ("name", "mode", "what"), [("", 0o777, "write"), ("secret", 0o644, "read")]
)
def test_what_others_can_reach_is_not_used(name, mode, what, folder, monkeypatch):
    values()
    cache._secret.cache_clear()
    (folder / name).chmod(mode)
    with pytest.raises(ConvlabError, match=f"others can {what}.* run chmod go= "):
        values()
    long = run(gradient_descent(eta=0.3), quadratic(), iterations=30_000, engine="auto")
    assert (long.engine, "others can" in long.note) == ("eager", True)
    (folder / name).chmod(0o700)
    values()


def test_a_folder_is_made_for_its_owner_only(folder, monkeypatch):
    monkeypatch.setenv("CONVLAB_CACHE", str(folder / "new"))
    values()
    assert (folder / "new").stat().st_mode & 0o777 == 0o700
    assert (folder / "new" / "secret").stat().st_mode & 0o777 == 0o600


def test_what_was_not_used_for_long_is_removed(folder, monkeypatch):
    values()
    (code,) = folder.glob("*.code")
    (text,) = folder.glob("*.py")
    names = {code.name, text.name}
    assert cache.contents().kernels == 1
    ago = time.time() - 61 * 86400
    for file in (code, text):
        os.utime(file, (ago, ago))
    values()  # it is used, and counts as new
    cache.prune()
    assert names <= {f.name for f in folder.iterdir()}
    os.utime(text, (ago, ago))
    cache.prune()
    assert (text.exists(), code.exists()) == (False, True)
    monkeypatch.setattr(cache, "BYTES", 10)
    cache.prune()
    assert cache.contents()[:2] == (0, 0)
    values()


def test_the_command_shows_the_cache_and_prunes_it(folder):
    def told(*options):
        return CliRunner().invoke(main, ["cache", *options]).output.strip()

    assert told() == f"{folder}: 0 kernels, 0.0 MB"
    values()
    assert re.fullmatch(rf"{folder}: 1 kernel, \d+\.\d MB; the oldest was used today", told())
    for file in folder.glob("convlab_kernel_*"):
        os.utime(file, (0, 0))
    assert told("--prune") == f"{folder}: 0 kernels, 0.0 MB"


def test_a_corrupt_account_of_eager_runs_begins_anew(folder):
    assert cache.seconds_without("text", 0.5) == 0.5
    assert cache.seconds_without("text", 0.25) == 0.75
    (file,) = folder.glob("*.seconds")
    for garbage in (b"0.5\n0.2\xff", b"\x00\x00", b"half a second"):
        file.write_bytes(garbage)
        assert cache.seconds_without("text", 0.5) == 0.5
        assert cache.seconds_without("text", 0.5) <= 1.0


@pytest.mark.parametrize("library", [np, numba, platform])
def test_a_kernel_of_another_version_is_another_file(library, monkeypatch):
    here = cache._place("text")
    if library is platform:
        monkeypatch.setattr(platform, "python_version", lambda: "3.99")
    else:
        monkeypatch.setattr(library, "__version__", "99")
    monkeypatch.setattr(cache, "_versions", cache._versions.__wrapped__)
    assert cache._place("text") != here


@pytest.mark.parametrize("changed", [None, "matrices", "primitives", "products"])
def test_a_kernel_that_calls_changed_functions_is_another_file(changed, tmp_path, monkeypatch):
    here = cache._place("text")
    for name in ("matrices", "primitives", "products"):
        source = Path(cache.__file__).with_name(f"{name}.py").read_text()
        (tmp_path / f"{name}.py").write_text(source + "\n" * (name == changed))
    monkeypatch.setattr(cache, "__file__", str(tmp_path / "cache.py"))
    monkeypatch.setattr(cache, "_versions", cache._versions.__wrapped__)
    assert (cache._place("text") == here) == (changed is None)


def test_one_kernel_serves_all_dimensions_and_constants(folder):
    for d, curvature in ((4, 1.0), (9, 3.0), (17, 0.5)):
        method, problem = gradient_descent(eta=1 / L), quadratic(d=d, L=curvature)
        assert run(method, problem, iterations=5, engine="compiled").engine == "compiled"
    assert len(list(folder.glob("*.py"))) == 1


def test_auto_compiles_once_eager_runs_have_taken_as_long_and_then_uses_the_kernel(folder):
    engines = [
        run(gradient_descent(eta=0.3), quadratic(), iterations=n, engine="auto").engine
        for n in (20, 20000, 20000, 20000, 20, 1000)
    ]
    assert engines == ["eager", "eager", "eager", "compiled", "eager", "compiled"]


# Several processes ------------------------------------------------------------------------------


def texts():
    """The texts of some kernels, which are not compiled."""
    found = []
    steps = backtracking(eta=1.0), counted(eta=0.1 / (k + 1)), many_noisy(eta=0.1, m=4)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(driver, "compiled", found.append)
        for method in (*steps, spectral(eta=0.1), shared(eta=0.1)):
            with pytest.raises(ConvlabError):  # what was appended is no kernel
                run(method, bowl, iterations=0, engine="compiled")
    assert len(found) == 5
    return found


def report():
    """What a process finds: the texts, and the values of a run with a kernel from the folder."""
    return json.dumps([texts(), values().tolist()])


def test_processes_that_compile_at_once_make_the_same_kernels_with_the_same_values(folder):
    command = [sys.executable, "-c", "from test_kernel_cache import report; print(report())"]
    paths = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    running = [
        subprocess.Popen(
            command,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": paths},
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed in ("1", "2")
    ]
    own = report()
    assert [process.communicate()[0].strip() for process in running] == [own, own]
    kept = sorted(f.suffix or f.name for f in folder.iterdir() if f.is_file())
    assert kept == [".code", ".py", "secret"]
