"""Predictions against those of the program, bit for bit."""

from __future__ import annotations

import json
import unittest
from typing import Any

import numpy as np

import basin_model

from .basin import DIGITS, ROOT, TRAINING, WithProgram, predictions, run

STACK = """
network:
  modules:
    - {neurons: 0, channels: 12, self_coupling: 0.5, recurrent: {density: 0}, input: {window: 3, shared: true, gain: 1}}
    - {neurons: 0, channels: 12, recurrent: {density: 0}, input: {density: 0}}
    - {channels: 20, neurons: 0, self_coupling: 0.5, recurrent: {window: 3, shared: true}, input: {density: 0}}
    - {neurons: 60, self_coupling: 0.5, recurrent: {density: 0}, input: {density: 0}}
  links:
    - {kind: pool, between: [0, 1], direction: forward, strength: 1, window: 2}
    - {kind: learned, between: [1, 2], direction: forward, gain: 3, density: 1, window: 3, border: 1, shared: true}
    - {kind: learned, between: [2, 3], direction: both, gain: 2, density: 0.5}
  readout: [1, 2, 3]
dynamics: {order: modules, warmup: 3, evaluation: 3}
"""

COLOURS = """
preprocess: {contrast: local, contrast_side: 4, whiten: patch, whiten_side: 3, augment: {flip: 0.5, shift: 1}}
network:
  modules:
    - neurons: 0
      channels: 10
      activity: 0.2
      recurrent: {density: 0}
      input: {window: 4, stride: 2, shared: true, imprint: true}
    - {neurons: 0, channels: 10, activity: 0.3, recurrent: {density: 0}, input: {density: 0}}
    - {neurons: 30, self_coupling: 0.5, recurrent: {density: 0.3}, input: {density: 0.2, window: 5}}
  links:
    - {kind: pool, between: [0, 1], direction: forward, strength: 1, window: 2, stride: 1}
    - {kind: learned, between: [1, 2], direction: forward, gain: 2, density: 1, window: 3}
dynamics: {order: modules, code: rival, warmup: 2, evaluation: 2}
readout: {method: margin}
"""

TWO = [
    "network.modules=[{neurons: 60, self_coupling: 0.5}, {neurons: 40, self_coupling: 0.5, recurrent: {density: 0.2}}]",
    "network.links=[{kind: excitatory, between: [0, 1], strength: 0.4, fan_in: 5},"
    " {kind: learned, between: [1, 0], direction: forward, gain: 1, density: 0.3}]",
]
CHAIN = ["network.chain={modules: 3, size: 50, lambda: 0.4}"]
CYCLES = [
    "dynamics.stop=cycle",
    "network.modules.0.self_coupling=0",
    "network.modules.0.recurrent.symmetric=true",
    "dynamics.evaluation=20",
    "dynamics.warmup=20",
]
SMALL = ["network.modules.0.neurons=80"]
SPARSE = ["network.modules.0.recurrent.density=0.1", "network.modules.0.input.density=0.3", "network.modules.0.bias=1"]
WINDOWS = ["network.modules.0.input.window=4", "preprocess.standardise=global"]
LOCAL = ["preprocess.contrast=local", "preprocess.whiten=patch"]
WHOLE = ["preprocess.contrast=sample", "preprocess.whiten=image"]
SIGNS = ["preprocess.projection=90", "preprocess.projection_seed=7"]
VARIANTS = {
    "dense": SMALL,
    "sparse": [*SMALL, *SPARSE],
    "windows": [*SMALL, *WINDOWS],
    "modules of two sizes": TWO,
    "modules of two sizes in order": [*TWO, "dynamics.order=modules"],
    "chain": CHAIN,
    "chain in order": [*CHAIN, "dynamics.order=modules", "dynamics.stop=cycle"],
    "cycles": [*SMALL, *CYCLES],
    "partial": [*SMALL, *SPARSE, "dynamics.order=partial", "dynamics.probability=0.3"],
    "sequential": [*TWO, "dynamics.order=sequential"],
    "continuous": [*TWO, "network.modules.0.tanh=2"],
    "local contrast, whitened patches": [*SMALL, *LOCAL],
    "contrast, whitened": [*SMALL, *WHOLE, "preprocess.standardise=none"],
    "signs": [*SMALL, *SIGNS],
    "averaged readout": [*SMALL, "readout.averaging=0.01", "preprocess.scale=none"],
}


class Kept(unittest.TestCase):
    """Files of the format versions 1 to 5, with what the programs that wrote them made of them."""

    def test_kept_files_predict_what_they_did_when_written(self) -> None:
        folder = ROOT / "testdata" / "kept"
        records: dict[str, Any] = json.loads((folder / "labels.json").read_text())
        versions = set()
        for name, want in records.items():
            with self.subTest(name):
                model = basin_model.load(folder / name)
                versions.add(model.metadata["format_version"])
                logits = model.logits(DIGITS[TRAINING : TRAINING + 20])
                ordered = np.sort(logits, axis=1)
                margins = [float(margin).hex() for margin in ordered[:, -1] - ordered[:, -2]]
                self.assertEqual(logits.argmax(axis=1).tolist(), want["labels"])
                self.assertEqual(margins, [float.fromhex(margin).hex() for margin in want["margins"]])
        self.assertEqual(versions, {"1", "2", "3", "4", "5"})


class Program(WithProgram):
    """Models that the program trains now."""

    def setUp(self) -> None:
        super().setUp()
        self.samples = self.folder / "samples.npy"
        np.save(self.samples, DIGITS[TRAINING:])

    def agrees(self, path: Any, samples: Any = DIGITS[TRAINING:]) -> None:
        model = basin_model.load(path)
        labels, logits = predictions(path, self.samples, model.labels)
        np.testing.assert_array_equal(model.logits(samples), logits)
        self.assertEqual(model.predict(samples).tolist(), labels)

    def test_variants_agree_bit_for_bit(self) -> None:
        for number, (name, settings) in enumerate(VARIANTS.items()):
            with self.subTest(name):
                flags = [flag for setting in settings for flag in ("--set", setting)]
                self.agrees(self.train("digits", "--preset", "plain", "--epochs", 1, *flags, name=str(number)))

    def test_stack_of_shared_windows_and_pools_agrees_bit_for_bit(self) -> None:
        config = self.folder / "stack.yaml"
        config.write_text(STACK)
        for order in ("modules", "parallel"):
            with self.subTest(order):
                flags = ["--config", config, "--epochs", 1, "--set", f"dynamics.order={order}"]
                path = self.train("digits", "--preset", "plain", *flags, name=order)
                self.assertEqual(basin_model.load(path).metadata["format_version"], "5")
                self.agrees(path)

    def test_colour_images_that_change_agree_bit_for_bit(self) -> None:
        images = np.random.default_rng(1).integers(0, 256, (120, 11, 10, 3), np.uint8)
        np.savez(self.folder / "colours.npz", x=images[:90], y=np.arange(90) % 3)
        np.save(self.samples, images[90:])
        config = self.folder / "colours.yaml"
        config.write_text(COLOURS)
        path = self.train(self.folder / "colours.npz", "--config", config, "--epochs", 2)
        self.agrees(path, images[90:])

    def test_integers_agree_bit_for_bit(self) -> None:
        for number, settings in enumerate([SMALL, [*SMALL, *SPARSE], [*SMALL, *WINDOWS], [*SMALL, *SIGNS], TWO]):
            for bits in (3, 8):
                with self.subTest(settings, bits=bits):
                    flags = [flag for setting in settings for flag in ("--set", setting)]
                    path = self.train("digits", "--preset", "plain", "--epochs", 1, *flags, name=f"{number}-{bits}")
                    packed = self.folder / f"{number}-{bits}-packed.safetensors"
                    run("quantise", path, "--bits", bits, "--out", packed)
                    self.agrees(packed)

    def test_neighbours_change_nothing(self) -> None:
        model = basin_model.load(self.train("digits", "--preset", "plain", "--epochs", 1, "--set", SMALL[0]))
        whole = model.logits(DIGITS[TRAINING : TRAINING + 300])  # more than are moved at a time
        for first, last in ((0, 1), (7, 8), (250, 300)):
            np.testing.assert_array_equal(model.logits(DIGITS[TRAINING + first : TRAINING + last]), whole[first:last])

    def test_samples_of_images_and_of_rows_are_the_same(self) -> None:
        model = basin_model.load(self.train("digits", "--preset", "plain", "--epochs", 1, "--set", SMALL[0]))
        self.assertEqual(model.shape, (8, 8))
        rows = DIGITS[TRAINING : TRAINING + 5]
        want = model.logits(rows)
        for same in (
            rows.reshape(5, 8, 8),
            rows.reshape(5, 8, 8, 1),
            rows.astype(np.float32),
            rows.astype(float).tolist(),
        ):
            np.testing.assert_array_equal(model.logits(same), want)
        for wrong, message in (
            (rows[:, :63], "X has 63 features, but the model is expecting 64"),
            (rows.reshape(5, 4, 16), "samples of shape \\[4, 16\\], but the model reads \\[8, 8\\]"),
            (rows[0], "reshape your data"),
            (rows[:0], "at least one sample"),
            (np.where(rows == 0, np.nan, rows), "NaN"),
            (rows / 16, "multiply shares by the largest value"),
            (rows * 1000.0, "same unit"),
            (np.full((2, 64), "a"), "'a', want a number"),
        ):
            with self.assertRaisesRegex(basin_model.ModelError, message):
                model.logits(wrong)
