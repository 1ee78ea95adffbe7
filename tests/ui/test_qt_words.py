from __future__ import annotations

from PySide6.QtWidgets import QApplication, QPlainTextEdit
from pytestqt.qtbot import QtBot

from ui.qt_words import speak


def menu_texts(qtbot: QtBot) -> str:
    field = QPlainTextEdit()
    qtbot.addWidget(field)
    return " ".join(action.text() for action in field.createStandardContextMenu().actions())


def test_the_menu_of_a_field_speaks_the_users_language(qapp: QApplication, qtbot: QtBot) -> None:
    assert "Undo" in menu_texts(qtbot)
    translator = speak(qapp, "ko")
    try:
        said = menu_texts(qtbot)
        assert "Undo" not in said
        assert "복사" in said
    finally:
        qapp.removeTranslator(translator)
    assert speak(qapp, "en").isEmpty()
    assert "Undo" in menu_texts(qtbot)
