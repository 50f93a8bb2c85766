"""Claims: what theorems say of metrics, and how each kind is judged."""

from convlab.claims.base import (
    Basis,
    Bench,
    Claim,
    Evidence,
    Finding,
    Relation,
    Setting,
    Verdict,
    Witness,
)
from convlab.claims.bounds import lower_bound, stays_away, upper_bound
from convlab.claims.drift import drift
from convlab.claims.limits import limit, threshold
from convlab.claims.rates import exponent, linear_rate
from convlab.claims.relations import identity, ordering, potential
from convlab.claims.sweeps import complexity, scaling

__all__ = [
    "Basis",
    "Bench",
    "Claim",
    "Evidence",
    "Finding",
    "Relation",
    "Setting",
    "Verdict",
    "Witness",
    "complexity",
    "drift",
    "exponent",
    "identity",
    "limit",
    "linear_rate",
    "lower_bound",
    "ordering",
    "potential",
    "scaling",
    "stays_away",
    "threshold",
    "upper_bound",
]
