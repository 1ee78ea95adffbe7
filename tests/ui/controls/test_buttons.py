from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QColor, QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ui.controls.button import ButtonKind, IconButton, TextButton
from ui.theme.theme import Theme


def picture(widget: QWidget) -> QImage:
    return widget.grab().toImage()


Show = Callable[..., QWidget]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_return_enter_and_space_press_a_button(
    theme: Theme, qtbot: QtBot, show_together: Show, key: Qt.Key
) -> None:
    button = TextButton(theme, "Deny")
    show_together(button)
    button.setFocus(Qt.FocusReason.TabFocusReason)
    with qtbot.waitSignal(button.clicked):
        qtbot.keyClick(button, key)


def test_a_click_does_not_take_the_focus(theme: Theme, qtbot: QtBot, show_together: Show) -> None:
    first, second = TextButton(theme, "One"), TextButton(theme, "Two")
    show_together(first, second)
    first.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.mouseClick(second, Qt.MouseButton.LeftButton)
    assert first.hasFocus()


def test_the_ring_is_shown_for_keyboard_focus_only(theme: Theme, show_together: Show) -> None:
    button = TextButton(theme, "Deny")
    show_together(TextButton(theme, "First"), button)
    ring = theme.color("focus")
    middle_left = QPoint(0, button.height() // 2)
    button.setFocus(Qt.FocusReason.TabFocusReason)
    assert picture(button).pixelColor(middle_left) == ring
    button.clearFocus()
    assert picture(button).pixelColor(middle_left) != ring
    button.setFocus(Qt.FocusReason.MouseFocusReason)
    assert not button.has_ring


def test_the_ring_stays_while_another_window_is_in_front(
    theme: Theme, qtbot: QtBot, show_together: Show
) -> None:
    button = TextButton(theme, "Deny")
    page = show_together(TextButton(theme, "First"), button)
    button.setFocus(Qt.FocusReason.TabFocusReason)
    other = show_together(TextButton(theme, "Elsewhere"))
    assert not button.hasFocus()
    page.activateWindow()
    qtbot.waitUntil(button.hasFocus)
    assert button.has_ring
    assert other.isVisible()


@pytest.mark.parametrize(
    ("kind", "fill"),
    [
        (ButtonKind.PRIMARY, "accent"),
        (ButtonKind.SECONDARY, "raised"),
    ],
)
def test_a_button_is_filled_by_its_kind(
    theme: Theme, show_together: Show, kind: ButtonKind, fill: str
) -> None:
    button = TextButton(theme, "Go", kind=kind)
    show_together(button)
    inside = QPoint(6, button.height() // 2)
    assert picture(button).pixelColor(inside) == QColor(getattr(theme.colors, fill))
    button.setDown(True)
    pressed = "accent_pressed" if kind is ButtonKind.PRIMARY else "pressed"
    assert picture(button).pixelColor(inside) == QColor(getattr(theme.colors, pressed))


def test_a_disabled_button_has_no_fill_and_cannot_be_pressed(
    theme: Theme, qtbot: QtBot, show_together: Show
) -> None:
    button = TextButton(theme, "Send", kind=ButtonKind.PRIMARY)
    show_together(button)
    button.setEnabled(False)
    with qtbot.assertNotEmitted(button.clicked):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    inside = picture(button).pixelColor(6, button.height() // 2)
    assert inside == QColor(theme.colors.bg)


def test_a_button_has_room_for_text_icon_and_key_hint_at_every_text_size(
    theme: Theme, qtbot: QtBot
) -> None:
    plain = TextButton(theme, "New chat")
    full = TextButton(theme, "New chat", icon="square-pen", key_hint="Ctrl N")
    qtbot.addWidget(plain)
    qtbot.addWidget(full)
    width = plain.sizeHint().width()
    assert full.sizeHint().width() > width + 18
    theme.set_text_scale(2.0)
    assert plain.sizeHint().width() > 1.8 * width
    assert plain.sizeHint().height() == 68


def test_an_icon_button_says_its_name_and_its_key(theme: Theme, qtbot: QtBot) -> None:
    button = IconButton(theme, "panel-left", "Hide the sidebar", key_hint="Ctrl B")
    qtbot.addWidget(button)
    interface = QAccessible.queryAccessibleInterface(button)
    assert interface.text(QAccessible.Text.Name) == "Hide the sidebar"
    assert interface.role() == QAccessible.Role.Button
    assert button.toolTip() == "Hide the sidebar  (Ctrl B)"
    assert min(button.sizeHint().width(), button.sizeHint().height()) >= 24


def test_an_icon_button_that_is_on_shows_it_by_fill_and_outline(
    theme: Theme, show_together: Show
) -> None:
    button = IconButton(theme, "terminal", "Python")
    button.setCheckable(True)
    show_together(button)
    button.setChecked(True)
    image = picture(button)
    assert image.pixelColor(5, 17) == QColor(theme.colors.soft)
    assert image.pixelColor(17, 0) == QColor(theme.colors.accent)


def test_a_button_can_become_another_one(theme: Theme, qtbot: QtBot) -> None:
    button = TextButton(theme, "Send")
    qtbot.addWidget(button)
    button.set_look("Stop", "square", ButtonKind.DANGER, "Esc")
    assert (button.text(), button.accessibleName(), button.kind) == (
        "Stop",
        "Stop",
        ButtonKind.DANGER,
    )
