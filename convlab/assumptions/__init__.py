"""The assumptions of the catalogue, each with a test that a problem declaring it must pass."""

from convlab.assumptions import finite_sums, functions, noise, online, sets_and_sums
from convlab.assumptions.finite_sums import *
from convlab.assumptions.functions import *
from convlab.assumptions.noise import *
from convlab.assumptions.online import *
from convlab.assumptions.sets_and_sums import *

__all__ = [
    *finite_sums.__all__,
    *functions.__all__,
    *noise.__all__,
    *online.__all__,
    *sets_and_sums.__all__,
]
