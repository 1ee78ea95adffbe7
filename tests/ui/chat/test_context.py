"""How full the context is: the ring in the composer, what it explains, and the warning."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.chats.changes import BusyChanged, ContextMeasured
from app.chats.context_values import ContextPart, ContextSize
from app.words import Words
from engine.harmony.messages import Effort
from tests.ui.chat.stage import Stage
from ui.context_door import ContextDoor
from ui.theme.theme import Theme

SIZE = ContextSize(
    limit=8192,
    parts={
        ContextPart.SYSTEM: 90,
        ContextPart.TOOLS: 410,
        ContextPart.HISTORY: 3000,
        ContextPart.DRAFT: 500,
    },
    answer_room=1024,
    thoughts={Effort.LOW: 2048, Effort.MEDIUM: 8192, Effort.HIGH: 24576},
    by_tool={"python": 110, "browser": 300},
)


@dataclass
class Meter:
    """Notes what it is told."""

    told: list[str] = field(default_factory=list)

    def begin(self) -> None:
        self.told.append("begin")

    def follow(self, text: str, files_tokens: int = 0) -> None:
        self.told.append(f"write {text}{files_tokens or ''}")

    def refresh(self) -> None:
        self.told.append("refresh")


@pytest.fixture
def meter() -> Meter:
    return Meter()


@pytest.fixture
def door(stage: Stage, theme: Theme, words: Words, meter: Meter) -> ContextDoor:
    return ContextDoor(theme, words, stage.panel, meter)


def test_what_is_typed_is_told_after_a_pause_and_an_empty_field_at_once(
    stage: Stage, door: ContextDoor, meter: Meter, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(door.rest.timeout):
        qtbot.keyClicks(stage.panel.composer.edit, "Hello")
    assert meter.told == ["begin", "write Hello"]
    stage.panel.composer.edit.clear()
    assert meter.told[-1] == "write "
    stage.panel.effort_changed.emit(Effort.HIGH)
    assert meter.told[-1] == "refresh"


def test_the_ring_says_how_full_the_context_is_also_to_screen_readers(door: ContextDoor) -> None:
    assert door.ring.accessibleName() == "Context"
    assert "once a model is loaded" in door.ring.toolTip()
    door.apply(ContextMeasured(SIZE))
    assert door.ring.accessibleName() == "Context: 49 % full"
    assert door.ring.accessibleDescription() == "4,000 of 8,192 tokens\nThis message: 500 tokens"
    assert door.ring.role == "accent"


def test_the_ring_grows_with_what_is_read(door: ContextDoor, theme: Theme) -> None:
    def painted() -> int:
        image = door.ring.grab().toImage()
        ink = theme.color("accent").rgb()
        points = ((x, y) for x in range(image.width()) for y in range(image.height()))
        return sum(image.pixelColor(x, y).rgb() == ink for x, y in points)

    seen = []
    for tokens in (0, 2000, 6000):
        parts = {ContextPart.HISTORY: tokens} if tokens else {}
        door.apply(ContextMeasured(replace(SIZE, parts=parts)))
        seen.append(painted())
    assert seen[0] == 0
    assert 0 < seen[1] < seen[2]


def test_pressed_it_explains_what_fills_the_context_and_what_if(
    door: ContextDoor, qtbot: QtBot
) -> None:
    door.apply(ContextMeasured(SIZE))
    door.ring.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(door.ring, Qt.Key.Key_Return)
    popover = door.popover
    assert popover is not None
    assert popover.head.text() == "4,000 of 8,192 tokens"
    assert [(one.name, one.value) for one in popover.bar.parts] == [
        ("Sotto's own message", "90"),
        ("Tools", "410"),
        ("Chat so far", "3,000"),
        ("This message", "500"),
        ("Free", "4,192"),
    ]
    said = [label.text() for label in popover.said]
    assert said == [
        "This message leaves 4,192 tokens for thoughts and the answer.",
        "At this effort (Medium), thoughts take up to 4,192 tokens.",
        "Without Web, there would be 300 tokens more.",
        "Without Python, there would be 110 tokens more.",
        "After 3,168 tokens more, the oldest messages are left out, so that 1,024 tokens stay free"
        " for the answer. They stay in your chat.",
    ]
    assert all(label.height() >= label.heightForWidth(label.width()) for label in popover.said)
    qtbot.keyClick(popover, Qt.Key.Key_Escape)
    assert door.popover is None or not door.popover.isVisible()


def test_what_a_message_would_leave_out_is_said_before_it_is_sent(
    stage: Stage, door: ContextDoor
) -> None:
    composer = stage.panel.composer
    assert composer.note.isHidden()
    door.apply(ContextMeasured(replace(SIZE, left_out_messages=4, will_leave_out=True)))
    assert composer.note.isVisible()
    assert composer.note.text() == (
        "With this message the model no longer reads the first 4 messages of the chat."
    )
    assert door.ring.role == "warn"
    stage.panel.apply(BusyChanged(is_busy=True))
    assert composer.note.isHidden()
    stage.panel.apply(BusyChanged(is_busy=False))
    door.apply(ContextMeasured(replace(SIZE, is_too_long=True)))
    assert composer.note.text().startswith("This message is too long")
    door.apply(ContextMeasured(SIZE))
    assert composer.note.isHidden()


def test_an_open_explanation_needs_no_model(door: ContextDoor) -> None:
    door.open()
    assert door.popover is not None
    assert [label.text() for label in door.popover.said] == [
        "How full the context is can be told once a model is loaded."
    ]
    assert door.popover.bar.isHidden()
