"""The look that is in force: colours, fonts, icons, text size and motion."""

from __future__ import annotations

import sys
from enum import StrEnum

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QPixmap
from PySide6.QtWidgets import QApplication

from app import resources
from ui.theme.fonts import Fonts
from ui.theme.icons import Icons
from ui.theme.palette import make_palette
from ui.theme.style import make_style
from ui.theme.tokens import (
    BODY_LINE_PERCENT,
    COMPACT_LINE_PERCENT,
    COMPACT_SHARE,
    DARK,
    HIGH_CONTRAST,
    LIGHT,
    MAX_TEXT_SCALE,
    MIN_TEXT_SCALE,
    Colors,
    Role,
    TypeSize,
)


class ThemeMode(StrEnum):
    """What the user chose; SYSTEM follows the desktop."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"
    HIGH_CONTRAST = "high_contrast"


class Density(StrEnum):
    """How close messages, lines and chats stand."""

    COMFORTABLE = "comfortable"
    COMPACT = "compact"


class Theme(QObject):
    """The look, given to every widget's constructor.  UI thread.

    Signals:
        changed: colours, sizes or motion are others now; widgets repaint and lay out anew.

    Args:
        application: gets our palette, style and base font.
        mode: a `ThemeMode` or its value.
        text_scale: the user's text size, 0.85 to 2.0.
    """

    changed = Signal()

    def __init__(
        self, application: QApplication, mode: str = ThemeMode.SYSTEM, text_scale: float = 1.0
    ) -> None:
        super().__init__()
        self._application = application
        # Both wrappers are kept: PySide6 6.11 deletes the second with the first.
        self._hints = application.styleHints()
        self._contrast = self._hints.accessibility()
        self._mode = ThemeMode(mode)
        self._scale = _clamped(text_scale)
        self._reduced_motion: bool | None = None
        self._density = Density.COMFORTABLE
        self._icons = Icons(resources.path("icons"))
        self._colors = LIGHT
        self._fonts = Fonts(self._scale)
        if application.style().name().lower() != "fusion":
            application.setStyle("Fusion")
        self._apply()
        self._hints.colorSchemeChanged.connect(self._on_desktop_changed)
        self._contrast.contrastPreferenceChanged.connect(self._on_desktop_changed)

    @property
    def mode(self) -> ThemeMode:
        """What the user chose."""
        return self._mode

    @property
    def colors(self) -> Colors:
        """The colours in force."""
        return self._colors

    @property
    def fonts(self) -> Fonts:
        """Fonts at the user's text size."""
        return self._fonts

    @property
    def text_scale(self) -> float:
        """The user's text size; 1.0 is 100 %."""
        return self._scale

    @property
    def density(self) -> Density:
        """How close things stand."""
        return self._density

    @property
    def line_percent(self) -> int:
        """`line-height` of body text in a QTextDocument."""
        is_compact = self._density is Density.COMPACT
        return COMPACT_LINE_PERCENT if is_compact else BODY_LINE_PERCENT

    @property
    def reduced_motion(self) -> bool:
        """Whether nothing may move: chosen here, or Windows has its animations turned off.

        Qt 6.11 reports no such wish on other systems: there `isEffectEnabled` is always False.
        """
        if self._reduced_motion is not None:
            return self._reduced_motion
        effects = self._application.isEffectEnabled(Qt.UIEffect.UI_General)
        return sys.platform == "win32" and not effects

    def set_mode(self, mode: str) -> None:
        """Choose light, dark, high contrast, or what the desktop says."""
        self._mode = ThemeMode(mode)
        self._apply()

    def set_text_scale(self, scale: float) -> None:
        """Choose the text size, 0.85 to 2.0."""
        self._scale = _clamped(scale)
        self._fonts = Fonts(self._scale)
        self._apply()

    def set_reduced_motion(self, reduced: bool | None) -> None:
        """Choose whether things may move; None asks the desktop."""
        self._reduced_motion = reduced
        self.changed.emit()

    def set_density(self, density: str) -> None:
        """Choose how close things stand."""
        self._density = Density(density)
        self.changed.emit()

    def distance(self, px: int) -> int:
        """A distance between things that are read, in logical px: less where they stand close."""
        return round(px * COMPACT_SHARE) if self._density is Density.COMPACT else px

    def color(self, role: Role) -> QColor:
        """One colour, for painting."""
        return QColor(self._colors.of(role))

    def scaled(self, px: int) -> int:
        """A height or width that grows with the text, in logical px."""
        return round(px * max(1.0, self._scale))

    def pixmap(self, name: str, role: Role, size: int, ratio: float = 1.0) -> QPixmap:
        """An icon in one of the theme's colours; `size` in logical px at 100 %."""
        return self._icons.pixmap(name, self._colors.of(role), self.scaled(size), ratio)

    def duration(self, ms: int) -> int:
        """How long something may move: `ms`, or 0 under reduced motion."""
        return 0 if self.reduced_motion else ms

    def _on_desktop_changed(self) -> None:
        if self._mode is ThemeMode.SYSTEM:
            self._apply()

    def _apply(self) -> None:
        self._colors = self._chosen()
        self._dress_application()
        self.changed.emit()

    def _dress_application(self) -> None:
        """Change only what is another: each of these polishes every widget there is."""
        font = self._fonts.text(TypeSize.CONTROL)
        if self._application.font() != font:
            self._application.setFont(font)
        palette = make_palette(self._colors)
        if self._application.palette() != palette:
            self._application.setPalette(palette)
        style = make_style(self._colors, self.scaled)
        if self._application.styleSheet() != style:
            self._application.setStyleSheet(style)

    def _chosen(self) -> Colors:
        fixed = {
            ThemeMode.LIGHT: LIGHT,
            ThemeMode.DARK: DARK,
            ThemeMode.HIGH_CONTRAST: HIGH_CONTRAST,
        }
        if self._mode in fixed:
            return fixed[self._mode]
        if self._contrast.contrastPreference() == Qt.ContrastPreference.HighContrast:
            return HIGH_CONTRAST
        return DARK if self._hints.colorScheme() == Qt.ColorScheme.Dark else LIGHT


def _clamped(scale: float) -> float:
    return min(MAX_TEXT_SCALE, max(MIN_TEXT_SCALE, scale))
