"""Buttons: with an icon, with a text, with both, and with a key hint."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QEnterEvent, QFocusEvent, QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget
from typing_extensions import override

from ui.controls.painting import draw_box, draw_ring
from ui.theme.theme import Theme
from ui.theme.tokens import Radius, Role, Size, Space, TypeSize

_KEYBOARD_REASONS: Final = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
    Qt.FocusReason.OtherFocusReason,
)
_KEEPING_REASONS: Final = (
    Qt.FocusReason.ActiveWindowFocusReason,
    Qt.FocusReason.PopupFocusReason,
    Qt.FocusReason.MenuBarFocusReason,
)
"""The focus leaves or comes back with the whole window: the ring stays as it was."""
_LEAST_TEXT: Final = 64
"""So much of a left-aligned text (px) is always shown; the rest gives way to …"""
_CLICK_KEYS: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def is_by_keyboard(event: QFocusEvent) -> bool:
    """Whether the focus came by a key, so that it must be seen where it is."""
    return event.reason() in _KEYBOARD_REASONS


class ButtonKind(StrEnum):
    """How loud a button is."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    GHOST = "ghost"
    DANGER = "danger"


class PaintedButton(QAbstractButton):
    """A button that paints itself from the theme; the base of all others.

    Takes the focus from the keyboard only, so that a click never takes the caret away
    from the composer.  Return and Space press it.

    Attributes:
        has_ring: the keyboard focus ring is shown.
        is_quiet: an `IconButton` is not painted until the pointer or the focus is on it.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.has_ring = False
        self.is_quiet = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.changed.connect(self._on_theme_changed)

    @property
    def is_hovered(self) -> bool:
        """The pointer is over the button and can press it."""
        return self.underMouse() and self.isEnabled()

    def _on_theme_changed(self) -> None:
        self.updateGeometry()
        self.update()

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        if event.reason() not in _KEEPING_REASONS:
            self.has_ring = is_by_keyboard(event)
        super().focusInEvent(event)

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        if event.reason() not in _KEEPING_REASONS:
            self.has_ring = False
        super().focusOutEvent(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _CLICK_KEYS and not event.modifiers():
            self.click()
            return
        if event.modifiers() & Qt.KeyboardModifier.AltModifier:
            event.ignore()  # Qt would move the focus with Alt and an arrow, too
            return
        super().keyPressEvent(event)

    @override
    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    @override
    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.update()


class TextButton(PaintedButton):
    """A button with a text, an icon or both, and perhaps the key that presses it.

    Args:
        theme: the look.
        text: what it does, already in the user's language.
        kind: how loud it is.
        icon: a Lucide name, or "".
        key_hint: shown in a small box, e.g. "Ctrl N"; says a key, does not bind it.
        compact: 30 px high instead of 34.
        align_left: icon and text stand at the left and the hint at the right (sidebar rows).
        parent: the widget it lives in.
    """

    def __init__(
        self,
        theme: Theme,
        text: str,
        *,
        kind: ButtonKind = ButtonKind.SECONDARY,
        icon: str = "",
        key_hint: str = "",
        compact: bool = False,
        align_left: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, parent)
        self._kind = kind
        self._icon = icon
        self._key_hint = key_hint
        self._compact = compact
        self._align_left = align_left
        self.setText(text)
        self.setAccessibleName(text)
        policy = QSizePolicy.Policy.MinimumExpanding if align_left else QSizePolicy.Policy.Fixed
        self.setSizePolicy(policy, QSizePolicy.Policy.Fixed)

    @property
    def kind(self) -> ButtonKind:
        """How loud it is."""
        return self._kind

    def set_look(self, text: str, icon: str, kind: ButtonKind, key_hint: str = "") -> None:
        """Become another button in the same place, e.g. Send and Stop."""
        self._icon, self._kind, self._key_hint = icon, kind, key_hint
        self.setText(text)
        self.setAccessibleName(text)
        self._on_theme_changed()

    @override
    def sizeHint(self) -> QSize:
        height = Size.BUTTON_COMPACT if self._compact else Size.BUTTON
        pad = self._theme.scaled(Space.ROOM if self._compact else 14)
        return QSize(self._content_width() + 2 * pad, self._theme.scaled(height))

    @override
    def minimumSizeHint(self) -> QSize:
        if not self._align_left:
            return self.sizeHint()
        cut = self._metrics().horizontalAdvance(self.text()) - self._theme.scaled(_LEAST_TEXT)
        return self.sizeHint() - QSize(max(0, cut), 0)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        rect = QRectF(self.rect())
        if self.has_ring:
            rect = draw_ring(painter, rect, Radius.BUTTON, self._theme.color("focus"))
        fill, line, ink = self._colors()
        draw_box(
            painter,
            rect,
            Radius.SEGMENT if self.has_ring else Radius.BUTTON,
            fill=self._theme.color(fill) if fill else None,
            line=self._theme.color(line) if line else None,
            dashed=not self.isEnabled() and self._theme.colors.is_high_contrast,
        )
        self._paint_content(painter, ink)

    def _colors(self) -> tuple[Role | None, Role | None, Role]:
        """Fill, outline and ink of the state it is in."""
        ghost = self._kind is ButtonKind.GHOST
        contrast = self._theme.colors.is_high_contrast
        if not self.isEnabled():
            return None, None if ghost and not contrast else "border", "subtle"
        if self._kind is ButtonKind.PRIMARY:
            if self.isDown():
                return "accent_pressed", None, "on_accent"
            return "accent_hover" if self.is_hovered else "accent", None, "on_accent"
        ink: Role = "danger" if self._kind is ButtonKind.DANGER else "text"
        line: Role | None = "border" if contrast else None
        if self.isDown():
            return "pressed", line, ink
        if self.is_hovered:
            return "hover", line, ink
        if ghost:
            return None, None, "muted"
        return None if self._kind is ButtonKind.DANGER else "raised", "border", ink

    def _metrics(self) -> QFontMetrics:
        size = TypeSize.CODE if self._compact else TypeSize.CONTROL
        return QFontMetrics(self._theme.fonts.text(size))

    def _hint_width(self) -> int:
        if not self._key_hint:
            return 0
        metrics = QFontMetrics(self._theme.fonts.text(TypeSize.HINT))
        return max(self._theme.scaled(18), metrics.horizontalAdvance(self._key_hint) + 10)

    def _icon_px(self) -> int:
        return Size.ICON_SMALL if self._compact else Size.ICON

    def _content_width(self) -> int:
        parts = [
            self._theme.scaled(self._icon_px()) if self._icon else 0,
            self._metrics().horizontalAdvance(self.text()),
            self._hint_width(),
        ]
        shown = [width for width in parts if width]
        return sum(shown) + Space.GAP * max(0, len(shown) - 1)

    def _paint_content(self, painter: QPainter, ink: Role) -> None:
        height = self.height()
        x = (self.width() - self._content_width()) // 2
        hint_x = -1
        if self._align_left:
            x = self._theme.scaled(Space.ROOM)
            hint_x = self.width() - self._hint_width() - Space.GAP
        if self._icon:
            size = self._theme.scaled(self._icon_px())
            pixmap = self._theme.pixmap(self._icon, ink, self._icon_px(), self.devicePixelRatio())
            painter.drawPixmap(QPoint(x, (height - size) // 2), pixmap)
            x += size + Space.GAP
        if self.text():
            end = (self.width() if hint_x < 0 else hint_x) - Space.GAP
            x += self._paint_text(painter, QRect(x, 0, end - x, height), ink) + Space.GAP
        if self._key_hint:
            self._paint_hint(painter, max(x, hint_x), ink)

    def _paint_text(self, painter: QPainter, box: QRect, ink: Role) -> int:
        """Draw the text at the left of `box`; returns its width."""
        text = self.text()
        if self._align_left:
            text = self._metrics().elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        width = self._metrics().horizontalAdvance(text)
        size = TypeSize.CODE if self._compact else TypeSize.CONTROL
        painter.setFont(self._theme.fonts.text(size))
        painter.setPen(self._theme.color(ink))
        box.setWidth(width + 2)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), text)
        return width

    def _paint_hint(self, painter: QPainter, x: int, ink: Role) -> None:
        height = self._theme.scaled(18)
        box = QRectF(x, (self.height() - height) / 2, self._hint_width(), height)
        line = self._theme.color("on_accent" if ink == "on_accent" else "border")
        if ink == "on_accent":
            line.setAlpha(120)
        draw_box(painter, box, Radius.HINT, line=line)
        painter.setFont(self._theme.fonts.text(TypeSize.HINT))
        faint: Role = "on_accent" if ink == "on_accent" else "muted"
        painter.setPen(self._theme.color(faint))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), self._key_hint)


class IconButton(PaintedButton):
    """A square button that shows one icon; its name is both tooltip and accessible name.

    Args:
        theme: the look.
        icon: a Lucide name.
        name: what it does, already in the user's language.
        key_hint: added to the tooltip, e.g. "Ctrl B".
        size: edge in logical px; 34, or 28 inside cards.
        filled: paint it as a primary button (Send).
        parent: the widget it lives in.
    """

    def __init__(
        self,
        theme: Theme,
        icon: str,
        name: str,
        *,
        key_hint: str = "",
        size: int = Size.BUTTON,
        filled: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, parent)
        self._icon = icon
        self._key_hint = key_hint
        self._edge = size
        self._filled = filled
        self.set_look(icon, name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @property
    def icon_name(self) -> str:
        """The Lucide name of its icon."""
        return self._icon

    def set_look(self, icon: str, name: str, *, tooltip: str = "") -> None:
        """Show another icon under another name; `tooltip` may say more, e.g. why it is off."""
        self._icon = icon
        self.setAccessibleName(name)
        said = tooltip or name
        self.setToolTip(f"{said}  ({self._key_hint})" if self._key_hint else said)
        self.update()

    @override
    def sizeHint(self) -> QSize:
        edge = self._theme.scaled(self._edge)
        return QSize(edge, edge)

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        if self.is_quiet and not self.has_ring and not self.underMouse():
            return
        painter = QPainter(self)
        rect = QRectF(self.rect())
        radius = Radius.BUTTON
        if self.has_ring:
            rect = draw_ring(painter, rect, radius, self._theme.color("focus"))
            radius = Radius.SEGMENT
        fill, line, ink = self._colors()
        draw_box(
            painter,
            rect,
            radius,
            fill=self._theme.color(fill) if fill else None,
            line=self._theme.color(line) if line else None,
            dashed=not self.isEnabled() and self._theme.colors.is_high_contrast,
        )
        px = Size.ICON if self._edge >= Size.SEGMENT else Size.ICON_SMALL
        at = QPoint(
            (self.width() - self._theme.scaled(px)) // 2,
            (self.height() - self._theme.scaled(px)) // 2,
        )
        painter.drawPixmap(at, self._theme.pixmap(self._icon, ink, px, self.devicePixelRatio()))

    def _colors(self) -> tuple[Role | None, Role | None, Role]:
        if not self.isEnabled():
            lined = self._filled or self._theme.colors.is_high_contrast
            return None, "border" if lined else None, "subtle"
        if self._filled:
            if self.isDown():
                return "accent_pressed", None, "on_accent"
            return "accent_hover" if self.is_hovered else "accent", None, "on_accent"
        if self.isCheckable() and self.isChecked():
            return "soft", "accent", "accent"
        line: Role | None = "border" if self._theme.colors.is_high_contrast else None
        if self.isDown():
            return "pressed", line, "text"
        if self.is_hovered:
            return "hover", line, "text"
        return None, None, "muted"
