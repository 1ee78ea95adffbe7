"""The model plants raw chain of thought; then every way out of the app is searched for it."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QObject, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface, QTextDocument
from PySide6.QtWidgets import QApplication

from app.chats.changes import AnswerThoughtAdded, ChatChange
from app.chats.database import open_database
from app.paths import Paths
from app.secrets import KeyVault
from engine.analysis_filter import WithheldKind
from engine.harmony.messages import Effort
from tests.e2e.conftest import Driver, OpenWindow
from ui.chat.thoughts_line import ThoughtsLine
from ui.controls.button import IconButton

QUESTION = "Look up my contact card"
PLANTED = ("jane.doe@example.com", "jane.doe", "555 010 9999", "4111 1111 1111 1111", "idiot")
"""What the practice model thinks, and never says, when it is asked for the contact card."""

PARTS = (
    QAccessible.Text.Name,
    QAccessible.Text.Description,
    QAccessible.Text.Value,
    QAccessible.Text.Help,
)


def found_in(text: str) -> list[str]:
    return [word for word in PLANTED if word in text]


def texts_of_objects(root: QObject) -> Iterator[str]:
    """Every text property and document of every object in a window, hidden ones included."""
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
    for part in PARTS:
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


def everything_on_screen() -> str:
    windows = QApplication.topLevelWidgets()
    texts = [text for window in windows for text in texts_of_objects(window)]
    for window in windows:
        texts += texts_for_screen_readers(QAccessible.queryAccessibleInterface(window))
    return "\n".join(texts)


@pytest.fixture
def driver(open_window: OpenWindow) -> Driver:
    QAccessible.setActive(True)
    opened: Driver = open_window()
    opened.wait_until_ready()
    return opened


def test_raw_thoughts_are_found_in_no_exit(driver: Driver, environ: dict[str, str]) -> None:
    leaks: list[str] = []

    def look(change: ChatChange) -> None:
        leaks.extend(found_in(repr(change)))
        if isinstance(change, AnswerThoughtAdded):
            leaks.extend(found_in(everything_on_screen()))

    driver.session.service.subscribe(look)
    driver.choose(Effort.HIGH)
    message = driver.say(QUESTION)

    # The plant itself: without it this test could not fail.
    kinds = [kind for piece in message.thoughts for kind in piece.withheld]
    assert kinds.count(WithheldKind.PERSONAL_DATA) >= 3
    assert WithheldKind.ABUSE in kinds
    assert leaks == []

    (line,) = driver.shown(ThoughtsLine)
    driver.qtbot.keyClick(line, Qt.Key.Key_Space)
    driver.wait(lambda: "The user wants the contact card" in everything_on_screen())
    assert found_in(everything_on_screen()) == []

    for button in driver.shown(IconButton):
        if "opy" in button.accessibleName():
            driver.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
            assert found_in("\n".join(texts_of_clipboard())) == []

    driver.settle()
    assert found_in("\n".join(texts_of_files(environ))) == []
    driver.session.close()
    assert found_in("\n".join(texts_of_files(environ))) == []


def test_a_stopped_turn_leaves_no_raw_thoughts_either(
    driver: Driver, environ: dict[str, str]
) -> None:
    driver.choose(Effort.HIGH)
    driver.changes.clear()
    driver.type(QUESTION)
    driver.wait(lambda: any(isinstance(one, AnswerThoughtAdded) for one in driver.changes))
    driver.qtbot.keyClick(driver.session.window.panel.composer.edit, Qt.Key.Key_Escape)
    driver.wait(lambda: bool(driver.ended) and not driver.is_busy)
    driver.settle()

    assert found_in(everything_on_screen()) == []
    assert found_in(repr(driver.changes)) == []
    assert found_in("\n".join(texts_of_files(environ))) == []


def test_the_search_finds_what_is_there(driver: Driver, environ: dict[str, str]) -> None:
    """A control: the same words typed by the user are found on the screen and in the history."""
    driver.say("Repeat after me: jane.doe@example.com")
    driver.settle()

    assert "jane.doe@example.com" in found_in(everything_on_screen())
    assert "jane.doe@example.com" in found_in("\n".join(texts_of_files(environ)))
    raw = Path(environ["SOTTO_DATA_DIR"], "chats.db").read_bytes()
    assert b"jane.doe" not in raw
    with pytest.raises(sqlite3.DatabaseError):
        sqlite3.connect(Path(environ["SOTTO_DATA_DIR"], "chats.db")).execute("SELECT * FROM chat")


def test_json_lines_and_logs_of_a_process_hold_no_raw_thoughts(environ: dict[str, str]) -> None:
    command = [str(Path(sys.executable).with_name("sotto")), "ask", QUESTION, "--json"]
    done = subprocess.run(
        [*command, "--effort", "high", "--temperature", "0"],
        env=os.environ | environ | {"SOTTO_LOG": "debug"},
        capture_output=True,
        text=True,
        check=True,
    )
    kinds = [
        kind for line in done.stdout.splitlines() for kind in json.loads(line).get("withheld", [])
    ]
    assert kinds.count("personal_data") >= 3
    logs = Path(environ["SOTTO_STATE_DIR"]).rglob("*")
    logged = "".join(log.read_text() for log in logs if log.is_file())
    assert logged
    assert found_in(done.stdout + done.stderr + logged) == []
