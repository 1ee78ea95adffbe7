"""The chat that is shown, with what a view of it has to hear."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from app.chats.branch_places import Forks, places_in
from app.chats.changes import (
    BranchesChanged,
    BusyChanged,
    ChatChange,
    ChatGlimpsed,
    ChatOpened,
    ChatsChanged,
    MessageAdded,
    MessageEnded,
    NoticeRaised,
)
from app.chats.foresight import Foresight
from app.chats.ids import ChatId, MessageId
from app.chats.listing import ChatList
from app.chats.marks import ChatMarks
from app.chats.model import ServiceModel
from app.chats.open_answers import OpenAnswers
from app.chats.question import Sent
from app.chats.sending import Sending
from app.chats.values import Chat, Message, Problem

_NO_FORKS: Final[Forks] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Followers:
    """Who has to hear of another chat or message besides the view."""

    model: ServiceModel
    foresight: Foresight
    marks: ChatMarks


class OpenChat:
    """Which chat is shown, and its branch.  Confined to the service's thread.

    Args:
        tell: hears what a view of the chat should.
        answers: those in progress.
        sending: messages on their way into the store.
        chats: the list of chats.
        followers: hear of another chat or message as well.

    Attributes:
        chat: None for one that is not stored yet.
        branch: its messages from the first on.
        forks: where the chat has other branches.
        is_glimpse: what is seen is the end of another chat, which is on its way.
        view: counts the chats that were shown; tells new ones apart, which have no id.
    """

    def __init__(
        self,
        tell: Callable[[ChatChange], None],
        answers: OpenAnswers,
        sending: Sending,
        chats: ChatList,
        followers: Followers,
    ) -> None:
        self._tell = tell
        self._answers = answers
        self._sending = sending
        self._list = chats
        self._followers = followers
        self._wishes = 0
        self.chat: Chat | None = None
        self.branch: tuple[Message, ...] = ()
        self.forks: Forks = {}
        self.view = 0
        self.is_glimpse = False

    @property
    def id(self) -> ChatId | None:
        """Of the chat that is shown; None for one that is not stored yet."""
        return self.chat.id if self.chat else None

    @property
    def is_busy(self) -> bool:
        """Whether a message of it is being sent or answered."""
        return self._sending.is_from(self.view) or self._answers.is_in(self.id)

    def wish(self) -> int:
        """Something else is wanted: a chat that is still on its way must not replace it."""
        self._wishes += 1
        return self._wishes

    def is_newest_wish(self, number: int) -> bool:
        """Whether nothing else was wanted since."""
        return number == self._wishes

    def find(self, message_id: MessageId) -> Message | None:
        """A message of the branch."""
        return next((one for one in self.branch if one.id == message_id), None)

    def ends_with(self, message_id: MessageId | None) -> bool:
        """Whether a message is the branch's last, as the one that is being written is."""
        return bool(self.branch) and self.branch[-1].id == message_id

    def show(
        self, chat: Chat | None, branch: tuple[Message, ...], forks: Forks = _NO_FORKS
    ) -> None:
        """Show another chat, or the same with another branch."""
        self.wish()
        self.put(chat, branch, forks)

    def glimpse(self, change: ChatGlimpsed) -> None:
        """Show the end of a chat that is on its way; until it is there, nothing can be sent."""
        self.is_glimpse = True
        self._tell(change)

    def look_away(self) -> None:
        """What was glimpsed does not come: show what was shown before."""
        if self.is_glimpse:
            self.put(self.chat, self.branch, self.forks)

    def put(self, chat: Chat | None, branch: tuple[Message, ...], forks: Forks) -> None:
        """The same, where it was not wished just now: a wish that is newer still holds."""
        if chat is None or chat.id != self.id:
            self.view += 1
        self.chat, self.branch, self.forks = chat, branch, forks
        self.is_glimpse = False
        self._tell(ChatOpened(chat, branch))
        self._tell(ChatsChanged(self._list.chats, self.id, self._list.folders))
        self._tell(BranchesChanged(places_in(branch, forks)))
        self._followers.model.show_branch(branch)
        self._followers.foresight.show(chat, branch)
        if chat is not None:
            self._followers.marks.note_seen(chat.id)
        progress = self._answers.progress(self.id)
        if progress is not None and self.ends_with(self._answers.message_id(self.id)):
            self._tell(progress)
        self.tell_busy()

    def add(self, sent: Sent) -> None:
        """A message of it was stored, and the place for its answer: here or on a new branch."""
        question, answer = sent.branch[-1], sent.answer
        if question.parent_id != (self.branch[-1].id if self.branch else None):
            self.put(sent.chat, (*sent.branch, answer.veiled()), sent.forks)
            return
        if self.chat is None:
            self._tell(ChatOpened(sent.chat, ()))
        self.chat, self.forks = sent.chat, sent.forks
        self.branch = (*sent.branch, answer)
        self._tell(MessageAdded(question))
        self._tell(MessageAdded(answer))
        self._tell(BranchesChanged(places_in(self.branch, self.forks)))

    def end(self, message: Message) -> None:
        """An answer of it is final."""
        self.reveal(message)
        self._followers.model.turn_ended(message.usage)

    def reveal(self, message: Message) -> None:
        """There is more of a message than was shown."""
        self.branch = tuple(message if m.id == message.id else m for m in self.branch)
        self._tell(MessageEnded(message))
        self._followers.foresight.show(self.chat, self.branch)

    def take_back(self) -> Message:
        """Show it without its last question and the answer to it; returns the question."""
        question = self.branch[-2]
        self.show(self.chat, self.branch[:-2])
        return question

    def complain(self, problem: Problem) -> None:
        """Say why something that was wanted of it cannot be."""
        self._tell(NoticeRaised(problem))

    def follow(self, chats: tuple[Chat, ...]) -> None:
        """The list of chats is another one."""
        if self.chat is not None:
            self.chat = self._list.find(self.chat.id) or self.chat
        self._tell(ChatsChanged(chats, self.id, self._list.folders))

    def tell_busy(self) -> None:
        """Tell whether it is being answered."""
        self._tell(BusyChanged(is_busy=self.is_busy, message_id=self._answers.message_id(self.id)))
