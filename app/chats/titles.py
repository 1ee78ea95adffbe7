"""Titles that the model makes for chats, when the engine has nothing else to do."""

from __future__ import annotations

from dataclasses import dataclass

from app.chats import model_title
from app.chats.background import Background
from app.chats.beginnings import Beginnings
from app.chats.changes import ChatChange, ModelState, StatusChanged
from app.chats.ids import ChatId, MessageId
from app.chats.listing import ChatList
from app.chats.subscribers import Subscribers
from app.chats.summaries import Summaries
from app.chats.values import Chat, Message, MessageRole, MessageStatus, TitleBy
from app.conversation import local_date
from app.side_desk import SideDesk
from engine.events import SideEnded, SideOutcome
from engine.requests import SideJobId

_NAMED_BY: frozenset[MessageStatus] = frozenset(
    {MessageStatus.COMPLETE, MessageStatus.LIMIT, MessageStatus.STOPPED}
)


@dataclass(frozen=True, slots=True)
class _Wish:
    """A chat that waits for its title."""

    chat_id: ChatId
    question: str
    answer: str


class Titles:
    """Gives chats titles, one at a time, the one answered last first.

    Only titles that are the first words of a chat are replaced: the store sees to that, so
    neither a user who was faster nor another process is overwritten.  The practice model names
    nothing: it has learned no titles.  Confined to the service's thread.

    Args:
        summaries: know when the user writes.
        sides: asks the model.
        background: where the store and the filter are.
        chats: the list, which is told anew.
        beginnings: what a title must not repeat, and whether there are to be any.
        subscribers: tell which model is loaded.
    """

    def __init__(
        self,
        summaries: Summaries,
        sides: SideDesk,
        background: Background,
        chats: ChatList,
        beginnings: Beginnings,
        subscribers: Subscribers,
    ) -> None:
        self._sides = sides
        self._background = background
        self._chats = chats
        self._beginnings = beginnings
        self._waiting: dict[ChatId, _Wish] = {}
        self._tried: set[ChatId] = set()
        self._at_work: _Wish | None = None
        self._job: SideJobId | None = None
        self._is_quiet = False
        self._can_name = False
        subscribers.add(self._hear)
        summaries.on_quiet = self.be_quiet

    def note_answer(self, message: Message) -> None:
        """An answer has ended; its chat may need a title."""
        chat = self._chats.find(message.chat_id)
        is_named = chat is not None and chat.title_by is not TitleBy.WORDS
        if is_named or message.chat_id in self._tried or not self._beginnings.makes_titles:
            return
        if message.status not in _NAMED_BY or message.is_withheld or not message.text.strip():
            return
        chat_id, leaf = message.chat_id, message.id
        self._background.store(
            lambda store: store.branch(chat_id, leaf), lambda found: self._take_branch(found, leaf)
        )

    def be_quiet(self, is_quiet: bool) -> None:
        """The user writes: what is being made gives way; or rests: it is tried again."""
        self._is_quiet = is_quiet
        if is_quiet and self._job is not None:
            self._sides.drop(self._job)
            self._job = None
            self._wait_again()
        elif not is_quiet:
            self._next()

    def _take_branch(self, branch: tuple[Message, ...], leaf: MessageId) -> None:
        if len(branch) < 2 or branch[-1].id != leaf or branch[0].role is not MessageRole.USER:
            return
        question, answer = branch[0], branch[1]
        if question.is_withheld or answer.is_withheld:
            return
        wish = _Wish(question.chat_id, question.text, answer.text)
        self._waiting.pop(wish.chat_id, None)
        self._waiting[wish.chat_id] = wish
        self._next()

    def _next(self) -> None:
        if self._at_work is not None or self._is_quiet or not self._can_name:
            return
        while self._waiting:
            chat_id, wish = self._waiting.popitem()
            chat = self._chats.find(chat_id)
            if (
                chat is not None
                and chat.title_by is TitleBy.WORDS
                and self._beginnings.makes_titles
            ):
                self._ask(wish, chat)
                return

    def _ask(self, wish: _Wish, chat: Chat) -> None:
        self._at_work = wish
        date = local_date(chat.created_ms)
        self._job = self._sides.ask(
            lambda job_id: model_title.request(job_id, wish.question, wish.answer, date),
            lambda ended: self._take(wish, ended),
        )

    def _take(self, wish: _Wish, ended: SideEnded) -> None:
        self._job = None
        if ended.outcome is SideOutcome.GAVE_WAY:
            self._wait_again()
            self._next()
            return
        title = model_title.read(ended.text)
        chat = self._chats.find(wish.chat_id)
        if not title or chat is None:
            self._end(wish)
            return
        beginning = self._beginnings.of(chat)
        self._background.chore(
            lambda: model_title.fit_to_show(title, beginning),
            lambda shown: self._keep(wish, shown),
            lambda _: self._end(wish),
        )

    def _keep(self, wish: _Wish, title: str) -> None:
        if title:
            self._background.store(
                lambda store: store.shelves.entitle(wish.chat_id, title),
                lambda is_new: self._chats.refresh() if is_new else None,
            )
        self._end(wish)

    def _end(self, wish: _Wish) -> None:
        """It is not tried again: the same would come of it."""
        self._tried.add(wish.chat_id)
        self._at_work = None
        self._next()

    def _wait_again(self) -> None:
        wish, self._at_work = self._at_work, None
        if wish is not None:
            self._waiting[wish.chat_id] = wish

    def _hear(self, change: ChatChange) -> None:
        if isinstance(change, StatusChanged):
            self._can_name = change.state is ModelState.READY and not change.is_practice
            self._next()
