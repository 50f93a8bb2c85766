"""Philox 4x32-10: a random function of an address, on any array-API namespace.

A counter of four 32-bit words and a key of two are stirred by ten rounds of multiplication into
four words that pass as random. There is no state: a number is computed from its address alone.

Source: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
"""

from types import ModuleType
from typing import Any

MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
WEYL = (0x9E3779B9, 0xBB67AE85)
"""What is added to the two words of the key between rounds."""
ROUNDS = 10
LOW_WORD = 0xFFFFFFFF


def philox4x32(counter: tuple, key: int) -> tuple:
    """The four words of the block at ``counter`` under a 64-bit ``key``.

    ``counter`` holds four uint64 arrays of 32-bit words, of shapes that broadcast together; so
    does the result.
    """
    c0, c1, c2, c3 = counter
    k0, k1 = key & LOW_WORD, key >> 32
    for _ in range(ROUNDS):
        product0, product1 = c0 * MULTIPLIERS[0], c2 * MULTIPLIERS[1]
        c0, c1 = (product1 >> 32) ^ c1 ^ k0, product1 & LOW_WORD
        c2, c3 = (product0 >> 32) ^ c3 ^ k1, product0 & LOW_WORD
        k0, k1 = (k0 + WEYL[0]) & LOW_WORD, (k1 + WEYL[1]) & LOW_WORD
    return c0, c1, c2, c3


def uniforms(xp: ModuleType, key: int, replicates: Any, slot: int, start: int, count: int) -> Any:
    """The pairs of uniforms in the blocks ``start``, ..., ``start + count - 1`` of a slot.

    ``replicates`` is a uint64 array of shape (R,). The result is float64 of shape (R, count, 2),
    with values (m + 1/2) / 2^52 for whole m: never 0, never 1.
    """
    block = xp.arange(count, dtype=xp.uint64)[None, :] + start
    replicate = replicates[:, None]
    slots = xp.full((1, 1), slot, dtype=xp.uint64)
    c0, c1, c2, c3 = philox4x32((block & LOW_WORD, block >> 32, replicate, slots), key)
    words = xp.stack([c0 | (c1 << 32), c2 | (c3 << 32)], axis=-1)
    return (xp.astype(words >> 12, xp.float64) + 0.5) * 2.0**-52
