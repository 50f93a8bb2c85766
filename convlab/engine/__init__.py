"""The engine: runs a method on a problem and records metrics along the way."""

from convlab.engine.conditional import AFTER, run_conditional
from convlab.engine.context import Context, log_grid
from convlab.engine.draws import NotClosed
from convlab.engine.moments import run_moments
from convlab.engine.recorder import HUGE
from convlab.engine.replay import repeats, require_independence, rest
from convlab.engine.run import run
from convlab.engine.trace import Status, Trace, merge

__all__ = [
    "AFTER",
    "HUGE",
    "Context",
    "NotClosed",
    "Status",
    "Trace",
    "log_grid",
    "merge",
    "repeats",
    "require_independence",
    "rest",
    "run",
    "run_conditional",
    "run_moments",
]
