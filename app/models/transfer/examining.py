"""Looks at the beginning of a model file while the rest is still being fetched.

So what is no gpt-oss model is found after its first megabytes, not after its last.
"""

from __future__ import annotations

from pathlib import Path

from app.models.transfer.outcomes import DownloadError
from engine.gguf import ARCHITECTURE, check_file
from engine.gguf_header import MAGIC, HeaderError, read_header
from engine.gguf_split import split_of


def examine_model(file: Path, beginning_bytes: int) -> None:
    """See that a file is, as far as it is here, a model that Sotto can run.

    Args:
        file: the file, which has its full size already.
        beginning_bytes: how much of its beginning is here.

    Raises:
        UserFacingError: it is not.
    """
    with file.open("rb") as start:
        if start.read(len(MAGIC)) != MAGIC:
            raise DownloadError(
                "What the source sends is no model file.",
                "Check the address; it has to lead to the .gguf file itself.",
            )
    try:
        header = read_header(file)
    except HeaderError:
        if beginning_bytes >= file.stat().st_size:
            check_file(file)  # says it for people
        return
    if header.data_start > beginning_bytes:
        return
    if split_of(header) is None:
        check_file(file)
    elif header.metadata.get("general.architecture", ARCHITECTURE) != ARCHITECTURE:
        raise DownloadError(
            "This is a model of another kind; Sotto runs gpt-oss models.",
            "Choose another model.",
            detail=str(header.metadata["general.architecture"]),
        )
