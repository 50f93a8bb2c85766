r"""EF21 where features are rare: a longer step than without.

Every f_i depends on at most r coordinates, and at most s n of them on the same one. Then so do
the errors v_i = g_i - grad f_i, Top-1 leaves at most 1 - 1/r of their squared lengths, and their
mean has |v|^2 <= s G with G = (1/n) sum_i |v_i|^2. With t = 1 - sqrt(1 - 1/r) and xi = (1 - t)/t,
G_{k+1} <= (1 - t) G_k + (1 - t)^2/t L_rms^2 |x_{k+1} - x_k|^2, where L_rms^2 |x - y|^2 bounds the
mean of |grad f_i(x) - grad f_i(y)|^2. So f(x_k) + s eta/(2 t) G_k falls by eta/2 |grad f(x_k)|^2 at
least for eta <= 1/(L + sqrt(s) xi L_rms), and as G_0 = 0 the mean of |grad f|^2 is at most
2 Delta/(eta k).
"""

from sympy import Interval, Rational, sqrt

from convlab.algorithms.compressed import (
    compressed_gradient_descent,
    distributed_gradient_descent,
    ef21,
)
from convlab.assumptions import (
    attained,
    distributed,
    rare_features,
    root_mean_square_smooth,
    smooth,
)
from convlab.claims import ordering, upper_bound
from convlab.metrics import gradient_norm_squared, running_mean, until
from convlab.symbols import Delta, L, d, eta, k, n, symbol
from convlab.theorem import Theorem, bound, mutant, step
from problems.distributed import competing_workers, own_features
from theorems.compression.ef21_bits import bits
from theorems.compression.ef21_step_sizes import L_rms

share = symbol("share", "largest share of workers that depend on one coordinate", tex="s")
support = symbol("support", "number of coordinates on which a worker depends", tex="r")
root = sqrt(1 - 1 / support)
longest = 1 / (L + sqrt(share) * root / (1 - root) * L_rms)
mean_bound = 2 * Delta / (eta * k)
assume = [
    distributed(n),
    root_mean_square_smooth(L_rms),
    rare_features(share, support),
    smooth(L),
    attained,
]

theorem = Theorem(
    cite="richtarik2023error",
    assume=assume,
    algorithm=ef21(eta=eta, K=1),
    parameters={eta: Interval.Lopen(0, longest)},
    claims=[upper_bound(running_mean(gradient_norm_squared), mean_bound)],
    tight=[own_features(n=5), own_features(n=5, features=1), competing_workers],
    untested={
        root_mean_square_smooth: "half of L_rms in the step is not refuted by workers at hand"
    },
    iterations=100,
    mutants=[
        bound(mean_bound / 2, "with one feature for each it is gradient descent"),
        step(3 * longest, "with one feature for each it is gradient descent"),
        mutant(
            "no error feedback",
            "the workers compete",
            algorithm=compressed_gradient_descent(eta=eta, K=1),
        ),
    ],
)

fewer = Theorem(
    cite="richtarik2023error",
    title="EF21 where features are rare: fewer bits than gradient descent, in an example.",
    text=r"""With two features for each of ten workers, EF21 with the step 1/(L + sqrt(s) xi L_rms),
xi = sqrt(1 - 1/r)/(1 - sqrt(1 - 1/r)), needs between a quarter and three tenths of the bits of
gradient descent with step 1/L until |grad f|^2 is a millionth of what it was. This is measured, not
proved: the steps and the messages promise 0.18, and the first message, which is whole, comes on
top.""",
    assume=assume,
    algorithm=ef21(eta=longest, K=1),
    claims=[
        ordering(
            until(gradient_norm_squared, 1e-6, cost=bits),
            distributed_gradient_descent(eta=1 / L),
            factor=Rational(3, 10),
        )
    ],
    exists=True,
    on=[own_features],
    iterations=200,
    mutants=[
        bound(Rational(1, 4), "the shorter step and the first message cost something"),
        mutant("whole messages", "they cost d times as much", algorithm=ef21(eta=1 / L, K=d)),
    ],
)
