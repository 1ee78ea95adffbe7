"""Use cases over chats: send, stop, open, rename, delete.  Knows neither widgets nor SQL."""

from __future__ import annotations

from collections.abc import Callable, Collection
from concurrent.futures import Executor
from functools import partial
from typing import Final

from app.chats.answer_style import StyleOf
from app.chats.answering import Answering, Question, Sent
from app.chats.background import Background
from app.chats.changes import (
    BusyChanged,
    ChatChange,
    ChatOpened,
    ChatsChanged,
    MessageAdded,
    MessageEnded,
    NoticeRaised,
    SendRefused,
    UndoOffered,
)
from app.chats.ids import ChatId
from app.chats.listing import ChatList
from app.chats.model import FindModel, ServiceModel
from app.chats.options import ChatOptions
from app.chats.storage_thread import StorageThread
from app.chats.subscribers import Subscribers
from app.chats.summaries import Summaries
from app.chats.title import title_from
from app.chats.tool_choice import ToolChoice
from app.chats.values import Chat, Message, Problem
from app.conversation import chat_key
from app.side_desk import SideDesk
from app.tools.workshop import Workshop
from app.turn import AnswerEngine
from engine.events import EngineBroke, EngineEvent, Forecast, LoadEvent, PromptInspected, SideEnded
from engine.harmony.messages import Effort

_BUSY: Final = Problem("Another answer is still being written.", "Stop it or wait for its end.")


class ChatService:
    """The one place where chats change.

    Confined to the thread that made it (the UI thread, or the command line's main thread):
    engine events are handed to `handle` there, all else comes back through `dispatch`.

    Args:
        engine: answers turns; never blocks.
        storage: the thread that owns the store.
        chores: runs what is slow and belongs to no other thread.
        dispatch: runs a callable on the service's own thread, in order; any thread may call it.
        clock_ms: Unix time in milliseconds.
        find_model: says what to load, given the workers to go without; slow, so run on `chores`.
        is_practice: whether what `find_model` will find is the practice model.
        style_of: how an answer of an effort is to be written; asked anew for each.
        workshop: the tools, and what runs them; they are ended with the service.

    Attributes:
        foresight, form: hears of the chosen effort and of typing; what answers are bound to.
        instructions, inspector: the user's own for the open chat; what the model sees of it.
        tools, permissions: what is on, and what calls made; where calls wait for an answer.
        sides, summaries: small questions to the model; of thoughts, those that panels want.
        answer_now: cuts the running answer's thoughts short and has it come at once.
        cancel_load: gives up the load in progress; there is no model then.
        rename_chat: gives a chat another title; a blank one changes nothing.
        undo_delete: brings back the chat that was deleted last.
    """

    def __init__(  # noqa: PLR0913 - everything the product is made of meets here
        self,
        engine: AnswerEngine,
        storage: StorageThread,
        chores: Executor,
        *,
        dispatch: Callable[[Callable[[], None]], None],
        clock_ms: Callable[[], int],
        find_model: FindModel,
        is_practice: Callable[[], bool],
        style_of: StyleOf,
        workshop: Workshop | None = None,
    ) -> None:
        self._engine = engine
        self._clock_ms = clock_ms
        self._subscribers = Subscribers()
        self._tell = tell = self._subscribers.tell
        background = Background(storage, chores, dispatch, lambda one: tell(NoticeRaised(one)))
        self._background, self._workshop = background, workshop or Workshop()
        choice = ToolChoice(self._workshop, background, clock_ms)
        self.permissions = choice.desk
        self.permissions.subscribe(tell)
        self._answering = answering = Answering(
            engine,
            background,
            clock_ms=clock_ms,
            style_of=style_of,
            tools=choice,
            on_change=self._on_answer_change,
            on_ended=self._on_answer_ended,
        )
        self._model = ServiceModel(
            engine, background, find_model, is_practice=is_practice, tell=tell, answering=answering
        )
        self.answer_now, self.cancel_load = answering.answer_now, engine.cancel_load
        self._list = ChatList(background, clock_ms, self._on_chats)
        self.rename_chat = self._list.rename
        self.undo_delete = partial(self._list.undo_delete, self.open_chat)
        self.sides, self.summaries = SideDesk(engine), Summaries(tell)
        self._options = options = ChatOptions(
            engine, choice, answering, background, self._list, self._subscribers
        )
        self.foresight, self.form = options.foresight, options.form
        self.tools, self.instructions = options.tools, options.instructions
        self.inspector = options.inspector
        self._current: Chat | None = None
        self._branch: tuple[Message, ...] = ()
        self._is_sending = self._must_stop = False
        self._new_title, self._openings = "", 0

    def subscribe(self, callback: Callable[[ChatChange], None]) -> Callable[[], None]:
        """Call `callback` with every change from now on; returns the way to unsubscribe."""
        return self._subscribers.add(callback)

    @property
    def is_busy(self) -> bool:
        """Whether a message is being sent or answered."""
        return self._is_sending or self._answering.is_running

    def start(self, without_workers: Collection[str] = ()) -> None:
        """Announce the chats and the status, and begin to load the model."""
        self._list.refresh()
        self.load_model(without_workers)

    def load_model(self, without: Collection[str] = ()) -> None:
        """Load the model, once more if it failed, `without` these workers from now on."""
        self._model.load(without)

    def close(self) -> None:
        """Stop the running answer, keep what is there, and let go of engine and storage."""
        self._answering.abandon()
        self._workshop.close()
        self._engine.close()
        self._background.close()

    # ---- the list of chats

    def new_chat(self, title: str = "") -> None:
        """Show an empty chat; it is stored when its first message is sent.

        Args:
            title: its name, or "" to take the first words of that message.
        """
        self._new_title = title
        self._show(None, ())

    def open_chat(self, chat_id: ChatId) -> None:
        """Show a chat; the last one asked for wins."""
        self._openings += 1
        ticket = self._openings
        chat = self._list.find(chat_id)

        def loaded(branch: tuple[Message, ...]) -> None:
            if ticket == self._openings:
                self._show(self._list.find(chat_id) or chat, self._answering.with_live(branch))

        self._background.store(lambda store: store.branch(chat_id), loaded)

    def delete_chat(self, chat_id: ChatId) -> None:
        """Take a chat away; `UndoOffered` follows."""
        chat = self._list.find(chat_id)
        if chat is None:
            return
        if self._answering.is_in(chat_id):
            self.stop()
        self._list.delete(chat, self._on_deleted)

    # ---- a turn

    def send(self, text: str, effort: Effort) -> None:
        """Store the user's message in the open chat, then have it answered.

        While another answer is being written, the text is handed back as `SendRefused`.
        """
        if not text.strip():
            return
        if self.is_busy:
            self._tell(SendRefused(text, _BUSY))
            return
        self._is_sending = True
        self._must_stop = False
        self._openings += 1  # a chat that is still on its way must not replace this one
        question = Question(
            self._current.id if self._current else None,
            self._branch[-1].id if self._branch else None,
            text,
            effort,
            self._clock_ms(),
            self._options.of_new_chat(self._new_title or title_from(text)),
        )

        def refused(problem: Problem) -> None:
            self._is_sending = False
            self._tell(SendRefused(text, problem))
            self._tell(BusyChanged(is_busy=False))

        self._tell(BusyChanged(is_busy=True))
        self._background.store(question.store, self._on_sent, refused)

    def stop(self) -> None:
        """End the running answer; what is there stays, marked as stopped."""
        self._must_stop = self._is_sending
        self._answering.stop()

    def handle(self, event: EngineEvent) -> None:
        """Take one event of the engine, on the service's own thread."""
        if isinstance(event, LoadEvent | EngineBroke):
            self._model.handle(event)
        elif isinstance(event, Forecast | PromptInspected):
            self._options.handle(event)
        elif isinstance(event, SideEnded):
            self.sides.handle(event)
        else:
            self._answering.handle(event)

    def _on_sent(self, sent: Sent) -> None:
        self._is_sending = False
        self._new_title = ""
        if self._current is None:
            self._tell(ChatOpened(sent.chat, ()))
        self._current = sent.chat
        self._branch = (*sent.branch, sent.answer)
        self._tell(MessageAdded(sent.branch[-1]))
        self._tell(MessageAdded(sent.answer))
        self.foresight.begin_answer(sent.chat)
        self._answering.begin(sent)
        self._tell(BusyChanged(is_busy=True, message_id=sent.answer.id))
        self._list.refresh()
        if self._must_stop:
            self._answering.stop()

    def _on_answer_change(self, chat_id: ChatId, change: ChatChange) -> None:
        if self._is_shown(chat_id):
            self._tell(change)

    def _on_answer_ended(self, message: Message, is_too_long: bool) -> None:
        if self._is_shown(message.chat_id) and is_too_long and message.problem is not None:
            self._take_back(message.chat_id, message.problem)
        elif self._is_shown(message.chat_id):
            self._branch = tuple(message if m.id == message.id else m for m in self._branch)
            self._tell(MessageEnded(message))
            self._model.turn_ended(message.usage)
            self.foresight.show(self._current, self._branch)
        self._tell(BusyChanged(is_busy=False))
        self._list.refresh()

    def _take_back(self, chat_id: ChatId, problem: Problem) -> None:
        """The question can never be answered: its text goes back to where it was written.

        It stays in the tree as a branch of its own.
        """
        question = self._branch[-2]
        self._background.store(lambda store: store.set_leaf(chat_id, question.parent_id))
        self._show(self._current, self._branch[:-2])
        self._tell(SendRefused(question.text, problem))

    # ---- what is shown

    def _show(self, chat: Chat | None, branch: tuple[Message, ...]) -> None:
        self._openings += 1
        self._current, self._branch = chat, branch
        self._tell(ChatOpened(chat, branch))
        self._tell(ChatsChanged(self._list.chats, chat.id if chat else None))
        self._model.show_branch(branch)
        self.foresight.show(chat, branch)
        if self.is_busy:
            self._tell(BusyChanged(is_busy=True, message_id=self._answering.message_id))

    def _on_chats(self, chats: tuple[Chat, ...]) -> None:
        if self._current is not None:
            self._current = self._list.find(self._current.id) or self._current
        self._tell(ChatsChanged(chats, self._current.id if self._current else None))

    def _on_deleted(self, chat: Chat) -> None:
        self._engine.forget(chat_key(chat.id))
        self._workshop.forget(chat_key(chat.id))
        if self._is_shown(chat.id):
            self.new_chat()
        self._tell(UndoOffered(chat))

    def _is_shown(self, chat_id: ChatId) -> bool:
        return self._current is not None and self._current.id == chat_id
