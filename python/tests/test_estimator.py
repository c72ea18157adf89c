"""The classifier and its probabilities."""

from __future__ import annotations

import importlib.util
import inspect
import pickle
import sys
import unittest
import warnings
from pathlib import Path

import numpy as np

import basin_model
from basin_model import BasinClassifier, calibration

from .basin import BINARY, DIGITS, LABELS, TRAINING, WithProgram

SMALL = {"network.modules.0.neurons": 100, "learning.epochs": 10}
with_sklearn = unittest.skipIf(importlib.util.find_spec("sklearn") is None, "scikit-learn is not installed")


def classifier(**parameters: object) -> BasinClassifier:
    return BasinClassifier(**{"settings": SMALL, "binary": BINARY, **parameters})  # type: ignore[arg-type]


class Classifier(WithProgram):
    def test_labels_that_a_table_reads_otherwise(self) -> None:
        rows = DIGITS[:90].astype(float)
        for names in ([" a", "a", "b"], ["NA", "?", ""], ["True", "true", "x"], ["1", "01", "1.0"]):
            y = np.array(names)[np.arange(90) % 3]
            holes = rows.copy()
            holes[0, 0] = np.nan  # a table
            for x in (rows, holes):
                learned = classifier().fit(x, y)
                self.assertEqual(learned.classes_.tolist(), sorted(names))
                self.assertLessEqual(set(learned.predict(x).tolist()), set(names))

    def test_digits_are_learned_and_told_apart(self) -> None:
        names = np.array(["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"])
        learned = classifier().fit(DIGITS[:TRAINING], names[LABELS[:TRAINING]])
        self.assertEqual(learned.classes_.tolist(), sorted(names))
        self.assertEqual(learned.n_features_in_, 64)
        X, y = DIGITS[TRAINING:], names[LABELS[TRAINING:]]
        logits = learned.decision_function(X)
        self.assertEqual(logits.shape, (360, 10))
        np.testing.assert_array_equal(learned.classes_[logits.argmax(axis=1)], learned.predict(X))
        self.assertEqual(learned.score(X, y), (learned.predict(X) == y).mean())
        self.assertGreater(learned.score(X, y), 0.8)  # 0.89 when this was written
        np.testing.assert_array_equal(pickle.loads(pickle.dumps(learned)).decision_function(X), logits)
        again = classifier().fit(DIGITS[:TRAINING], names[LABELS[:TRAINING]])
        np.testing.assert_array_equal(again.decision_function(X), logits)

    def test_images_and_two_classes(self) -> None:
        images, old = DIGITS.reshape(-1, 8, 8), LABELS > 4
        learned = classifier().fit(images[:400], old[:400])
        self.assertEqual(learned.model_.shape, (8, 8))
        self.assertEqual(learned.classes_.tolist(), [False, True])
        difference = learned.decision_function(images[400:500])
        self.assertEqual(difference.shape, (100,))
        np.testing.assert_array_equal(learned.predict(images[400:500]), difference > 0)

    def test_table_is_learned_with_its_names(self) -> None:
        draw = np.random.default_rng(1)
        size, colour = draw.normal(size=300), draw.choice(["red", "green, dark", "blue"], 300)
        y = np.where((size > 0) | (colour == "red"), 1, -1)
        size[:20] = np.nan
        day = np.datetime64("2026-01-01") + draw.integers(0, 99, 300)
        table = {"size": size, "colour": colour, "label": draw.normal(size=300), "day": day}
        learned = classifier().fit(table, y)
        self.assertEqual(learned.model_.columns, list(table))
        self.assertEqual(learned.feature_names_in_.tolist(), list(table))
        self.assertGreater(learned.score(table, y), 0.85)  # 0.95 when this was written
        moved = {name: table[name] for name in reversed(table)}
        np.testing.assert_array_equal(learned.decision_function(moved), learned.decision_function(table))

    def test_every_column_is_learned(self) -> None:
        draw = np.random.default_rng(1)
        X = np.stack([np.arange(90), draw.normal(size=90), draw.normal(size=90)], axis=1)
        X[7, 1] = np.nan  # so that it is a table, whose first column numbers the rows
        learned = classifier().fit(X, X[:, 2] > 0)
        self.assertEqual((learned.n_features_in_, learned.model_.columns), (3, ["x1", "x2", "x3"]))
        self.assertGreater(learned.score(X, X[:, 2] > 0), 0.8)
        with self.assertRaisesRegex(ValueError, "X has 2 features, but BasinClassifier is expecting 3"):
            learned.predict(X[:, :2])

    def test_preset_and_settings_reach_the_program(self) -> None:
        learned = classifier(seed=4, preset="plain").fit(DIGITS[:300], LABELS[:300])
        self.assertEqual(learned.model_.settings["seed"], 4)
        self.assertEqual(learned.model_.settings["network"]["modules"][0]["neurons"], 100)
        self.assertEqual(learned.model_.settings["data"]["test_share"], 0)
        self.assertEqual(learned.model_.settings["learning"]["recurrent"]["rate"], 0.02)
        self.assertEqual(
            classifier().fit(DIGITS[:300], LABELS[:300]).model_.settings["learning"]["recurrent"]["rate"]["end"], 0.0006
        )

    def test_errors_say_what_was_wrong(self) -> None:
        with self.assertRaisesRegex(FileNotFoundError, "no program 'no-such-basin'"):
            classifier(binary="no-such-basin").fit(DIGITS, LABELS)
        with self.assertRaisesRegex(basin_model.ModelError, "learning.epoch"):
            classifier(settings={"learning.epoch": 3}).fit(DIGITS[:50], LABELS[:50])
        for settings, message in (
            ({"learning.epochs": {1, 2}}, "settings: learning.epochs is set, want a number"),
            ({3: 1}, "settings: the key 3 is no text"),
            (["learning.epochs=3"], "settings is list, want a dict"),
        ):
            with self.assertRaisesRegex(ValueError, message):
                classifier(settings=settings).fit(DIGITS[:50], LABELS[:50])
        with self.assertRaisesRegex(FileNotFoundError, "no program 3"):
            classifier(binary=3).fit(DIGITS[:50], LABELS[:50])
        for row in (DIGITS[0], [0.0] * 64):
            with self.assertRaisesRegex(ValueError, r"one sample is df.iloc\[\[0\]\] of a data frame"):
                classifier().fit(DIGITS[:50], LABELS[:50]).predict(row)
        for X, y, message in (
            (DIGITS[:50], LABELS[:49], "inconsistent numbers of samples"),
            (DIGITS[:50], np.zeros(50, int), "1 class"),
            (DIGITS[:50], np.linspace(0, 1, 50), "Unknown label type"),
            (DIGITS[:50], [None] * 50, "NaN"),
            (DIGITS[:2], np.array([1, "1"], object), "no order"),
            (np.full((4, 2), np.inf), [0, 1, 0, 1], "infinity"),
        ):
            with self.assertRaisesRegex(ValueError, message):
                classifier().fit(X, y)
        with self.assertRaisesRegex(ValueError, "not fitted yet"):
            classifier().predict(DIGITS)

    def test_probabilities_come_with_a_calibration(self) -> None:
        learned = classifier().fit(DIGITS[:1000], LABELS[:1000])
        self.assertFalse(hasattr(learned, "predict_proba"))
        before = learned.predict(DIGITS[TRAINING:])
        learned.calibrate(DIGITS[1000:TRAINING], LABELS[1000:TRAINING])
        probabilities = learned.predict_proba(DIGITS[TRAINING:])
        np.testing.assert_allclose(probabilities.sum(axis=1), 1)
        np.testing.assert_array_equal(learned.classes_[probabilities.argmax(axis=1)], before)
        # The likelihood of samples of the same kind is better than at half and twice the temperature.
        logits = learned.decision_function(DIGITS[TRAINING:])

        def likelihood(factor: float) -> float:
            logarithms = calibration.log_probabilities(logits, learned._temperature * factor)
            return float(logarithms[np.arange(360), LABELS[TRAINING:]].mean())

        self.assertGreater(likelihood(1), max(likelihood(0.5), likelihood(2)))
        with self.assertRaisesRegex(ValueError, "none of"):
            learned.calibrate(DIGITS[:2], [1, 11])

    @with_sklearn
    def test_scikit_learn_finds_nothing_wrong(self) -> None:
        from sklearn.utils.estimator_checks import check_estimator

        if "on_fail" not in inspect.signature(check_estimator).parameters:
            self.skipTest("scikit-learn is older than 1.6, where checks are reported one by one")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            results = check_estimator(classifier(), on_fail=None, on_skip=None)
        self.assertEqual([(r["check_name"], str(r["exception"])) for r in results if r["status"] == "failed"], [])


class Parameters(unittest.TestCase):
    def test_parameters_are_got_and_set(self) -> None:
        untrained = BasinClassifier(seed=3)
        self.assertEqual(untrained.get_params(), {"preset": None, "settings": None, "seed": 3, "binary": "basin"})
        self.assertEqual(repr(untrained.set_params(seed=1, preset="plain")), "BasinClassifier(preset='plain')")
        with self.assertRaisesRegex(ValueError, "Invalid parameter 'sed'"):
            untrained.set_params(sed=1)

    def test_package_needs_no_scikit_learn(self) -> None:
        import subprocess

        text = "import sys; sys.modules['sklearn'] = None; import basin_model; print(basin_model.BasinClassifier())"
        package = Path(basin_model.__file__).parents[1]
        done = subprocess.run([sys.executable, "-c", text], cwd=package, capture_output=True, text=True, check=False)
        self.assertEqual((done.stdout, done.stderr), ("BasinClassifier()\n", ""))


class Temperature(unittest.TestCase):
    def test_temperature_of_drawn_labels_is_found(self) -> None:
        draw = np.random.default_rng(1)
        logits = draw.normal(size=(20_000, 5)).astype(np.float32) * 4
        for want in (0.5, 3.0):
            cumulated = np.exp(calibration.log_probabilities(logits, want)).cumsum(axis=1)
            labels = (draw.random((20_000, 1)) > cumulated).sum(axis=1).clip(max=4)
            # The standard error of log T was 0.01 or less over ten seeds: five of them.
            self.assertLess(abs(np.log(calibration.temperature(logits, labels) / want)), 0.05)

    def test_samples_that_are_all_right_have_a_temperature(self) -> None:
        logits = np.eye(3, dtype=np.float32)
        for labels in ([0, 1, 2], [1, 2, 0]):
            found = calibration.temperature(logits, np.array(labels))
            self.assertTrue(0 < found < np.inf)
