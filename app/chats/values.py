"""Chats and messages as frozen values.  They cross threads freely; rows never leave the store."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

from app.attachments.values import AttachedFile
from app.chats.ids import ChatId, FolderId, MessageId, is_private
from app.safeguard.message_check import MessageCheck
from app.thoughts.summary_values import ThoughtsSummary
from app.tools.records import CallRecord
from engine.analysis_filter import ThoughtPiece
from engine.events import Usage
from engine.harmony.messages import Effort, ResponseFormat


class MessageRole(StrEnum):
    """Who wrote a stored message."""

    USER = "user"
    ASSISTANT = "assistant"


class MessageStatus(StrEnum):
    """How far a stored message got.

    INTERRUPTED is what a STREAMING answer becomes when the app finds it after a crash.
    """

    STREAMING = "streaming"
    COMPLETE = "complete"
    STOPPED = "stopped"
    LIMIT = "limit"
    FAILED = "failed"
    INTERRUPTED = "interrupted"

    @property
    def can_go_on(self) -> bool:
        """Whether an answer of this status broke off, so that it can go on where it has words."""
        return self not in (MessageStatus.STREAMING, MessageStatus.COMPLETE)


class TitleBy(StrEnum):
    """Whose words a chat's title is.  What the user chose is never replaced by itself."""

    WORDS = "words"  # the first words of the first message
    MODEL = "model"
    USER = "user"


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of the sidebar.

    Attributes:
        name: never empty.
        is_open: whether its chats are listed below it.
    """

    id: FolderId
    name: str
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class Chat:
    """One chat as the sidebar lists it.

    Attributes:
        title: never empty; made from the first user message until the model or someone gives it
            another.
        created_ms: Unix time in milliseconds, UTC; its local date is the chat's harmony date.
        updated_ms: Unix time of the last message, for the order in the sidebar.
        leaf_id: the last message of the branch that was last shown, None while empty.
        response_format: the JSON its answers have to be; None leaves them free.
        tools: names of the tools that are switched on (`app.tools.toolbox`); None follows the
            settings.
        instructions: the user's own for this chat, which follow those for all; "" for none.
        folder_id: the folder it is in; None for none.
        is_pinned: it stands at the top of the list.
        tags: words the user put on it, in the order of the alphabet.
        title_by: whose words the title is.
    """

    id: ChatId
    title: str
    created_ms: int
    updated_ms: int
    leaf_id: MessageId | None = None
    response_format: ResponseFormat | None = None
    tools: tuple[str, ...] | None = None
    instructions: str = ""
    folder_id: FolderId | None = None
    is_pinned: bool = False
    tags: tuple[str, ...] = ()
    title_by: TitleBy = TitleBy.WORDS

    @property
    def is_private(self) -> bool:
        """Whether it is kept in memory only, until Sotto is closed."""
        return is_private(self.id)


@dataclass(frozen=True, slots=True)
class Problem:
    """An error kept with a message: the parts of a `UserFacingError` that are shown later."""

    title: str
    hint: str = ""
    detail: str = ""
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Message:
    """One node of a chat's tree.

    Attributes:
        parent_id: the message it answers or follows; None for a first message.
        text: Markdown of the answer, or exactly what the user wrote.
        preamble: what the model said to the user before calling a tool, or "".
        thoughts: filtered thoughts only; raw analysis is never stored.
        effort: reasoning effort asked for (user) or used (assistant).
        usage: cost of the turn; zeros for user messages.
        problem: set when status is FAILED.
        format_name: name of the format an answer was bound to, so that its text is JSON
            (whole, where status is COMPLETE); "" for free text.
        calls: tools the model called, in order, each in its place.
        summary: the model's own summary of the thoughts, once somebody wanted it.
        check: the check against the user's policy; None where there was to be none.
        files: what the user sent with it, in order; the model reads them before the text.
    """

    id: MessageId
    chat_id: ChatId
    parent_id: MessageId | None
    role: MessageRole
    text: str
    created_ms: int
    status: MessageStatus = MessageStatus.COMPLETE
    effort: Effort = Effort.MEDIUM
    preamble: str = ""
    thoughts: tuple[ThoughtPiece, ...] = ()
    usage: Usage = field(default_factory=Usage)
    problem: Problem | None = None
    format_name: str = ""
    calls: tuple[CallRecord, ...] = ()
    summary: ThoughtsSummary = field(default_factory=ThoughtsSummary)
    check: MessageCheck | None = None
    files: tuple[AttachedFile, ...] = ()

    @property
    def is_withheld(self) -> bool:
        """Whether the check withholds it: an answer is not shown, a question not answered."""
        return self.check is not None and self.check.withholds

    @property
    def begun(self) -> str:
        """The words behind which an answer that broke off can go on; "" for none.

        Without what is left of a character that broke off, and without spaces at the end, which
        belong to the next word for a model.
        """
        return self.text.rstrip("\ufffd ") if self.status.can_go_on else ""

    def veiled(self) -> Message:
        """As all but the store and the turn in progress may have it."""
        if not self.is_withheld or self.role is MessageRole.USER:
            return self
        return replace(self, text="", preamble="", thoughts=(), summary=ThoughtsSummary())
