"""Factorizations on symbols: the names of the array-API extension ``linalg``.

A factorization is one node, whose entries are all its factors, one after the other; the factors are
views of it. Those of the problem's own matrices are computed when the step is traced, and become
data of the kernel.
"""

from typing import Any

import numpy as np

from convlab.engine.compiled import matrices
from convlab.engine.compiled.graph import Graph
from convlab.engine.compiled.symbol import Node, Sym, shown
from convlab.errors import ConvlabError

__all__ = ["ROOM", "Linalg"]

_SIZES = {
    "lu": lambda m, n: n * n + n,
    "cholesky": lambda m, n: n * n,
    "eigh": lambda m, n: n + n * n,
    "svd": lambda m, n: (m + n + 1) * min(m, n),
    "qr": lambda m, n: (m + n) * min(m, n),
}
"""How many numbers the result of a factorization of an (m, n) matrix has."""
ROOM = {
    "lu": lambda m, n: 0,
    "cholesky": lambda m, n: 0,
    "eigh": lambda m, n: 2 * n * n,
    "svd": lambda m, n: (m + n) * min(m, n),
    "qr": lambda m, n: m * n,
}
"""How many more it needs to work."""

_SQUARE = {"lu": "solve", "cholesky": "cholesky", "eigh": "eigh"}


class Linalg:
    """The factorizations of a graph."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._known: dict[tuple[str, Node], Sym] = {}

    def solve(self, A: Sym, b: Sym) -> Sym:
        """Solutions for matrices of right-hand sides; b ``(n, m)`` where A is shared, too."""
        if A.shape[-1] != b.shape[-2]:
            raise ConvlabError(f"shapes do not match: solve with {shown(A.shape, b.shape)}")
        factors = self._factor("lu", A)
        if A.ndim == 2 and b.ndim == 2:  # columns are replicates, of which a graph has one
            shape = (1, *b.shape)
            found = self._graph.node("solve", (factors, self._lifted(b)), shape, "f")
            return self._graph.reshape(found, b.shape)
        return self._graph.node("solve", (factors, self._graph.astype(b, float)), b.shape, "f")

    def cholesky(self, A: Sym) -> Sym:
        """Lower triangular factors."""
        return self._part(self._factor("cholesky", A), 0, A.shape)

    def eigh(self, A: Sym) -> tuple[Sym, ...]:
        """Eigenvalues, ascending, and eigenvectors."""
        *batch, n, _ = A.shape
        found = self._factor("eigh", A)
        return self._part(found, 0, (*batch, n)), self._part(found, n, A.shape)

    def svd(self, A: Sym, full_matrices: bool = False) -> tuple[Sym, ...]:
        """``U``, singular values, descending, and ``V^T``, thin."""
        *batch, m, n = A.shape
        p, found = min(m, n), self._factor("svd", A)
        return (
            self._part(found, 0, (*batch, m, p)),
            self._part(found, m * p, (*batch, p)),
            self._part(found, m * p + p, (*batch, p, n)),
        )

    def qr(self, A: Sym) -> tuple[Sym, ...]:
        """``Q`` and ``R``, thin."""
        *batch, m, n = A.shape
        p, found = min(m, n), self._factor("qr", A)
        return self._part(found, 0, (*batch, m, p)), self._part(found, m * p, (*batch, p, n))

    def _factor(self, name: str, A: Sym) -> Sym:
        """All factors in one row, ``(1, size)``."""
        if (name, A.node) not in self._known:
            m, n = A.shape[-2:]
            if name in _SQUARE and m != n:
                raise ConvlabError(
                    f"shapes do not match: {_SQUARE[name]} of {shown(A.shape)}; the matrix must "
                    "be square"
                )
            size = _SIZES[name](m, n)
            value = self._graph.value(A.node)
            if value is None:
                lifted = self._lifted(A)
                found = self._graph.node("factor", (lifted,), (1, size), "f", name)
            else:
                found = self._graph.parameter(_computed(name, value, size))
            self._known[name, A.node] = found
        return self._known[name, A.node]

    def _lifted(self, A: Sym) -> Sym:
        A = self._graph.astype(A, float)
        return A if A.ndim == 3 else self._graph.broadcast_to(A, (1, *A.shape))

    def _part(self, found: Sym, start: int, shape: tuple[int, ...]) -> Sym:
        size = int(np.prod(shape))
        return self._graph.reshape(found[..., start : start + size], shape)


def _computed(name: str, value: Any, size: int) -> np.ndarray:
    m, n = value.shape
    out = np.empty(size + (m + n) * (m + n))
    flat = np.ascontiguousarray(value, dtype=float).ravel()
    getattr(matrices, name)(flat, 0, m, n, out, 0)
    return out[:size].copy()
