"""Files that are none, or damaged."""

from __future__ import annotations

import json
import tempfile
import unittest
from pathlib import Path

import numpy as np

import basin_model
from basin_model.arrays import unpack

from .basin import ROOT

KEPT = ROOT / "testdata" / "kept"


class Damaged(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "m.safetensors"

    def refused(self, data: bytes, message: str) -> None:
        self.path.write_bytes(data)
        with self.assertRaisesRegex(basin_model.ModelError, message):
            basin_model.load(self.path)

    def test_other_files_are_refused(self) -> None:
        self.refused(b"", "not a model of Basin: 0 bytes")
        self.refused(b"size,label\n1,2\n", "not a model of Basin: its first 8 bytes")
        self.refused((2).to_bytes(8, "little") + b"{}", "not a model of Basin: its metadata")
        self.refused((2).to_bytes(8, "little") + b"[]", "not a model of Basin: its header")
        for header in ('{"__metadata__": []}', '{"__metadata__": 1}', '{"__metadata__": {"digest": 1}}', "[" * 200000):
            text = header.encode()
            self.refused(len(text).to_bytes(8, "little") + text, "not a model of Basin: its ")
        with self.assertRaises(FileNotFoundError):
            basin_model.load(self.path.parent / "none.safetensors")

    def test_every_bit_counts(self) -> None:
        data = (KEPT / "windows-3.safetensors").read_bytes()
        basin_model.load(KEPT / "windows-3.safetensors")
        for at in np.linspace(8, len(data) - 1, 60).astype(int):
            damaged = bytearray(data)
            damaged[at] ^= 1
            with self.subTest(at):
                self.refused(bytes(damaged), "m.safetensors")
        self.refused(data[:-1], "damaged")
        self.refused(data + b"\0", "damaged")

    def test_what_does_not_fit_together_is_refused(self) -> None:
        for change, message in (
            ({"format_version": "9"}, "written by Basin 'devel'|metadata format_version: '9'"),
            ({"settings": "{"}, "metadata settings"),
            ({"settings": "[" * 200000}, "metadata settings"),
            ({"settings": "{}"}, "do not fit together"),
            ({"encoder": '{"features": 64, "divisor": 0}'}, "metadata encoder"),
            ({"classes": "3"}, "tensor readout: shape"),
            ({"input_shape": "[9, 9]"}, "modules.0.input"),
        ):
            with self.subTest(change):
                self.refused(self.changed(KEPT / "dense.safetensors", change), message)

    def changed(self, path: Path, texts: dict[str, str]) -> bytes:
        """A file of format version 1, which has no digest, with other texts."""
        data = path.read_bytes()
        length = int.from_bytes(data[:8], "little")
        header = json.loads(data[8 : 8 + length])
        header["__metadata__"].pop("digest", None)
        header["__metadata__"].update({"format_version": "1", **texts})
        text = json.dumps(header).encode()
        return len(text).to_bytes(8, "little") + text + data[8 + length :]


class Packed(unittest.TestCase):
    def test_numbers_of_some_bits(self) -> None:
        draw = np.random.default_rng(1)
        for bits in range(1, 13):
            numbers = draw.integers(0, 1 << bits, 21)
            whole = sum(int(n) << at * bits for at, n in enumerate(numbers))
            packed = np.frombuffer(whole.to_bytes((21 * bits + 7) // 8, "little"), np.int8)
            self.assertEqual(unpack(packed, bits, 21, "x").tolist(), numbers.tolist())
        with self.assertRaisesRegex(basin_model.ModelError, "x: 3 bytes"):
            unpack(np.zeros(3, np.int8), 8, 4, "x")
