"""The precision of all 50-digit numbers."""

from typing import Any

import numpy as np
from mpmath import MPContext

__all__ = ["DIGITS", "mp"]

DIGITS = 50
"""Decimal digits."""


class _Context(MPContext):
    """mpmath's numbers, which meet arrays: theirs is the operation then, entry by entry."""

    def __init__(self) -> None:
        super().__init__()
        self.dps = DIGITS

    def npconvert(self, x: Any) -> Any:
        """A NumPy number; mpmath would print an array before it refuses it."""
        if isinstance(x, np.ndarray):
            raise TypeError("an array is not a number")
        return super().npconvert(x)


mp = _Context()
"""The numbers, ``mp.mpf``, and the functions of mpmath at this precision."""
