"""Reads a JSON schema from a file that the user names."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from engine.errors import UserFacingError
from engine.harmony.messages import ResponseFormat
from engine.structured.format import MAX_CHARACTERS, read_response_format

_MOST_BYTES: Final = 4 * MAX_CHARACTERS + 4
"""As long as the longest schema can be in UTF-8; what is longer need not be read whole."""


class SchemaFileError(UserFacingError):
    """The file cannot be read."""


def read_schema_file(path: Path) -> ResponseFormat:
    """A checked response format from a file; its name is the file's where it has none itself.

    Raises:
        SchemaFileError: the file is not there, cannot be read or is no text.
        SchemaError: it is no JSON schema that Sotto can hold the model to.
    """
    try:
        with path.open("rb") as file:
            text = file.read(_MOST_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SchemaFileError(
            "The schema {file} is not a text in UTF-8.",
            "Save it as UTF-8.",
            type(error).__name__,
            {"file": path.name},
        ) from error
    except OSError as error:
        raise SchemaFileError(
            "The schema {file} cannot be read.",
            "Check the name and the permissions of the file.",
            str(error),
            {"file": path.name},
        ) from error
    return read_response_format(text, path.stem)
