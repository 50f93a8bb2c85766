"""What depends on the iteration alone: its values along a run, branches, indices.

It is known before the kernel runs, so that nothing of it is counted or checked inside.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from convlab.engine.compiled.symbol import Node
from convlab.errors import ConvlabError

__all__ = ["NUMPY", "OWN", "Along", "Around", "Index", "along", "inside", "is_of_iteration"]

NUMPY = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "pow": np.power,
    "neg": np.negative,
    "mod": np.mod,
    "floordiv": np.floor_divide,
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
    "eq": np.equal,
    "ne": np.not_equal,
    "and": np.bitwise_and,
    "or": np.bitwise_or,
    "not": np.logical_not,
}
"""Operations that are carried out when a step is traced, or before it runs."""
OWN = ("replicate", "both")
"""Forms of hyperparameters that differ between replicates."""

Along = Callable[[np.ndarray], Any]
"""Values at consecutive iterations."""


Around = tuple[tuple[Node, bool], ...]
"""Branches on the iteration, from the outside in: predicates, and on which side of them."""


class Index(NamedTuple):
    """An index that is a function of the iteration, along an axis of length n.

    ``around`` says at which iterations it is read.
    """

    value: Along
    n: int
    text: str
    around: Callable[[np.ndarray], np.ndarray]

    def check(self, ks: np.ndarray) -> None:
        """Raise ConvlabError where it leaves the axis; -n to -1 count from the end."""
        values = np.broadcast_to(self.value(ks), ks.shape)
        wrong = np.flatnonzero(self.around(ks) & ((values < -self.n) | (values >= self.n)))
        if len(wrong):
            k, i = ks[wrong[0]], values[wrong[0]]
            raise ConvlabError(
                f"an index out of range: {i} at iteration {k}, along an axis of length {self.n} "
                f"of an array of shape {self.text}; repeat the data with k % {self.n}, or run "
                "fewer iterations"
            )


def is_of_iteration(node: Node) -> bool:
    """Whether the value is a function of the iteration alone."""
    if node.args:
        return node.op in NUMPY and all(map(is_of_iteration, node.args))
    return node.op in ("k", "const") or (node.op == "hyper" and node.data[1] not in OWN)


def along(node: Node, hyper: Mapping[str, Callable[[int, int], Any]]) -> Along:
    """The values of such a node; ``hyper`` gives hyperparameters between two iterations."""

    def at(node: Node, ks: np.ndarray) -> Any:
        if node.op == "k":
            return ks
        if node.op == "const":
            return node.data
        if node.op == "hyper":
            return hyper[node.data[0]](ks[0], ks[-1] + 1)
        return NUMPY[node.op](*(at(a, ks) for a in node.args))

    return lambda ks: at(node, ks)


def inside(around: Around, hyper: Mapping[str, Callable[[int, int], Any]]) -> Along:
    """Whether an iteration is on these sides of the branches."""
    branches = [(along(predicate, hyper), side) for predicate, side in around]

    def holds(ks: np.ndarray) -> np.ndarray:
        found = np.ones(len(ks), dtype=bool)
        for predicate, side in branches:
            found &= np.asarray(predicate(ks), dtype=bool) == side
        return found

    return holds
