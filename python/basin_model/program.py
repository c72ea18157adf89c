"""The program `basin`, which trains."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from .errors import ModelError


def find(binary: Any) -> str:
    """The path of a program. FileNotFoundError where there is none."""
    path = shutil.which(binary) if isinstance(binary, (str, os.PathLike)) else None
    if path is None:
        raise FileNotFoundError(f"no program {binary!r}: install Basin, or give its path as binary")
    return str(path)


def settings(values: Any) -> list[str]:
    """The flags of settings. ValueError says which of them is no setting."""
    if not isinstance(values, (dict, type(None))):
        raise ValueError(
            f"settings is {type(values).__name__}, want a dict of keys and values such as {{'learning.epochs': 10}}"
        )
    flags: list[str] = []
    for key, value in {"data.test_share": 0, **(values or {})}.items():
        if not isinstance(key, str):
            raise ValueError(f"settings: the key {key!r} is no text, want one such as 'learning.epochs'")
        try:
            text = json.dumps(value, default=_plain)
        except (TypeError, ValueError) as error:
            raise ValueError(
                f"settings: {key} is {type(value).__name__}, want a number, a text, true or false, or a list or dict of them"
            ) from error
        flags += ["--set", f"{key}={text}"]
    return flags


def _plain(value: Any) -> Any:
    """A value of NumPy as one of Python."""
    if isinstance(value, (np.generic, np.ndarray)):
        return value.tolist()
    raise TypeError


def train(binary: str, data: Path, flags: list[str]) -> None:
    """Run `basin train` on a file. ModelError has what it said."""
    command = [binary, "train", str(data), *flags]
    try:
        with _ending():
            done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=False)
    except OSError as error:
        raise ModelError(f"{binary} cannot be run ({error.strerror}): want the path of Basin as binary") from error
    if done.returncode == 0:
        return
    said = done.stderr.strip().replace(f"{data.parent}/", "")
    if said and not said.startswith("basin: "):
        said = f"{binary} says what Basin does not, want its path as binary: {said}"
    raise ModelError(said or f"{binary} ended with the status {done.returncode} and said nothing")


@contextlib.contextmanager
def _ending() -> Iterator[None]:
    """Make an exception of SIGTERM, so that it ends the program that runs too.

    Only in the main thread, which alone may, and where nobody else has taken the signal.
    """
    mine = threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    if not mine:
        yield
        return

    def end(number: int, _: Any) -> None:
        raise SystemExit(128 + number)

    signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
