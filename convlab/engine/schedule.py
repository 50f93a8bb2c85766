"""Hyperparameters along a run: formulas in k and the constants, and their values at each k."""

from collections.abc import Mapping
from types import ModuleType
from typing import Any

import numpy as np
import sympy

from convlab import precise, symbols
from convlab.formula import evaluate

__all__ = ["Schedule"]

_CHUNK = 1024


class Schedule:
    """Values of formulas at iteration k: floats, integers, or ``(R, 1)`` arrays.

    A formula that is an integer for every k (a batch size, an epoch length) gives Python
    integers. Those that depend on k are evaluated for many iterations at a time.
    """

    def __init__(
        self, formulas: Mapping[str, Any], constants: Mapping[sympy.Symbol, Any], xp: ModuleType
    ) -> None:
        self._xp = xp
        self._constants = constants
        self._fixed: dict[str, Any] = {}
        self._moving: dict[str, sympy.Expr] = {}
        self._chunk: dict[str, Any] = {}
        self._from = -1
        for name, formula in formulas.items():
            formula = sympy.sympify(formula)
            if symbols.k in formula.free_symbols:
                self._moving[name] = formula
            else:
                value = evaluate(formula, constants, exact=xp is precise)
                self._fixed[name] = self._shaped(value, formula.is_integer)

    def at(self, k: int) -> dict[str, Any]:
        """The values at iteration k."""
        if not self._moving:
            return self._fixed
        if self._xp is precise:
            values = self._constants | {symbols.k: precise.mp.mpf(k)}  # type: ignore[operator]
            return self._fixed | {
                n: evaluate(f, values, exact=True) for n, f in self._moving.items()
            }
        start = k - k % _CHUNK
        if start != self._from:
            ks = np.arange(start, start + _CHUNK, dtype=float)[:, None, None]
            values = {**self._constants, symbols.k: ks}
            for name, formula in self._moving.items():
                value = np.asarray(evaluate(formula, values))
                self._chunk[name] = value[:, 0, 0].tolist() if value.shape[1] == 1 else value
            self._from = start
        return self._fixed | {n: self._shaped(v[k - start], False) for n, v in self._chunk.items()}

    def _shaped(self, value: Any, integer: bool | None) -> Any:
        if integer:
            return int(value)
        if isinstance(value, np.ndarray) and value.size > 1:
            return self._xp.asarray(value)
        if self._xp is precise:
            return precise.mp.mpf(value)
        return float(np.asarray(value).reshape(()))
