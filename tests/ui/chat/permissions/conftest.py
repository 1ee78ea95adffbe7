"""A permission card below a line to type in, as the composer is below the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.chats.ids import MessageId
from app.permissions.judging import to_tell, to_tell_of_paths
from app.permissions.matching import offered_pattern
from app.permissions.values import Decision, PermissionRequest
from app.tools.values import CallView
from app.words import Words
from tests.app.permissions.calls import CHAT, NOW, around
from ui.chat.permission_card import WAIT_MS, PermissionCard
from ui.chat.permissions.waiting_row import WaitingCall
from ui.markdown.context import MarkdownContext
from ui.markdown.document_style import DocumentStyle
from ui.markdown.typesetter import Typesetter
from ui.theme.theme import Theme


def asked(
    view: CallView, *, number: int = 1, suggested_by: tuple[str, ...] = ()
) -> PermissionRequest:
    """The question as the desk would ask it."""
    pattern = offered_pattern(view, around())
    return PermissionRequest(
        number,
        CHAT,
        MessageId(2),
        0,
        view,
        NOW,
        suggested_by,
        offers_chat=pattern is not None,
        offers_always=pattern is not None,
        why=to_tell(view) + to_tell_of_paths(view, pattern),
        pattern=pattern,
    )


@dataclass
class Scene:
    """A card, what it told of, and the line below it.

    Attributes:
        objections: what the tool says against an edited body, by the body.
        stops: how often Escape stopped the answer.
    """

    card: PermissionCard
    composer: QLineEdit
    qtbot: QtBot
    now_ms: list[int]
    said: list[str]
    objections: dict[str, str]
    stops: list[bool]
    decisions: list[tuple[int, Decision]] = field(default_factory=list)
    together: list[tuple[list[int], Decision]] = field(default_factory=list)

    def press(self, key: Qt.Key) -> None:
        """Press a key where the focus is."""
        focused = self.card.window().focusWidget()
        self.qtbot.keyClick(focused, key)

    def type(self, text: str) -> None:
        """Type where the focus is."""
        focused = self.card.window().focusWidget()
        assert focused is not None
        self.qtbot.keyClicks(focused, text)

    @property
    def decision(self) -> Decision:
        """The only one there was."""
        ((_, decision),) = self.decisions
        return decision


MakeScene = Callable[..., Scene]


@pytest.fixture
def make_scene(qtbot: QtBot, theme: Theme, words: Words) -> Iterator[MakeScene]:
    pages: list[QWidget] = []
    typesetter = Typesetter()

    def make(
        request: PermissionRequest,
        *,
        width: int = 700,
        language: Words = words,
        waited_ms: int = WAIT_MS,
        waiting: Sequence[WaitingCall] = (),
    ) -> Scene:
        context = MarkdownContext(
            theme, language, DocumentStyle(theme), typesetter, lambda _: None, lambda _: None
        )
        page, now_ms, said, stops = QWidget(), [NOW], list[str](), list[bool]()
        objections: dict[str, str] = {}
        composer = QLineEdit(page)
        card = PermissionCard(
            context,
            request,
            lambda _, body: objections.get(body, ""),
            lambda: now_ms[0],
            lambda _, text: said.append(text),
            page,
        )
        pages.append(page)
        qtbot.addWidget(page)
        page.resize(width, 900)
        composer.setGeometry(0, 860, width, 30)
        composer.setFocus()
        QShortcut(QKeySequence(Qt.Key.Key_Escape), page).activated.connect(
            lambda: stops.append(True)  # as in the window, where it stops the answer
        )
        scene = Scene(card, composer, qtbot, now_ms, said, objections, stops)
        card.decided.connect(lambda number, one: scene.decisions.append((number, one)))
        card.decided_together.connect(lambda ids, one: scene.together.append((ids, one)))
        card.height_changed.connect(lambda _: card.resize(width, card.fit(width)))
        card.resize(width, card.fit(width))
        if waiting:
            card.show_waiting(waiting)
        page.show()
        page.activateWindow()
        qtbot.waitUntil(page.isActiveWindow)
        now_ms[0] += waited_ms
        return scene

    yield make
    typesetter.close()
    pages.clear()
