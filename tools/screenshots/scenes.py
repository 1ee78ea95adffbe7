"""What the pictures show, in the order a new user meets it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from app.chats.changes import MessageEnded, ThoughtsSummaryChanged
from app.thoughts.summary_values import SummaryState
from engine.harmony.messages import Effort
from tools.screenshots.studio import Studio
from ui.actions import ActionId
from ui.chat.thoughts_panel import ThoughtsPanel
from ui.first_start.step_card import StepState

EVERYTHING = "Show me everything you can render"
CONTACT = "Look up my contact card"
SUM = "What is 37 * 12?"


def tour(studio: Studio) -> None:
    """The window as a new user meets it."""
    studio.size(1180, 780)
    first_start(studio)
    studio.take("start")
    studio.ask(EVERYTHING)
    studio.window.panel.view.verticalScrollBar().setValue(0)
    studio.take("answer")
    studio.session.service.new_chat()
    studio.ask(CONTACT)
    for panel in studio.window.panel.view.findChildren(ThoughtsPanel):
        panel.set_open(True)
    studio.wait(lambda: studio.heard(ThoughtsSummaryChanged, _is_made))
    studio.take("thoughts")
    _again_at_high_effort(studio)
    studio.take("branches")
    _question(studio)
    studio.take("permission")
    studio.session.service.stop()
    studio.wait(lambda: studio.is_idle)
    studio.session.service.new_chat(is_private=True)
    studio.take("private")
    studio.session.service.new_chat()
    _do(studio, ActionId.FIND_CHAT, "contact")
    studio.take("search")
    _press(studio, Qt.Key.Key_Escape)
    _do(studio, ActionId.PALETTE, "chat")
    studio.take("palette")


def first_start(studio: Studio) -> None:
    """The steps in front of the chats, once the computer was looked at."""
    studio.size(1080, 840)
    studio.window.actions_here.run(ActionId.FIRST_START)
    page = studio.session.first_start.page
    assert page is not None  # noqa: S101 - it was just asked for
    studio.wait(lambda: page.machine.state is StepState.DONE)
    studio.wait(page.files.search.isVisible)
    studio.take("first_start")
    studio.window.show_chats()
    studio.size(1180, 780)


def glance(studio: Studio) -> None:
    """A few pictures in another look or language."""
    studio.size(1180, 780)
    studio.ask(EVERYTHING)
    studio.window.panel.view.verticalScrollBar().setValue(0)
    studio.take("answer")
    studio.size(400, 780)
    studio.take("narrow")


def _is_made(change: ThoughtsSummaryChanged) -> bool:
    return change.summary.state in {SummaryState.READY, SummaryState.GENERIC}


def _again_at_high_effort(studio: Studio) -> None:
    ended = [one for one in studio.told if isinstance(one, MessageEnded)][-1]
    studio.told.clear()
    studio.session.service.tree.answer_again(ended.message.id, Effort.HIGH)
    studio.wait(lambda: studio.heard(MessageEnded) and studio.is_idle)


def _question(studio: Studio) -> None:
    service = studio.session.service
    studio.wait(lambda: "python" in service.tools.available)
    service.new_chat()
    service.tools.switch("python", is_on=True)
    studio.ask_and_wait_for_question(SUM)


def _do(studio: Studio, action: ActionId, text: str = "") -> None:
    """Run an action, then type."""
    studio.window.activateWindow()
    studio.window.actions_here.run(action)
    studio.calm()
    for letter in text:
        _send(QKeyEvent(QEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, letter))
    studio.calm()


def _press(studio: Studio, key: Qt.Key) -> None:
    _send(QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier))
    studio.calm()


def _send(event: QKeyEvent) -> None:
    focused = QApplication.focusWidget()
    if focused is not None:
        QApplication.sendEvent(focused, event)
