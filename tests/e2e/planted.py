"""What the practice model thinks and never says, and the ways to look for it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import fields, is_dataclass
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject
from PySide6.QtGui import QAccessible, QAccessibleInterface, QTextDocument
from PySide6.QtWidgets import QApplication

from app.chats.database import open_database
from app.paths import Paths
from app.secrets import KeyVault

QUESTION = "Look up my contact card"
PLANTED = ("jane.doe@example.com", "jane.doe", "555 010 9999", "4111 1111 1111 1111", "idiot")
"""What the practice model thinks, and never says, when it is asked for the contact card."""

PERSONAL = PLANTED[:4]
"""The part of it that stands in no list of words."""

_PARTS = (
    QAccessible.Text.Name,
    QAccessible.Text.Description,
    QAccessible.Text.Value,
    QAccessible.Text.Help,
)


def found_in(text: str) -> list[str]:
    return [word for word in PLANTED if word in text]


def texts_of_values(values: Sequence[object]) -> str:
    """All texts in frozen values; those of one kind in a row, since words come in parts."""
    by_kind: dict[str, list[str]] = {}
    for value in values:
        by_kind.setdefault(type(value).__name__, []).extend(_leaves(value))
    return "\n".join("".join(texts) for texts in by_kind.values()) + repr(tuple(values))


def _leaves(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from _leaves(tuple(value.items()))
    elif isinstance(value, tuple | list | frozenset):
        for one in value:
            yield from _leaves(one)
    elif is_dataclass(value):
        for one in fields(value):
            yield from _leaves(getattr(value, one.name))


def everything_on_screen() -> str:
    """Every text of every window, hidden ones included, as eyes and screen readers find it."""
    windows = QApplication.topLevelWidgets()
    texts = [text for window in windows for text in texts_of_objects(window)]
    for window in windows:
        texts += texts_for_screen_readers(QAccessible.queryAccessibleInterface(window))
    return "\n".join(texts)


def texts_of_objects(root: QObject) -> Iterator[str]:
    """Every text property and document of every object in a window."""
    for one in [root, *root.findChildren(QObject)]:
        meta = one.metaObject()
        for index in range(meta.propertyCount()):
            value = meta.property(index).read(one)
            if isinstance(value, str):
                yield value
        for name in one.dynamicPropertyNames():
            with suppress(RuntimeError):  # a type of Qt's own that Python cannot read is no text
                yield str(one.property(name.toStdString()))
        if isinstance(one, QTextDocument):
            yield one.toPlainText()
            yield one.toHtml()


def texts_for_screen_readers(interface: QAccessibleInterface | None) -> Iterator[str]:
    """What the accessibility tree tells, from one node down."""
    if interface is None or not interface.isValid():
        return
    for part in _PARTS:
        yield interface.text(part)
    spoken = interface.textInterface()
    if spoken is not None:
        yield spoken.text(0, spoken.characterCount())
    for index in range(interface.childCount()):
        yield from texts_for_screen_readers(interface.child(index))


def texts_of_clipboard() -> Iterator[str]:
    clipboard = QApplication.clipboard()
    for mode in (clipboard.Mode.Clipboard, clipboard.Mode.Selection):
        data: QMimeData | None = clipboard.mimeData(mode)
        for kind in data.formats() if data else []:
            assert data is not None
            yield bytes(data.data(kind).data()).decode("utf-8", "replace")


def texts_of_files(environ: dict[str, str]) -> Iterator[str]:
    """Everything on disk, byte by byte, and the history decrypted, row by row."""
    for name in ("DATA", "CONFIG", "STATE"):
        for file in Path(environ[f"SOTTO_{name}_DIR"]).rglob("*"):
            if file.is_file():
                yield file.read_bytes().decode("latin-1")
    paths = Paths.from_environment(environ)
    database = open_database(paths.database, KeyVault(paths.data, environ).open_unattended())
    try:
        tables = database.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
        for (table,) in tables:
            for row in database.rows(f"SELECT * FROM {table}"):  # noqa: S608 - our own tables
                yield repr(row)
    finally:
        database.close()


class Writing:
    """Remembers each file that Python opens for writing, wherever it is (PEP 578).

    An audit hook cannot be taken away, so there is one for the process, at rest by default.
    """

    def __init__(self) -> None:
        self.paths: set[str] = set()
        self._is_on = False
        sys.addaudithook(self._hear)

    def begin(self) -> None:
        self.paths.clear()
        self._is_on = True

    def texts(self) -> Iterator[str]:
        """What is in those files now."""
        self._is_on = False
        for path in sorted(self.paths):
            if Path(path).is_file():
                yield Path(path).read_bytes().decode("latin-1")

    def _hear(self, event: str, arguments: tuple[object, ...]) -> None:
        if not self._is_on or event != "open":
            return
        path, _mode, flags = arguments
        is_written = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR)
        if is_written and isinstance(path, str | bytes):
            self.paths.add(os.fsdecode(path))


WRITING = Writing()
