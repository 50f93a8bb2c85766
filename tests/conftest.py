"""Backends for tests, and a line in the report that says which of them really ran."""

import cupy_on_cpu
import hypothesis
import pytest

from convlab.engine.backends import BACKENDS, unavailable
from convlab.streams import cuda

hypothesis.settings.register_profile("reproducible", derandomize=True, deadline=None)
hypothesis.settings.load_profile("reproducible")


@pytest.fixture(params=BACKENDS)
def backend(request):
    """Each array backend; skipped with the reason where it cannot be used."""
    reason = unavailable(request.param)
    if reason:
        pytest.skip(f"{request.param}: {reason}")
    return request.param


@pytest.fixture(scope="module")
def on_cpu(tmp_path_factory):
    """Kernels run on the CPU, in the place of a device."""
    if cupy_on_cpu.COMPILER is None:
        pytest.skip("there is no C++ compiler")
    cuda.compiled.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        cupy_on_cpu.install(patch, tmp_path_factory.mktemp("kernels"))
        yield cupy_on_cpu
    cuda.compiled.cache_clear()


def pytest_terminal_summary(terminalreporter):
    """Say on which backends tests ran."""
    passed = [report.nodeid for report in terminalreporter.stats.get("passed", [])]
    lines = []
    for name in BACKENDS:
        ran = sum(f"[{name}" in node for node in passed)
        reason = unavailable(name)
        lines.append(f"{name}: " + (f"{ran} tests ran" if reason is None else f"skipped, {reason}"))
    terminalreporter.write_line("array backends: " + "; ".join(lines))
