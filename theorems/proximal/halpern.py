"""Halpern iteration: the residual |x - T(x)| decreases like 1/k."""

from sympy import Piecewise, pi

from convlab.algorithms.fixed_points import halpern, krasnoselskii_mann
from convlab.assumptions import contractive, nonexpansive
from convlab.claims import upper_bound
from convlab.metrics import metric
from convlab.symbols import D, k, symbol
from convlab.theorem import Theorem, bound, mutant, step
from convlab.vocabulary import norm
from problems.fixed_points import plane_rotation, soft_reflection

q = symbol("q", "factor by which T contracts distances")


@metric("fixed_point_residual", r"\|X - T(X)\|")
def residual(s, oracle):
    """How far the operator moves the iterate."""
    return norm(s.x - oracle.operator(s.x))


nonexpansive_operators = Theorem(
    cite="lieder2021halpern",
    number="Theorem 2.1",
    title="Halpern iteration on nonexpansive operators: the residual is at most 2 D/(k + 1).",
    text="""
        The limit q -> 1 of ``proximal/halpern/contractions``. The bound is exact; a soft
        reflection, which is x -> -x outside a short interval, reaches it.
        |x_k - T(x_k)| <= 2 D/(k + 1).""",
    assume=[nonexpansive],
    algorithm=halpern(lam=1 / (k + 2)),
    claims=[upper_bound(residual, 2 * D / (k + 1))],
    tight=[soft_reflection(width=0.1), plane_rotation],
    mutants=[
        bound(1.99 * D / (k + 1), "a soft reflection reaches the bound after nine steps"),
        bound(2 * D / (k + 1) ** 1.1, "1/k is the best rate"),
        step(1 / (k + 1), "the first step stays at the start", name="lam"),
        mutant("no anchor", "a rotation goes on", algorithm=krasnoselskii_mann(theta=1)),
        mutant("averaged", "like 1/sqrt(k)", algorithm=krasnoselskii_mann(theta=0.5)),
    ],
)

contracting = q < 1
anchor = Piecewise(
    (q ** (2 * k + 2) * (1 - q**2) / (1 - q ** (2 * k + 4)), contracting), (1 / (k + 2), True)
)
exact = Piecewise(((1 + q) * (1 - q) * q**k / (1 - q ** (k + 1)), contracting), (2 / (k + 1), True))

contractions = Theorem(
    cite="park2022exact",
    number="Corollary 3.3",
    title="Halpern iteration on contractions, with the optimal anchor.",
    text="""
        With phi_k = 1 + q^(-2) + ... + q^(-2k) and lam_k = 1/phi_(k+1) the residual is at most
        (1 + q) D/(1 + q^(-1) + ... + q^(-k)). For T(x) = -q x it is reached at every even k, as
        |x_k| = D/(1 + q^(-1) + ... + q^(-k)). Sums of geometric series:
        lam_k = q^(2k+2) (1 - q^2)/(1 - q^(2k+4)), and (1 + q) (1 - q) q^k/(1 - q^(k+1)) D.""",
    assume=[nonexpansive, contractive(q)],
    algorithm=halpern(lam=anchor),
    claims=[upper_bound(residual, exact * D)],
    tight=[
        plane_rotation(angle=float(pi), modulus=0.9),
        plane_rotation(angle=3.0, modulus=0.8),
    ],
    untested={nonexpansive: "beside contractive(q) it only says that there is a fixed point"},
    iterations=100,
    mutants=[
        bound(0.99 * exact * D, "minus the factor reaches the bound"),
        bound(exact * D / (k + 1), "it is attained at every other iteration"),
        step(1 / (k + 2), "more anchor than a contraction needs", name="lam"),
    ],
)
