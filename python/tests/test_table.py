"""Tables: texts, dates, missing values and names of columns."""

from __future__ import annotations

import csv
import random
import unittest

import numpy as np

import basin_model
from basin_model import table

from .basin import WithProgram, predictions

SMALL = ["--epochs", 2, "--set", "network.modules.0.neurons=60"]
HEADER = ["size", "colour", "when", "at", "good", "far"]


def rows(count: int, seed: int) -> list[list[str]]:
    """Rows of a table, of which some cells are missing; the label is the last."""
    draw = random.Random(seed)
    lines = []
    for _ in range(count):
        size, colour = draw.gauss(0, 1), draw.choice(["red", "green", "blue"])
        cells = [
            f"{size:.4f}",
            colour,
            f"20{draw.randrange(10, 25)}-{draw.randrange(1, 13):02}-11T{draw.randrange(24):02}:30:00+02:00",
            f"{draw.randrange(24):02}:{draw.randrange(60):02}:05.25",
            draw.choice(["true", "false"]),
            f"{20_000_000_000 + draw.randrange(90)}",
        ]
        for k in range(4):
            if draw.random() < 0.1:
                cells[k] = draw.choice(["", "NA", "?"])
        lines.append([*cells, "yes" if size > 0 or colour == "red" else "no"])
    return lines


class Program(WithProgram):
    def write(self, name: str, lines: list[list[str]]) -> str:
        path = self.folder / name
        with open(path, "w", newline="") as file:
            csv.writer(file).writerows([[*HEADER, "label"], *lines])
        return str(path)

    def test_table_of_all_kinds_agrees_bit_for_bit(self) -> None:
        new, old = rows(60, 2), self.write("old.csv", rows(200, 1))
        new[0][1] = "violet"  # which training did not see
        for missing in ("column", "mean", "median"):
            with self.subTest(missing):
                path = self.train(old, *SMALL, "--set", f"preprocess.missing={missing}", name=missing)
                model = basin_model.load(path)
                labels, logits = predictions(path, self.folder / self.write("new.csv", new), model.labels)
                columns = dict(zip(HEADER, (list(column) for column in zip(*new))))
                np.testing.assert_array_equal(model.logits(columns), logits)
                self.assertEqual(model.predict(columns).tolist(), labels)
                self.assertEqual(model.columns, HEADER)

                moved = {name: columns[name] for name in reversed(HEADER)}
                moved["other"] = columns["size"]
                np.testing.assert_array_equal(model.logits(moved), logits)
                np.testing.assert_array_equal(model.logits(np.array([line[:-1] for line in new], object)), logits)

                del moved["colour"]
                with self.assertRaisesRegex(basin_model.ModelError, "no column is named 'colour'"):
                    model.logits(moved)
                with self.assertRaisesRegex(basin_model.ModelError, "column 'size', row 3: 'huge', want a number"):
                    model.logits({**columns, "size": [*columns["size"][:3], "huge", *columns["size"][4:]]})

    def test_numbers_that_differ_little_agree_bit_for_bit(self) -> None:
        draw = np.random.default_rng(1)
        X = 2e10 + draw.integers(0, 90, (80, 3))  # numbers of 32 bits would make them equal
        np.savez(self.folder / "x.npz", x=X[:60], y=(X[:60, 0] > 2e10 + 45).astype(int))
        np.save(self.folder / "new.npy", X[60:])
        path = self.train(self.folder / "x.npz", *SMALL)
        model = basin_model.load(path)
        labels, logits = predictions(path, self.folder / "new.npy", model.labels)
        np.testing.assert_array_equal(model.logits(X[60:]), logits)
        self.assertEqual(len(set(labels)), 2)

    def test_missing_values_are_refused_where_none_may_be(self) -> None:
        lines = [line for line in rows(200, 1) if "" not in line and "NA" not in line and "?" not in line]
        drop = 'data.drop=["colour", "when", "at"]'
        path = self.train(self.write("old.csv", lines), *SMALL, "--set", "preprocess.missing=error", "--set", drop)
        with self.assertRaisesRegex(basin_model.ModelError, "NaN"):
            basin_model.load(path).logits({"size": [0.1, np.nan], "good": [True, False], "far": [1, 2]})


class Cells(unittest.TestCase):
    def test_dates_are_days_in_utc(self) -> None:
        for text, want in (
            ("1970-01-02", 1.0),
            ("1970/01/02", 1.0),
            ("1970-02", 31.0),
            ("1970-01-01T12:00", 0.5),
            ("1970-01-01 12:00:00Z", 0.5),
            ("1970-01-01 12:00:00 UTC", 0.5),
            ("1970-01-01T12:00:00+02:00", 10 / 24),
            ("1970-01-01T12:00:00-0030", 12.5 / 24),
            ("1969-12-31T00:00:00.5", -1 + 0.5 / 86400),
        ):
            self.assertEqual(table.numbers(np.array([text], object), "date", "x")[0], want, text)
        self.assertEqual(table.numbers(np.array(["06:00"], object), "time", "x")[0], 0.25)
        stamps = np.array(["1970-01-01T12:00:00.250", "NaT"], "datetime64[ms]")
        self.assertEqual(table.numbers(stamps[:1], "date", "x")[0], 43200 / 86400 + 0.25 / 86400)
        self.assertTrue(np.isnan(table.numbers(stamps, "date", "x")[1]))
        for text in ("1970-13-01", "today", "1970"):
            with self.assertRaisesRegex(basin_model.ModelError, "ISO 8601"):
                table.numbers(np.array([text], object), "date", "x")

    def test_truths_are_numbers(self) -> None:
        self.assertEqual(
            table.numbers(np.array(["True", "false", True, 0], object), "boolean", "x").tolist(), [1, 0, 1, 0]
        )
        with self.assertRaisesRegex(basin_model.ModelError, "true or false"):
            table.numbers(np.array([2.0]), "boolean", "x")

    def test_missing_cells_are_those_of_the_program(self) -> None:
        there = [0, "0", "none", False, "n"]
        lacking = [
            None,
            float("nan"),
            "",
            " ",
            "?",
            ".",
            "na",
            "N/A",
            "#N/A",
            "<NA>",
            "NaN",
            "NULL",
            np.datetime64("NaT"),
        ]
        self.assertEqual(
            [table.missing(cell) for cell in there + lacking], [False] * len(there) + [True] * len(lacking)
        )
