"""A model file and its predictions."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from . import file as files
from .couplings import Floats
from .dynamics import Relaxation, Settings
from .encoder import Encoder
from .errors import ModelError
from .network import build

# Samples that are moved at a time; no result depends on it.
_AT_ONCE = 256


class Model:
    """A trained network, with all that a prediction needs. It does not change.

    labels: the names of the classes, in the order of the logits.
    settings: those of the training run, as in the file.
    metadata: the texts of the file, such as history and basin_version.
    """

    def __init__(self, file: files.File) -> None:
        self.settings: dict[str, Any] = file.json("settings")
        self.metadata: dict[str, str] = dict(file.texts)
        self._network = build(file)
        self.labels: list[str] = file.json("label_names") or [str(c) for c in range(self._network.classes)]
        self._encoder = Encoder(file)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of a sample: (features,), (height, width) or (height, width, channels)."""
        return tuple(self._encoder.shape)

    @property
    def columns(self) -> list[str]:
        """The names of the columns that the model reads; empty where it knows none."""
        return list(self._encoder.names)

    def predict(self, samples: Any) -> npt.NDArray[Any]:
        """The name of the class of each sample, as text: that of the largest logit."""
        predicted: npt.NDArray[Any] = np.array(self.labels)[self.logits(samples).argmax(axis=1)]
        return predicted

    def logits(self, samples: Any) -> Floats:
        """The logits, a row for each sample and a column for each class.

        samples: raw values as the model has learned them. An array of (samples, features), or
        of images with the channels last; or a table: a data frame or a dict of columns, whose
        columns are found by their names. ModelError says what does not fit.
        """
        inputs = self._encoder.encode(samples)
        logits = [self._logits(inputs[first : first + _AT_ONCE], first) for first in range(0, len(inputs), _AT_ONCE)]
        return np.concatenate(logits)

    def _logits(self, inputs: Floats, first: int) -> Floats:
        dynamics = self.settings.get("dynamics") or {}
        moving = Relaxation(
            self._network,
            Settings(
                dynamics.get("order") or "parallel",
                dynamics.get("probability", 0.5),
                dynamics.get("stop") or "fixed_point",
                dynamics.get("evaluation", 6),
                self.settings.get("seed", 1),
            ),
            inputs,
            first,
        )
        moving.run()
        read = [state for state, module in zip(moving.states, self._network.modules) if module.read]
        return self._network.readout.product(np.concatenate(read, axis=1))


def load(path: files.Path) -> Model:
    """Read the model file at a path, or the model of a checkpoint as it was then.

    ModelError says that it is another file, damaged, or of a version that is not known;
    OSError that it cannot be read.
    """
    file = files.read(path)
    try:
        return Model(file)
    except ModelError:
        raise
    except (KeyError, TypeError, IndexError, AttributeError, ValueError, ArithmeticError) as error:
        raise ModelError(f"{file.path}: metadata and arrays do not fit together: {error!r}") from error
