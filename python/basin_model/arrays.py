"""The blocks of couplings of a file: how arrays become couplings."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from .couplings import Couplings, Dense, Floats, Indices, Shared, Sparse
from .errors import ModelError
from .file import File
from .grid import Grid, Image


class Blocks:
    """The arrays of a file, by the names of blocks, with their scales multiplied into them."""

    def __init__(self, file: File) -> None:
        self._file = file
        self._scales = file.json("scales") if "scales" in file.texts else {}
        self.bits: int = file.json("integers")["bits"] if "integers" in file.texts else 0

    def has(self, name: str) -> bool:
        return name in self._file.arrays

    def array(self, name: str, *shape: int) -> npt.NDArray[Any]:
        """The array of a name; ModelError where there is none of this shape (-1 is any length)."""
        array = self._file.arrays.get(name)
        if array is None:
            raise ModelError(f"{self._file.path}: tensor {name}: missing")
        if len(array.shape) != len(shape) or any(want not in (-1, got) for got, want in zip(array.shape, shape)):
            raise ModelError(f"{self._file.path}: tensor {name}: shape {list(array.shape)}, want {list(shape)}")
        return array

    def floats(self, name: str, *shape: int) -> Floats:
        """An array of numbers of 32 bits."""
        array = self.array(name, *shape)
        if array.dtype != np.float32:
            raise ModelError(f"{self._file.path}: tensor {name}: type {array.dtype}, want float32")
        return array

    def block(
        self,
        name: str,
        receivers: int,
        senders: int,
        grid: Grid | None = None,
        image: Image | None = None,
        side: int = 0,
        hollow: bool = False,
    ) -> Couplings:
        """The couplings of a block.

        A grid is that of shared windows; image and side are those of windows which are not
        shared; hollow says that no neuron is coupled to itself.
        """
        if grid is not None:
            size = grid.side * grid.side * grid.image.channels
            return Shared(self._values(name + ".value", name, grid.channels, size), grid)
        packed = self.has(name + ".unit")
        if self.has(name + ".window"):
            if image is None:
                raise ModelError(f"{self._file.path}: tensor {name}.window: windows, but the settings have none")
            first = self.array(name + ".window", receivers).astype(np.int64)
            windows = first[:, None] + _window(image, side)
            start, sender = np.arange(receivers + 1) * windows.shape[1], windows.ravel()
            values = self._packed(name, start) if packed else self._values(name + ".value", name, *windows.shape)
            return self._sparse(name, start, sender, values.ravel(), senders)
        if self.has(name + ".start"):
            start, sender = self._rows(name, receivers, senders, packed)
            values = self._packed(name, start) if packed else self._values(name + ".value", name, len(sender))
            return self._sparse(name, start, sender, values, senders)
        if not packed:
            return Dense(self._values(name, name, receivers, senders))
        couplings = np.zeros((receivers, senders), np.float32)
        there = ~np.eye(receivers, dtype=bool) if hollow else np.ones((receivers, senders), bool)
        couplings[there] = self._packed(name, np.arange(receivers + 1) * (senders - hollow))
        return Dense(couplings)

    def _rows(self, name: str, receivers: int, senders: int, packed: bool) -> tuple[Indices, Indices]:
        """Where the entries of each receiver begin, and the senders of all."""
        start = self.array(name + ".start", receivers + 1).astype(np.int64)
        if start[0] != 0 or (np.diff(start) < 0).any():
            raise ModelError(f"{self._file.path}: tensor {name}.start: want numbers that ascend from 0")
        count = int(start[-1])
        if not packed:
            return start, self.array(name + ".sender", count).astype(np.int64)
        bits = max(1, int(senders - 1).bit_length())
        where = f"{self._file.path}: tensor {name}.sender"
        return start, unpack(self.array(name + ".sender", -1), bits, count, where)

    def _values(self, name: str, block: str, *shape: int) -> Floats:
        """An array of couplings, times the scale of their block."""
        values = self.floats(name, *shape)
        return values * np.float32(float.fromhex(self._scales[block])) if block in self._scales else values

    def _packed(self, name: str, start: Indices) -> Floats:
        """Integers of some bits times the unit of their receiver."""
        where = f"{self._file.path}: tensor {name}.value"
        numbers = unpack(self.array(name + ".value", -1), self.bits, int(start[-1]), where)
        numbers -= (numbers >> (self.bits - 1)) << self.bits  # complements of two
        units = self.array(name + ".unit", len(start) - 1).astype(np.int64)
        exponents = np.repeat(units, np.diff(start)).astype(np.int32)
        return np.ldexp(numbers.astype(np.float32), exponents).astype(np.float32)

    def _sparse(self, name: str, start: Indices, sender: Indices, value: Floats, senders: int) -> Sparse:
        if len(sender) > 0 and (sender.min() < 0 or sender.max() >= senders):
            raise ModelError(
                f"{self._file.path}: tensor {name}: senders from {sender.min()} to {sender.max()}, "
                f"want 0 to {senders - 1}"
            )
        return Sparse(start, sender, value, senders)


def _window(image: Image, side: int) -> Indices:
    """The numbers of the values of a window, from that of its first."""
    line = np.arange(side * image.channels)
    numbers: Indices = (np.arange(side)[:, None] * image.width * image.channels + line).ravel()
    return numbers


def unpack(packed: npt.NDArray[Any], bits: int, count: int, where: str) -> Indices:
    """Numbers of some bits, the lowest bit first, without a gap."""
    if len(packed) != (count * bits + 7) // 8:
        raise ModelError(f"{where}: {len(packed)} bytes, want those of {count} numbers of {bits} bits")
    flat = np.unpackbits(packed.view(np.uint8), bitorder="little")[: count * bits].reshape(count, bits)
    numbers: Indices = flat.astype(np.int64) @ (1 << np.arange(bits, dtype=np.int64))
    return numbers
