"""The style sheet of text documents, from the theme's tokens."""

from __future__ import annotations

from typing import Final

from ui.markdown.distances import GAP
from ui.theme.theme import Theme
from ui.theme.tokens import TypeSize

_HEADINGS: Final = {
    "h1": TypeSize.TITLE,
    "h2": TypeSize.HEADING,
    "h3": TypeSize.CARD_TITLE,
    "h4": TypeSize.BODY,
    "h5": TypeSize.BODY,
    "h6": TypeSize.BODY,
}


class DocumentStyle:
    """The style sheet of the look that is in force, written once per look.

    Args:
        theme: the look.
    """

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._written = ("", 0.0, "", "")

    @property
    def css(self) -> str:
        """For `QTextDocument.setDefaultStyleSheet`."""
        look = (self._theme.colors.name, self._theme.text_scale, self._theme.density.value)
        if self._written[:3] != look:
            self._written = (*look, document_style(self._theme))
        return self._written[3]


def document_style(theme: Theme) -> str:
    """CSS for `QTextDocument.setDefaultStyleSheet`, in the few properties Qt knows."""
    colors = theme.colors
    mono = ",".join(f"'{family}'" for family in theme.fonts.mono)
    body = theme.fonts.text(TypeSize.BODY).pixelSize()
    line = f"line-height:{theme.line_percent}%"
    gap, between = theme.distance(GAP), theme.distance(6)
    rules = [
        f"p{{margin:0 0 {gap}px 0;{line}}}",
        f"ul,ol{{margin:0}} li{{margin:0 0 {between}px 0;{line}}}",
        f"a{{color:{colors.accent}}}",
        f".code{{background-color:{colors.hover};white-space:pre-wrap}}",
        f"code{{font-family:{mono};font-size:{body - 1}px}}",
        f".source{{font-family:{mono};font-size:{body - 1}px;color:{colors.muted}}}",
        f".bar{{background-color:{colors.border}}}",
        f".quote{{padding-left:12px;color:{colors.muted}}}",
        f".head{{color:{colors.muted}}}",
        f".cite{{color:{colors.accent};background-color:{colors.soft};text-decoration:none;"
        f"font-size:{theme.fonts.text(TypeSize.SMALL).pixelSize()}px}}",
    ]
    for tag, size in _HEADINGS.items():
        px = theme.fonts.text(size).pixelSize()
        above, below = theme.distance(20), theme.distance(8)
        rules.append(f".{tag}{{font-size:{px}px;font-weight:700;margin:{above}px 0 {below}px 0}}")
    return "".join(rules)
