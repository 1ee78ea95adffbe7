"""The model plants raw chain of thought; then every way out of the app is searched for it.

`tests/house/exits.py` says which way out is searched by which test, and `test_exits.py` beside
it fails when one is not.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget

from app import resources
from app.archive.values import ExportForm, ExportWish
from app.assembly import diagnostics_text
from app.backup.making import make_backup
from app.backup.restoring import STAGED, stage
from app.chats.changes import (
    AnswerCheckChanged,
    AnswerThoughtAdded,
    ChatChange,
    PromptSeen,
    ThoughtsSummaryChanged,
)
from app.chats.values import Message
from app.handover import Handover
from app.paths import Paths
from app.secrets import DatabaseKey, KeyVault, PassphraseCost
from app.thoughts.summary_values import SummaryState
from app.words import Words
from engine.analysis_filter import WithheldKind
from engine.events import EngineEvent, PromptInspected, SideEnded, ThoughtAdded
from engine.harmony.messages import Effort
from engine.requests import SideRequest
from engine.worker import Engine
from tests.e2e.conftest import Driver, OpenWindow
from tests.e2e.planted import (
    PERSONAL,
    PLANTED,
    QUESTION,
    WRITING,
    everything_on_screen,
    found_in,
    texts_of_clipboard,
    texts_of_files,
    texts_of_values,
)
from tests.python_memory import holding
from ui.chat.thoughts_line import ThoughtsLine
from ui.controls import announcing
from ui.controls.button import IconButton
from ui.inspector.card import MessageCard


@pytest.fixture
def driver(open_window: OpenWindow) -> Driver:
    QAccessible.setActive(True)
    opened: Driver = open_window()
    opened.wait_until_ready()
    return opened


@pytest.fixture
def announced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What screen readers are told from now on."""
    told: list[str] = []

    def tell(widget: QWidget, text: str) -> QAccessibleAnnouncementEvent:
        told.append(text)
        return QAccessibleAnnouncementEvent(widget, text)

    monkeypatch.setattr(announcing, "QAccessibleAnnouncementEvent", tell)
    return told


def ask(driver: Driver) -> Message:
    """Have the model think what is planted."""
    driver.choose(Effort.HIGH)
    message = driver.say(QUESTION)
    # The plant itself: without it no test here could fail.
    kinds = [kind for piece in message.thoughts for kind in piece.withheld]
    assert kinds.count(WithheldKind.PERSONAL_DATA) >= 3
    assert WithheldKind.ABUSE in kinds
    return message


def held_since(before: Counter[str], driver: Driver) -> Counter[str]:
    """Texts with planted words that Python objects hold besides, once the engine is done."""
    engine = driver.session.service._engine
    assert isinstance(engine, Engine)
    assert engine.wait_until_idle(60)  # the answer is read without its thoughts by then
    driver.settle()
    return holding(PERSONAL) - before


def watch(driver: Driver, see: Callable[[EngineEvent], None]) -> None:
    """Hear what leaves the engine, on its way to the service."""
    driver.session._bridge.arrived.connect(see)


@pytest.fixture
def beside(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> list[SideRequest]:
    """What is asked of the model beside the chat from now on."""
    asked: list[SideRequest] = []
    engine = driver.session.service._engine
    side = engine.side

    def ask_beside(request: SideRequest) -> None:
        asked.append(request)
        side(request)

    monkeypatch.setattr(engine, "side", ask_beside)
    return asked


def summarise(driver: Driver, message: Message, told: Sequence[object]) -> None:
    """Have the thoughts of an answer summarised by the model."""
    driver.session.service.summaries.want(message)
    driver.wait(
        lambda: any(
            isinstance(one, ThoughtsSummaryChanged)
            and one.summary.state in (SummaryState.READY, SummaryState.GENERIC)
            for one in told
        )
    )


def test_raw_thoughts_are_found_in_no_exit(
    driver: Driver, environ: dict[str, str], announced: list[str], beside: list[SideRequest]
) -> None:
    told: list[EngineEvent | ChatChange] = []
    leaks: list[str] = []

    def look(change: ChatChange) -> None:
        told.append(change)
        if isinstance(change, AnswerThoughtAdded):
            leaks.extend(found_in(everything_on_screen()))

    driver.session.service.subscribe(look)
    watch(driver, told.append)
    driver.session.window.inspector.toggle()
    WRITING.begin()
    message = ask(driver)
    assert leaks == []
    summarise(driver, message, told)
    driver.wait(lambda: len(driver.shown(MessageCard)) == 3)
    kinds = {type(one) for one in told}
    assert {ThoughtAdded, AnswerThoughtAdded, SideEnded, PromptInspected, PromptSeen} <= kinds
    assert found_in(texts_of_values(told)) == []
    assert found_in(texts_of_values(beside)) == []

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
    assert found_in("\n".join(WRITING.texts())) == []
    assert found_in("\n".join(announced)) == []


def test_checks_are_given_tell_and_keep_no_raw_thoughts(
    driver: Driver, environ: dict[str, str], beside: list[SideRequest]
) -> None:
    told: list[EngineEvent | ChatChange] = []
    driver.session.service.subscribe(told.append)
    watch(driver, told.append)
    driver.session.settings.change(checks_answers=True)
    driver.choose(Effort.HIGH)
    driver.type(QUESTION)
    driver.wait(lambda: bool(driver.ended) and not driver.is_busy)
    kinds = [kind for one in told if isinstance(one, ThoughtAdded) for kind in one.piece.withheld]
    assert WithheldKind.PERSONAL_DATA in kinds, "the control: the thoughts held what was planted"
    assert any(isinstance(one, AnswerCheckChanged) for one in told)
    assert len(beside) == 1, "the answer was checked"

    driver.session.settings.change(checks_answers=False, checks_thoughts=True)
    driver.session.service.new_chat()
    summarise(driver, ask(driver), told)
    assert len(beside) >= 2, "the thoughts were checked"
    assert found_in(texts_of_values(beside)) == []
    assert found_in(texts_of_values(told)) == []
    assert found_in(everything_on_screen()) == []
    driver.settle()
    driver.session.close()
    assert found_in("\n".join(texts_of_files(environ))) == []


def test_exports_hold_no_raw_thoughts(
    driver: Driver, environ: dict[str, str], tmp_path: Path
) -> None:
    ask(driver)
    chat_id = driver.session.window.chat_id
    words = Words("en", resources.path("translations"))
    written: list[str] = []
    for form in ExportForm:
        for has_thoughts in (False, True):
            path = tmp_path / f"{form}-{has_thoughts}"
            done: list[int] = []
            driver.session.service.archive.desk.export(
                chat_id,
                path,
                ExportWish(form, has_thoughts, is_single=True),
                words,
                on_progress=lambda _: None,
                on_done=done.append,
                on_failed=lambda problem: pytest.fail(problem.title),
            )
            driver.wait(lambda done=done: done == [1])  # type: ignore[misc]
            text = path.read_text("utf-8")
            assert ("The user wants the contact card" in text) is has_thoughts
            written.append(text)
    assert QUESTION in written[0]
    driver.settle()
    paths = Paths.from_environment(environ)
    key = KeyVault(paths.data, environ).open_unattended()
    make_backup(paths.database, key, tmp_path / "copy", "sesame", 1, PassphraseCost(64, 1, 1))
    stage(tmp_path / "copy", "sesame", tmp_path / "chats.db", DatabaseKey(None))
    rows = (tmp_path / STAGED).read_bytes().decode("utf-8", "replace")
    assert QUESTION in rows
    assert found_in("\n".join([*written, rows])) == []


def test_a_stopped_turn_leaves_no_raw_thoughts_either(
    driver: Driver, environ: dict[str, str]
) -> None:
    before = holding(PERSONAL)
    driver.choose(Effort.HIGH)
    driver.changes.clear()
    driver.type(QUESTION)
    driver.wait(lambda: any(isinstance(one, AnswerThoughtAdded) for one in driver.changes))
    driver.qtbot.keyClick(driver.session.window.panel.composer.edit, Qt.Key.Key_Escape)
    driver.wait(lambda: bool(driver.ended) and not driver.is_busy)
    driver.settle()

    assert found_in(everything_on_screen()) == []
    assert found_in(texts_of_values(driver.changes)) == []
    assert found_in("\n".join(texts_of_files(environ))) == []
    assert held_since(before, driver) == Counter()


def test_what_is_left_after_the_turn_holds_no_raw_thoughts(
    driver: Driver, environ: dict[str, str]
) -> None:
    """In memory, for a fresh process image, in a bug report and around the process."""
    wanted: list[Handover] = []
    driver.session.restart_wanted.connect(wanted.append)
    before = holding(PERSONAL)
    ask(driver)
    assert held_since(before, driver) == Counter()

    driver.session.window.restart_requested.emit(())
    report = diagnostics_text(
        driver.session.settings.value, Paths.from_environment(environ), None, driver.status
    )
    assert "of them thoughts" in report
    native = Path("/proc/self/environ")
    around = (
        repr(wanted[0]),
        wanted[0].encoded().decode(),
        report,
        repr(dict(os.environ)),
        repr(sys.argv),
        native.read_bytes().decode("latin-1") if native.exists() else "",
    )
    assert found_in("\n".join(around)) == []


def test_the_search_finds_what_is_there(
    driver: Driver, environ: dict[str, str], announced: list[str]
) -> None:
    """A control: the same words typed by the user are found wherever there are words."""
    WRITING.begin()
    before = holding(PERSONAL)
    driver.say("Repeat after me: jane.doe@example.com")
    driver.settle()
    Path(environ["SOTTO_DATA_DIR"], "note").write_text("555 010 9999", encoding="utf-8")
    announcing.announce(driver.window, PLANTED[0])

    assert "jane.doe@example.com" in found_in(everything_on_screen())
    assert "jane.doe@example.com" in found_in("\n".join(texts_of_files(environ)))
    assert "555 010 9999" in found_in("\n".join(WRITING.texts()))
    assert "jane.doe@example.com" in found_in(texts_of_values(driver.changes))
    assert "Repeat after me: jane.doe@example.com" in held_since(before, driver)
    assert found_in("\n".join(announced))
    raw = Path(environ["SOTTO_DATA_DIR"], "chats.db").read_bytes()
    assert b"jane.doe" not in raw
    with pytest.raises(sqlite3.DatabaseError):
        sqlite3.connect(Path(environ["SOTTO_DATA_DIR"], "chats.db")).execute("SELECT * FROM chat")
