r"""Trimmed means: what q liars can do to the models of n honest nodes in one round.

In each coordinate let x_1 <= ... <= x_n be the honest values, m their mean and s^2 their mean
squared distance from it. With the lies the k-th of all values is between x_(k-q) and x_k, so the
trimmed mean is between the means of the n - q least and of the n - q greatest honest values. The q
others have a mean at most s sqrt((n - q)/q) from m, hence the trimmed mean is at most
s sqrt(q/(n - q)) from it: attained where q honest nodes are at one point, all others at another,
and the lies beyond. Squared and summed over coordinates and nodes: q/(n - q). The source bounds the
squares by larger numbers, as remembered.
"""

from sympy import Interval, Rational, oo

from convlab.algorithms.byzantine import averaging_sgd, median_sgd, monna, trimmed_mean_sgd
from convlab.assumptions import distributed, liars
from convlab.claims import upper_bound
from convlab.symbols import eta, k, n
from convlab.theorem import Theorem, bound, mutant
from problems.byzantine import Enough, Far, attacked, attacked_bowls
from problems.distributed import bowls
from theorems.byzantine.nearest_neighbor_averaging import error, q

minority = bowls(minority=1)
far, enough = (attacked(minority, attack=attack) for attack in (Far(-1000.0), Enough()))
average = mutant(
    "averaging",
    "one distant lie is enough",
    algorithm=averaging_sgd(eta=eta, beta=0),
)

theorem = Theorem(
    cite="allouah2023fixing",
    title="Trimmed means: what liars can do in one round.",
    assume=[distributed(n), liars(q)],
    algorithm=trimmed_mean_sgd(eta=eta, beta=0),
    parameters={eta: Interval.open(0, oo)},
    claims=[upper_bound(error, q / (n - q), when=k >= 1)],
    tight=[far, enough],
    iterations=12,
    mutants=[
        bound(Rational(99, 100) * q / (n - q), "the honest minority is cut off"),
        average,
        mutant(
            "nearest neighbors",
            "nodes believe different lies",
            algorithm=monna(eta=eta, beta=0),
            tight=[attacked_bowls(minority=1, attack="mirror")],
        ),
    ],
)

median = Theorem(
    cite="allouah2023fixing",
    title="Medians in each coordinate: what liars can do in one round.",
    text=r"""In each coordinate, (n - q)/2 at least of the n honest values lie on either side of the
median of all values, on it included, and so does the share (n - q)/(2 n) of them. By Cantelli's
inequality this share is at most s^2/(s^2 + t^2) where t is the distance of the median from the mean
of the honest values, and s^2 their variance: t^2 <= s^2 (n + q)/(n - q). Summed over coordinates
and nodes: (n + q)/(n - q). It is reached where the smaller half of the honest values, with the
lies, just outvotes the larger.""",
    assume=[distributed(n), liars(q)],
    algorithm=median_sgd(eta=eta, beta=0),
    parameters={eta: Interval.open(0, oo)},
    claims=[upper_bound(error, (n + q) / (n - q), when=k >= 1)],
    tight=[far, attacked(bowls(n=60, d=1, minority=29), liars=3, attack=Far())],
    iterations=12,
    mutants=[
        bound(Rational(9, 10) * (n + q) / (n - q), "the larger half is at one point"),
        bound(q / (n - q), "that of trimmed means"),
        average,
    ],
)
