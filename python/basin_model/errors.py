"""The error of this package."""


class ModelError(ValueError):
    """A file that is no model of Basin, or samples that a model cannot read.

    The message says what was found, where, and what was wanted.
    """
