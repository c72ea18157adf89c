"""The programs in the README and in the guide run."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import json
import os
import re
import shutil

import numpy as np

from .basin import BINARY, DIGITS, LABELS, ROOT, TRAINING, WithProgram, run

BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Documents(WithProgram):
    def setUp(self) -> None:
        super().setUp()
        assert BINARY is not None
        path, folder = os.environ["PATH"], os.getcwd()
        self.addCleanup(os.environ.__setitem__, "PATH", path)
        self.addCleanup(os.chdir, folder)
        programs = self.folder / "programs"
        programs.mkdir()
        shutil.copy(BINARY, programs / ("basin.exe" if os.name == "nt" else "basin"))
        os.environ["PATH"] = f"{programs}{os.pathsep}{path}"
        os.chdir(self.folder)

    def printed(self, document: str) -> list[str]:
        """The lines that the blocks of a document print, one after the other, without those that ask what is not there."""
        blocks = BLOCK.findall((ROOT / document).read_text(encoding="utf-8"))
        self.assertGreater(len(blocks), 0)
        if importlib.util.find_spec("onnxruntime") is None:
            blocks = [block for block in blocks if "import onnxruntime" not in block]
        out = io.StringIO()
        names: dict[str, object] = {}
        with contextlib.redirect_stdout(out):
            for block in blocks:
                exec(compile(block, document, "exec"), names)
        return out.getvalue().splitlines()

    def test_readme(self) -> None:
        lines = ["age,city,answer"] + [
            f"{20 + k % 50},{'Oslo' if k % 3 else 'Lima'},{'yes' if k % 50 > 20 else 'no'}" for k in range(120)
        ]
        (self.folder / "people.csv").write_text("\n".join([*lines, ",Oslo,yes"]) + "\n")
        self.train("people.csv", "--epochs", 3, "--set", "network.modules.0.neurons=50", name="people")
        np.savez("digits.npz", x=DIGITS, y=LABELS)
        printed = self.printed("python/README.md")
        self.assertEqual(printed[0], "['no', 'yes'] ['age', 'city']")
        accuracy, certainty = map(float, printed[-2:])
        self.assertGreater(accuracy, 0.8)  # 0.91 when this was written
        self.assertTrue(0.5 < certainty <= 1)

    def test_guide(self) -> None:
        header = ",".join(f"p{k + 1}" for k in range(64)) + ",digit\n"
        rows = [",".join(map(str, [*row, label])) + "\n" for row, label in zip(DIGITS.tolist(), LABELS.tolist())]
        (self.folder / "scans.csv").write_text(header + "".join(rows[:TRAINING]))
        (self.folder / "new.csv").write_text(header + "".join(rows[TRAINING:]))
        path = self.train("scans.csv", "--epochs", 2, "--set", "network.modules.0.neurons=200", name="final")
        run("export", path, "--to", "onnx", "--out", "final.onnx")
        report = json.loads(run("eval", path, "new.csv", "--json"))
        printed = self.printed("docs/guide.md")
        self.assertEqual(printed[0], f"{report['accuracy']:.2%} of 360 samples")
