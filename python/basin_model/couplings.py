"""The kinds of couplings.

A sum of Basin has one order: senders ascending, every product rounded to 32 bits and then
added. So a product here goes sender by sender, for all samples and receivers at once: NumPy
rounds each operation, and the sums are Basin's bit for bit.

Arrays of states and of products have a row for each sample.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from .grid import Grid

Floats = npt.NDArray[np.float32]
Indices = npt.NDArray[np.int64]

# Values of sums that are worked on at a time, so that they stay in a near cache.
_AT_ONCE = 1 << 16


class Couplings(Protocol):
    """Couplings of any kind."""

    def product(self, states: Floats) -> Floats:
        """The sums of coupling times state over the senders, ascending, for each receiver."""

    def change(self, products: Floats, samples: Indices, senders: Indices, change: Floats) -> None:
        """Add to products what the changes of senders, one for each of different samples, change."""


class Dense:
    """Every pair is coupled: couplings has a row for each receiver."""

    def __init__(self, couplings: Floats) -> None:
        self._by_sender: Floats = np.ascontiguousarray(couplings.T)

    def product(self, states: Floats) -> Floats:
        senders, receivers = self._by_sender.shape
        sums: Floats = np.zeros((len(states), receivers), np.float32)
        rows = max(1, _AT_ONCE // receivers)
        for first in range(0, len(states), rows):
            part, state = sums[first : first + rows], np.ascontiguousarray(states[first : first + rows].T)
            term = np.empty_like(part)
            for j in range(senders):
                np.multiply(state[j, :, None], self._by_sender[j], out=term)
                part += term
        return sums

    def change(self, products: Floats, samples: Indices, senders: Indices, change: Floats) -> None:
        products[samples] += self._by_sender[senders] * change[:, None]


class Sparse:
    """Compressed rows: receiver i has the entries start[i] to start[i+1], senders ascending."""

    def __init__(self, start: Indices, sender: Indices, value: Floats, senders: int) -> None:
        self._receivers = len(start) - 1
        counts = np.diff(start)
        self._order = np.argsort(-counts, kind="stable")
        counted = counts[self._order]
        self._entries = []  # those with number e of every receiver that has as many, the longest rows first
        for e in range(int(counts.max(initial=0))):
            at = start[self._order[: np.searchsorted(-counted, -e, side="left")]] + e
            self._entries.append((sender[at], value[at][:, None]))
        by_sender = np.argsort(sender, kind="stable")
        self._leaving = np.concatenate([[0], np.cumsum(np.bincount(sender, minlength=senders))])
        self._receiver = np.repeat(np.arange(self._receivers), counts)[by_sender]
        self._value: Floats = value[by_sender]

    def product(self, states: Floats) -> Floats:
        products: Floats = np.empty((len(states), self._receivers), np.float32)
        rows = max(16, _AT_ONCE // max(1, self._receivers))
        for first in range(0, len(states), rows):
            state = np.ascontiguousarray(states[first : first + rows].T)
            sums = np.zeros((self._receivers, state.shape[1]), np.float32)
            for sender, value in self._entries:
                term = np.take(state, sender, axis=0)
                term *= value
                sums[: len(term)] += term
            products[first : first + rows, self._order] = sums.T
        return products

    def change(self, products: Floats, samples: Indices, senders: Indices, change: Floats) -> None:
        at, of = _spread(self._leaving, senders)
        products[samples[of], self._receiver[at]] += self._value[at] * change[of]


class Shared:
    """A channel has one row of couplings for the windows at all places of a grid."""

    def __init__(self, couplings: Floats, grid: Grid) -> None:
        self._grid = grid
        self._by_value: Floats = np.ascontiguousarray(couplings.T)  # a row of channels for each value of a window
        self._start, self._place, self._pixel = _places(grid)

    def product(self, states: Floats) -> Floats:
        g, places = self._grid, self._grid.shape
        sums = np.zeros((len(states), places.height, places.width, g.channels), np.float32)
        images = states.reshape(-1, g.image.height, g.image.width, g.image.channels)
        images = np.pad(images, ((0, 0), (g.border, g.border), (g.border, g.border), (0, 0)))  # zeros add nothing
        rows = max(1, _AT_ONCE // places.values)
        for first in range(0, len(states), rows):
            part, image = sums[first : first + rows], images[first : first + rows]
            term = np.empty_like(part)
            for e, couplings in enumerate(self._by_value):
                pixel, channel = divmod(e, g.image.channels)
                y, x = divmod(pixel, g.side)
                read = image[:, y :: g.stride, x :: g.stride, channel][:, : places.height, : places.width]
                np.multiply(read[..., None], couplings, out=term)
                part += term
        return sums.reshape(len(states), -1)

    def change(self, products: Floats, samples: Indices, senders: Indices, change: Floats) -> None:
        pixels, channels = np.divmod(senders, self._grid.image.channels)
        at, of = _spread(self._start, pixels)
        value = self._pixel[at] * self._grid.image.channels + channels[of]
        at_places = products.reshape(len(products), -1, self._grid.channels)
        at_places[samples[of], self._place[at]] += self._by_value[value] * change[of, None]


def _spread(start: Indices, which: Indices) -> tuple[Indices, Indices]:
    """All entries from start[w] to start[w+1] of some w, and for each the place of its w."""
    counts = start[which + 1] - start[which]
    of = np.repeat(np.arange(len(which)), counts)
    return np.arange(len(of)) + np.repeat(start[which] - np.cumsum(counts) + counts, counts), of


def _places(grid: Grid) -> tuple[Indices, Indices, Indices]:
    """Of each pixel the places whose windows hold it, and which pixel of the window it is."""
    shape, image = grid.shape, grid.image
    y, x, v, u = np.meshgrid(*(np.arange(n) for n in (shape.height, shape.width, grid.side, grid.side)), indexing="ij")
    row, column = y * grid.stride + v - grid.border, x * grid.stride + u - grid.border
    inside = (row >= 0) & (row < image.height) & (column >= 0) & (column < image.width)
    pixel = (row * image.width + column)[inside]
    by_pixel = np.argsort(pixel, kind="stable")
    start = np.concatenate([[0], np.cumsum(np.bincount(pixel, minlength=image.height * image.width))])
    return start, (y * shape.width + x)[inside][by_pixel], (v * grid.side + u)[inside][by_pixel]
