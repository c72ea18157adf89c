"""The program that trains: others in its place, its settings, and how it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import unittest
from pathlib import Path

import numpy as np

import basin_model
from basin_model import BasinClassifier

from .basin import BINARY, DIGITS, LABELS, WithProgram

POSIX = unittest.skipUnless(os.name == "posix", "no scripts and no signals of POSIX")


@POSIX
class Others(WithProgram):
    def script(self, text: str) -> Path:
        path = self.folder / "other"
        path.write_text(text)
        path.chmod(0o755)
        return path

    def test_a_program_that_is_no_basin_is_an_error_of_ours(self) -> None:
        for text, message in (
            ("#!/bin/sh\n", "wrote no model: it is no Basin"),
            ("#!/bin/sh\necho unknown option >&2; exit 2\n", "says what Basin does not.*: unknown option"),
            ("#!/bin/sh\nexit 3\n", "ended with the status 3 and said nothing"),
            ("neither a script nor a program", "cannot be run"),
        ):
            with self.assertRaisesRegex(basin_model.ModelError, message):
                BasinClassifier(binary=self.script(text)).fit(DIGITS[:50], LABELS[:50])

    def test_a_signal_ends_the_program_too(self) -> None:
        fifo = self.folder / "fifo"
        os.mkfifo(fifo)
        other = self.script(f"#!/bin/sh\necho $$ > '{fifo}'\nexec sleep 600\n")
        code = (
            "import numpy; from basin_model import BasinClassifier; "
            f"BasinClassifier(binary={str(other)!r}).fit(numpy.eye(4), [0, 1, 0, 1])"
        )
        with subprocess.Popen([sys.executable, "-c", code], cwd=Path(__file__).resolve().parents[1]) as process:
            number = int(fifo.read_text())  # waits until the program has begun
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(), 128 + signal.SIGTERM)
        with self.assertRaises(ProcessLookupError):
            os.kill(number, 0)


class Settings(WithProgram):
    def test_numbers_of_numpy_are_numbers(self) -> None:
        values = {"learning.epochs": np.int64(2), "network.modules.0.neurons": np.array(30), "learning.kappa": np.float32(0.5)}
        learned = BasinClassifier(settings=values, binary=BINARY or "").fit(DIGITS[:100], LABELS[:100])
        self.assertEqual(learned.model_.settings["learning"]["epochs"], 2)
        self.assertEqual(learned.model_.settings["network"]["modules"][0]["neurons"], 30)
