from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from ui.controls.segmented import SegmentedControl
from ui.theme.theme import Theme


@pytest.fixture
def effort(theme: Theme, show_together: Callable[..., QWidget]) -> SegmentedControl:
    made = SegmentedControl(theme, "Reasoning effort", ["Low", "Medium", "High"], 1)
    show_together(QLineEdit(), made, QLineEdit())
    return made


def test_a_click_chooses_and_is_announced_once(effort: SegmentedControl, qtbot: QtBot) -> None:
    with qtbot.waitSignal(effort.chosen) as chosen:
        qtbot.mouseClick(effort.segments[2], Qt.MouseButton.LeftButton)
    assert chosen.args == [2]
    assert effort.index == 2
    with qtbot.assertNotEmitted(effort.chosen):
        qtbot.mouseClick(effort.segments[2], Qt.MouseButton.LeftButton)


def test_arrows_move_the_choice_and_stop_at_the_ends(
    effort: SegmentedControl, qtbot: QtBot
) -> None:
    seen: list[int] = []
    effort.chosen.connect(seen.append)
    effort.segments[1].setFocus(Qt.FocusReason.TabFocusReason)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_Up):
        focused = next(segment for segment in effort.segments if segment.hasFocus())
        qtbot.keyClick(focused, key)
    assert seen == [2, 1, 0]
    assert effort.segments[0].has_ring


def test_tab_enters_at_the_choice_and_leaves_the_whole_row(
    effort: SegmentedControl, qtbot: QtBot
) -> None:
    first, last = effort.window().findChildren(QLineEdit)
    first.setFocus()
    qtbot.keyClick(first, Qt.Key.Key_Tab)
    assert effort.segments[1].hasFocus()
    qtbot.keyClick(effort.segments[1], Qt.Key.Key_Tab)
    assert last.hasFocus()


def test_setting_the_choice_is_not_announced(effort: SegmentedControl, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(effort.chosen):
        effort.set_index(0)
    assert effort.segments[0].isChecked()
    assert not effort.segments[1].isChecked()


def test_screen_readers_see_radio_buttons_of_a_named_group(effort: SegmentedControl) -> None:
    interface = QAccessible.queryAccessibleInterface(effort.segments[1])
    assert interface.role() == QAccessible.Role.RadioButton
    assert interface.text(QAccessible.Text.Name) == "Medium"
    assert effort.accessibleName() == "Reasoning effort"


def test_a_narrow_row_gives_up_padding_before_text(effort: SegmentedControl) -> None:
    for segment in effort.segments:
        text = segment.fontMetrics().horizontalAdvance(segment.text())
        assert text < segment.minimumSizeHint().width() < segment.sizeHint().width()
