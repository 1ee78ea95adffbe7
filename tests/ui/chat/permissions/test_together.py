"""Calls of several chats that wait at once: what one answer may go for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from app.permissions.values import Decision, PermissionRequest
from tests.app.permissions.calls import CHAT, page, python, search
from tests.ui.chat.permissions.conftest import MakeScene, Scene, asked
from ui.chat.permission_card import WAIT_MS
from ui.chat.permissions.waiting_row import WaitingCall

CODE = replace(python(), body="print('hello')\nopen('a.txt')\n")
PAGE = page("https://docs.example.com/a?b=c")


def others(*requests: PermissionRequest) -> list[WaitingCall]:
    """Calls that wait in a chat of another title."""
    return [WaitingCall(one, "Weather in Oslo") for one in requests]


def open_rows(scene: Scene) -> None:
    """Open all rows, and wait until the buttons take an answer."""
    for row in scene.card.together.rows:
        scene.qtbot.mouseClick(row.head, Qt.MouseButton.LeftButton)
    scene.now_ms[0] += WAIT_MS


def test_what_waits_in_other_chats_is_named(make_scene: MakeScene) -> None:
    scene = make_scene(asked(PAGE, number=1), waiting=others(asked(CODE, number=2)))
    together = scene.card.together
    (row,) = together.rows
    assert together.title.text() == "1 more call waits"
    assert row.head.text() == "Weather in Oslo"
    assert "Sotto wants to run Python" in row.wish.text()
    assert "Weather in Oslo" in row.head.accessibleName()


def test_a_call_that_was_not_opened_is_never_allowed_along(make_scene: MakeScene) -> None:
    scene = make_scene(asked(PAGE, number=1), waiting=others(asked(CODE, number=2)))
    together = scene.card.together
    assert together.allow.isHidden()
    assert together.hint.isVisible()
    scene.qtbot.mouseClick(together.deny, Qt.MouseButton.LeftButton)
    assert scene.together == [([1, 2], Decision(False))]


def test_calls_in_view_are_allowed_together_and_the_others_are_not(make_scene: MakeScene) -> None:
    waiting = others(asked(CODE, number=2), asked(search("brave"), number=3))
    scene = make_scene(asked(PAGE, number=1), waiting=waiting)
    together = scene.card.together
    scene.qtbot.mouseClick(together.rows[0].head, Qt.MouseButton.LeftButton)
    assert together.rows[0].box is not None
    assert together.rows[0].box.text.toPlainText() == CODE.body
    assert together.allow.text() == "Allow these 2 once"
    scene.qtbot.mouseClick(together.allow, Qt.MouseButton.LeftButton)
    assert scene.together == []  # the button has just come up under the pointer
    scene.now_ms[0] += WAIT_MS
    scene.qtbot.mouseClick(together.allow, Qt.MouseButton.LeftButton)
    scene.qtbot.mouseClick(together.deny, Qt.MouseButton.LeftButton)
    assert scene.together == [([1, 2], Decision(True))]


def test_a_call_that_comes_later_is_closed_and_stops_the_buttons_for_a_moment(
    make_scene: MakeScene,
) -> None:
    first = others(asked(CODE, number=2))
    scene = make_scene(asked(PAGE, number=1), waiting=first)
    together = scene.card.together
    open_rows(scene)
    scene.card.show_waiting([*first, *others(asked(search("brave"), number=3))])
    assert [row.is_open for row in together.rows] == [True, False]
    assert together.deny.text() == "Deny all 3"
    scene.qtbot.mouseClick(together.deny, Qt.MouseButton.LeftButton)
    assert scene.together == []
    scene.now_ms[0] += WAIT_MS
    scene.qtbot.mouseClick(together.allow, Qt.MouseButton.LeftButton)
    assert scene.together == [([1, 2], Decision(True))]


def test_a_call_that_strangers_suggested_is_allowed_by_itself_alone(make_scene: MakeScene) -> None:
    suspicious = asked(CODE, number=2, suggested_by=("example.com",))
    scene = make_scene(asked(PAGE, number=1), waiting=others(suspicious))
    open_rows(scene)
    together = scene.card.together
    assert together.allow.isHidden()
    assert together.rows[0].own_look.isVisible()
    scene = make_scene(suspicious, waiting=others(asked(PAGE, number=1)))
    open_rows(scene)
    assert scene.card.together.allow.isHidden()
    assert scene.card.together.deny.isVisible()


def test_an_edited_call_is_not_allowed_along_with_others(make_scene: MakeScene) -> None:
    scene = make_scene(asked(CODE, number=1), waiting=others(asked(PAGE, number=2)))
    open_rows(scene)
    assert scene.card.together.allow.isVisible()
    scene.card.edit.click()
    assert scene.card.together.allow.isHidden()
    scene.card.edit.click()
    assert scene.card.together.allow.isVisible()


def test_the_user_can_go_to_the_other_chat(make_scene: MakeScene) -> None:
    scene = make_scene(asked(PAGE, number=1), waiting=others(asked(CODE, number=2)))
    wanted: list[object] = []
    scene.card.chat_requested.connect(wanted.append)
    (row,) = scene.card.together.rows
    scene.qtbot.mouseClick(row.go, Qt.MouseButton.LeftButton)
    assert wanted == [CHAT]


@pytest.mark.parametrize("width", [340, 700])
def test_rows_have_their_place(make_scene: MakeScene, width: int) -> None:
    waiting = others(asked(CODE, number=2), asked(search("brave"), number=3))
    scene = make_scene(asked(PAGE, number=1), width=width, waiting=waiting)
    open_rows(scene)
    together = scene.card.together
    rects = [
        part.geometry() for part in (together.title, *together.rows, together.allow, together.deny)
    ]
    for at, rect in enumerate(rects):
        assert together.rect().contains(rect)
        assert not any(rect.intersects(other) for other in rects[at + 1 :])
    assert scene.card.rect().contains(together.geometry())


def test_one_alone_is_not_decided_together(make_scene: MakeScene) -> None:
    scene = make_scene(asked(PAGE), waiting=())
    assert scene.card.together.isHidden()
