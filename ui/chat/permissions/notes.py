"""What a permission card says of a call, line by line: what it touches, and what to mind."""

from __future__ import annotations

import json
from typing import Final

from PySide6.QtWidgets import QWidget

from app.permissions.values import PermissionRequest
from app.tools.values import CallView, TargetKind, ToolFamily
from ui.chat.permissions.visible import breakable, has_hidden, visible_line
from ui.chat.permissions.wording import effect, suggestion
from ui.controls.label import Label
from ui.controls.signs import IconSign
from ui.markdown.context import MarkdownContext
from ui.theme.tokens import Role, Size, Space, TypeSize

_ICONS: Final = {
    TargetKind.CODE: "terminal",
    TargetKind.SEARCH: "search",
    TargetKind.HOST: "globe",
}
_MOST_TARGETS: Final = 6
_LONG: Final = 1200
_MANY_LINES: Final = 14
"""What is longer scrolls within its frame, which has to be said."""
_Line = tuple[str, Role, str]


class Notes(QWidget):
    """Lines with an icon each.

    Args:
        context: shared with all messages.
        request: what is asked.
        parent: the card.
    """

    def __init__(
        self, context: MarkdownContext, request: PermissionRequest, parent: QWidget
    ) -> None:
        super().__init__(parent)
        theme = context.theme
        lines = [*_targets(context, request.view), *_remarks(context, request)]
        self.texts = tuple(text for _, _, text in lines)
        self._rows = [
            (
                IconSign(theme, icon, role, Size.ICON_SMALL, self),
                Label(
                    theme,
                    text,
                    size=TypeSize.CODE,
                    role="text" if role == "text" else ("warn" if role == "warn" else "muted"),
                    wrap=True,
                    parent=self,
                ),
            )
            for icon, role, text in lines
        ]

    def fit(self, width: int) -> int:
        """Lay out for a width; returns the height this takes, both in logical px."""
        y = 0
        for sign, label in self._rows:
            icon = sign.sizeHint()
            x = icon.width() + Space.GAP
            height = label.heightForWidth(max(1, width - x))
            line = label.fontMetrics().height()
            sign.setGeometry(0, y + (line - icon.height()) // 2, icon.width(), icon.height())
            label.setGeometry(x, y, max(1, width - x), height)
            y += height + Space.TINY
        return max(0, y - Space.TINY)


def _targets(context: MarkdownContext, view: CallView) -> list[_Line]:
    """What the call touches, word for word."""
    icon = _ICONS.get(view.target.kind, "wrench" if view.family is ToolFamily.OWN else "plug")
    match view.target.kind:
        case TargetKind.HOST:
            texts = [view.target.value]
        case TargetKind.SEARCH:
            texts = [_query(view)]
        case TargetKind.FUNCTION:
            icon = "folder" if view.paths else icon
            texts = list(view.paths)
        case _:
            texts = []
    shown: list[_Line] = [
        (icon, "text", breakable(visible_line(text))) for text in texts[:_MOST_TARGETS] if text
    ]
    left_out = len(texts) - _MOST_TARGETS
    if left_out > 0:
        more = context.words("and {count} more, which the call names", count=left_out)
        shown.append((icon, "text", more))
    return shown


def _remarks(context: MarkdownContext, request: PermissionRequest) -> list[_Line]:
    words, view = context.words, request.view
    remarks: list[_Line] = []
    if told := suggestion(words, request):
        remarks.append(("triangle-alert", "warn", told))
    remarks += [("triangle-alert", "warn", words(why)) for why in request.why]
    if has_hidden(view.body) or has_hidden(view.target.value):
        hidden = words("It holds hidden characters; they are shown like ⟨U+202E⟩.")
        remarks.append(("eye-off", "warn", hidden))
    if len(view.body) > _LONG or view.body.count("\n") >= _MANY_LINES:
        count = view.body.count("\n") + 1
        remarks.append(("info", "muted", words("It is long: {count} lines.", count=count)))
    if told := effect(words, view):
        remarks.append(("info", "muted", told))
    return remarks


def _query(view: CallView) -> str:
    try:
        arguments = json.loads(view.body)
    except (ValueError, RecursionError):
        return ""
    query = arguments.get("query") if isinstance(arguments, dict) else None
    return query if isinstance(query, str) else ""
