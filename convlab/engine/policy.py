"""Which engine runs: the step itself, or a kernel made of it."""

import math
import traceback
from pathlib import Path
from typing import Any

from convlab.algorithm import Method
from convlab.engine.backends import unavailable
from convlab.engine.compiled.symbol import Uncompiled, Untraceable
from convlab.engine.task import Task
from convlab.errors import ConvlabError

__all__ = ["ENGINES", "backend_of", "choose"]

ENGINES = ("auto", "eager", "compiled", "cuda")
"""The names of engines."""

COMPILE, LOAD = 0.6, 5e-3
"""Seconds of eager work for which a kernel is compiled, or one from the disk is loaded.

Measured on the 2,800 runs of the catalogue's quick profile: to trace a step takes 1.5 ms, to load
its kernel 5 ms, once in a process; to compile it 0.5 to 0.8 s. Runs below 5 ms by the guess take as
long eagerly as compiled, those of 5 to 10 ms a third longer, those above a second thirty times.
"""


def backend_of(engine: str, backend: str) -> str:
    """The backend on which an engine runs: cuda brings CuPy along.

    Raises ConvlabError where there is no engine of that name, no device for it, or where it does
    not run on that backend.
    """
    if engine not in ENGINES:
        raise ConvlabError(f"unknown engine '{engine}'; choose one of {', '.join(ENGINES)}")
    if engine != "cuda":
        return backend
    if backend not in ("numpy", "cupy"):
        raise ConvlabError(f"engine cuda runs on cupy, not on {backend}")
    if reason := unavailable("cupy"):
        raise ConvlabError(f"engine cuda cannot be used: {reason}")
    return "cupy"


def choose(engine: str, backend: str, eager: Any, task: Task) -> tuple[Any, str]:
    """The engine to use, and, where ``auto`` would compile and cannot, why.

    ``auto`` loads a kernel that is on the disk where the eager run would take longer than loading.
    It compiles one as soon as all the eager runs that could have used it, in this process or before
    it, take longer than compiling, so compiling costs at most as much as the eager runs before it.
    Raises ConvlabError where ``compiled`` or ``cuda`` was asked for and cannot be had.
    """
    if engine == "eager":
        return eager, ""
    if engine != "cuda" and backend != "numpy":
        if engine == "compiled":
            raise ConvlabError(f"the compiled engine runs on numpy, not on {backend}")
        return eager, ""
    seconds = math.inf if engine != "auto" else task.eager_seconds()
    if seconds < LOAD:
        return eager, ""
    try:
        # Numba takes its time: it is imported when a kernel is asked for, and not before.
        if engine == "cuda":
            from convlab.engine.compiled import device

            return device.CudaStepper.of(task), ""
        from convlab.engine.compiled import driver

        worth = COMPILE if engine == "auto" else 0.0
        return driver.CompiledStepper.of(task, worth=worth) or eager, ""
    except ConvlabError as error:
        raise ConvlabError(f"{error}{_place(error, task.method)}") from error
    except Exception as error:
        name, reason = task.method.algorithm.name, _reason(error, task.method)
        if engine == "auto":
            return eager, f"{name} runs eagerly: {reason}"
        raise ConvlabError(f"{name} cannot run on the engine {engine}: {reason}") from error


def _reason(error: Exception, method: Method) -> str:
    """Why a step cannot be compiled, with its line."""
    explained = isinstance(error, Untraceable | Uncompiled | PermissionError)
    what = str(error) if explained else f"{type(error).__name__}: {error}"
    return f"{what.splitlines()[0]}{_place(error, method)}"


def _place(error: Exception, method: Method) -> str:
    """The line of the step in which it happened, and what stands there."""
    file = method.algorithm.step.__code__.co_filename
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == file]
    if not frames:
        return ""
    return f" (line {frames[-1].lineno} of {Path(file).name}: {frames[-1].line})"
