"""Temperature scaling: probabilities from logits."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .couplings import Floats

Doubles = npt.NDArray[np.float64]

# Bounds of the logarithm of 1/T, beyond the typical logit: samples that are all right, or all
# wrong, have no temperature of their own.
_FARTHEST = 7.0


def log_probabilities(logits: Floats, temperature: float) -> Doubles:
    """log softmax(logits / T)."""
    scaled: Doubles = logits.astype(np.float64) / temperature
    scaled -= scaled.max(axis=1, keepdims=True)
    logarithms: Doubles = scaled - np.log(np.exp(scaled).sum(axis=1, keepdims=True))
    return logarithms


def temperature(logits: Floats, labels: npt.NDArray[np.intp]) -> float:
    """The T of the largest likelihood of labels, within exp(+-7) of the size of the logits.

    The mean log-likelihood is concave in 1/T: its slope is the mean over samples of the logit
    of the label less the expected one, and falls. So the zero of the slope is found by
    bisection in log T.
    """
    if len(logits) == 0:
        raise ValueError("no samples to calibrate with")
    values = logits.astype(np.float64)
    values -= values.mean(axis=1, keepdims=True)
    size = float(np.sqrt((values * values).mean())) or 1.0
    right = values[np.arange(len(values)), labels]

    def slope(t: float) -> float:
        expected = (np.exp(log_probabilities(values.astype(np.float32), t)) * values).sum(axis=1)
        return float((right - expected).mean())

    low, high = -_FARTHEST, _FARTHEST  # of log T / size
    for _ in range(60):
        middle = (low + high) / 2
        if slope(size * np.exp(middle)) > 0:  # colder is likelier
            high = middle
        else:
            low = middle
    return float(size * np.exp((low + high) / 2))
