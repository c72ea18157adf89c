"""From raw samples to the inputs of a network, as the preprocessing was fitted."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from . import draws, images, table
from .couplings import Floats
from .errors import ModelError
from .file import File
from .grid import Image, Section, image_of

Doubles = npt.NDArray[np.float64]

# Samples that are projected at a time.
_AT_ONCE = 64


class Encoder:
    """What a model file knows of its preprocessing."""

    def __init__(self, file: File) -> None:
        said: Section = {**(file.json("settings").get("preprocess") or {}), **file.json("encoder")}
        columns: Section = file.json("columns") if "columns" in file.texts else {}
        self.features: int = said["features"]
        self.divisor = np.float32(said["divisor"])
        self.bytes: bool = said.get("bytes", False)
        self.missing: str = said.get("missing") or "error"
        self.scale: str = said.get("scale", "max")
        self.names: list[str] = columns.get("features") or []
        self._kinds: list[str] = columns.get("kinds") or []
        self._codings: list[Section] | None = said.get("codings")
        self._said = said
        self._mean = np.array(said.get("mean") or [], np.float32)
        self._deviation = np.array(said.get("deviation") or [], np.float32)
        width = len(self._mean) if len(self._mean) > 1 else self._width
        if len(self._mean) != len(self._deviation) or width != self._width or not self.divisor > 0:
            raise ModelError(
                f"{file.path}: metadata encoder: means, deviations and the divisor do not fit {self._width} values"
            )
        self._projection: int = said.get("projection", 0)
        self._image = image_of(said["shape"]) if len(said.get("shape") or []) > 1 else None
        whitening: Section | None = said.get("whitening")
        self._whitening: tuple[Floats, Floats, int] | None = None
        if whitening is not None:
            mean: Floats = np.array(whitening["mean"], np.float32)
            self._whitening = mean, file.arrays["whitening"].copy(), whitening.get("side", 0)
        self._rows: Doubles | None = None  # of the random projection
        shape = list(file.json("input_shape"))
        self.shape: list[int] = shape if not self._projection and self._codings is None else [self.features]

    @property
    def _width(self) -> int:
        """The number of values that are scaled."""
        return self.features if self._codings is None else sum(map(_width, self._codings))

    def encode(self, samples: Any) -> Floats:
        """The inputs of some samples, a row for each.

        ModelError says what does not fit: shapes, missing values, a range of values that
        another unit explains.
        """
        values = self._coded(samples) if self._codings is not None else self._raw(samples)
        if self._mixes:
            values = self._mixed(np.float32(np.float32(1) / self.divisor) * values)
        scale, offset = self._affine()
        inputs: Floats = scale * values + offset
        if not np.isfinite(inputs).all():
            raise ModelError("samples that are encoded as numbers which are not finite: want smaller ones")
        if self.bytes:
            inputs = np.floor(np.clip(inputs, 0, 255).astype(np.float64) + 0.5).astype(np.float32)
        return self._project(inputs) if self._projection > 0 else inputs

    @property
    def _mixes(self) -> bool:
        return self._whitening is not None or self._said.get("contrast") in ("sample", "local")

    def _raw(self, samples: Any) -> Floats:
        """Samples of numbers, none of which is missing."""
        columns = None
        if table.names_of(samples) is not None:
            columns = table.matched(samples, self.names, self.features)
        else:
            array = np.asarray(samples)
            if array.dtype.kind not in "biuf":
                columns = table.columns_of(array)
        if columns is not None:
            numbers = [table.numbers(column, "number", self._called(k)) for k, column in enumerate(columns)]
            array = np.stack(numbers, axis=1)
        if array.ndim < 2 or len(array) == 0:
            raise ModelError(
                f"samples of shape {list(array.shape)}, want at least one sample: reshape your data, a row for each; "
                + table.ONE_ROW
            )
        shape = list(array.shape[1:])
        if len(shape) == 3 and shape[2] == 1 and len(self.shape) == 2:
            shape = shape[:2]
        if (len(shape) > 1 and len(self.shape) > 1 and shape != self.shape) or np.prod(shape) != self.features:
            if len(shape) == 1:
                raise ModelError(
                    f"X has {shape[0]} features, but the model is expecting {self.features} features as input"
                )
            raise ModelError(f"samples of shape {shape}, but the model reads {self.shape}")
        with np.errstate(over="ignore"):
            values: Floats = array.reshape(len(array), -1).astype(np.float32)
        if not np.isfinite(values).all():
            raise ModelError(
                "X contains NaN, infinity or a value too large for dtype('float32'), "
                "and the model fills nothing that is missing"
            )
        self._check_range(values)
        return values

    def _coded(self, samples: Any) -> Floats:
        """The columns of a table as numbers."""
        assert self._codings is not None
        columns = table.matched(samples, self.names, self.features)
        if not columns or len(columns[0]) == 0:
            raise ModelError("no samples, want at least one")
        return np.concatenate(
            [self._code(k, coding, column) for k, (coding, column) in enumerate(zip(self._codings, columns))], axis=1
        )

    def _code(self, k: int, coding: Section, column: table.Cells) -> Floats:
        """What one column becomes: a number, or one value for each category; one more for missing cells."""
        categories: list[str] | None = coding.get("categories")
        told: bool = coding.get("missing", False)
        out = np.zeros((len(column), _width(coding)), np.float32)
        if categories is not None:
            cells = table.texts(column)
            place = {name: at for at, name in enumerate(categories)}
            for row, cell in enumerate(cells):
                if cell is not None and cell in place:
                    out[row, place[cell]] = 1
            lacking = np.array([cell is None for cell in cells])
        else:
            values = table.numbers(column, self._kind(k, coding), self._called(k))
            lacking = np.isnan(values)
            fill, origin = float(coding.get("fill", 0)), float(coding.get("origin", 0))
            out[:, 0] = np.where(lacking, fill, values) - origin
        if told:
            out[lacking, -1] = 1
        if self.missing == "error" and lacking.any():
            raise ModelError(
                f"{self._called(k)}: Input X contains NaN, but the model was trained with preprocess.missing=error, "
                "where nothing may be missing"
            )
        return out

    def _kind(self, k: int, coding: Section) -> str:
        kind = self._kinds[k] if self._kinds else "number"
        within_a_day = 0 < coding.get("origin", 0) < 1  # the mean of times, which old models call dates
        return "time" if kind == "date" and within_a_day else kind

    def _called(self, k: int) -> str:
        return f"column {self.names[k]!r}" if self.names else f"column {k + 1}"

    def _check_range(self, values: Floats) -> None:
        """Refuse values in another unit than those that were learned, as Basin does."""
        least, largest = float(values.min()), float(values.max())
        if self.bytes and (least < 0 or largest > self.divisor):
            raise ModelError(
                f"values from {least:.6g} to {largest:.6g}, but a model of integers reads those "
                f"from 0 to {self.divisor:.6g}"
            )
        image = len(self.shape) > 1
        if self.scale != "max" or not (image or self.divisor == 255 and self.features >= 64):
            return
        far, whole = max(largest, -least), bool((values == np.floor(values)).all())
        shares = self.divisor >= 16 and not whole and far <= 1
        standardised = self.divisor >= 128 and not whole and least < 0 and far <= self.divisor / 16
        if shares or standardised or (image and far > 16 * self.divisor):
            raise ModelError(
                f"values from {least:.6g} to {largest:.6g}, but the model learned from values up to "
                f"{self.divisor:.6g}: bring them to the same unit (multiply shares by the largest value)"
            )

    def _mixed(self, values: Floats) -> Floats:
        """Contrast and whitening."""
        contrast = self._said.get("contrast")
        if contrast == "sample":
            values = images.contrast(values)
        if contrast == "local":
            values = images.local_contrast(values, self._shaped(), self._said.get("contrast_side") or 7)
        if self._whitening is not None:
            mean, matrix, side = self._whitening
            if side > 0:
                values = images.whiten_patches(values, self._shaped(), mean, matrix, side)
            else:
                values = images.whiten(values, mean, matrix)
        return values

    def _shaped(self) -> Image:
        if self._image is None:
            raise ModelError("the encoder looks around pixels, but knows no shape of images")
        return self._image

    def _affine(self) -> tuple[Floats, Floats]:
        """What values are multiplied by, and what is added."""
        divisor = 1.0 if self._mixes else float(self.divisor)
        mean, deviation = np.zeros(1), np.ones(1)
        if len(self._mean) > 0:
            mean, deviation = self._mean.astype(np.float64), self._deviation.astype(np.float64)
            deviation[deviation == 0] = 1
        if self.bytes:
            deviation = np.full(1, 1 / 255.0)
        return (1 / (divisor * deviation)).astype(np.float32), (-mean / deviation).astype(np.float32)

    def _project(self, values: Floats) -> Floats:
        """The signs of random projections: sums in double precision, values ascending."""
        if self._rows is None:
            seed = self._said.get("projection_seed", 1)
            self._rows = np.ascontiguousarray(draws.normals(seed, self._projection, values.shape[1]).T)
        signs = np.empty((len(values), self._projection), np.float32)
        for first in range(0, len(values), _AT_ONCE):
            part = values[first : first + _AT_ONCE].astype(np.float64)
            sums = np.zeros((len(part), self._projection))
            for value, row in zip(part.T, self._rows):
                sums += value[:, None] * row
            signs[first : first + _AT_ONCE] = np.where(sums >= 0, 1, -1)
        return signs


def _width(coding: Section) -> int:
    """The number of values that a column becomes."""
    categories = coding.get("categories")
    return (1 if categories is None else len(categories)) + bool(coding.get("missing", False))
