"""What the window asks of the chat service, so that tests can put another one behind it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Protocol

from app.attachments.values import Files
from app.chats.changes import ChatChange, DeletedMessages, UndoSubject
from app.chats.ids import ChatId, FolderId, MessageId
from app.chats.trash_values import TrashedChat
from app.chats.values import Chat, Message
from app.chats.what_if import AnswerCost
from app.permissions.values import Decision
from app.search.values import SearchResults
from app.tools.values import Attachment, SourcePage
from engine.harmony.messages import Effort, ResponseFormat


class Foreseeing(Protocol):
    """What the window tells `app.chats.foresight.Foresight`; UI thread."""

    def choose(self, effort: Effort) -> None:
        """The next message will be sent with this effort."""
        ...

    def begin_typing(self) -> None:
        """The user writes a message in the open chat."""
        ...


class Binding(Protocol):
    """The part of `app.chats.answer_form.AnswerForm` that the window uses; UI thread."""

    def choose(self, response_format: ResponseFormat | None) -> None:
        """Bind the answers of the open chat to a JSON schema, or leave them free."""
        ...


class Instructing(Protocol):
    """What the window tells `app.chats.chat_instructions.ChatInstructions`; UI thread."""

    def choose(self, text: str) -> None:
        """Give the open chat instructions of its own; a blank text takes them away."""
        ...


class Inspecting(Protocol):
    """The part of `app.chats.inspector.Inspector` that the window uses; UI thread."""

    def open(self) -> None:
        """Tell what the model sees, now and whenever it changes."""
        ...

    def close(self) -> None:
        """Nobody looks any more."""
        ...

    def refresh(self) -> None:
        """Something may have changed that no change tells."""
        ...


class Summarising(Protocol):
    """The part of `app.chats.summaries.Summaries` that the window uses; UI thread."""

    def want(self, message: Message) -> None:
        """A panel shows the summary of an answer that has ended."""
        ...

    def release(self, message_id: MessageId) -> None:
        """Nobody waits for this summary any more."""
        ...

    def user_types(self) -> None:
        """The user writes: what is being made gives way at once."""
        ...

    def user_rests(self) -> None:
        """The user has not written for a while."""
        ...


class Searching(Protocol):
    """The part of `app.search.search.Search` that the window uses; UI thread."""

    def find(
        self,
        text: str,
        on_found: Callable[[SearchResults], None],
        among: Callable[[Chat], bool] | None = None,
    ) -> None:
        """Have `on_found` called with what is found, unless another search follows."""
        ...

    def give_up(self) -> None:
        """Nobody waits for the last search any more."""
        ...


class OpensMessage(Protocol):
    """`ChatService.open_message`; UI thread."""

    def __call__(self, chat_id: ChatId, message_id: MessageId, text: str = "") -> None:
        """Show a chat at a message in which `text` is marked."""
        ...


class Branching(Protocol):
    """The part of `app.chats.tree.ChatTree` that the window uses; UI thread."""

    def edit(self, message_id: MessageId, text: str, effort: Effort) -> None:
        """Send other words in place of a message of the user."""
        ...

    def answer_again(self, message_id: MessageId, effort: Effort | None = None) -> None:
        """Have a question answered once more."""
        ...

    def go_on(self, message_id: MessageId) -> None:
        """Have the newest answer go on, which was stopped or broke off."""
        ...

    def foresee(
        self, message_id: MessageId, on_foreseen: Callable[[Mapping[Effort, AnswerCost]], None]
    ) -> None:
        """Have `on_foreseen` called with what another answer would cost, by effort."""
        ...

    def show(self, message_id: MessageId) -> None:
        """Go to the branch of another version of a message."""
        ...

    def siblings(
        self, message_id: MessageId, on_done: Callable[[tuple[Message, ...]], None]
    ) -> None:
        """Have `on_done` called with a message and its other versions, the oldest first."""
        ...

    def delete(self, message_id: MessageId) -> None:
        """Take a message away with all that follows it; `UndoOffered` follows."""
        ...

    def fork(self, message_id: MessageId) -> None:
        """Copy the open chat up to a message and open the copy; `ChatForked` comes before."""
        ...


class TrashBin(Protocol):
    """The part of `app.chats.trash.ChatTrash` that its page uses; UI thread."""

    def list(self, on_done: Callable[[tuple[TrashedChat, ...]], None]) -> None:
        """Have `on_done` called with the deleted chats, the one deleted last first."""
        ...

    def parts(self, on_done: Callable[[tuple[DeletedMessages, ...]], None]) -> None:
        """Have `on_done` called with the deleted parts of chats, the one deleted last first."""
        ...

    def restore(self, chat_id: ChatId) -> None:
        """Bring a deleted chat back."""
        ...

    def restore_part(self, part: DeletedMessages) -> None:
        """Bring a deleted part back."""
        ...

    def purge(self, chat_id: ChatId) -> None:
        """Destroy a deleted chat for good."""
        ...

    def purge_part(self, part: DeletedMessages) -> None:
        """Destroy a deleted part for good."""
        ...

    def empty(self) -> None:
        """Destroy everything that was deleted, for good."""
        ...


class ToolCommands(Protocol):
    """The part of `app.chats.chat_tools.ChatTools` that the window uses; UI thread."""

    @property
    def available(self) -> tuple[str, ...]:
        """Names of all tools that can be switched on now."""
        ...

    def switch(self, name: str, *, is_on: bool) -> None:
        """Switch a tool on or off in the open chat."""
        ...

    def go_on(self) -> None:
        """Let the turn that has reached a cap on its calls go on."""
        ...

    def load_attachment(
        self, attachment_id: int, on_done: Callable[[Attachment | None], None]
    ) -> None:
        """Read a stored attachment."""
        ...

    def load_page(
        self, message_id: MessageId, number: int, on_done: Callable[[SourcePage | None], None]
    ) -> None:
        """Read the page that a call of an answer opened."""
        ...


class Deciding(Protocol):
    """The part of `app.permissions.desk.PermissionDesk` that the window uses; UI thread."""

    def objection(self, request_id: int, body: str) -> str:
        """Why a call cannot run with an edited body; "" where it can."""
        ...

    def decide(self, request_id: int, decision: Decision) -> None:
        """Answer a question."""
        ...

    def decide_all(self, request_ids: Collection[int], decision: Decision) -> None:
        """Answer several questions alike."""
        ...

    def revoke_rule(self, rule_id: int) -> None:
        """Undo a rule that an answer made."""
        ...


class KeepsPrivate(Protocol):
    """What the window asks of private chats."""

    @property
    def chats(self) -> tuple[Chat, ...]:
        """Those in which something was said."""
        ...

    def keep(self, chat_id: ChatId) -> None:
        """Move one into the history."""
        ...


class Shelving(Protocol):
    """The part of `app.chats.shelves.Shelves` that the window uses; UI thread."""

    def add_folder(self, name: str, chats: Collection[ChatId] = ()) -> None:
        """Make a folder with these chats in it."""
        ...

    def rename_folder(self, folder_id: FolderId, name: str) -> None:
        """Give a folder another name."""
        ...

    def delete_folder(self, folder_id: FolderId) -> None:
        """Take a folder away; its chats stay."""
        ...

    def place_folder(self, folder_id: FolderId, before: FolderId | None) -> None:
        """Put a folder before another one, or behind all."""
        ...

    def begin_chat_in(self, folder_id: FolderId) -> None:
        """The new chat that is shown goes into this folder."""
        ...

    def fold(self, folder_id: FolderId, *, is_open: bool) -> None:
        """List a folder's chats, or hide them."""
        ...

    def move(self, chats: Collection[ChatId], folder_id: FolderId | None) -> None:
        """Put chats into a folder, or into none."""
        ...

    def pin(self, chats: Collection[ChatId], *, is_pinned: bool) -> None:
        """Put chats at the top of the list, or take them from there."""
        ...

    def tag(self, chats: Collection[ChatId], tag: str, *, is_on: bool) -> None:
        """Put a tag on chats, or take it off."""
        ...


class Trashing(Protocol):
    """The part of `app.chats.trash.ChatTrash` that the window uses; UI thread."""

    def delete_all(self, chat_ids: Collection[ChatId]) -> None:
        """Take several chats away; one `UndoOffered` brings all of them back."""
        ...


class ChatCommands(Protocol):
    """What the window asks of `app.chats.service.ChatService`; UI thread."""

    @property
    def foresight(self) -> Foreseeing:
        """Hears of the chosen effort and of typing."""
        ...

    @property
    def form(self) -> Binding:
        """What the open chat's answers are bound to."""
        ...

    @property
    def instructions(self) -> Instructing:
        """What the model is told before each answer in the open chat."""
        ...

    @property
    def inspector(self) -> Inspecting:
        """What the model sees of the open chat."""
        ...

    @property
    def permissions(self) -> Deciding:
        """Where calls wait for an answer."""
        ...

    @property
    def summaries(self) -> Summarising:
        """The summaries of thoughts that panels want."""
        ...

    @property
    def shelves(self) -> Shelving:
        """Folders, pins and tags."""
        ...

    @property
    def tools(self) -> ToolCommands:
        """What the open chat has on, and what calls made."""
        ...

    @property
    def search(self) -> Searching:
        """Over all that was said."""
        ...

    @property
    def open_message(self) -> OpensMessage:
        """Shows a chat at one of its messages."""
        ...

    @property
    def tree(self) -> Branching:
        """The open chat's versions of messages."""
        ...

    def subscribe(self, callback: Callable[[ChatChange], None]) -> Callable[[], None]:
        """Call back with every change from now on; returns the way to unsubscribe."""
        ...

    @property
    def private(self) -> KeepsPrivate:
        """Chats in memory only."""
        ...

    def new_chat(self, title: str = "", *, is_private: bool = False) -> None:
        """Show an empty chat; a private one is in memory only."""
        ...

    def open_chat(self, chat_id: ChatId) -> None:
        """Show a chat."""
        ...

    def rename_chat(self, chat_id: ChatId, title: str) -> None:
        """Give a chat another title."""
        ...

    @property
    def trash(self) -> Trashing:
        """What was deleted."""
        ...

    def delete_chat(self, chat_id: ChatId) -> None:
        """Take a chat away; `UndoOffered` follows."""
        ...

    def appeal(self, message_id: MessageId) -> None:
        """Have a withheld answer shown, or the question before it answered."""
        ...

    def undo(self, subject: UndoSubject | None = None) -> None:
        """Bring something back; None: what was taken away last."""
        ...

    def send(
        self, text: str, effort: Effort, also_tools: tuple[str, ...] = (), files: Files = ()
    ) -> None:
        """Send a message with its files; `also_tools` are on for its answer alone."""
        ...

    def load_model(self, without: Collection[str] = ()) -> None:
        """Load the model once more, without these workers."""
        ...

    def stop(self) -> None:
        """End the running answer."""
        ...

    def answer_now(self) -> None:
        """Cut the running answer's thoughts short and have it come at once."""
        ...
