"""Puts the rows in view in their places, and keeps in its place what is being read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ui.chat.message_widgets import MessageWidgets
from ui.chat.rows import Rows
from ui.chat.viewport_rows import Anchor, ViewportRows

_MOST_ROUNDS = 8
"""Each may bring further rows into view."""


class Placement:
    """Either the end of the conversation is followed, or what stands in view stays there.

    Args:
        seen: which rows are in view.
        rows: where they stand.
        widgets: of the rows that have one.
        widths: of the view and of the column of messages, in logical px.
        on_placed: called after each time.
        on_follow: told when the end is followed from now on, or no longer.
    """

    def __init__(
        self,
        seen: ViewportRows,
        rows: Rows,
        widgets: MessageWidgets,
        widths: Callable[[], tuple[int, int]],
        on_placed: Callable[[], None],
        on_follow: Callable[[bool], None],
    ) -> None:
        self._seen = seen
        self._rows = rows
        self._widgets = widgets
        self._widths = widths
        self._on_placed = on_placed
        self._on_follow = on_follow
        self.is_following = True
        self.is_busy = False
        self._is_held = False

    def place(self, anchor: Anchor | None = None) -> None:
        """Give the rows in view their widgets and everything its place.

        Args:
            anchor: stays where it is, or the end does when it is followed; None is what
                stands at the top of the view now.
        """
        if self.is_busy:
            return
        whole, width = self._widths()
        with self.quietly():
            anchor = anchor or self._seen.anchor()
            for _ in range(_MOST_ROUNDS):
                self._rows.lay_out()
                self._seen.scroll_to(anchor, is_following=self.is_following)
                seen = self._seen.in_view()
                nearest = reversed(seen) if self.is_following else seen
                if not self._widgets.make_visible(nearest, width):
                    break
            self._widgets.move(whole, width)
            self._widgets.drop_beyond(self._seen.near(2))
        self._on_placed()

    @contextmanager
    def quietly(self) -> Iterator[None]:
        """Scrolling in here is not the reader's."""
        self.is_busy = True
        try:
            yield
        finally:
            self.is_busy = False

    def go_to_end(self) -> None:
        """Show the end and follow it."""
        self._is_held = False
        self._follow(True)
        self.place()

    def stay(self, anchor: Anchor | None = None) -> None:
        """Have an anchor where it is to stand, or all where it is, and follow the end no more."""
        self._is_held = False
        self._follow(False)
        self.place(anchor)

    def scrolled(self) -> None:
        """The reader has scrolled."""
        if self.is_busy:
            return
        self._is_held = False
        self._follow(self._seen.is_at_end)
        self.place()

    def grown(self, index: int, anchor: Anchor) -> None:
        """A message needs another height: nothing may be pushed away, not even at the end."""
        self._widgets.measure(index, self._widths()[1])
        self.swapped(anchor)

    def swapped(self, anchor: Anchor) -> None:
        """Rows are others now: the anchor stays where it is, also near the end."""
        was_following, self.is_following = self.is_following, False
        self.place(anchor)
        self.is_following = was_following
        self._is_held = self._seen.is_at_end and self._seen.has_spare_room
        self._follow(self._seen.is_at_end and not self._is_held)

    def bring_into_view(self, index: int) -> None:
        """Show the beginning of a row, a third below the top of the view, unless it is in view."""
        if index in self._seen.in_view() and self._seen.is_at_end:
            return
        self.swapped(Anchor(index, -self._seen.height // 3, lambda: 0))

    def follow_again(self) -> None:
        """Follow the end once new text has filled the room that closing something left over."""
        if self._is_held and not self._seen.has_spare_room:
            self.go_to_end()

    def _follow(self, is_following: bool) -> None:
        has_changed = is_following != self.is_following
        self.is_following = is_following
        if has_changed:
            self._on_follow(is_following)
