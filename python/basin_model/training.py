"""What `basin train` reads: samples and labels as files."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from . import table


def rows(samples: Any) -> npt.NDArray[Any]:
    """Samples as an array, in the words in which scikit-learn says what is wrong with them."""
    if hasattr(samples, "toarray"):
        raise TypeError("A sparse matrix was passed, but dense data is required: use X.toarray()")
    array = np.asarray(samples)
    if array.dtype.kind == "c":
        raise ValueError("Complex data not supported")
    if array.ndim < 2:
        raise ValueError(
            f"Expected 2D array, got {array.ndim}D array instead. Reshape your data: a row for each sample; "
            + table.ONE_ROW
        )
    if array.shape[0] == 0 or 0 in array.shape[1:]:
        what = "sample" if array.shape[0] == 0 else "feature"
        raise ValueError(f"Found array with 0 {what}(s) (shape={array.shape}) while a minimum of 1 is required.")
    return array


def labels(y: Any) -> npt.NDArray[Any]:
    """The labels as an array of one dimension. ValueError for what is none, or no label."""
    if y is None:
        raise ValueError("BasinClassifier requires y to be passed, but the target y is None")
    array = np.asarray(y)
    if array.ndim == 2 and array.shape[1] == 1:
        import warnings

        warnings.warn("A column-vector y was passed when a 1d array was expected.", _conversion_warning(), stacklevel=3)
        array = array[:, 0]
    if array.ndim != 1:
        raise ValueError(f"y should be a 1d array, got an array of shape {array.shape} instead.")
    if array.dtype.kind == "f":
        if not np.isfinite(array).all():
            raise ValueError("Input y contains NaN or infinity.")
        if (array != np.floor(array)).any():
            raise ValueError("Unknown label type: continuous. A classifier expects discrete classes")
    if array.dtype.kind == "O" and any(label is None or label != label for label in array.tolist()):
        raise ValueError("Input y contains NaN.")
    return array


_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_.+-]*( [A-Za-z0-9_.+-]+)*|-?(0|[1-9][0-9]{0,14})")
_WORDS = {"na", "nan", "null", "none", "nil", "missing", "unknown", "true", "false", "inf", "infinity", "n.a."}


def label_names(classes: npt.NDArray[Any]) -> list[str]:
    """What stands for each class in a file: its own text where a table has no other meaning for it, else a number.

    Texts such as " a", "NA" or "?" are labels here, and would be trimmed or missing there.
    """
    names = [str(label) for label in classes.tolist()]
    plain = all(_PLAIN.fullmatch(name) and name.lower() not in _WORDS for name in names)
    if plain and len({name.lower() for name in names}) == len(names):
        return names
    return [f"class {k}" for k in range(len(names))]


def _conversion_warning() -> type[Warning]:
    try:
        from sklearn.exceptions import DataConversionWarning
    except ImportError:
        return UserWarning
    return DataConversionWarning  # type: ignore[no-any-return]


def write(folder: Path, samples: Any, texts: npt.NDArray[Any]) -> tuple[Path, list[str]]:
    """Write samples and the texts of their labels to a file; its path, and flags of `basin train`.

    Numbers that are all there are arrays; what has names, texts or lacks values is a table.
    """
    names = table.names_of(samples)
    if names is None:
        array = rows(samples)
        _agree(len(array), len(texts))
        if array.ndim > 2 or (array.dtype.kind in "biuf" and np.isfinite(array).all()):
            path = folder / "x.npz"
            np.savez(path, x_train=array, y_train=texts)
            return path, [] if array.ndim > 2 else ["--preset", "table"]
        if array.dtype.kind == "f" and np.isinf(array).any():
            raise ValueError("Input X contains infinity or a value too large for dtype('float64').")
        names = [f"x{k + 1}" for k in range(array.shape[1])]
    columns = table.columns_of(samples)
    _agree(len(columns[0]) if columns else 0, len(texts))
    label = "label"
    while label in names:
        label += "_"
    path = folder / "x.csv"
    cells = [_cells(column) for column in columns]
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([*names, label])
        writer.writerows(zip(*cells, texts.tolist()))
    config = folder / "columns.yaml"
    config.write_text(json.dumps({"data": {"columns": names}}), encoding="utf-8")  # all, also one that numbers the rows
    return path, ["--label", label, "--config", str(config)]


def _agree(samples: int, labels: int) -> None:
    if samples != labels:
        raise ValueError(f"Found input variables with inconsistent numbers of samples: {[samples, labels]}")


def _cells(column: table.Cells) -> list[str]:
    """The cells of a column as texts; dates in the form of ISO 8601."""
    if column.dtype.kind == "M":
        return ["" if text == "NaT" else text for text in np.datetime_as_string(column).tolist()]
    if column.dtype.kind == "f":
        return ["" if value != value else repr(value) for value in column.astype(np.float64).tolist()]
    return [text or "" for text in table.texts(column)]
