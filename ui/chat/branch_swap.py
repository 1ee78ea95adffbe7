"""Shows another branch of the chat that is shown: what both have in common stays where it is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QApplication

from app.chats.values import Message, MessageStatus
from app.conversation import left_out_in
from ui.chat.message_widgets import MessageWidgets
from ui.chat.placement import Placement
from ui.chat.rows import TOP, Rows
from ui.chat.viewport_rows import Anchor, ViewportRows


class BranchSwap:
    """Replaces the rows below the last message that two branches share.

    Args:
        rows: of the branch that is shown.
        widgets: of the rows that have one.
        seen: which rows are in view.
        placement: keeps what is read in its place.
    """

    def __init__(
        self, rows: Rows, widgets: MessageWidgets, seen: ViewportRows, placement: Placement
    ) -> None:
        self._rows = rows
        self._widgets = widgets
        self._seen = seen
        self._placement = placement
        self._to_focus: tuple[int, bool] | None = None

    def is_of_this_chat(self, messages: Sequence[Message]) -> bool:
        """Whether these are another branch of what is shown, and not the same one."""
        shown = self._rows.messages
        if not shown or not messages or shown[0].chat_id != messages[0].chat_id:
            return False
        is_same = [one.id for one in shown] == [one.id for one in messages]
        return not is_same or _is_taken_up(shown[-1], messages[-1])

    def show(self, messages: Sequence[Message], width: int) -> None:
        """Show another branch.

        Args:
            messages: the whole of it.
            width: of the column, in logical px.
        """
        shared = self._shared(messages)
        was_shown = len(self._rows)
        anchor = self._anchor(shared, len(messages))
        side = self._focused_side(shared)
        with self._placement.quietly():
            self._widgets.drop_from(shared)
            for index in range(shared):
                self._rows[index].message = messages[index]
            self._rows.replace_from(shared, messages[shared:], width)
            self._widgets.show_left_out(left_out_in(messages), width)
        is_written = messages[-1].status is MessageStatus.STREAMING
        if is_written or anchor is None:
            self._placement.go_to_end()
            return
        self._placement.swapped(anchor)
        if was_shown == shared < len(self._rows):
            self._placement.bring_into_view(shared)  # what was deleted is back
        self._to_focus = (shared, side) if side is not None else None

    def bring_focus(self) -> None:
        """The versions are known: the focus goes to the arrow that led to this branch."""
        wish, self._to_focus = self._to_focus, None
        if wish is not None and wish[0] in self._widgets:
            self._widgets[wish[0]].actions_row.switcher.focus_side(is_forth=wish[1])

    def _shared(self, messages: Sequence[Message]) -> int:
        """How many messages from the first on both branches have."""
        pairs = zip(self._rows.messages, messages, strict=False)
        return next(
            (at for at, (old, new) in enumerate(pairs) if _differ(old, new)),
            min(len(self._rows), len(messages)),
        )

    def _anchor(self, shared: int, count: int) -> Anchor | None:
        """What must not move: the top of the version that changes, or else its end.

        None where nothing of what is in view is left.
        """
        anchor = self._seen.anchor()
        if shared == count:
            return anchor if anchor.index < count else None
        if shared >= len(self._rows) or shared not in self._seen.in_view():
            return anchor if anchor.index <= shared else Anchor(shared, -TOP, lambda: 0)
        top = self._seen.top_of(shared)
        if top.below <= 0:
            return top
        height = self._rows[shared].height
        return Anchor(shared, top.below - height, lambda: self._rows[shared].height)

    def _focused_side(self, shared: int) -> bool | None:
        """Which arrow has the focus: False back, True forth; None for something else."""
        focused, widget = QApplication.focusWidget(), self._widgets.get(shared)
        if focused is None or widget is None or not widget.isAncestorOf(focused):
            return None
        return focused is not widget.actions_row.switcher.back


def _differ(old: Message, new: Message) -> bool:
    return old.id != new.id or _is_taken_up(old, new)


def _is_taken_up(old: Message, new: Message) -> bool:
    """Whether an answer that had ended is being written again."""
    streaming = MessageStatus.STREAMING
    return new.status is streaming and old.status is not streaming
