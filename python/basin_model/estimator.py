"""A classifier by the conventions of scikit-learn, which trains with the program `basin`.

scikit-learn itself is not needed: clone, pipelines, searches and cross-validation ask for
nothing but the methods below.
"""

from __future__ import annotations

import inspect
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from . import calibration, program, table, training
from .couplings import Floats
from .errors import ModelError
from .model import Model, load


class BasinClassifier:
    """Learns with `basin train`, predicts with a Model.

    preset: that of the settings (`basin config presets`); None is table for rows of numbers and
    tables, and what Basin chooses for images.
    settings: those beside the preset, such as {"learning.epochs": 10}, in the manner of --set.
    seed: of every random draw.
    binary: the program, a name that is found or a path.

    After fit: classes_, n_features_in_, feature_names_in_ (of data frames), model_.
    """

    _estimator_type = "classifier"

    def __init__(
        self, preset: str | None = None, settings: dict[str, Any] | None = None, seed: int = 1, binary: str = "basin"
    ) -> None:
        self.preset = preset
        self.settings = settings
        self.seed = seed
        self.binary = binary

    def fit(self, X: Any, y: Any) -> BasinClassifier:
        """Train on all samples.

        X: an array of (samples, features) or of images with the channels last, or a data frame,
        whose columns may be texts, dates, and lack values. y: a label for each, of any type.

        FileNotFoundError says that there is no program, ModelError what Basin said or that the
        program is another one, ValueError what is wrong with X, y or the settings.
        """
        binary = program.find(self.binary)
        said = program.settings(self.settings)
        labels = training.labels(y)
        try:
            self.classes_: npt.NDArray[Any] = np.unique(labels)
        except TypeError as error:
            raise ValueError("y mixes labels that have no order, such as texts and numbers: want one type") from error
        if len(self.classes_) < 2:
            raise ValueError(
                f"y has {len(self.classes_)} class, want at least 2: a classifier tells one class from others"
            )
        names = training.label_names(self.classes_)
        texts = np.array(names)[np.searchsorted(self.classes_, labels)]
        with tempfile.TemporaryDirectory(prefix="basin-") as folder:
            data, flags = training.write(Path(folder), X, texts)
            self.model_ = self._train(binary, data, [*flags, *said])
        missing = [name for name in names if name not in self.model_.labels]
        if missing:
            raise ModelError(f"the program read the labels {missing} as others: {list(self.model_.labels)}")
        self._order = [self.model_.labels.index(name) for name in names]
        self._temperature: float | None = None
        self.n_features_in_ = int(np.prod(self.model_.shape))
        columns = table.names_of(X)
        if columns is not None:
            self.feature_names_in_ = np.array(columns, object)
        elif hasattr(self, "feature_names_in_"):
            del self.feature_names_in_
        return self

    def _train(self, binary: str, data: Path, flags: list[str]) -> Model:
        out = data.parent / "model.safetensors"
        flags = ["--out", str(out), "--quiet", "--checkpoint-seconds", "0", *flags, "--seed", str(self.seed)]
        if self.preset is not None:
            flags += ["--preset", str(self.preset)]
        program.train(binary, data, flags)
        if not out.exists():
            raise ModelError(f"{binary} wrote no model: it is no Basin, want the path of one as binary")
        return load(out)

    def decision_function(self, X: Any) -> Floats:
        """The logits, a column for each of classes_; of two classes that of the second less that of the first."""
        logits = self._logits(X)
        return logits[:, 1] - logits[:, 0] if len(self.classes_) == 2 else logits

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """The label of each sample: that of the largest logit."""
        largest = self._logits(X).argmax(axis=1)
        predicted: npt.NDArray[Any] = self.classes_[largest]
        return predicted

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """The share of samples that are predicted right."""
        return float(np.average(self.predict(X) == np.asarray(y), weights=sample_weight))

    def calibrate(self, X: Any, y: Any) -> BasinClassifier:
        """Fit a temperature to samples that were not learned; then there are predict_proba and predict_log_proba.

        Logits know nothing of probabilities: softmax(logits / T) with the T of the largest
        likelihood of these samples does (Guo and others, On Calibration of Modern Neural
        Networks, 2017). No prediction changes.
        """
        labels = training.labels(y)
        at = np.searchsorted(self._fitted().classes_, labels).clip(max=len(self.classes_) - 1)
        if (self.classes_[at] != labels).any():
            raise ValueError(f"y has labels that are none of {self.classes_.tolist()}")
        self._temperature = calibration.temperature(self._logits(X), at)
        return self

    @property
    def predict_proba(self) -> Any:
        """Probabilities of the classes, a column for each of classes_; there once calibrate was called."""
        logarithms = self.predict_log_proba
        return lambda X: np.exp(logarithms(X))

    @property
    def predict_log_proba(self) -> Any:
        """The logarithms of predict_proba."""
        temperature: float | None = getattr(self, "_temperature", None)
        if temperature is None:
            raise AttributeError(
                "logits are not probabilities: call calibrate(X, y) with samples that were not learned"
            )
        return lambda X: calibration.log_probabilities(self._logits(X), temperature)

    def _logits(self, X: Any) -> Floats:
        model = self._fitted().model_
        if table.names_of(X) is None:
            shape = training.rows(X).shape
            if len(shape) == 2 and shape[1] != self.n_features_in_:
                raise ValueError(
                    f"X has {shape[1]} features, but {type(self).__name__} is expecting "
                    f"{self.n_features_in_} features as input"
                )
        logits: Floats = model.logits(X)[:, self._order]
        return logits

    def _fitted(self) -> BasinClassifier:
        if not hasattr(self, "model_"):
            raise _not_fitted()
        return self

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The parameters of the constructor."""
        return {name: getattr(self, name) for name in _parameters(type(self))}

    def set_params(self, **parameters: Any) -> BasinClassifier:
        """Set parameters of the constructor."""
        known = _parameters(type(self))
        for name, value in parameters.items():
            if name not in known:
                raise ValueError(f"Invalid parameter {name!r} for estimator {self}. Valid parameters are: {known}.")
            setattr(self, name, value)
        return self

    def __repr__(self) -> str:
        defaults = {name: p.default for name, p in inspect.signature(type(self)).parameters.items()}
        said = [f"{name}={value!r}" for name, value in self.get_params().items() if value != defaults[name]]
        return f"{type(self).__name__}({', '.join(said)})"

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "model_")

    def __sklearn_tags__(self) -> Any:
        """What scikit-learn asks of an estimator; it alone calls this."""
        from sklearn.utils import ClassifierTags, InputTags, Tags, TargetTags

        return Tags(
            estimator_type="classifier",
            target_tags=TargetTags(required=True),
            classifier_tags=ClassifierTags(),
            input_tags=InputTags(allow_nan=True, string=True, three_d_array=True),
        )


def _parameters(of: type) -> list[str]:
    return list(inspect.signature(of).parameters)


def _not_fitted() -> Exception:
    """That of scikit-learn where it is installed, since its tools look for it."""
    text = "This BasinClassifier instance is not fitted yet: call fit first"
    try:
        from sklearn.exceptions import NotFittedError
    except ImportError:
        return ValueError(text)
    return NotFittedError(text)  # type: ignore[no-any-return]
