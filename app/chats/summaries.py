"""The summaries of thoughts: wanted by open panels, made when the engine has nothing else to do."""

from __future__ import annotations

from collections.abc import Callable

from app.chats.background import Background
from app.chats.beginnings import Beginnings
from app.chats.changes import (
    BusyChanged,
    ChatChange,
    ChatOpened,
    MessageAdded,
    MessageEnded,
    ModelState,
    StatusChanged,
    ThoughtsSummaryChanged,
)
from app.chats.ids import MessageId
from app.chats.subscribers import Subscribers
from app.chats.summary_making import SummaryMaking, Wish
from app.chats.values import Chat, Message, MessageRole, MessageStatus
from app.side_desk import SideDesk
from app.thoughts.headlines import is_korean
from app.thoughts.steps import steps_of
from app.thoughts.summary_values import SummaryState, ThoughtsSummary


class Summaries:
    """Makes summaries, one at a time, the one wanted last first.

    Follows the open chat.  Confined to the service's thread.

    Args:
        sides: asks the model.
        background: where the store and the filter are.
        subscribers: hear `ThoughtsSummaryChanged`; what is open is heard from among them.
        beginnings: what headlines must not repeat, and whether there is a check.
    """

    def __init__(
        self,
        sides: SideDesk,
        background: Background,
        subscribers: Subscribers,
        beginnings: Beginnings,
    ) -> None:
        self._sides = sides
        self._background = background
        self._tell = subscribers.tell
        self._beginnings = beginnings
        self._chat: Chat | None = None
        self._questions: dict[MessageId, str] = {}
        self._wanted: dict[MessageId, Message] = {}
        self._made: dict[tuple[MessageId, bool], ThoughtsSummary] = {}  # with and without a check
        self._making: SummaryMaking | None = None
        self._is_quiet = self._is_loading = False
        self.on_quiet: Callable[[bool], None] = lambda _: None
        """Told when the user begins to write, and when they rest."""
        subscribers.add(self._hear)

    def want(self, message: Message) -> None:
        """A panel would show the summary of an answer of the open chat.

        `ThoughtsSummaryChanged` follows, and again whenever the summary is further; of an answer
        that is still being written, once it has ended.
        """
        self._wanted.pop(message.id, None)
        if message.status is MessageStatus.STREAMING:
            self._wanted[message.id] = message
            return
        known = self._known(message)
        if known is None:
            self._wanted[message.id] = message  # behind the others, which is first
            known = ThoughtsSummary(SummaryState.WAITING)
        self._tell(ThoughtsSummaryChanged(message.id, known))
        self._next()

    def release(self, message_id: MessageId) -> None:
        """The panel was closed: nobody waits for this summary any more."""
        self._wanted.pop(message_id, None)
        if self._making is not None and self._making.message.id == message_id:
            self._drop()
            self._next()

    def user_types(self) -> None:
        """The user writes: what is being made gives way at once."""
        self._is_quiet = True
        self.on_quiet(True)
        if self._making is not None:
            self._making.drop()

    def user_rests(self) -> None:
        """The user has stopped writing, or has sent it: what gave way is tried again."""
        if self._is_quiet:
            self._is_quiet = False
            self.on_quiet(False)
            if self._making is not None:
                self._making.begin()
            else:
                self._next()

    def stop(self) -> None:
        """End what is being made; the fixed label stays until the panel is opened anew."""
        if self._making is not None:
            message_id = self._making.message.id
            self._drop()
            self._wanted.pop(message_id, None)
            self._tell(ThoughtsSummaryChanged(message_id, ThoughtsSummary(SummaryState.GENERIC)))

    def _known(self, message: Message) -> ThoughtsSummary | None:
        """What there is to show without asking, as far as it may be shown."""
        if not steps_of(message.thoughts):
            return ThoughtsSummary(SummaryState.GENERIC)
        is_checking, kept = self._beginnings.checks_thoughts, message.summary
        made = self._made.get((message.id, is_checking))
        if made is None and kept.state is SummaryState.READY:
            made = kept if kept.is_checked or not is_checking else None
        return made

    def _next(self) -> None:
        if self._making is not None or self._is_quiet or self._chat is None:
            return
        ended = [one for one in self._wanted.values() if one.status is not MessageStatus.STREAMING]
        if not ended:
            return
        message = ended[-1]
        question = self._questions.get(message.parent_id, "") if message.parent_id else ""
        wish = Wish(
            message,
            self._beginnings.of(self._chat),
            is_korean(question),
            self._beginnings.checks_thoughts,
        )
        self._making = SummaryMaking(
            wish,
            self._sides,
            self._background,
            on_made=lambda summary, is_final: self._take(wish, summary, is_final=is_final),
            on_gave_way=self._give_way,
        )
        self._making.begin()

    def _give_way(self) -> None:
        """What was asked meanwhile is done first; the job then waits behind it."""
        if self._making is not None and not self._is_quiet:
            self._making.begin()

    def _take(self, wish: Wish, summary: ThoughtsSummary, *, is_final: bool) -> None:
        message, is_check_needed = wish.message, wish.is_check_needed
        self._making = None
        if self._is_loading and not is_final:
            return  # there was no model yet; when there is one, it is tried again
        self._wanted.pop(message.id, None)
        if is_final:
            self._made[message.id, is_check_needed] = summary
        if summary.state is SummaryState.READY or summary.is_checked:
            self._background.store(lambda store: store.summaries.keep(message.id, summary))
        self._tell(ThoughtsSummaryChanged(message.id, summary))
        self._next()

    def _drop(self) -> None:
        making, self._making = self._making, None
        if making is not None:
            making.drop()

    def _hear(self, change: ChatChange) -> None:
        match change:
            case ChatOpened(chat=chat, messages=messages):
                self._drop()
                self._chat = chat
                self._wanted.clear()
                self._questions = {one.id: one.text for one in messages if _is_question(one)}
            case MessageAdded(message=message) if _is_question(message):
                self._questions[message.id] = message.text
            case MessageEnded(message=message) if message.id in self._wanted:
                self.want(message)
            case BusyChanged(is_busy=False):
                self.user_rests()
            case StatusChanged(state=state):
                was_loading, self._is_loading = self._is_loading, state is ModelState.LOADING
                if was_loading and not self._is_loading:
                    self._next()
            case _:
                pass


def _is_question(message: Message) -> bool:
    return message.role is MessageRole.USER
