from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.chats.changes import BusyChanged, ChatOpened, ModelState, StatusChanged
from app.chats.values import Problem
from app.words import Words
from engine.harmony.messages import Effort
from tests.ui.chat.stage import CHAT, Stage, answer, user
from ui.chat.link_question import LinkQuestion
from ui.chat.panel import ChatPanel
from ui.theme.theme import Theme

MARKDOWN = """Text with `code`, a [link](https://a.example) and $x$.

## Heading

- item
- [x] done

```python
def f(): return "한글"
```

| a | b |
|---|--:|
| 1 | 2 |

> quote
"""


def question_of(stage: Stage) -> LinkQuestion:
    found = stage.panel.window().findChildren(LinkQuestion)
    assert len(found) == 1
    return found[0]


def test_a_new_chat_teaches_with_prompts_that_work(stage: Stage, qtbot: QtBot) -> None:
    stage.panel.apply(ChatOpened(None, ()))
    empty = stage.panel.empty
    assert empty.isVisible()
    assert len(empty.cards) == 4
    card = empty.cards[0]
    qtbot.mouseClick(card, Qt.MouseButton.LeftButton)
    assert stage.submitted == [(card.text(), Effort.MEDIUM)]


def test_a_chat_that_is_begun_while_a_message_is_being_stored_is_empty(stage: Stage) -> None:
    stage.panel.apply(ChatOpened(None, ()))
    stage.panel.composer.set_text("Hello")
    stage.panel.composer.submit()
    stage.panel.apply(BusyChanged(is_busy=True))
    stage.panel.apply(ChatOpened(None, ()))
    stage.panel.apply(BusyChanged(is_busy=False))
    assert stage.panel.empty.isVisible()
    assert not stage.panel.composer.is_busy


def test_the_practice_model_says_what_it_is_and_what_it_can(stage: Stage) -> None:
    stage.panel.apply(StatusChanged(ModelState.READY, "practice", "CPU", is_practice=True))
    empty = stage.panel.empty
    assert "practice model" in empty.sentence.text()
    assert [card.text() for card in empty.cards] == [
        "Hello",
        "My name is Sam.",
        "Show me everything you can render",
        "Look up my contact card",
    ]


def test_a_prompt_pressed_too_early_waits_in_the_composer(stage: Stage, qtbot: QtBot) -> None:
    stage.panel.apply(ChatOpened(None, ()))
    stage.panel.apply(StatusChanged(ModelState.FAILED, problem=Problem("No model.")))
    card = stage.panel.empty.cards[1]
    card.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(card, Qt.Key.Key_Return)
    assert stage.submitted == []
    assert stage.panel.composer.text == card.text()


def test_a_link_is_opened_only_after_the_reader_saw_its_address(stage: Stage, qtbot: QtBot) -> None:
    stage.panel._ask_link("https://docs.example/a/b?c=1&d=2")
    question = question_of(stage)
    assert question.isVisible()
    assert stage.opened == []
    assert "<b>docs.example</b>" in question.address.text()
    assert "&amp;" in question.address.text()
    qtbot.mouseClick(question.open_button, Qt.MouseButton.LeftButton)
    assert stage.opened == ["https://docs.example/a/b?c=1&d=2"]


def test_only_the_real_host_stands_out(stage: Stage) -> None:
    stage.panel._ask_link("https://bank.example@evil.example?next=/login")
    question = question_of(stage)
    assert "bank.example@<b>evil.example</b>" in question.address.text()
    said = [label.text() for label in question.findChildren(QLabel)]
    assert "Open evil.example?" in said


def test_a_mail_address_says_that_mail_opens(stage: Stage) -> None:
    stage.panel._ask_link("mailto:someone@mail.example")
    said = [label.text() for label in question_of(stage).findChildren(QLabel)]
    assert "Open someone@mail.example?" in said
    assert "It opens in your mail program." in said


def test_a_link_can_be_declined_or_copied(stage: Stage, qtbot: QtBot) -> None:
    stage.panel._ask_link("mailto:someone@mail.example")
    qtbot.keyClick(question_of(stage), Qt.Key.Key_Escape)
    assert stage.opened == []
    QApplication.processEvents()
    stage.panel._ask_link("mailto:someone@mail.example")
    questions = stage.panel.window().findChildren(LinkQuestion)
    qtbot.mouseClick(questions[-1].copy_button, Qt.MouseButton.LeftButton)
    assert stage.opened == []
    assert QApplication.clipboard().text() == "mailto:someone@mail.example"


@pytest.mark.parametrize("width", [420, 760, 1280])
@pytest.mark.parametrize("mode", ["light", "dark", "high_contrast"])
def test_nothing_reaches_over_the_edges(
    make_panel: Callable[..., Stage], theme: Theme, width: int, mode: str
) -> None:
    theme.set_mode(mode)
    stage = make_panel(width=width)
    stage.panel.apply(ChatOpened(CHAT, (user(1, "word " * 50), answer(2, MARKDOWN))))
    view = stage.panel.view
    for index in view._seen.in_view():
        for part in view._widgets[index].findChildren(QWidget):
            owner = part.parentWidget()
            if not part.isVisible() or owner is None or owner.objectName().startswith("qt_"):
                continue
            assert part.geometry().right() <= owner.width() + 1, type(part).__name__
    theme.set_mode("light")


@pytest.mark.parametrize("scale", [0.85, 1.0, 2.0])
def test_texts_and_buttons_fit_at_every_text_size(
    make_panel: Callable[..., Stage], theme: Theme, scale: float
) -> None:
    theme.set_text_scale(scale)
    stage = make_panel(width=900)
    stage.panel.apply(ChatOpened(CHAT, (user(1, "word " * 50), answer(2, MARKDOWN))))
    foot = stage.answer(2).foot
    assert foot.cost.width() >= foot.cost.sizeHint().width()
    composer = stage.panel.composer
    for segment in composer.effort.segments:
        assert segment.width() >= segment.minimumSizeHint().width()
    theme.set_text_scale(1.0)


def test_the_panel_speaks_korean(make_panel: Callable[..., Stage], korean: Words) -> None:
    stage = make_panel(language=korean)
    stage.panel.apply(ChatOpened(CHAT, (user(1, "질문"), answer(2, "답"))))
    assert stage.panel.composer.edit.placeholderText() == "메시지를 입력하세요"
    assert stage.answer(2).thoughts.line.text() == "12초 동안 생각했어요"


def test_every_text_of_the_panel_has_its_korean(korean: Words) -> None:
    missing = []
    folders = (Path("ui/chat"), Path("ui/markdown"))
    root = Path(__file__).resolve().parents[3]
    for file in (file for folder in folders for file in sorted((root / folder).glob("*.py"))):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            name = node.func.attr if isinstance(node.func, ast.Attribute) else name
            first = node.args[0]
            is_text = isinstance(first, ast.Constant) and isinstance(first.value, str)
            if name in {"words", "_words"} and is_text:
                text = str(first.value)  # type: ignore[attr-defined]  # a constant, see above
                if text not in korean._translated:
                    missing.append(text)
    assert missing == []


def test_closing_twice_is_no_harm(qtbot: QtBot, theme: Theme, words: Words) -> None:
    panel = ChatPanel(theme, words)
    qtbot.addWidget(panel)
    panel.show()
    panel.close_threads()
    panel.close_threads()
    assert panel.typesetter._thread is None
