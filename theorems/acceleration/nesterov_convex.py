"""Nesterov's accelerated gradient method on smooth convex functions.

Let v_k = f(x_k) - f* and u_k = t_k x_k - (t_k - 1) x_(k-1) - x*. A step of length eta <= 1/L from
x_k + (t_k - 1)/t_(k+1) (x_k - x_(k-1)) gives
2 eta t_(k+1)^2 v_(k+1) + |u_(k+1)|^2 <= 2 eta (t_(k+1)^2 - t_(k+1)) v_k + |u_k|^2.
"""

from sympy import Interval

from convlab.algorithms.accelerated import accelerated_gradient, nesterov_momentum
from convlab.assumptions import attained, convex, smooth
from convlab.claims import potential, upper_bound
from convlab.metrics import gap
from convlab.symbols import D, L, eta, k
from convlab.theorem import Theorem, bound, step, without
from convlab.vocabulary import sqnorm
from problems.huber import huber_accelerated
from problems.nonconvex import hilltop
from problems.quadratics import parabola


def energy(s, oracle, L):
    """(2/L) t_k^2 v_k + |u_k|^2, where t_k^2 = t_(k+1)^2 - t_(k+1)."""
    u = s.x + s.t * (s.y - s.x) - oracle.x_star
    return 2 / L * s.t * (s.t - 1) * (oracle.value(s.x) - oracle.f_star) + sqnorm(u)


fista = Theorem(
    cite="beck2009fast",
    number="Theorem 4.4",
    adapted="without a nonsmooth part; with the potential of the proof beside the bound",
    title="Nesterov's accelerated gradient method on smooth convex functions: gaps of order 1/k^2.",
    text="""With v_k = f(x_k) - f* and u_k = t_k x_k - (t_k - 1) x_(k-1) - x*, (2/L) t_k^2 v_k +
    |u_k|^2 never grows, t_(k+1)^2 - t_(k+1) being t_k^2. It begins with D^2, and t_k >= (k + 1)/2.
    On a Huber function whose kink the run does not reach, the gap is close to the bound: f(x_k) -
    f* <= 2 L D^2/(k + 1)^2.""",
    assume=[convex, smooth(L), attained],
    algorithm=accelerated_gradient(eta=1 / L),
    claims=[
        upper_bound(gap, 2 * L * D**2 / (k + 1) ** 2),
        potential(
            "energy",
            r"\tfrac{2}{L} t_k^2 (f(x_k) - f^\star) + \|t_k x_k - (t_k - 1) x_{k-1} - x^\star\|^2",
            energy,
            L=L,
        ),
    ],
    tight=[huber_accelerated, parabola(steep=True)],
    iterations=200,
    mutants=[
        bound(L * D**2 / (k + 1) ** 2, "a Huber function comes close to the bound"),
        bound(0.99, "the energy of a Huber function hardly falls", claim=1),
        step(1.5 / L, "steps beyond 1/L are too long with momentum"),
        without(convex, "near a maximum the gap falls slowly", on=[hilltop]),
    ],
)

simple_momentum = Theorem(
    cite="su2016differential",
    title="Nesterov's accelerated gradient method with momentum (k - 1)/(k + 2): order 1/k^2 too.",
    text="""The momentum is (t_k - 1)/t_(k+1) with t_k = (k + 1)/2, for which t_(k+1)^2 - t_(k+1) =
    k (k + 2)/4 <= t_k^2. So, with v_k = f(x_k) - f* and u_k = t_k x_k - (t_k - 1) x_(k-1) - x*, the
    sum 2 eta t_k^2 v_k + |u_k|^2 does not grow. After the first step, a gradient step, it is at
    most D^2: f(x_k) - f* <= 2 D^2/(eta (k + 1)^2).""",
    assume=[convex, smooth(L), attained],
    algorithm=nesterov_momentum(eta=eta, beta=(k - 1) / (k + 2)),
    parameters={eta: Interval.Lopen(0, 1 / L)},
    claims=[upper_bound(gap, 2 * D**2 / (eta * (k + 1) ** 2))],
    tight=[huber_accelerated, parabola(steep=True)],
    mutants=[
        bound(D**2 / (eta * (k + 1) ** 2), "a Huber function comes close to the bound"),
        step(2 / L, "steps beyond 1/L are too long with momentum"),
        step((k - 1) / (k + 8), "with less momentum it is slower", name="beta"),
    ],
)
