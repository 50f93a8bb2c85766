"""Functions through given points: what the solution of a performance estimation problem becomes.

The parameters of these families are the numbers themselves, and every choice of them is valid: the
minimizer is 0 and the infimum is 0 by construction.
"""

from convlab.interpolated.constrained import parabolas_on_hull, pieces_on_hull
from convlab.interpolated.nonsmooth import affine_pieces, proximable_pieces
from convlab.interpolated.smooth import diagonal, parabolas, parabolas_and_pieces

__all__ = ["FAMILIES"]

FAMILIES = (
    affine_pieces,
    diagonal,
    parabolas,
    parabolas_and_pieces,
    parabolas_on_hull,
    pieces_on_hull,
    proximable_pieces,
)
"""The families, which an instance's text may name without a catalogue."""
