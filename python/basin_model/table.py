"""Tables: from arrays and data frames to the columns that a model reads."""

from __future__ import annotations

import datetime
import math
import re
from typing import Any

import numpy as np
import numpy.typing as npt

from .errors import ModelError

Cells = npt.NDArray[Any]  # one column
Doubles = npt.NDArray[np.float64]

_MISSING = frozenset(["", "?", ".", "na", "n/a", "#n/a", "<na>", "nan", "null"])
_TRUTHS = {"true": 1.0, "false": 0.0}
_DATE = re.compile(
    r"(\d{4})[-/](\d\d)(?:[-/](\d\d))?(?:[T ](\d\d):(\d\d)(?::(\d\d)(\.\d{1,9})?)?)? ?(Z|UTC|[+-]\d\d(?::?\d\d)?)?"
)
_CLOCK = re.compile(r"(\d\d?):(\d\d)(?::(\d\d)(\.\d{1,9})?)?")


ONE_ROW = "one sample is df.iloc[[0]] of a data frame, X[:1] of an array"


def names_of(samples: Any) -> list[str] | None:
    """The names of the columns of a data frame or of a dict; None for arrays, and where names are no texts."""
    if hasattr(samples, "toarray"):  # sparse, of which one kind is a dict
        return None
    names = list(samples) if isinstance(samples, dict) else list(getattr(samples, "columns", []))
    return names if names and all(isinstance(name, str) for name in names) else None


def columns_of(samples: Any) -> list[Cells]:
    """The columns of a data frame, of a dict of columns or of an array of two dimensions."""
    if isinstance(samples, dict):
        columns = [np.asarray(column) for column in samples.values()]
    elif hasattr(samples, "iloc"):
        if len(samples.shape) != 2:
            raise ModelError(f"samples of shape {list(samples.shape)}, want a row for each sample: {ONE_ROW}")
        columns = [np.asarray(samples.iloc[:, k]) for k in range(samples.shape[1])]
    elif names_of(samples) is not None:
        columns = [np.asarray(samples[name]) for name in samples.columns]
    else:
        array = np.asarray(samples)
        if array.ndim != 2:
            raise ModelError(f"samples of shape {list(array.shape)}, want a row for each sample: {ONE_ROW}")
        columns = list(array.T)
    if len({column.shape for column in columns}) > 1:
        raise ModelError(f"columns of {sorted({len(column) for column in columns})} cells, want equal numbers")
    return columns


def matched(samples: Any, features: list[str], count: int) -> list[Cells]:
    """The columns that a model reads: by their names where both have them, else by their places."""
    columns, names = columns_of(samples), names_of(samples)
    if names is None or not features:
        if len(columns) != count:
            raise ModelError(f"X has {len(columns)} features, but the model is expecting {count} features as input")
        return columns
    at: list[int] = []
    for feature in features:
        free = [k for k, name in enumerate(names) if name == feature and k not in at]
        if not free:
            raise ModelError(f"no column is named {feature!r}: the columns are {names}, the model reads {features}")
        at.append(free[0])
    return [columns[k] for k in at]


def missing(cell: Any) -> bool:
    """Whether a cell stands for a value that is not there."""
    if cell is None or isinstance(cell, str):
        return cell is None or cell.strip().lower() in _MISSING
    return str(cell) in ("NaT", "<NA>") or bool(cell != cell)


def texts(column: Cells) -> list[str | None]:
    """The texts of the cells of a column, None for those that are missing."""
    return [None if missing(cell) else str(cell).strip() for cell in column.tolist()]


def numbers(column: Cells, kind: str, called: str) -> Doubles:
    """The numbers of a column of a kind, NaN for cells that are missing.

    Dates are days from 1970-01-01 in UTC, times of the day parts of a day; true and false are 1
    and 0. ModelError names a cell that is none.
    """
    if column.dtype.kind in "biuf":
        values: Doubles = column.astype(np.float64)
    elif column.dtype.kind == "M":
        nanoseconds = column.astype("datetime64[ns]")
        whole = nanoseconds.astype("datetime64[s]")
        values = whole.astype(np.int64) / 86400 + (nanoseconds - whole).astype(np.int64) / 86400e9
        values[np.isnat(column)] = math.nan
    else:
        values = np.array(
            [_number(cell, kind, f"{called}, row {row}") for row, cell in enumerate(column.tolist())], np.float64
        )
    if kind == "boolean" and not np.isin(values[~np.isnan(values)], (0, 1)).all():
        raise ModelError(f"{called}: want true or false, or 1 or 0, as the model has learned")
    with np.errstate(over="ignore"):
        if np.isinf(values.astype(np.float32)).any():
            raise ModelError(f"{called}: infinity or a value too large for dtype('float32')")
    return values


def _number(cell: Any, kind: str, called: str) -> float:
    if missing(cell):
        return math.nan
    if kind in ("date", "time"):
        days = _days(str(cell), kind == "time")
        if days is None:
            raise ModelError(f"{called}: {cell!r}, want a {kind} in the form of ISO 8601, as the model has learned")
        return days
    if isinstance(cell, str):
        cell = cell.strip()
        truth = _TRUTHS.get(cell.lower())
        if truth is not None:
            return truth
    try:
        return float(cell)
    except (TypeError, ValueError) as error:
        raise ModelError(f"{called}: {cell!r}, want a number") from error


def _days(cell: str, clock: bool) -> float | None:
    """A date in days from 1970-01-01, or a time of the day as a part of a day; None for other texts."""
    found = (_CLOCK if clock else _DATE).fullmatch(cell.strip())
    if found is None:
        return None
    if clock:
        hour, minute, second, fraction = found.groups()
        seconds = int(hour) * 3600 + int(minute) * 60 + int(second or 0)
        return (seconds * 10**9 + _nanoseconds(fraction)) / 86400e9
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    try:
        moment = datetime.datetime(
            int(year), int(month), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0)
        )
    except ValueError:
        return None
    since = moment - datetime.datetime(1970, 1, 1)
    seconds = since.days * 86400 + since.seconds
    if zone and zone[0] in "+-":
        sign = 1 if zone[0] == "-" else -1
        seconds += sign * (int(zone[1:3]) * 3600 + int(zone[-2:] if len(zone) > 3 else 0) * 60)
    return seconds / 86400 + _nanoseconds(fraction) / 86400e9


def _nanoseconds(fraction: str | None) -> int:
    return int(fraction[1:].ljust(9, "0")) if fraction else 0
