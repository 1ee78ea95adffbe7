"""Which weights answered: a digest that costs no second, even of 12 GB."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, Final

from app.lab.values import ModelIdentity
from engine.errors import UserFacingError
from engine.events import ModelLoaded

HEAD_BYTES: Final = 8 * 2**20
"""The beginning: metadata, vocabulary and the table of tensors of a GGUF file."""

SAMPLES: Final = 64
SAMPLE_BYTES: Final = 64 * 2**10
"""Of the rest, so many samples at even distances: other weights differ everywhere."""


def identity_of(loaded: ModelLoaded) -> ModelIdentity:
    """Who is loaded; reads about 12 MB of the file, so not on the UI thread.

    Raises:
        UserFacingError: a file can no longer be read.
    """
    facts = loaded.facts
    adapters = tuple(
        f"{one.name} × {one.adapter.scale:g} {file_digest(one.adapter.path)}"
        for one in loaded.adapters
    )
    return ModelIdentity(
        name=facts.name,
        file_name=facts.path.name,
        digest=_model_digest(facts.paths),
        size_bytes=facts.size_bytes,
        quantisation=facts.quantisation,
        is_practice=facts.is_practice,
        adapters=adapters,
    )


def _model_digest(paths: Sequence[Path]) -> str:
    """Of all files of a model; of one alone its own."""
    digests = [file_digest(path) for path in paths]
    return (
        digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()
    )


def file_digest(path: Path) -> str:
    """SHA-256 over size, beginning and samples of a file, in hexadecimal.

    Not over the time it was written, which a copy does not keep; not over all of it, which
    takes half a minute from a slow disk.

    Raises:
        UserFacingError: the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            return _digest(file, os.fstat(file.fileno()).st_size)
    except OSError as error:
        raise UserFacingError(
            "The model file can no longer be read.",
            "Check that it is still in its place.",
            detail=type(error).__name__,
        ) from error


def _digest(file: BinaryIO, size: int) -> str:
    found = hashlib.sha256(size.to_bytes(8, "little"))
    found.update(file.read(HEAD_BYTES))
    rest = size - HEAD_BYTES
    for number in range(SAMPLES if rest > 0 else 0):
        file.seek(HEAD_BYTES + rest * number // SAMPLES)
        found.update(file.read(SAMPLE_BYTES))
    return found.hexdigest()
