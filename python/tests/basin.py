"""The program that the tests compare with, and the digits.

BASIN_BINARY names the program; without it `basin` is looked for. `go test -run Python .` builds it.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
BINARY = shutil.which(os.environ.get("BASIN_BINARY", "basin"))

with gzip.open(ROOT / "dataset" / "digits.csv.gz", "rt") as _file:
    _rows = np.array(list(csv.reader(_file)), np.uint8)
DIGITS, LABELS = _rows[:, :64], _rows[:, 64].astype(int)
TRAINING = 1437  # rows before the test samples


def run(*arguments: Any) -> str:
    """What the program prints; a failure is an error with what it says."""
    assert BINARY is not None
    done = subprocess.run([BINARY, *map(str, arguments)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise AssertionError(f"basin {' '.join(map(str, arguments))}: {done.stderr}")
    return done.stdout


def predictions(model: Path, samples: Path, names: list[str]) -> tuple[list[str], np.ndarray]:
    """The labels and logits of `basin predict`; names are those of the classes."""
    lines = [json.loads(line) for line in run("predict", model, samples, "--format", "json", "--logits").splitlines()]
    return [line["label"] for line in lines], np.array(
        [[line["logits"][name] for name in names] for line in lines], np.float32
    )


@unittest.skipIf(BINARY is None, "no program: set BASIN_BINARY to the path of basin")
class WithProgram(unittest.TestCase):
    """A test with the program and a folder of its own."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def train(self, *arguments: Any, name: str = "model") -> Path:
        path = self.folder / f"{name}.safetensors"
        run("train", *arguments, "--quiet", "--offline", "--out", path)
        return path
