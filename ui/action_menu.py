"""The menu over what the window can do: behind a button, or the menu bar of macOS."""

from __future__ import annotations

import sys

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMainWindow, QMenu, QWidget

from app.words import Words
from ui.actions import GROUP_NAMES, ActionGroup, Actions, BoundAction
from ui.theme.tokens import Space


def make_menu(words: Words, actions: Actions, parent: QWidget) -> QMenu:
    """A menu over all actions that belong into one, group by group.

    What cannot be done now is grey and says why.
    """
    menu = QMenu(words("Menu"), parent)
    menu.setToolTipsVisible(True)
    for group in ActionGroup:
        fill_group(menu, words, actions, group)
    menu.aboutToHide.connect(menu.deleteLater)
    return menu


def fill_group(menu: QMenu, words: Words, actions: Actions, group: ActionGroup) -> None:
    """Add the actions of one group, behind a line where something stands before them."""
    members = [one for one in actions.all if one.spec.group is group and one.spec.in_menu]
    if members and not menu.isEmpty():
        menu.addSeparator()
    for bound in members:
        _add(menu, words, actions, bound)


def open_menu(words: Words, actions: Actions, button: QWidget) -> QMenu:
    """Show the menu below a button, its right edges together, with the focus on its first row."""
    menu = make_menu(words, actions, button)
    width = menu.sizeHint().width()
    menu.popup(button.mapToGlobal(QPoint(button.width() - width, button.height() + Space.TINY)))
    menu.setActiveAction(menu.actions()[0])
    menu.setFocus(Qt.FocusReason.PopupFocusReason)
    return menu


def add_menu_bar(
    words: Words, actions: Actions, window: QMainWindow, platform: str = sys.platform
) -> None:
    """Give macOS the bar that its users look for; elsewhere the button is the menu."""
    if platform != "darwin":
        return
    for group in ActionGroup:
        menu = window.menuBar().addMenu(words(GROUP_NAMES[group]))
        menu.aboutToShow.connect(
            lambda menu=menu, group=group: _refill(menu, words, actions, group)
        )


def _refill(menu: QMenu, words: Words, actions: Actions, group: ActionGroup) -> None:
    menu.clear()
    fill_group(menu, words, actions, group)


def _add(menu: QMenu, words: Words, actions: Actions, bound: BoundAction) -> None:
    name, key = words(bound.spec.words), bound.spec.shown_key
    why_not = bound.why_not()
    # Behind a tab Qt shows a key without taking it a second time.
    row = menu.addAction(f"{name}\t{key}" if key else name)
    row.setEnabled(not why_not)
    row.setToolTip(why_not or words(bound.spec.tooltip))
    row.triggered.connect(lambda _=False: actions.run(bound.spec.id))
