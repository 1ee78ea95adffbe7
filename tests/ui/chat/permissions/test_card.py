"""The question whether a call may run, answered by keys and by clicks."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from app.permissions.values import Decision, Scope
from app.tools.values import CallView
from app.words import Words
from tests.app.permissions.calls import NOW, function, page, python, search
from tests.ui.chat.permissions.conftest import MakeScene, Scene, asked
from ui.chat.permission_card import WAIT_MS, PermissionCard
from ui.chat.permissions.call_text import GOES_ON
from ui.theme.theme import Theme

CODE = replace(python(), body="print('hello')\nopen('a.txt')\n")
PAGE = page("https://docs.example.com/a?b=c")


@pytest.fixture
def scene(make_scene: MakeScene) -> Scene:
    made = make_scene(asked(PAGE, number=7))
    made.card.focus_card()
    return made


def test_the_card_says_what_where_and_all_of_it(make_scene: MakeScene) -> None:
    card = make_scene(asked(PAGE)).card
    assert card.accessibleName() == "Sotto wants to open a page on docs.example.com"
    assert card.notes.texts[0].replace("\u200b", "") == "https://docs.example.com/a?b=c"
    assert card.box.text.toPlainText() == PAGE.body
    assert card.title.text().replace("\u200b", "") == card.accessibleName()
    assert "docs.example.com" in card.accessibleDescription().replace("\u200b", "")


@pytest.mark.parametrize(
    ("view", "said"),
    [
        (CODE, "Sotto wants to run Python"),
        (search("brave"), "Sotto wants to search the web with Brave Search"),
        (function("/home/me/a"), "Sotto wants to use read_file of files"),
        (page("https://me@example.com/"), "Sotto wants to open an address"),
    ],
)
def test_each_kind_of_call_has_its_sentence(
    make_scene: MakeScene, view: CallView, said: str
) -> None:
    assert make_scene(asked(view)).card.accessibleName() == said


@pytest.mark.parametrize(
    ("key", "decision"),
    [
        (Qt.Key.Key_1, Decision(True)),
        (Qt.Key.Key_2, Decision(True, Scope.CHAT)),
        (Qt.Key.Key_3, Decision(True, Scope.ALWAYS)),
        (Qt.Key.Key_D, Decision(False)),
    ],
)
def test_one_key_for_each_choice(scene: Scene, key: Qt.Key, decision: Decision) -> None:
    scene.press(key)
    assert scene.decisions == [(7, decision)]


@pytest.mark.parametrize("key", "123dre")
def test_keys_are_shown(scene: Scene, key: str) -> None:
    buttons = [*scene.card.choices.keys.values(), scene.card.edit]
    assert key.upper() in [button._key_hint for button in buttons]


@pytest.mark.parametrize("key", "123drel")
def test_keys_count_only_while_the_focus_is_in_the_card(make_scene: MakeScene, key: str) -> None:
    scene = make_scene(asked(PAGE))
    assert scene.composer.hasFocus()
    scene.type(key)
    assert scene.composer.text() == key
    assert scene.decisions == []
    assert not scene.card.box.is_edited
    assert scene.card.choices.reason.isHidden()


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_return_and_space_on_the_card_allow_nothing(scene: Scene, key: Qt.Key) -> None:
    scene.press(key)
    assert scene.decisions == []


def test_a_held_key_and_a_key_with_another_are_no_answer(scene: Scene) -> None:
    held = QKeyEvent(
        QEvent.Type.KeyPress, Qt.Key.Key_1, Qt.KeyboardModifier.NoModifier, "1", autorep=True
    )
    QApplication.sendEvent(scene.card, held)
    scene.qtbot.keyClick(scene.card, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    scene.qtbot.keyClick(scene.card, Qt.Key.Key_D, Qt.KeyboardModifier.AltModifier)
    assert scene.decisions == []


def test_the_number_pad_counts_too(scene: Scene) -> None:
    scene.qtbot.keyClick(scene.card, Qt.Key.Key_1, Qt.KeyboardModifier.KeypadModifier)
    assert scene.decision.is_allowed


def test_an_answer_that_comes_too_soon_is_none(make_scene: MakeScene) -> None:
    scene = make_scene(asked(PAGE), waited_ms=WAIT_MS - 1)
    scene.card.focus_card()
    for key in (Qt.Key.Key_1, Qt.Key.Key_D):
        scene.press(key)
    scene.qtbot.mouseClick(scene.card.choices.once, Qt.MouseButton.LeftButton)
    assert scene.decisions == []
    scene.now_ms[0] += 1
    scene.press(Qt.Key.Key_1)
    assert scene.decision == Decision(True)


def test_a_card_waits_for_ever(scene: Scene) -> None:
    scene.now_ms[0] += 10**9
    QApplication.processEvents()
    assert scene.decisions == []


def test_a_question_is_answered_once(scene: Scene) -> None:
    scene.press(Qt.Key.Key_D)
    scene.press(Qt.Key.Key_1)
    scene.qtbot.mouseClick(scene.card.choices.once, Qt.MouseButton.LeftButton)
    assert scene.decision == Decision(False)


def test_clicks_answer_too(scene: Scene) -> None:
    scene.qtbot.mouseClick(scene.card.choices.chat, Qt.MouseButton.LeftButton)
    assert scene.decision.scope is Scope.CHAT


def test_it_is_announced_and_takes_no_focus(make_scene: MakeScene) -> None:
    scene = make_scene(asked(PAGE))
    assert scene.composer.hasFocus()
    assert scene.said == [
        "Sotto wants to open a page on docs.example.com. It waits for your answer; F6 leads to it."
    ]


def test_no_with_a_reason(scene: Scene) -> None:
    scene.press(Qt.Key.Key_R)
    assert scene.card.choices.reason.hasFocus()
    scene.type("Read 1 and 2, dear")
    assert scene.decisions == []
    scene.press(Qt.Key.Key_Return)
    assert scene.decision == Decision(False, reason="Read 1 and 2, dear")


def test_escape_leaves_the_reason_and_the_keys_count_again(scene: Scene) -> None:
    scene.press(Qt.Key.Key_R)
    scene.type("x")
    scene.press(Qt.Key.Key_Escape)
    assert scene.card.hasFocus()
    assert scene.card.choices.reason.isHidden()
    scene.press(Qt.Key.Key_2)
    assert scene.decision.scope is Scope.CHAT


def test_escape_in_a_field_does_not_stop_the_answer(scene: Scene) -> None:
    for key in (Qt.Key.Key_E, Qt.Key.Key_R):
        scene.press(key)
        scene.press(Qt.Key.Key_Escape)
        assert scene.card.hasFocus()
    assert scene.stops == []
    scene.press(Qt.Key.Key_Escape)
    assert scene.stops == [True]


def test_the_call_is_edited_before_it_runs(scene: Scene) -> None:
    scene.press(Qt.Key.Key_E)
    editor = scene.card.box.editor
    assert editor.hasFocus()
    assert editor.toPlainText() == PAGE.body
    editor.selectAll()
    scene.type('{"id": 1}')
    assert scene.decisions == []
    scene.press(Qt.Key.Key_Escape)
    scene.press(Qt.Key.Key_1)
    assert scene.decision == Decision(True, arguments='{"id": 1}')


def test_what_the_tool_says_against_an_edit_is_told(scene: Scene) -> None:
    scene.objections["{"] = "open takes an id."
    scene.press(Qt.Key.Key_E)
    scene.card.box.editor.setPlainText("{")
    assert scene.card.trouble.text() == "open takes an id."
    assert scene.said[-1] == "open takes an id."
    scene.press(Qt.Key.Key_Escape)
    scene.press(Qt.Key.Key_1)
    assert scene.decisions == []
    scene.card.box.editor.setPlainText('{"id": 2}')
    assert scene.card.trouble.isHidden()
    scene.press(Qt.Key.Key_1)
    assert scene.decision.arguments == '{"id": 2}'


def test_an_edit_that_changes_nothing_and_one_undone_are_none(scene: Scene) -> None:
    scene.press(Qt.Key.Key_E)
    scene.card.box.editor.setPlainText("other")
    scene.press(Qt.Key.Key_Escape)
    scene.press(Qt.Key.Key_E)
    assert not scene.card.box.is_edited
    scene.press(Qt.Key.Key_1)
    assert scene.decision.arguments is None


def test_return_in_the_editor_is_a_line(scene: Scene) -> None:
    scene.press(Qt.Key.Key_E)
    scene.press(Qt.Key.Key_Return)
    assert scene.card.box.editor.toPlainText().startswith("\n")
    assert scene.decisions == []


def test_any_code_for_ever_is_asked_twice(make_scene: MakeScene) -> None:
    scene = make_scene(asked(CODE))
    scene.card.focus_card()
    scene.press(Qt.Key.Key_3)
    assert scene.decisions == []
    assert "every chat" in scene.card.trouble.text()
    assert scene.card.choices.always.text() == "Yes, always"
    scene.press(Qt.Key.Key_3)
    assert scene.decision.scope is Scope.ALWAYS


def test_a_rule_lasts_as_long_as_is_said(scene: Scene) -> None:
    scene.card.choices.lasts.choose(1)
    scene.press(Qt.Key.Key_3)
    assert scene.decision.expires_ms == NOW + WAIT_MS + 3_600_000


def test_once_makes_no_rule_that_could_last(scene: Scene) -> None:
    scene.card.choices.lasts.choose(1)
    scene.press(Qt.Key.Key_1)
    assert scene.decision.expires_ms == 0


def test_the_key_for_how_long_opens_its_menu(scene: Scene) -> None:
    scene.press(Qt.Key.Key_L)
    menu = QApplication.activePopupWidget()
    assert menu is not None
    scene.qtbot.keyClick(menu, Qt.Key.Key_Down)
    scene.qtbot.keyClick(menu, Qt.Key.Key_Return)
    assert scene.card.choices.lasts.index == 1


def test_what_runs_outside_can_only_be_allowed_once(make_scene: MakeScene) -> None:
    scene = make_scene(asked(replace(CODE, runs_outside=True)))
    scene.card.focus_card()
    for key in (Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_L):
        scene.press(key)
    assert scene.decisions == []
    assert any("Nothing holds this call in" in text for text in scene.card.notes.texts)
    assert not any("closed box" in text for text in scene.card.notes.texts)
    scene.press(Qt.Key.Key_1)
    assert scene.decision == Decision(True)


def test_who_suggested_a_call_is_said(make_scene: MakeScene) -> None:
    card = make_scene(asked(PAGE, suggested_by=("evil.example",))).card
    said = "This call was suggested by content from evil.example. Rules do not count for it."
    assert said in card.notes.texts


def test_many_files_and_many_places_leave_room_for_the_call(make_scene: MakeScene) -> None:
    paths = [f"/home/me/{number}.md" for number in range(50)]
    places = tuple(f"site{number}.example" for number in range(50))
    card = make_scene(asked(function(*paths), suggested_by=places)).card
    told = [text for text in card.notes.texts if "/home/me" in text.replace("\u200b", "")]
    assert len(told) == 6
    assert "and 44 more, which the call names" in card.notes.texts
    assert all(path in card.box.text.toPlainText() for path in paths)
    (suggested,) = (text for text in card.notes.texts if "suggested by" in text)
    assert "site3.example, …" in suggested
    assert "site4" not in suggested


def test_nothing_is_hidden(make_scene: MakeScene) -> None:
    body = "a = 1 \u202e# \u200bx\x1b[31m\u3164"
    card = make_scene(asked(replace(CODE, body=body))).card
    shown = card.box.text.toPlainText()
    for name in ("⟨U+202E⟩", "⟨U+200B⟩", "⟨U+001B⟩", "⟨U+3164⟩"):
        assert name in shown
    assert any("hidden characters" in text for text in card.notes.texts)


LONG = {
    "lines": "x = 1\n" * 300 + "print('the end')",
    "many lines": "x = 1\n" * 20_000 + "print('the end')",
    "code far to the right": "x = 1\n" * 300 + "print('the end')" + " " * 5000 + "evil()",
    "one word": "'" + "a" * 130_000 + "'",
}


@pytest.mark.parametrize("name", LONG)
def test_a_long_call_can_be_read_to_its_end(make_scene: MakeScene, name: str) -> None:
    body = LONG[name]
    scene = make_scene(asked(replace(CODE, body=body)))
    text = scene.card.box.text
    assert text.toPlainText().replace("\n" + GOES_ON, "") == body
    assert text.horizontalScrollBar().maximum() == 0
    assert text.verticalScrollBar().maximum() > 0
    count = body.count("\n") + 1
    assert any(f"{count} lines" in said for said in scene.card.notes.texts)
    text.setFocus()
    scene.qtbot.keyClick(text, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    assert text.verticalScrollBar().value() > 0
    scene.qtbot.keyClick(text, Qt.Key.Key_D)
    assert not scene.decision.is_allowed


def test_a_long_call_is_edited_as_it_is(make_scene: MakeScene) -> None:
    body = LONG["one word"]
    scene = make_scene(asked(replace(CODE, body=body)))
    scene.card.edit.click()
    assert scene.card.box.editor.toPlainText() == body
    scene.type("b = ")
    scene.press(Qt.Key.Key_Escape)
    scene.press(Qt.Key.Key_1)
    assert scene.decision.arguments == "b = " + body


@pytest.mark.parametrize("scale", [1.0, 2.0])
@pytest.mark.parametrize("width", [388, 700, 1200])
@pytest.mark.parametrize("view", [CODE, PAGE, function("/data/chats/7/a.csv")])
def test_everything_has_its_place(
    make_scene: MakeScene,
    words: Words,
    korean: Words,
    theme: Theme,
    width: int,
    scale: float,
    view: CallView,
) -> None:
    theme.set_text_scale(scale)
    for language in (words, korean):
        card = make_scene(asked(view), width=width, language=language).card
        card.edit.click()
        check_places(card)
        card.choices.deny_with_reason.click()
        check_places(card)


def check_places(card: PermissionCard) -> None:
    shown = [one for one in card.findChildren(QAbstractButton) if one.isVisible()]
    boxes = [one.rect().translated(one.mapTo(card, QPoint(0, 0))) for one in shown]
    for at, box in enumerate(boxes):
        assert card.rect().contains(box), shown[at].text()
        assert box.width() >= shown[at].sizeHint().width(), shown[at].text()
        assert not any(box.intersects(other) for other in boxes[at + 1 :])
    for label in card.findChildren(QLabel):
        if label.isVisible() and label.text():
            needed = QFontMetrics(label.font()).boundingRect(
                label.rect(), int(Qt.TextFlag.TextWordWrap), label.text()
            )
            assert needed.height() <= label.height() + 1, label.text()
            assert needed.width() <= label.width() + 1, label.text()


def test_the_tab_key_leads_through_the_card(scene: Scene) -> None:
    choices, seen = scene.card.choices, list[QWidget | None]()
    for _ in range(8):
        scene.press(Qt.Key.Key_Tab)
        seen.append(scene.card.window().focusWidget())
    expected = (
        scene.card.edit,
        scene.card.box.text,
        choices.once,
        choices.chat,
        choices.always,
        choices.deny,
        choices.deny_with_reason,
        choices.lasts,
    )
    assert tuple(seen) == expected
