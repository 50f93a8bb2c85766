"""Accelerated proximal gradient methods."""

from sympy import sqrt

from convlab.algorithms.proximal import fista, momentum_proximal_gradient, proximal_gradient
from convlab.assumptions import attained, proximable_part, smooth_part, strongly_convex_part
from convlab.claims import upper_bound
from convlab.metrics import gap
from convlab.symbols import D, L, k, mu
from convlab.theorem import Theorem, bound, mutant, step
from problems.composite import elastic_net, lasso, smooth_valley, soft_absolute
from theorems.acceleration.nesterov_strongly_convex import energy, energy_at_start

contraction = 1 - sqrt(mu / L)
EXACT = "no family has such a step that is not exact, or an h that is not convex"

convex_sums = Theorem(
    cite="beck2009fast",
    number="Theorem 4.4",
    title="FISTA on sums of a smooth and a convex function: gaps of order 1/k^2.",
    text="""
        With v_k = F(x_k) - F* and u_k = t_k x_(k+1) - (t_k - 1) x_k - x*, the quantity
        (2/L) t_k^2 v_(k+1) + |u_k|^2 never grows, and is at most D^2 for k = 0. With
        t_k >= (k + 2)/2, v_(k+1) <= L D^2/(2 t_k^2) <= 2 L D^2/(k + 2)^2. On s |x| with a small
        slope s the gap comes close to the bound half of the way.
        After k >= 1 steps, v_k <= 2 L D^2/(k + 1)^2.""",
    assume=[smooth_part(L), proximable_part, attained],
    algorithm=fista(eta=1 / L),
    claims=[upper_bound(gap, 2 * L * D**2 / (k + 1) ** 2, when=k > 0)],
    untested={proximable_part: EXACT},
    tight=[soft_absolute(slope=2e-5), lasso],
    mutants=[
        bound(1.9 * L * D**2 / (k + 1) ** 2, "an absolute value comes within 3 %"),
        bound(2 * L * D**2 / (k + 1) ** 2.1, "1/k^2 is the best rate"),
        mutant("no momentum", "slower", algorithm=proximal_gradient(eta=1 / L)),
        step(4 / L, "unstable"),
    ],
)

strongly_convex_sums = Theorem(
    cite="beck2017firstorder",
    number="Theorem 10.42",
    title="Accelerated proximal gradient on strongly convex sums: the rate 1 - sqrt(mu/L).",
    adapted="with the bound on the energy, from its proof, beside that on the gap",
    text="""
        Let q = sqrt(mu/L) and v_k = x_(k-1) + (x_k - x_(k-1))/q. The step from y_k gives, for every
        u, F(x_(k+1)) + L |x_(k+1) - u|^2/2 <= F(u) + (L - mu) |y_k - u|^2/2. Take
        u = (1 - q) x_k + q x*. Then x_(k+1) - u = q (v_(k+1) - x*), and y_k - u is
        q/(1 + q) ((v_k - x*) + q (x_k - x*)), whose square is at most
        q^2/(1 + q) (|v_k - x*|^2 + q |x_k - x*|^2). By strong convexity F(u) is at most
        (1 - q) F(x_k) + q F* - mu q (1 - q) |x_k - x*|^2/2, and the last terms cancel:
        the energy F(x_k) - F* + mu |v_k - x*|^2/2 shrinks by 1 - q = 1 - sqrt(mu/L) in every
        step.""",
    untested={proximable_part: EXACT},
    assume=[smooth_part(L), strongly_convex_part(mu), proximable_part, attained],
    algorithm=momentum_proximal_gradient(
        eta=1 / L, beta=(sqrt(L) - sqrt(mu)) / (sqrt(L) + sqrt(mu))
    ),
    claims=[
        upper_bound(gap, contraction**k * energy_at_start),
        upper_bound(energy, contraction**k * energy_at_start),
    ],
    tight=[smooth_valley, elastic_net],
    mutants=[
        bound(contraction ** (2 * k) * energy_at_start, "a parabola is slower"),
        bound((1 - 2 * sqrt(mu / L)) ** k * energy_at_start, "a parabola is slower"),
        bound(contraction ** (2 * k) * energy_at_start, "a valley is slower", claim=1),
        step(0, "slower without momentum", name="beta"),
    ],
)
