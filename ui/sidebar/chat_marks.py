"""What the list says of a chat besides its title: a small sign, and the same in words."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QPainter

from app.chats.changes import ChatMark
from app.words import Words
from ui.theme.theme import Theme
from ui.theme.tokens import Role, Size, Space

_SIGNS: Final[dict[ChatMark, tuple[str, Role]]] = {
    ChatMark.ANSWERING: ("ellipsis", "muted"),
    ChatMark.ASKING: ("circle-alert", "warn"),
}
_DOT: Final = 8


def mark_text(words: Words, mark: ChatMark) -> str:
    """What a mark means."""
    return {
        ChatMark.ANSWERING: words("is being answered"),
        ChatMark.ASKING: words("waits for your answer"),
        ChatMark.UNREAD: words("has a new answer"),
    }[mark]


def mark_room(theme: Theme) -> int:
    """Width that a mark takes at the end of a row, in logical px."""
    return theme.scaled(Size.ICON_SMALL) + Space.GAP


def paint_mark(painter: QPainter, theme: Theme, mark: ChatMark, row: QRect) -> None:
    """Paint a mark at the right end of a row; each has a shape of its own, not colour alone."""
    size = theme.scaled(Size.ICON_SMALL)
    x, middle = row.right() - size, row.center().y() + 1
    if mark is ChatMark.UNREAD:
        dot = theme.scaled(_DOT)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent"))
        painter.drawEllipse(QRectF(x + (size - dot) / 2, middle - dot / 2, dot, dot))
        return
    icon, role = _SIGNS[mark]
    ratio = painter.device().devicePixelRatio()
    painter.drawPixmap(
        QPoint(x, middle - size // 2), theme.pixmap(icon, role, Size.ICON_SMALL, ratio)
    )
