"""Which rows the sidebar has: pinned chats, folders with theirs, the rest by day.  No Qt."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final, NamedTuple

from app.chats.ids import FolderId
from app.chats.values import Chat, Folder
from app.words import Words

MonthName = Callable[[date], str]
"""A month and its year in the user's language, of any day in it."""

_LAST: Final = 1 << 62  # later than any message


class ShelfRow(NamedTuple):
    """A heading, a folder, a chat, or what an empty folder says of itself.

    A tuple, since a long list makes ten thousand of them at once.

    Attributes:
        text: what stands there.
        chat: of a chat's row.
        folder: of a folder's row, and of the rows below it.
        chat_count: of a folder, on its own row.
        is_open: of a folder's row: its chats are listed.
        is_hint: it only says something of the folder above it.
    """

    text: str
    chat: Chat | None = None
    folder: Folder | None = None
    chat_count: int = 0
    is_open: bool = False
    is_hint: bool = False

    @property
    def is_folder(self) -> bool:
        """Whether it is the row of a folder itself."""
        return self.folder is not None and self.chat is None and not self.is_hint

    @property
    def is_inside(self) -> bool:
        """Whether it belongs to the folder above it."""
        return self.folder is not None and not self.is_folder

    @property
    def key(self) -> tuple[str, int]:
        """The same for the same heading, folder or hint, whatever is said of it."""
        if self.folder is not None:
            return "hint" if self.is_hint else "folder", self.folder.id
        return self.text, 0


def shelf_rows(
    chats: Iterable[Chat],
    folders: Sequence[Folder],
    days: DayGroups,
    words: Words,
    *,
    is_filtered: bool = False,
) -> tuple[ShelfRow, ...]:
    """The rows from the top; private chats first, since they are gone when Sotto is closed.

    Args:
        chats: those to show, newest first; each gets one row.
        folders: in their order.
        days: names the groups of the rest.
        words: the user's language.
        is_filtered: only some chats are shown: folders are open, and left out where empty.
    """
    private: list[Chat] = []
    pinned: list[Chat] = []
    filed: dict[FolderId, list[Chat]] = {folder.id: [] for folder in folders}
    rest: list[Chat] = []
    for chat in chats:
        if chat.is_private:
            private.append(chat)
        elif chat.is_pinned:
            pinned.append(chat)
        elif chat.folder_id is not None and chat.folder_id in filed:
            filed[chat.folder_id].append(chat)
        else:
            rest.append(chat)
    rows: list[ShelfRow] = []
    for heading, above in ((words("Private"), private), (words("Pinned"), pinned)):
        if above:
            rows.append(ShelfRow(heading))
            rows.extend(ShelfRow(chat.title, chat) for chat in above)
    for folder in folders:
        inside = filed[folder.id]
        if inside or not is_filtered:
            rows.extend(_folder_rows(folder, inside, words, is_open=folder.is_open or is_filtered))
    rows.extend(_day_rows(rest, days))
    return tuple(rows)


def _folder_rows(
    folder: Folder, inside: Sequence[Chat], words: Words, *, is_open: bool
) -> Iterator[ShelfRow]:
    yield ShelfRow(folder.name, None, folder, len(inside), is_open)
    if is_open and not inside:
        yield ShelfRow(words("Drag a chat here"), None, folder, is_hint=True)
    elif is_open:
        yield from [ShelfRow(chat.title, chat, folder) for chat in inside]


def _day_rows(chats: Iterable[Chat], days: DayGroups) -> Iterator[ShelfRow]:
    heading = ""
    first_ms = last_ms = 0  # of the group that is being listed
    for chat in chats:
        if not first_ms <= chat.updated_ms < last_ms:
            group = days.group_of(chat.updated_ms)
            first_ms, last_ms = group.first_ms, group.last_ms
            if group.name != heading:
                heading = group.name
                yield ShelfRow(heading)
        yield ShelfRow(chat.title, chat)


class DayGroup(NamedTuple):
    """A stretch of days: from its first millisecond to the first one after it."""

    name: str
    first_ms: int
    last_ms: int


class DayGroups:
    """Which group a moment is in, seen from today.

    Args:
        now_ms: Unix time in milliseconds.
        words: the user's language.
        month_name: names the months before the last 30 days.
    """

    def __init__(self, now_ms: int, words: Words, month_name: MonthName) -> None:
        self._month_name = month_name
        today = _day(now_ms)
        starts = (
            (words("Today"), 0),
            (words("Yesterday"), 1),
            (words("Last 7 days"), 7),
            (words("Last 30 days"), 30),
        )
        self._near: list[DayGroup] = []
        last_ms = _LAST
        for name, days_ago in starts:
            first_ms = _start_ms(today - timedelta(days=days_ago))
            self._near.append(DayGroup(name, first_ms, last_ms))
            last_ms = first_ms

    def group_of(self, at_ms: int) -> DayGroup:
        """The group of a moment; what is still to come counts as today."""
        for group in self._near:
            if at_ms >= group.first_ms:
                return group
        first = _day(at_ms).replace(day=1)
        after = (first + timedelta(days=31)).replace(day=1)
        last_ms = min(_start_ms(after), self._near[-1].first_ms)
        return DayGroup(self._month_name(first), _start_ms(first), last_ms)


def _start_ms(day: date) -> int:
    """When a local day begins."""
    return round(datetime.combine(day, time.min).timestamp() * 1000)


def _day(unix_ms: int) -> date:
    """The local day of a moment."""
    return datetime.fromtimestamp(unix_ms / 1000).date()
