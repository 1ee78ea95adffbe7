"""Our own QPalettes for Fusion.

`QStyleHints.setColorScheme` changes nothing on the offscreen platform and on a bare X
server (measured with 6.11), so every colour is set here.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtGui import QColor, QPalette

from ui.theme.tokens import Colors, Role

_ROLES: Final[dict[QPalette.ColorRole, Role]] = {
    QPalette.ColorRole.Window: "bg",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Base: "bg",
    QPalette.ColorRole.AlternateBase: "surface",
    QPalette.ColorRole.ToolTipBase: "raised",
    QPalette.ColorRole.ToolTipText: "text",
    QPalette.ColorRole.PlaceholderText: "muted",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.Button: "raised",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.BrightText: "danger",
    QPalette.ColorRole.Light: "hover",
    QPalette.ColorRole.Midlight: "hover",
    QPalette.ColorRole.Mid: "border",
    QPalette.ColorRole.Dark: "edge",
    QPalette.ColorRole.Shadow: "border",
    QPalette.ColorRole.Highlight: "accent",
    QPalette.ColorRole.HighlightedText: "on_accent",
    QPalette.ColorRole.Accent: "accent",
    QPalette.ColorRole.Link: "accent",
    QPalette.ColorRole.LinkVisited: "accent",
}
_DISABLED_INK: Final = (
    QPalette.ColorRole.WindowText,
    QPalette.ColorRole.Text,
    QPalette.ColorRole.ButtonText,
)


def make_palette(colors: Colors) -> QPalette:
    """The palette of one theme, for all widget states."""
    palette = QPalette()
    for role, token in _ROLES.items():
        palette.setColor(role, QColor(colors.of(token)))
    for role in _DISABLED_INK:
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(colors.subtle))
    return palette
