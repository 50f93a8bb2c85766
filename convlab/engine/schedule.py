"""Hyperparameters along a run: formulas in k and the constants, and their values at each k."""

from collections.abc import Mapping
from types import ModuleType
from typing import Any

import numpy as np
import sympy

from convlab import precise, symbols
from convlab.engine.backends import to_numpy
from convlab.formula import evaluate

__all__ = ["Schedule"]

_CHUNK = 1024


class Schedule:
    """Values of formulas at iteration k: floats, integers, or arrays, one number per replicate.

    A formula that is an integer for every k (a batch size, an epoch length) gives Python
    integers. Those that depend on k are evaluated for many iterations at a time. Arrays have as
    many ``axes`` as the iterate, for which they are: ``(R, 1)`` beside vectors, ``(R, 1, 1)``
    beside matrices.
    """

    def __init__(
        self,
        formulas: Mapping[str, Any],
        constants: Mapping[sympy.Symbol, Any],
        xp: ModuleType,
        axes: int = 2,
    ) -> None:
        self._xp = xp
        self.axes = axes
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

    @property
    def steady(self) -> bool:
        """Whether the values are the same at every iteration."""
        return not self._moving

    def at(self, k: int) -> dict[str, Any]:
        """The values at iteration k."""
        if not self._moving:
            return self._fixed
        if self._xp is precise:
            values = self._constants | {symbols.k: precise.mp.mpf(k)}  # type: ignore[operator]
            return self._fixed | {
                n: self._shaped(evaluate(f, values, exact=True), False)
                for n, f in self._moving.items()
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

    def along(self, ks: np.ndarray, replicates: int) -> dict[str, Any]:
        """The values beside states of many iterations, one after the other: numbers or columns.

        A column (K R, 1) has the replicates of the first iteration first.
        """
        if self._xp is precise:
            each = [self.at(int(k)) for k in ks]
            return {n: np.concatenate([_column(v[n], replicates) for v in each]) for n in each[0]}
        found: dict[str, Any] = {}
        for name, value in self._fixed.items():
            fixed = self._xp.reshape(value, (-1, 1)) if np.ndim(value) else value
            found[name] = self._xp.concat([fixed] * len(ks)) if np.ndim(value) else value
        points = np.asarray(ks, dtype=float)
        for name, formula in self._moving.items():
            value = np.asarray(evaluate(formula, {**self._constants, symbols.k: points}))
            rows = np.broadcast_to(value.reshape(-1, len(ks)), (replicates, len(ks)))
            found[name] = self._xp.asarray(np.ascontiguousarray(rows.T).reshape(-1, 1))
        return found

    def forms(self) -> dict[str, tuple[Any, str]]:
        """For each name its value, None if it moves, and form.

        Forms are ``integer``, ``fixed``, ``replicate``, and, of those that move, ``k`` or ``both``.
        """
        several = {s for s, v in self._constants.items() if np.ndim(v)}
        found: dict[str, tuple[Any, str]] = {
            name: (None, "both" if f.free_symbols & several else "k")
            for name, f in self._moving.items()
        }
        for name, value in self._fixed.items():
            if isinstance(value, int):
                found[name] = (value, "integer")
            else:
                found[name] = (value, "replicate" if np.ndim(value) else "fixed")
        return found

    def between(self, name: str, start: int, stop: int) -> Any:
        """A number, (R,) numbers, or (K,) or (R, K) values at iterations ``start`` to ``stop``."""
        if name in self._fixed:
            value = self._fixed[name]
            return np.ascontiguousarray(to_numpy(value).reshape(-1)) if np.ndim(value) else value
        ks = np.arange(start, stop, dtype=float)
        value = np.asarray(evaluate(self._moving[name], {**self._constants, symbols.k: ks}))
        return np.array(np.broadcast_to(value, (*value.shape[:-1], len(ks))), dtype=float)

    def _shaped(self, value: Any, integer: bool | None) -> Any:
        if integer:
            return int(value)
        if isinstance(value, np.ndarray) and value.size > 1:
            return self._xp.asarray(value.reshape(-1, *[1] * (self.axes - 1)))
        value = np.asarray(value).reshape(-1)[0] if isinstance(value, np.ndarray) else value
        if self._xp is precise:
            return precise.mp.mpf(value)
        return float(np.asarray(value).reshape(()))


def _column(value: Any, replicates: int) -> np.ndarray:
    """A number, or one per replicate, as (R, 1)."""
    return np.broadcast_to(np.asarray(value, dtype=object).reshape(-1, 1), (replicates, 1))
