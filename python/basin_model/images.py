"""Contrast and whitening: the steps of an encoder that mix the values of a sample.

Sums are in Basin's order; rows of arrays are samples.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .couplings import Dense, Floats
from .grid import Image

Doubles = npt.NDArray[np.float64]

# What is added to a variance: docs/model.md of Basin, "From pixels to inputs".
_FLOOR = 10.0 / (255 * 255)


def contrast(samples: Floats) -> Floats:
    """Subtract from the values of each sample their mean and divide by their deviation."""
    values = samples.astype(np.float64)
    mean = _ordered(values) / values.shape[1]
    deviations = values - mean[:, None]
    factor = 1 / np.sqrt(_ordered(deviations * deviations) / values.shape[1] + _FLOOR)
    out: Floats = (deviations * factor[:, None]).astype(np.float32)
    return out


def local_contrast(samples: Floats, image: Image, side: int) -> Floats:
    """The same with mean and deviation of the side x side pixels around each, as far as they lie in the image."""
    values = samples.reshape(-1, image.height, image.width, image.channels).astype(np.float64)
    out = np.empty(values.shape, np.float32)
    powers = np.stack([_ordered_last(values), _ordered_last(values * values)])  # 2 x samples x height x width
    before, after = side // 2, side - side // 2 - 1
    column = np.zeros(powers.shape[:2] + (image.width,))
    for y in range(min(after, image.height)):
        column += powers[:, :, y]
    for y in range(image.height):
        if y + after < image.height:
            column += powers[:, :, y + after]
        if y - before - 1 >= 0:
            column -= powers[:, :, y - before - 1]
        lines = min(y + after, image.height - 1) - max(y - before, 0) + 1
        sums = np.zeros(powers.shape[:2])
        for x in range(min(after, image.width)):
            sums = sums + column[:, :, x]
        for x in range(image.width):
            if x + after < image.width:
                sums = sums + column[:, :, x + after]
            if x - before - 1 >= 0:
                sums = sums - column[:, :, x - before - 1]
            count = float(lines * (min(x + after, image.width - 1) - max(x - before, 0) + 1) * image.channels)
            mean = sums[0] / count
            factor = 1 / np.sqrt(np.maximum(0, sums[1] / count - mean * mean) + _FLOOR)
            out[:, y, x] = (values[:, y, x] - mean[:, None]) * factor[:, None]
    return out.reshape(samples.shape)


def whiten(samples: Floats, mean: Floats, matrix: Floats) -> Floats:
    """What a symmetric matrix makes of whole samples less their mean."""
    return Dense(matrix.reshape(len(mean), len(mean)).T).product(samples - mean)


def whiten_patches(samples: Floats, image: Image, mean: Floats, matrix: Floats, side: int) -> Floats:
    """The same of the side x side pixels around each; beyond an edge the nearest pixel counts."""
    values = samples.reshape(-1, image.height, image.width, image.channels) - mean
    before, after = side // 2, side - side // 2 - 1
    values = np.pad(values, ((0, 0), (before, after), (before, after), (0, 0)), mode="edge")
    patch = matrix.reshape(image.channels, side, side, image.channels)
    out = np.zeros((len(samples), image.height, image.width, image.channels), np.float32)
    for c in range(image.channels):
        for d in range(image.channels):
            for v in range(side):
                for u in range(side):
                    out[..., c] += patch[c, v, u, d] * values[:, v : v + image.height, u : u + image.width, d]
    return out.reshape(samples.shape)


def _ordered(values: Doubles) -> Doubles:
    """The sum of each row, first to last."""
    total = np.zeros(len(values))
    for column in np.ascontiguousarray(values.T):
        total += column
    return total


def _ordered_last(values: Doubles) -> Doubles:
    """The sum over the last axis, first to last."""
    total = np.zeros(values.shape[:-1])
    for at in range(values.shape[-1]):
        total += values[..., at]
    return total
