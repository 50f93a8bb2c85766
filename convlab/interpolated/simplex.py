"""Least values of convex quadratic functions over the simplex, in the vocabulary."""

from convlab.vocabulary import (
    Array,
    absolute,
    amax,
    diag,
    flat,
    inner,
    matvec,
    maximum,
    namespace,
    solve,
    total,
    transpose,
    where,
    while_loop,
)

__all__ = ["first_largest", "weights"]

PASSES = 30
"""Passes per corner of the simplex after which the search ends."""


def first_largest(x: Array) -> Array:
    """1 at the first of the largest entries, and 0 elsewhere: (R, n) -> (R, n)."""
    xp, n = namespace(x), x.shape[-1]
    order = 0.0 * x + xp.asarray([float(n - i) for i in range(n)])
    tied = where(x >= amax(x), order, 0.0)
    return where(tied >= amax(tied), 1.0, 0.0 * x)


def weights(G: Array, q: Array) -> Array:
    """The a >= 0 with sum 1 at which a^T G a / 2 + q^T a is least: (n, n), (R, n) -> (R, n).

    G may also be (R, n, n); it is positive semidefinite. An active-set method: the least value on
    the hull of some corners, then either a step towards it that loses a corner, or a corner more.
    P. Wolfe, *Finding the nearest point in a polytope*, Math. Program. 11 (1976).
    """
    n = q.shape[-1]
    eps = namespace(q).finfo(q.dtype).eps
    each = G.ndim == 3
    largest = amax(flat(absolute(G if each else G[None, ...])))
    size = maximum(largest + amax(absolute(q)), 1e-300)
    shifted = G + (largest[..., None] if each else largest[0, 0]) + 1e-300  # same where sum a = 1
    corner = first_largest(-(0.5 * _diagonal(G) + q))
    one = 0.0 * q + 1.0

    def unfinished(state: tuple) -> Array:
        return state[2] > 0.5

    def improve(state: tuple) -> tuple:
        a, inside, running = state
        pair = inside[:, :, None] * inside[:, None, :]
        M = pair * shifted + diag(1.0 - inside + n * eps * size * one)
        sides = transpose(_rows(-q * inside, inside))
        found = transpose(solve(M, sides))
        u, v = found[:, 0, :] * inside, found[:, 1, :] * inside
        t = u + (1.0 - total(u)) / total(v) * v
        slopes = matvec(G, t) + q
        gain = where(inside > 0.5, 0.0 * t, inner(slopes, t) - slopes)
        below = where(inside > 0.5, t, one) < 0.0
        leaves = amax(where(below, one, 0.0 * one)) > 0.5
        share = where(below, a / where(below, maximum(a - t, 1e-300), one), one)
        lost = first_largest(where(below, -share, -2.0 * one))
        moved = (a + _least(share) * (t - a)) * (1.0 - lost)
        enters = amax(gain) > 100 * n * eps * size
        gained = inside + first_largest(gain)
        a = where(leaves, moved, t)
        inside = where(leaves, inside * (1.0 - lost), where(enters, gained, inside))
        return a, inside, where(leaves | enters, running, 0.0 * running)

    a = while_loop(PASSES * n, unfinished, improve, (corner, corner, amax(one)))[0]
    a = maximum(a, 0.0)
    return a / total(a)


def _diagonal(G: Array) -> Array:
    if G.ndim == 3:
        return total(G * diag(G[:, 0, :] * 0.0 + 1.0))[..., 0]
    return total(G * diag(G[:1, :] * 0.0 + 1.0)[0, :, :])[..., 0][None, :]


def _least(x: Array) -> Array:
    return -amax(-x)


def _rows(one: Array, other: Array) -> Array:
    return namespace(one).stack([one, other], axis=1)
