from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.words import Words
from tests.ui.settings.conftest import Room
from ui.settings.diagnostics_page import DiagnosticsPage
from ui.settings.notices_dialog import NoticesDialog
from ui.theme.theme import Theme


def opened(page: DiagnosticsPage, qtbot: QtBot) -> NoticesDialog:
    qtbot.addWidget(page)
    page.resize(700, 600)
    page.show()
    page.notices.setFocus()
    qtbot.keyClick(page.notices, Qt.Key.Key_Space)
    return page.window().findChildren(NoticesDialog)[-1]


def test_the_notices_of_the_package_can_be_read_and_selected(
    room: Room, theme: Theme, words: Words, tmp_path: Path, qtbot: QtBot
) -> None:
    file = tmp_path / "notices.txt"
    file.write_text("Qt 6\nGNU Lesser General Public License\n", encoding="utf-8")
    dialog = opened(DiagnosticsPage(room.desk(theme, words), (file,)), qtbot)
    assert dialog.text is not None
    assert dialog.text.toPlainText() == file.read_text(encoding="utf-8")
    assert dialog.text.isReadOnly()
    assert dialog.text.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByKeyboard
    assert dialog.text.accessibleName() == "Third-party notices"
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


@pytest.mark.parametrize("language", ["words", "korean"])
def test_in_a_checkout_it_says_where_they_are(
    language: str,
    room: Room,
    theme: Theme,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    spoken: Words = request.getfixturevalue(language)
    dialog = opened(DiagnosticsPage(room.desk(theme, spoken), (tmp_path / "none",)), qtbot)
    assert dialog.text is None
    assert dialog.note.text() == spoken(
        "The notices come with Sotto's packages. This Sotto runs from its source code."
    )
    qtbot.mouseClick(dialog.close_button, Qt.MouseButton.LeftButton)
    assert not dialog.isVisible()
