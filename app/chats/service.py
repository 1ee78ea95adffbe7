"""Use cases over chats: send, stop, open, rename, delete.  Knows neither widgets nor SQL."""

from __future__ import annotations

from collections.abc import Callable, Collection
from concurrent.futures import Executor
from typing import Final

from app.archive.door import ArchiveDoor
from app.attachments.values import Files
from app.chats.answer_style import StyleOf
from app.chats.appeals import Appeals
from app.chats.background import Background
from app.chats.beginnings import Beginnings
from app.chats.changes import (
    AnswerCallChanged,
    ChatChange,
    NoticeRaised,
    SendRefused,
)
from app.chats.ids import ChatId
from app.chats.listing import ChatList
from app.chats.marks import ChatMarks
from app.chats.message_opening import MessageOpening
from app.chats.model import FindModel, ServiceModel
from app.chats.open_answers import OpenAnswers
from app.chats.open_chat import Followers, OpenChat
from app.chats.options import ChatOptions
from app.chats.private_desk import PrivateDesk
from app.chats.question import Question, Sent
from app.chats.quiet import Quiet
from app.chats.sending import OnItsWay, Sending
from app.chats.shelves import Shelves
from app.chats.side_views import SideViews, ViewParts
from app.chats.storage_thread import StorageThread
from app.chats.subscribers import Subscribers
from app.chats.summaries import Summaries
from app.chats.titles import Titles
from app.chats.tool_choice import ToolChoice
from app.chats.trash import ChatHolders, ChatTrash
from app.chats.tree import ChatTree
from app.chats.tree_parts import TreeParts
from app.chats.undo import UndoStack
from app.chats.values import Chat, Message, Problem
from app.search.search import Search
from app.side_desk import SideDesk
from app.tools.workshop import Workshop
from app.turn import AnswerEngine
from engine.events import (
    EngineBroke,
    EngineEvent,
    Forecast,
    LoadEvent,
    PromptInspected,
    PromptMeasured,
    SideEnded,
)
from engine.harmony.messages import Effort

_ON_ITS_WAY: Final = Problem("This chat is still being opened.", "Try again in a moment.")
_BUSY: Final = Problem("The answer is still being written.", "Stop it or wait for its end.")


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
        subscribe: calls back with every change from now on; returns the way to unsubscribe.
        foresight, form: hears of the chosen effort and of typing; what answers are bound to.
        instructions, inspector: the user's own for the open chat; what the model sees of it.
        tools, permissions: what is on, and what calls made; where calls wait for an answer.
        sides, summaries: small questions to the model; of thoughts, those that panels want.
        cancel_load: gives up the load in progress; there is no model then.
        rename_chat: gives a chat another title; a blank one changes nothing.
        shelves, archive, private: folders, pins and tags; chats to and from files; in memory.
        tree: other words and other answers in the open chat, and the way between them.
        trash, delete_chat: what was deleted; takes a chat away, so that `UndoOffered` follows.
        undo: brings back something that `UndoOffered` told of, or what came last.
        check_times: how long checks against the user's policy took.
        search, views: over all that was said; chats shown beside the open one.
        open_chat, open_message: shows a chat; shows it at one of its messages.  The last one wins.
        appeal: has a withheld answer of the open chat shown, or a withheld question answered.
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
        self._engine, self._clock_ms = engine, clock_ms
        heard = Subscribers()
        self.subscribe, self._tell, tell = heard.add, heard.tell, heard.tell
        background = Background(storage, chores, dispatch, lambda one: tell(NoticeRaised(one)))
        self._background, self._workshop = background, workshop or Workshop()
        choice = ToolChoice(self._workshop, background, clock_ms)
        self.permissions = choice.desk
        self.permissions.subscribe(tell)
        self.sides = SideDesk(engine)
        self._answers = answers = OpenAnswers(
            engine,
            background,
            clock_ms=clock_ms,
            style_of=style_of,
            tools=choice,
            sides=self.sides,
            on_change=self._on_answer_change,
            on_ended=self._on_answer_ended,
        )
        self._model = ServiceModel(
            engine, background, find_model, is_practice=is_practice, tell=tell, answers=answers
        )
        self.cancel_load, self.check_times = engine.cancel_load, answers.check_times
        self._list = ChatList(background, clock_ms, self._on_chats)
        self.rename_chat = self._list.rename
        self.archive = ArchiveDoor(background, clock_ms, self._list)
        begun = Beginnings(choice, style_of)
        self.summaries = Summaries(self.sides, background, heard, begun)
        self._titles = Titles(self.summaries, self.sides, background, self._list, begun, heard)
        self._options = options = ChatOptions(
            engine, choice, answers, background, self._list, heard
        )
        self.foresight, self.form = options.foresight, options.form
        self.tools, self.instructions = options.tools, options.instructions
        self.inspector, self.meter = options.inspector, options.meter
        self._new_title, self._marks = "", ChatMarks(tell)
        self._sending = sending = Sending(background)
        followers = Followers(self._model, self.foresight, self._marks)
        self._open = OpenChat(tell, answers, self._sending, self._list, followers)
        opening = MessageOpening(background, heard, self._list, answers, self._open)
        self.open_chat, self.open_message = opening.open_chat, opening.open
        self._quiet = Quiet(answers, sending)
        self._make_tree(UndoStack(tell), heard)
        self.private = PrivateDesk(background, self._list, answers, self._open, self.open_chat)
        appeals = Appeals(background, answers, self._open, sending, clock_ms, self._on_sent)
        self.appeal = appeals.appeal
        self.search = Search(background, heard, self._list, self._open.complain)

    def _make_views(self, heard: Subscribers) -> None:
        """What shows chats beside the open one."""
        shared = (self._background, self._answers, self._sending, self._list, self._clock_ms)
        self.views = SideViews(ViewParts(*shared, self._on_sent), heard)

    def _make_tree(self, undo: UndoStack, heard: Subscribers) -> None:
        """What changes the open chat's tree and the list, with ways back; views beside it."""
        self._make_views(heard)
        parts = TreeParts(
            self._background,
            self._answers,
            self._open,
            self._sending,
            self._quiet,
            undo,
            self._options.what_if,
            self._list,
        )
        self.tree = ChatTree(parts, self._tell, self._on_sent, self.open_chat)
        holders = ChatHolders(self._engine, self._workshop, self._marks, self._open, self._quiet)
        self.trash = ChatTrash(self._background, self._list, undo, holders, self.open_chat)
        self.delete_chat, self.undo = self.trash.delete, undo.undo
        self.shelves = Shelves(self._background, self._list, undo, self.subscribe)

    @property
    def is_busy(self) -> bool:
        """Whether a message of the open chat is being sent or answered."""
        return self._open.is_busy

    def start(self, without_workers: Collection[str] = ()) -> None:
        """Announce the chats and the status, and begin to load the model."""
        self._list.refresh()
        self.load_model(without_workers)

    def load_model(self, without: Collection[str] = ()) -> None:
        """Load the model, once more if it failed, `without` these workers from now on."""
        self._model.load(without)

    def close(self) -> None:
        """Stop all answers, keep what is there, and let go of engine and storage."""
        self._answers.abandon()
        self._quiet.end()
        self._workshop.close()
        self._engine.close()
        self._background.close()

    # ---- the list of chats

    def new_chat(self, title: str = "", *, is_private: bool = False) -> None:
        """Show an empty chat; without a title its first message names it.  Private: in memory."""
        self._new_title = "" if is_private else title
        self.private.begin(title) if is_private else self._open.show(None, ())

    # ---- a turn

    def send(
        self, text: str, effort: Effort, also_tools: tuple[str, ...] = (), files: Files = ()
    ) -> None:
        """Store the user's message in the open chat, then have it answered.

        It may be blank with `files`; `also_tools` are on for this answer, whatever the chat has.
        While the chat's last answer is being written, the text is handed back as `SendRefused`.
        Where another chat is being answered, it waits for its turn (`AnswerQueued`).
        """
        if not text.strip() and not files:
            return
        if self._open.is_glimpse or self.is_busy:
            self._tell(SendRefused(text, _ON_ITS_WAY if self._open.is_glimpse else _BUSY, files))
            return
        self._open.wish()
        branch = self._open.branch
        question = Question(
            self._open.id,
            branch[-1].id if branch else None,
            text,
            effort,
            self._clock_ms(),
            self._options.of_new_chat(self._new_title, text, files),
            self._answers.safeguard,
            also_tools,
            files,
        )

        def refused(problem: Problem) -> None:
            self._tell(SendRefused(text, problem, files))
            self._open.tell_busy()

        self._sending.commit(question, self._open.view, self._on_sent, refused)
        self._open.tell_busy()

    def stop(self) -> None:
        """End the open chat's answer; what is there stays, marked as stopped."""
        self._sending.stop_from(self._open.view)
        self._answers.stop(self._open.id)
        self.summaries.stop()

    def answer_now(self) -> None:
        """Cut the thoughts of the open chat's answer short and have it come at once."""
        self._answers.answer_now(self._open.id)

    def handle(self, event: EngineEvent) -> None:
        """Take one event of the engine, on the service's own thread."""
        if isinstance(event, LoadEvent | EngineBroke):
            self._model.handle(event)
        elif isinstance(event, Forecast | PromptInspected | PromptMeasured):
            self._options.handle(event)
        elif isinstance(event, SideEnded):
            self.sides.handle(event)
        else:
            self._answers.handle(event)

    def _on_chats(self, chats: tuple[Chat, ...]) -> None:
        self._open.follow(chats)

    def _on_sent(self, sent: Sent, one: OnItsWay) -> None:
        is_shown = one.view == self._open.view or sent.chat.id == self._open.id
        if is_shown:
            self._new_title = ""
            self._open.add(sent)
        self.views.sent(sent, one)
        self.foresight.begin_answer(sent.chat)
        if not is_shown:
            self.foresight.ask_again()
        self._answers.begin(sent)
        self._marks.follow(self._answers.asking)
        self._open.tell_busy()
        self.views.begun(sent.chat.id)
        self._list.refresh()
        if one.must_stop:
            self._answers.stop(sent.chat.id)

    def _on_answer_change(self, chat_id: ChatId, change: ChatChange) -> None:
        if chat_id == self._open.id and self._open.ends_with(self._answers.message_id(chat_id)):
            self._tell(change)
        self.views.hear(chat_id, change)
        if isinstance(change, AnswerCallChanged):
            self._marks.follow(self._answers.asking)

    def _on_answer_ended(self, message: Message, is_too_long: bool) -> None:
        if message.chat_id == self._open.id:
            if not self._open.ends_with(message.id):
                pass  # another branch is shown
            elif is_too_long and message.problem is not None:
                self.tree.take_back(message.problem)
            else:
                self._open.end(message)
            self._open.tell_busy()
        elif not self.views.shows(message.chat_id):
            self._marks.note_ended(message)
        self.views.end(message)
        self._marks.follow(self._answers.asking)
        self._list.refresh()
        self._titles.note_answer(message)
        self._quiet.note(message.chat_id)
