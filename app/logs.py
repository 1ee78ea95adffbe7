"""The log file.  Code never passes chat text to a logger; what slips through is taken out here."""

from __future__ import annotations

import logging
import os
import re
import sys
import traceback
from collections.abc import Mapping
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Final

from app.paths import FolderError, Paths, make_private
from engine.errors import UserFacingError

LOG_NAME: Final = "sotto.log"
_MAX_BYTES: Final = 1_000_000
_OLD_FILES: Final = 2
_OUR_LOGGERS: Final = ("app", "engine", "ui")
_MAX_LINE_CHARACTERS: Final = 2000

_REDACTED: Final = (
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "[e-mail]"),
    # A path's separators end a word, so that file names stay readable.
    (re.compile(r"\b(?:sk|pk|ghp|gho|hf|xox[abp]|AKIA)[-_]?[A-Za-z0-9_-]{16,}"), "[key]"),
    (re.compile(r"\b[0-9a-fA-F]{32,}\b"), "[key]"),
    (
        re.compile(r"(?=[A-Za-z0-9+_-]*[0-9])(?=[A-Za-z0-9+_-]*[a-zA-Z])[A-Za-z0-9+_-]{40,}=*"),
        "[key]",
    ),
    (re.compile(r"(?i)\b(passphrase|password|token|secret|key)(\s*[=:]\s*)\S+"), r"\1\2[key]"),
)

_LONG_WORD: Final = re.compile(r"[A-Za-z0-9+_-]{40,}=*")


def set_up_logging(
    paths: Paths, *, verbose: bool = False, environ: Mapping[str, str] = os.environ
) -> None:
    """Log to `sotto.log` in the state folder: three files of at most 1 MB.

    `SOTTO_LOG` sets the level of Sotto's own loggers (debug, info, warning, error); others
    are heard from warnings on.  May be called again, for other folders.  That a log cannot
    be written keeps nobody from chatting.

    Args:
        paths: the user's folders.
        verbose: log to stderr as well.
        environ: the process's environment, or a test's.
    """
    level = logging.getLevelNamesMapping().get(environ.get("SOTTO_LOG", "").upper(), logging.INFO)
    root = logging.getLogger()
    for handler in [one for one in root.handlers if isinstance(one.formatter, PrivateFormatter)]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(logging.WARNING)
    for name in _OUR_LOGGERS:
        logging.getLogger(name).setLevel(level)
    for handler in _handlers(paths.state, to_stderr=verbose):
        handler.setFormatter(PrivateFormatter())
        root.addHandler(handler)


class PrivateFormatter(logging.Formatter):
    """One line per record, then its error as types and places.

    The texts of errors are left out, since they may quote what a person wrote; a
    `UserFacingError` gives its `detail`, which by contract does not.
    """

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s [%(threadName)s] %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """The redacted line."""
        # Another handler's formatter may have left its own account of the error here.
        others_account, record.exc_text = record.exc_text, None
        try:
            return redact(super().format(record))
        finally:
            record.exc_text = others_account

    def formatException(  # noqa: N802 - logging's name
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None],
    ) -> str:
        """Each error of the chain with the places it went through, the first cause first."""
        lines: list[str] = []
        error = ei[1]
        while error is not None:
            places = [f"  {_place(frame)}" for frame in traceback.extract_tb(error.__traceback__)]
            lines[:0] = [*places, _named(error)]
            error = error.__cause__ or error.__context__
        return "\n".join(lines)


class _PrivateFile(RotatingFileHandler):
    """Log files that only their owner may read, those after a rotation too."""

    def _open(self) -> TextIOWrapper:
        return TextIOWrapper(
            open(self.baseFilename, "ab", opener=_open_private),
            encoding="utf-8",
            errors="backslashreplace",
            write_through=True,
        )


def redact(text: str) -> str:
    """Take out what looks like an e-mail address or a key, and the rest of overlong lines."""
    text = "\n".join(_cut(line) for line in text.split("\n"))
    for pattern, mark in _REDACTED:
        text = pattern.sub(mark, text)
    return _LONG_WORD.sub(_key_or_word, text)


def _cut(line: str) -> str:
    """At most 2,000 characters, without the half of a word: half a key is a secret as well."""
    if len(line) <= _MAX_LINE_CHARACTERS:
        return line
    return f"{line[:_MAX_LINE_CHARACTERS].rpartition(' ')[0]} […]"


def _key_or_word(match: re.Match[str]) -> str:
    """Long names in paths and tests have words only; keys mix letters and digits."""
    word = match[0]
    is_key = any(one.isdigit() for one in word) and any(one.isalpha() for one in word)
    return "[key]" if is_key else word


def _handlers(folder: Path, *, to_stderr: bool) -> list[logging.Handler]:
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stderr)] if to_stderr else []
    try:
        file = make_private(folder) / LOG_NAME
        handlers.append(_PrivateFile(file, maxBytes=_MAX_BYTES, backupCount=_OLD_FILES))
    except (FolderError, OSError):
        handlers.append(logging.NullHandler())
    return handlers


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _place(frame: traceback.FrameSummary) -> str:
    return f"{frame.filename}:{frame.lineno} in {frame.name}"


def _named(error: BaseException) -> str:
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    if isinstance(error, UserFacingError):
        return f"{name}: {error.title} ({error.detail})"
    if isinstance(error, OSError) and error.errno is not None:
        return f"{name}: errno {error.errno}"
    return name
