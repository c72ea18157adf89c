"""Model files: safetensors with JSON in the metadata, of the format versions 1 to 5.

A file is an 8-byte length, a JSON header and arrays. The digest is compared before anything
else is believed.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from typing import Any, Union

import numpy as np
import numpy.typing as npt

from .errors import ModelError

Path = Union[str, "os.PathLike[str]"]

VERSIONS = ("1", "2", "3", "4", "5")
_TYPES = {"F32": "<f4", "I32": "<i4", "I8": "i1", "U8": "u1"}
_LARGEST_HEADER = 16 << 20
_NO_DIGEST = "0" * 64


@dataclass
class File:
    """What a model file holds.

    Arrays are as they lie in the file; texts are the metadata, those that stand in arrays of
    their own included.
    """

    path: str
    arrays: dict[str, npt.NDArray[Any]]
    texts: dict[str, str]

    def json(self, key: str) -> Any:
        """The value of a text. ModelError where there is none, or it is no JSON."""
        if key not in self.texts:
            raise ModelError(f"{self.path}: metadata {key}: missing")
        try:
            return json.loads(self.texts[key])
        except (ValueError, RecursionError) as error:
            raise ModelError(f"{self.path}: metadata {key}: {error}") from error


def read(path: Path) -> File:
    """Read the model file at a path.

    ModelError says that it is another file, is damaged, or of a version that is not known;
    OSError that it cannot be read.
    """
    name = os.fspath(path)
    with open(name, "rb") as file:
        data = file.read()
    if len(data) < 8:
        raise _not_model(name, f"{len(data)} bytes, want at least 8")
    length = int.from_bytes(data[:8], "little")
    if length > min(_LARGEST_HEADER, len(data) - 8):
        raise _not_model(name, f"its first 8 bytes claim a header of {length} bytes in a file of {len(data)}")
    try:
        header = json.loads(data[8 : 8 + length])
        texts = dict(header.pop("__metadata__", {}))
        if not all(isinstance(text, str) for text in texts.values()):
            raise TypeError("metadata that are no texts")
        arrays = _arrays(name, header, data, 8 + length)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        if isinstance(error, ModelError):
            raise
        raise _not_model(name, f"its header: {error!r}") from error
    if texts.get("format") != "basin":
        raise _not_model(name, f"its metadata say format {texts.get('format')!r}, want 'basin'")
    version = texts.get("format_version")
    if version not in VERSIONS:
        raise ModelError(
            f"{name}: metadata format_version: {version!r}, want one of {', '.join(VERSIONS)}: the file was written "
            f"by Basin {texts.get('basin_version')!r}, read it with a package of that release"
        )
    if version != "1" or "digest" in texts:
        _check_digest(name, data, 8 + length, texts.get("digest", ""))
    for key in [key for key in arrays if key.startswith("metadata.")]:
        try:
            texts[key[len("metadata.") :]] = arrays.pop(key).tobytes().decode("utf-8")
        except UnicodeDecodeError as error:
            raise ModelError(f"{name}: tensor {key}: {error}") from error
    return File(name, arrays, texts)


def _not_model(path: str, why: str) -> ModelError:
    return ModelError(f"{path}: not a model of Basin: {why}")


def _arrays(path: str, header: dict[str, Any], data: bytes, begin: int) -> dict[str, npt.NDArray[Any]]:
    arrays: dict[str, npt.NDArray[Any]] = {}
    end = 0
    for name, info in sorted(header.items(), key=lambda item: tuple(item[1]["data_offsets"])):
        first, last = info["data_offsets"]
        shape = tuple(int(side) for side in info["shape"])
        if info["dtype"] not in _TYPES:
            raise ModelError(f"{path}: tensor {name}: type {info['dtype']}, want one of {', '.join(_TYPES)}")
        dtype = np.dtype(_TYPES[info["dtype"]])
        count = int(np.prod(shape, dtype=np.int64))
        if (
            first != end
            or min(shape, default=0) < 0
            or last - first != count * dtype.itemsize
            or begin + last > len(data)
        ):
            raise ModelError(
                f"{path}: tensor {name}: data from {first} to {last} do not fit its shape {list(shape)}: "
                "the file is damaged"
            )
        end = last
        arrays[name] = np.frombuffer(data, dtype, count, begin + first).reshape(shape)
        if dtype.kind == "f" and not np.isfinite(arrays[name]).all():
            raise ModelError(f"{path}: tensor {name}: a value that is not finite")
    if begin + end != len(data):
        raise ModelError(f"{path}: {len(data) - begin} bytes of data, want {end}: the file is cut short or damaged")
    return arrays


def _check_digest(path: str, data: bytes, begin: int, want: str) -> None:
    """Compare the SHA-256 of the file, with zeros in place of the digest, with what it says."""
    entry = f'"digest":"{want}"'.encode()
    at = data.find(entry, 0, begin)
    got = ""
    if at >= 0 and len(want) == len(_NO_DIGEST):
        digest = hashlib.sha256(data[:at])
        digest.update(f'"digest":"{_NO_DIGEST}"'.encode())
        digest.update(memoryview(data)[at + len(entry) :])
        got = digest.hexdigest()
    if got != want or not want:
        raise ModelError(
            f"{path}: its digest is not that of its content: the file is damaged, "
            "or was changed by another program; get it anew"
        )
