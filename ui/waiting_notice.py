"""A call waits in a chat that is not shown: a notice says so, and leads there."""

from __future__ import annotations

from collections.abc import Callable

from app.chats.changes import ChatChange, ChatMark, ChatMarksChanged, ChatsChanged
from app.chats.ids import ChatId
from app.words import Words
from ui.notices import Notice, NoticeBanner


class WaitingNotice:
    """Follows the marks of the chats.  UI thread.

    Where the open chat has a question itself, its card names the others.

    Args:
        banner: shows the notice.
        words: the user's language.
        lead_to: shows the question of a chat.
    """

    def __init__(
        self, banner: NoticeBanner, words: Words, lead_to: Callable[[ChatId], None]
    ) -> None:
        self._banner = banner
        self._words = words
        self._lead_to = lead_to
        self._titles: dict[ChatId, str] = {}
        self._shown: ChatId | None = None
        self._asking: tuple[ChatId, ...] = ()
        self._elsewhere: tuple[ChatId, ...] = ()
        self._notice: Notice | None = None

    def apply(self, change: ChatChange) -> None:
        """Take a change; those that say nothing of waiting chats are ignored."""
        match change:
            case ChatsChanged():
                self._titles = {chat.id: chat.title for chat in change.chats}
                self._shown = change.current
            case ChatMarksChanged():
                asking = {id_ for id_, mark in change.marks.items() if mark is ChatMark.ASKING}
                known = [one for one in self._asking if one in asking]
                self._asking = (*known, *sorted(asking.difference(known)))
            case _:
                return
        self._follow()

    def _follow(self) -> None:
        """One that the user has closed comes back only with another chat that waits."""
        elsewhere = self._asking if self._shown not in self._asking else ()
        notice = self._said(elsewhere)
        before, self._elsewhere = self._elsewhere, elsewhere
        if notice == self._notice:
            return
        old, self._notice = self._notice, notice
        was_held = old is not None and self._banner.holds(old)
        if old is not None:
            self._banner.withdraw(old)
        is_new = bool(set(elsewhere).difference(before))
        if notice is not None and (is_new or was_held):
            self._banner.show_notice(notice)

    def _said(self, chats: tuple[ChatId, ...]) -> Notice | None:
        if not chats:
            return None
        words, first = self._words, chats[0]
        said = words("{count} other chats wait for your answer.", count=len(chats))
        if len(chats) == 1:
            title = self._titles.get(first) or words("Another chat")
            said = words("“{title}” waits for your answer.", title=title)
        return Notice(said, action=words("Go there"), on_action=lambda: self._lead_to(first))
