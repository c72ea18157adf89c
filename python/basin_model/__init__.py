"""Predictions with the model files of Basin, bit for bit, with NumPy alone.

load(path) reads a model file; Model.predict and Model.logits predict. BasinClassifier trains
one with the program `basin`, by the conventions of scikit-learn.
"""

from .errors import ModelError
from .estimator import BasinClassifier
from .model import Model, load

__all__ = ["BasinClassifier", "Model", "ModelError", "load"]
__version__ = "0.1.0"
