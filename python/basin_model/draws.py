"""The random draws of Basin: every one is a hash of (seed, purpose, keys, counter).

Predictions need them for sweeps in partial and sequential order, for the hash of a state, by
which cycles are found, and for the matrix of a random projection.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

ORDER = 12
UPDATE = 13
PROJECTION = 10

# The epoch that addresses the draws of predictions.
EVALUATION = (1 << 64) - 1

_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15

Words = npt.NDArray[np.uint64]
Doubles = npt.NDArray[np.float64]


def _mix(x: int) -> int:
    x ^= x >> 30
    x = x * 0xBF58476D1CE4E5B9 & _MASK
    x ^= x >> 27
    x = x * 0x94D049BB133111EB & _MASK
    return x ^ x >> 31


def _mix_all(x: Words) -> Words:
    x = x ^ x >> np.uint64(30)
    x = x * np.uint64(0xBF58476D1CE4E5B9)
    x = x ^ x >> np.uint64(27)
    x = x * np.uint64(0x94D049BB133111EB)
    return x ^ x >> np.uint64(31)


def address(seed: int, purpose: int, *keys: int) -> int:
    """The key of the stream at (seed, purpose, keys...)."""
    key = _mix(seed + _GOLDEN & _MASK)
    key = _mix(key ^ _mix(purpose * _GOLDEN & _MASK))
    for position, k in enumerate(keys):
        key = _mix(key ^ _mix(k + (position + 1) * _GOLDEN & _MASK))
    return key


def words(keys: Words, count: int) -> Words:
    """The first count words of some streams, a row for each."""
    counters = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(_GOLDEN)
    return _mix_all(keys[:, None] + counters)


def uniforms(key: int, count: int) -> Doubles:
    """The first count numbers of a stream, uniform in [0, 1)."""
    numbers: Doubles = (words(np.array([key], np.uint64), count)[0] >> np.uint64(11)) / 2.0**53
    return numbers


def permutations(keys: Words, size: int) -> npt.NDArray[np.int64]:
    """A permutation of 0..size-1 of each of some streams, a row for each (Fisher and Yates)."""
    drawn = words(keys, size)
    limits = np.arange(1, size + 1, dtype=np.uint64)
    low_half = np.uint64(0xFFFFFFFF)
    carry = (drawn & low_half) * limits >> np.uint64(32)
    places = ((drawn >> np.uint64(32)) * limits + carry >> np.uint64(32)).astype(np.int64)
    for row in np.flatnonzero((drawn * limits < limits).any(axis=1)):
        places[row] = _places(int(keys[row]), size)
    order = np.zeros((len(keys), size), np.int64)
    rows = np.arange(len(keys))
    for i in range(size):
        order[:, i] = order[rows, places[:, i]]
        order[rows, places[:, i]] = i
    return order


def _places(key: int, size: int) -> list[int]:
    """Numbers below 1, 2, ..., size, one by one; a word that would favour some is drawn again (Lemire)."""
    places = []
    counter = 0
    for limit in range(1, size + 1):
        while True:
            counter += 1
            product = _mix(key + counter * _GOLDEN & _MASK) * limit
            if (product & _MASK) >= (1 << 64) % limit:
                break
        places.append(product >> 64)
    return places


def normals(seed: int, rows: int, count: int) -> Doubles:
    """The matrix of a random projection: each row the first count normal numbers of its stream.

    They are those of the ziggurat of Marsaglia and Tsang (2000) with 128 strips. Nearly all
    are one word each; the others go on from where they are in the stream.
    """
    keys = np.array([address(seed, PROJECTION, row) for row in range(rows)], np.uint64)
    matrix = np.empty((rows, count))
    chunk = max(1, (1 << 20) // max(1, count))
    for first in range(0, rows, chunk):
        drawn = words(keys[first : first + chunk], count + count // 8 + 64)
        strip = (drawn >> np.uint64(32) & np.uint64(0x7F)).astype(np.int64)
        number = (drawn & np.uint64(0xFFFFFFFF)).astype(np.uint32).view(np.int32).astype(np.int64)
        values = number * _WIDTH[strip]
        fast = np.abs(number) < _INSIDE[strip]
        for row in range(len(drawn)):
            _fill(matrix[first + row], int(keys[first + row]), values[row], fast[row])
    return matrix


def _fill(row: Doubles, key: int, values: Doubles, fast: npt.NDArray[np.bool_]) -> None:
    """Write the normal numbers of one stream, of whose words the values and the fast ones are known."""
    done = at = 0
    for slow in np.flatnonzero(~fast):
        if slow < at:  # a word that another number took
            continue
        take = min(int(slow) - at, len(row) - done)
        row[done : done + take] = values[at : at + take]
        done, at = done + take, at + take
        if done == len(row):
            return
        value, at = _slow(key, int(slow))
        if value is not None:
            row[done] = value
            done += 1
        if done == len(row):
            return
    rest = min(len(row) - done, len(values) - at)
    row[done : done + rest] = values[at : at + rest]
    done, at = done + rest, at + rest
    while done < len(row):  # hardly ever: more than an eighth of the words were used up
        value, at = _slow(key, at)
        if value is not None:
            row[done] = value
            done += 1


def _slow(key: int, at: int) -> tuple[float | None, int]:
    """The number that word at of a stream begins, None if it is rejected, and the word after it."""

    def uniform() -> float:
        nonlocal at
        at += 1
        return (_mix(key + at * _GOLDEN & _MASK) & (1 << 53) - 1) / 2.0**53  # the low bits, as in Go's math/rand/v2

    at += 1
    word = _mix(key + at * _GOLDEN & _MASK)
    number, strip = word & 0xFFFFFFFF, word >> 32 & 0x7F
    number -= (number >> 31) << 32
    x = number * float(_WIDTH[strip])
    if abs(number) < _INSIDE[strip]:
        return x, at
    if strip == 0:
        while True:
            x = -_log(uniform()) * (1.0 / _TAIL)
            y = -_log(uniform())
            if y + y >= x * x:
                return (_TAIL + x if number > 0 else -_TAIL - x), at
    height = _HEIGHT[strip] + np.float32(uniform()) * (_HEIGHT[strip - 1] - _HEIGHT[strip])
    return (x if height < np.float32(math.exp(-0.5 * x * x)) else None), at


def _log(u: float) -> float:
    return math.log(u) if u > 0 else -math.inf


_TAIL = 3.442619855899


def _ziggurat() -> tuple[npt.NDArray[np.int64], Doubles, npt.NDArray[np.float32]]:
    """Of each strip: the numbers that are inside for sure, its width, and the density at its edge."""
    scale, area = float(1 << 31), 9.91256303526217e-3
    inside, width, height = np.zeros(128), np.zeros(128), np.zeros(128)
    edge = before = _TAIL
    q = area / math.exp(-0.5 * edge * edge)
    inside[0], width[0], height[0] = edge / q * scale, q / scale, 1.0
    width[127], height[127] = edge / scale, math.exp(-0.5 * edge * edge)
    for strip in range(126, 0, -1):
        edge = math.sqrt(-2 * math.log(area / edge + math.exp(-0.5 * edge * edge)))
        inside[strip + 1] = edge / before * scale
        before = edge
        width[strip], height[strip] = edge / scale, math.exp(-0.5 * edge * edge)
    return inside.astype(np.int64), width.astype(np.float32).astype(np.float64), height.astype(np.float32)


_INSIDE, _WIDTH, _HEIGHT = _ziggurat()
