"""The one small QSS: scroll bars, menus, tooltips and text fields.

Everything else is painted by `ui.controls` from the same tokens.
"""

from __future__ import annotations

from collections.abc import Callable
from string import Template
from typing import Final

from ui.theme.tokens import Colors, Radius, Space, TypeSize

_QSS: Final = Template(
    """
QToolTip { background: $raised; color: $text; border: 1px solid $edge; padding: 4px 6px; }
QMenu { background: $raised; color: $text; border: 1px solid $menu_line; padding: 4px; }
QMenu::item { padding: ${menu_pad}px ${menu_side}px; border-radius: ${segment}px; }
QMenu::item:selected { background: $hover; }
QMenu::item:disabled { color: $subtle; }
QMenu::icon { padding-left: 8px; }
QMenu::separator { height: 1px; background: $border; margin: 4px 8px; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: $thumb; border-radius: 3px; margin: 2px; }
QScrollBar::handle:hover { background: $edge; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QLineEdit[look="field"] { background: $bg; color: $text; border: 1px solid $edge;
    border-radius: ${button}px; padding: 0 10px;
    placeholder-text-color: $muted;
    selection-background-color: $accent; selection-color: $on_accent; }
QLineEdit[look="field"]:focus { border: 2px solid $focus; padding: 0 9px; }
QLineEdit[look="field"][state="wrong"] { border: 2px solid $danger; padding: 0 9px; }
QPlainTextEdit[look="report"] { background: $surface; color: $text; border: 1px solid $line;
    border-radius: ${code}px; padding: 8px;
    selection-background-color: $accent; selection-color: $on_accent; }
QPlainTextEdit[look="report"]:focus { border: 2px solid $focus; padding: 7px; }
QLineEdit[look="field"]:disabled { color: $subtle; border-color: $border; }
"""
)


def make_style(colors: Colors, scaled: Callable[[int], int]) -> str:
    """The style sheet of one theme.

    Args:
        colors: the theme's colours.
        scaled: turns logical px at 100 % into px at the user's text size.
    """
    return _QSS.substitute(
        raised=colors.raised,
        text=colors.text,
        edge=colors.edge,
        border=colors.border,
        hover=colors.hover,
        subtle=colors.subtle,
        muted=colors.muted,
        bg=colors.bg,
        accent=colors.accent,
        on_accent=colors.on_accent,
        focus=colors.focus,
        danger=colors.danger,
        surface=colors.surface,
        line=colors.edge if colors.is_high_contrast else colors.border,
        menu_line=colors.edge if colors.is_high_contrast else colors.border,
        thumb=colors.edge if colors.is_high_contrast else colors.pressed,
        menu_pad=Space.SMALL,
        menu_side=scaled(TypeSize.CONTROL),
        segment=Radius.SEGMENT,
        button=Radius.BUTTON,
        code=Radius.CODE,
    )
