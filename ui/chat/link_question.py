"""The question before a link is opened: it names who will be contacted."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Final

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.words import Words
from ui.controls.button import ButtonKind, TextButton
from ui.controls.label import Label
from ui.markdown.addresses import host_of
from ui.theme.theme import Theme
from ui.theme.tokens import Space, TypeSize

_WIDTH: Final = 440
_NARROWEST: Final = 280


class LinkQuestion(QDialog):
    """Show an address in full and open it only when the user says so.

    Args:
        theme: the look.
        words: the user's language.
        address: allowed by `ui.markdown.addresses.is_allowed`.
        open_url: hands the address to the desktop.
        copy: puts text on the clipboard.
        parent: the window.
    """

    def __init__(
        self,
        theme: Theme,
        words: Words,
        address: str,
        open_url: Callable[[QUrl], object],
        copy: Callable[[str], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._address = address
        self._open_url = open_url
        self._copy = copy
        host = host_of(address)
        self.setWindowTitle(words("Open link"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        title = Label(
            theme, words("Open {host}?", host=host), size=TypeSize.CARD_TITLE, bold=True, wrap=True
        )
        self.address = _address_label(theme, address)
        note = Label(theme, _note(words, address), size=TypeSize.CODE, role="muted", wrap=True)
        self.open_button = TextButton(theme, words("Open link"), kind=ButtonKind.PRIMARY)
        self.copy_button = TextButton(theme, words("Copy link address"))
        self.cancel_button = TextButton(theme, words("Cancel"), kind=ButtonKind.GHOST)
        self.open_button.clicked.connect(self._on_open)
        self.copy_button.clicked.connect(self._on_copy)
        self.cancel_button.clicked.connect(self.reject)
        self._lay_out(title, note)
        room = parent.width() - 2 * Space.WIDE if parent is not None else theme.scaled(_WIDTH)
        self.setMinimumWidth(min(theme.scaled(_WIDTH), max(_NARROWEST, room)))
        self.cancel_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _lay_out(self, title: QWidget, note: QWidget) -> None:
        row = QHBoxLayout()
        row.setSpacing(Space.GAP)
        row.addWidget(self.cancel_button)
        row.addStretch(1)
        row.addWidget(self.copy_button)
        row.addWidget(self.open_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.WIDE, Space.WIDE, Space.WIDE, Space.PAD)
        column.setSpacing(Space.ROOM)
        for part in (title, self.address, note):
            column.addWidget(part)
        column.addLayout(row)

    def _on_open(self) -> None:
        self._open_url(QUrl(self._address))
        self.accept()

    def _on_copy(self) -> None:
        self._copy(self._address)
        self.accept()


def _note(words: Words, address: str) -> str:
    if address.startswith("mailto:"):
        return words("It opens in your mail program.")
    return words("It opens in your browser. The site sees your network address and this link.")


def _address_label(theme: Theme, address: str) -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.RichText)
    label.setText(_with_bold_host(address))
    label.setWordWrap(True)
    label.setFont(theme.fonts.code(TypeSize.CODE))
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    palette = label.palette()
    palette.setColor(QPalette.ColorRole.WindowText, theme.color("text"))
    label.setPalette(palette)
    return label


def _with_bold_host(address: str) -> str:
    """The whole address; zero-width spaces let a long one break anywhere."""
    scheme, mark, rest = address.partition("://")
    if not mark:
        return escape(address)
    end = next((at for at, letter in enumerate(rest) if letter in "/?#"), len(rest))
    place, path = rest[:end], rest[end:]
    user, at, host = place.rpartition("@")  # what stands before the @ is no host
    broken = "\u200b".join(escape(letter) for letter in path)
    return f"{escape(scheme)}://{escape(user)}{at}<b>{escape(host)}</b>{broken}"
