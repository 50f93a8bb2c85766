"""Forward-backward Gaussian inference of a log-smooth target: its squared speed is like 1/k.

Let z be the image of x ~ x_k under the step. The potential is L-smooth, and the entropy convex
along the generalized geodesic from x_(k+1) to x_k over the point between, so
F(x_k) - F(x_(k+1)) >= (1/eta - L/2) E |z - x|^2, and W(x_k, x_(k+1))^2 <= E |z - x|^2. The squared
speeds W/eta hence have a mean of at most Delta/(eta k (1 - eta L/2)). Derived here: the source has
the order 1/k for the squared Bures-Wasserstein gradient. For short steps the run is a gradient
flow, and the bound is attained by one that arrives.
"""

from sympy import Interval, Rational

from convlab.algorithms.variational import bures_gradient_descent, forward_backward
from convlab.assumptions import bounded_below, log_smooth
from convlab.claims import upper_bound
from convlab.metrics import metric
from convlab.symbols import Delta, L, eta, k
from convlab.theorem import Theorem, bound, mutant
from convlab.vocabulary import (
    eigh,
    flat,
    full_scalar,
    matmul,
    maximum,
    split,
    sqnorm,
    sqrt,
    total,
    trace,
    transpose,
)
from problems.gaussian_targets import gaussian, wells


def between(x, y):
    """The squared Wasserstein distance of two Gaussians."""
    (S, m), (R, n) = split(x, x.shape[-2]), split(y, y.shape[-2])
    values, vectors = eigh(S)
    root = matmul(vectors * sqrt(maximum(values, 0.0))[:, None, :], transpose(vectors))
    middle = eigh(matmul(matmul(root, R), root))[0]
    return sqnorm(flat(m - n)) + trace(S) + trace(R) - 2 * total(sqrt(maximum(middle, 0.0)))


@metric(
    "mean squared speed",
    r"\tfrac{1}{k} \sum_{i < k} W_2(x_i, x_{i+1})^2 / \eta^2",
    init=lambda s, oracle: (s.x, full_scalar(s.x, 0.0)),
    update=lambda memory, s, oracle, **_: (s.x, memory[1] + between(memory[0], s.x)),
    weights={"eta": eta, "k": k},
)
def mean_squared_speed(s, oracle, memory, *, eta, k):
    """The mean over the steps so far of the squared distance covered, in units of eta^2."""
    return (memory[1] + between(memory[0], s.x)) / (eta**2 * maximum(k, 1.0))


value = Delta / (eta * k * (1 - eta * L / 2))

theorem = Theorem(
    cite="diao2023forward",
    assume=[log_smooth(L), bounded_below],
    algorithm=forward_backward(eta=eta),
    parameters={eta: Interval.Lopen(0, 1 / L)},
    claims=[upper_bound(mean_squared_speed, value)],
    tight=[wells, gaussian],
    iterations=200,
    mutants=[
        bound(Rational(2, 3) * value, "a run that arrives spends all of Delta"),
        bound(value / k, "and spends it no faster"),
        mutant(
            "explicit steps",
            "from a small covariance they overshoot",
            algorithm=bures_gradient_descent(eta=eta),
        ),
    ],
)
