r"""EF21, with the bits that a worker sends in the place of the iterations.

A worker first sends its whole gradient, 64 d bits, and then in every iteration one entry of 64 bits
and its place, which takes c = ceil(log_2 d) bits. After k iterations that are k (64 + c) bits, and
the mean of |grad f|^2 is at most 2 Delta/(eta k) for eta <= 1/(L + xi L_avg), with
xi = sqrt(1 - 1/d)/(1 - sqrt(1 - 1/d)). So the mean squared gradient, times the bits sent after the
first message, is at most 2 (64 + c) Delta/eta.
"""

from sympy import Interval, ceiling, log, sqrt

from convlab.algorithms.compressed import compressed_gradient_descent, ef21
from convlab.assumptions import average_smooth, bounded_below, distributed, smooth
from convlab.claims import identity, upper_bound
from convlab.metrics import gradient_norm_squared, metric
from convlab.symbols import Delta, L, L_avg, d, eta, k, n
from convlab.theorem import Theorem, bound, mutant, step
from convlab.vocabulary import full_scalar, maximum
from problems.distributed import competing_workers, sharp_worker
from theorems.compression.ef21 import SLACK

xi = sqrt(1 - 1 / d) / (1 - sqrt(1 - 1 / d))
longest = 1 / (L + xi * L_avg)
message = 64 + ceiling(log(d, 2))


@metric("bits", r"\mathrm{bits}")
def bits(s, oracle):
    """What one worker has sent so far."""
    return s.bits


@metric(
    "mean squared gradient x bits",
    r"(b_k - b_0) \, \frac{1}{k} \sum_{i < k} \|\nabla f(x_i)\|^2",
    init=lambda s, oracle: (full_scalar(s.x, 0.0), full_scalar(s.x, 0.0), s.bits),
    update=lambda memory, s, oracle: (
        memory[0] + gradient_norm_squared.read(s, oracle),
        memory[1] + 1,
        memory[2],
    ),
    letters={"b_k": "the bits that one worker has sent by iteration k", "b_0": "those at first"},
)
def cost(s, oracle, memory):
    """The mean squared gradient so far, times the bits sent after the first message."""
    squares, rounds, first = memory
    return (s.bits - first) * squares / maximum(rounds, 1.0)


most = 2 * message * Delta / eta

theorem = Theorem(
    cite="richtarik2024error",
    assume=[distributed(n), average_smooth(L_avg), smooth(L), bounded_below],
    algorithm=ef21(eta=eta, K=1),
    parameters={eta: Interval.Lopen(0, longest)},
    claims=[upper_bound(cost, most), identity(bits, 64 * d + message * k)],
    tight=[sharp_worker, sharp_worker(d=1, n=2), competing_workers],
    loose=(
        "by 1.05 for more than one coordinate: the bits of a place, log_2 d beside 64, are not "
        "needed in the first claim, and are tested by the second"
    ),
    untested={average_smooth: SLACK},
    iterations=200,
    mutants=[
        bound(most / 2, "with one coordinate it is gradient descent, and comes to all of it"),
        bound(64 * (d + k), "the place of an entry is sent as well", claim=1),
        step(5 * longest, "one sharp worker makes it diverge"),
        mutant(
            "no error feedback",
            "the workers compete",
            algorithm=compressed_gradient_descent(eta=eta, K=1),
        ),
    ],
)
