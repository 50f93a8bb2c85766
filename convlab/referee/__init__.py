"""The referee: the exact worst case of a theorem for a few iterations, by performance estimation.

It needs the extra ``pep``: PEPit, and the solver Clarabel through CVXPY.
"""

from convlab.referee.verdicts import ITERATIONS, Exact, exact, require_installed, worst_cases

__all__ = ["ITERATIONS", "Exact", "exact", "require_installed", "worst_cases"]
