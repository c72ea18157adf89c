"""Couplings and draws against plain loops."""

from __future__ import annotations

import unittest

import numpy as np

from basin_model import draws
from basin_model.couplings import Dense, Shared, Sparse
from basin_model.grid import Grid, Image


def plain(couplings: np.ndarray, states: np.ndarray, sums: np.ndarray) -> np.ndarray:
    """Add what senders send, one by one, to sums."""
    sums = sums.copy()
    for sums_of, state in zip(sums, states):
        for i, row in enumerate(couplings):
            for c, s in zip(row, state):
                if c != 0:
                    sums_of[i] += c * s
    return sums


def written_out(couplings: np.ndarray, grid: Grid) -> np.ndarray:
    """Shared couplings as those of every neuron."""
    m, shape = grid.image, grid.shape
    out = np.zeros((shape.height, shape.width, grid.channels, m.height, m.width, m.channels), np.float32)
    windows = couplings.reshape(grid.channels, grid.side, grid.side, m.channels)
    for y, x, v, u in np.ndindex(shape.height, shape.width, grid.side, grid.side):
        row, column = y * grid.stride + v - grid.border, x * grid.stride + u - grid.border
        if 0 <= row < m.height and 0 <= column < m.width:
            out[y, x, :, row, column] = windows[:, v, u]
    return out.reshape(shape.values, m.values)


class Products(unittest.TestCase):
    def kinds(self, draw: np.random.Generator):  # type: ignore[no-untyped-def]
        dense = draw.normal(size=(13, 9)).astype(np.float32)
        yield "dense", Dense(dense), dense
        thin = np.where(draw.random((13, 9)) < 0.3, dense, np.float32(0))
        thin[4] = 0
        start = np.concatenate([[0], np.cumsum((thin != 0).sum(axis=1))])
        yield "sparse", Sparse(start, np.nonzero(thin)[1], thin[thin != 0], 9), thin
        for image, side, stride, border in (
            (Image(5, 4, 2), 3, 1, 1),
            (Image(6, 6, 1), 2, 2, 0),
            (Image(5, 5, 3), 3, 2, 2),
        ):
            grid = Grid(image, side, stride, border, 3)
            rows = draw.normal(size=(3, side * side * image.channels)).astype(np.float32)
            yield f"shared {grid}", Shared(rows, grid), written_out(rows, grid)

    def test_sums_are_those_of_plain_loops(self) -> None:
        draw = np.random.default_rng(1)
        for name, couplings, written in self.kinds(draw):
            for states in (draw.choice([-1, 1], (4, written.shape[1])), draw.normal(size=(4, written.shape[1]))):
                with self.subTest(name):
                    states = states.astype(np.float32)
                    sums = couplings.product(states)
                    np.testing.assert_array_equal(sums, plain(written, states, np.zeros_like(sums)))
                    senders = draw.integers(0, written.shape[1], 3)
                    change = draw.normal(size=3).astype(np.float32)
                    alone = np.zeros_like(states)
                    alone[[2, 0, 3], senders] = change
                    want = plain(np.where(written == 0, 0, written), alone, sums)
                    couplings.change(sums, np.array([2, 0, 3]), senders, change)
                    np.testing.assert_array_equal(sums, want)


class Draws(unittest.TestCase):
    def test_permutations_are_those_drawn_one_by_one(self) -> None:
        keys = np.array([draws.address(3, draws.ORDER, k) for k in range(5)], np.uint64)
        for order, key in zip(draws.permutations(keys, 70), keys):
            want: list[int] = []
            for i, j in enumerate(draws._places(int(key), 70)):
                want.append(i)
                want[i], want[j] = want[j], i
            self.assertEqual(order.tolist(), want)
            self.assertEqual(sorted(want), list(range(70)))

    def test_normal_numbers_do_not_depend_on_how_many_are_drawn(self) -> None:
        many = draws.normals(5, 2, 40_000)
        np.testing.assert_array_equal(draws.normals(5, 2, 300), many[:, :300])
        # 80,000 normal numbers: five standard errors of the mean, the variance, and the share beyond the tail.
        self.assertLess(abs(many.mean()), 5 / 80_000**0.5)
        self.assertLess(abs(many.var() - 1), 5 * (2 / 80_000) ** 0.5)
        self.assertLess(abs((np.abs(many) > 3.4426).mean() - 5.76e-4), 5 * (5.76e-4 / 80_000) ** 0.5)
        # The first numbers of math/rand/v2 of Go 1.26 from the stream (1, Projection, 3).
        first = [-0.035244496375377576, 0.1799301146828619, 0.696013376216706, 0.34355776046640707, 0.8815726878498382]
        self.assertEqual(draws.normals(1, 4, 5)[3].tolist(), first)
