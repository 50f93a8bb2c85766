"""Muon's step as it is computed: a bound on the mean nuclear norm of the gradient.

Five quintic steps take the place of a singular value decomposition. A step p^5(G/|G|_F) has the
singular vectors of the gradient G, a spectral norm of at most u = 1.203, and, with l = 0.68, an
inner product with G of at least l times the sum of the singular values above |G|_F/625 (``band``),
hence of at least kept |G|_* with kept = l (1 - (r - 1)/625), r = rho_d^2 the smaller one of rows
and columns. So a step lowers f by at least eta kept |G|_* - L eta^2 u^2/2, and the mean of |G|_*
over x_0, ..., x_(k-1) is at most Delta/(kept eta k) + L u^2 eta/(2 kept). Derived here; the source
takes the factors to be exact.
"""

from sympy import Float, Interval, Rational, oo

from convlab.algorithms.trust_region import newton_schulz, newton_schulz_gradient
from convlab.assumptions import attained, spectral_smooth
from convlab.claims import lower_bound, upper_bound
from convlab.metrics import metric, running_mean
from convlab.symbols import Delta, L, eta, k, symbol
from convlab.theorem import Theorem, bound, mutant, step
from convlab.vocabulary import amax, flat, norm, svd
from problems.matrix_functions import hadamard_quadratic, lopsided_quadratic
from theorems.orthogonalized.muon import nuclear_ratio, ratio
from theorems.orthogonalized.trust_region import nuclear_norm

low, high = Float("0.68"), Float("1.203")
share = symbol("s_min", "smallest singular value of the start over its Euclidean norm")


@metric("largest", r"\sigma_{\max}(X)")
def largest(s, oracle):
    """Largest singular value."""
    return amax(svd(s.x)[1])


@metric("smallest", r"\sigma_{\min}(X)")
def smallest(s, oracle):
    """Smallest singular value."""
    return -amax(-svd(s.x)[1])


@metric("smallest share", r"\sigma_{\min}(X) / \|X\|_F")
def smallest_share(s, oracle):
    """Smallest singular value over the Euclidean norm."""
    return smallest.read(s, oracle) / norm(flat(s.x))


band = Theorem(
    cite="jordan2024muon",
    title="Five steps of the iteration of Newton and Schulz bring singular values into a band.",
    text="""
A step takes each singular value s to p(s) = a s + b s^3 + c s^5. This p maps [0.68, 1.203] into
itself, and on (0, 0.68] it stays below 1.203 and is at least 1.67 s: what enters the band remains
there, and five steps raise all of [1/625, 1] into it. So all singular values are at most 1.203, and
from the fifth step on at least 0.68 where the smallest is at least 1/625 of the Euclidean norm. In
the band p is chaotic: two runs that differ by rounding soon differ, within it. Derived here, by
evaluating p.""",
    assume=[attained],
    algorithm=newton_schulz(),
    initial={share: smallest_share},
    claims=[
        upper_bound(largest, high),
        lower_bound(smallest, low, when=(k >= 5) & (share >= Rational(1, 625))),
    ],
    tight=[lopsided_quadratic(ratio=r) for r in (0.0041, 0.481, 0.0017)],
    iterations=10,
    mutants=[
        bound(Float("1.2"), "it goes a little higher"),
        bound(Float("0.69"), "it does not converge to 1", claim=1),
        mutant(
            "four steps",
            "not enough for small ones",
            claims=[lower_bound(smallest, low, when=(k >= 4) & (share >= Rational(1, 625)))],
        ),
    ],
)

kept = low * (1 - (ratio**2 - 1) / 625)
value = Delta / (kept * eta * k) + L * high**2 * eta / (2 * kept)

theorem = Theorem(
    cite="kovalev2025understanding",
    assume=[spectral_smooth(L), attained],
    algorithm=newton_schulz_gradient(eta=eta),
    parameters={eta: Interval.open(0, oo)},
    initial={ratio: nuclear_ratio},
    claims=[upper_bound(running_mean(nuclear_norm), value, when=ratio**2 <= 625)],
    tight=[lopsided_quadratic(ratio=0.481), hadamard_quadratic(size=4), hadamard_quadratic(size=1)],
    iterations=200,
    mutants=[
        bound(Delta / (eta * k) + L * eta / 2, "steps of 0.7 of the length arrive later"),
        step(0, "the gradient over its Euclidean norm is too short a step", name="steps"),
    ],
)
