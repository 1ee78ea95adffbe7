"""What the chat service tells its subscribers.  Frozen values, sent on the service's own thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.attachments.values import AttachedFile
from app.chats.branch_places import BranchPlace
from app.chats.context_values import ContextSize
from app.chats.effort_values import EffortTime
from app.chats.ids import ChatId, MessageId
from app.chats.prompt_values import NextPrompt
from app.chats.values import Chat, Folder, Message, MessageRole, Problem
from app.permissions.rules import Rule
from app.permissions.values import PermissionRequest
from app.thoughts.summary_values import ThoughtsSummary
from app.tools.records import CallRecord
from engine.analysis_filter import ThoughtPiece
from engine.events import ModelLoaded, Phase, Usage
from engine.harmony.messages import Effort, ResponseFormat
from engine.memory_plan.values import MemoryPlan


class ModelState(StrEnum):
    """What the engine can do now."""

    ABSENT = "absent"
    LOADING = "loading"
    READY = "ready"
    RESTING = "resting"  # it gave its memory back; the next question loads it again
    FAILED = "failed"


class CostCause(StrEnum):
    """What was changed at the beginning of the prompt."""

    EFFORT = "effort"
    INSTRUCTIONS = "instructions"


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """Everything the status line and the sidebar foot show.

    Attributes:
        model_name: e.g. "gpt-oss-20b"; "" while no model is known.
        device: e.g. "CPU"; "" while not ready.
        is_practice: the practice model answers; every screen must say so.
        load_fraction: 0.0 to 1.0 while LOADING.
        problem: why there is no model, in FAILED.
        needs_restart: the engine broke down; only a new process can go on (FAILED).
        workers: addresses of the other machines that hold a part of the model, or are to: text
            leaves this computer for them.
        lost_workers: those of them that cannot be used; the model can be loaded without.
        context_tokens: tokens of the open chat in the KV cache after the last turn.
        context_limit_tokens: size of the KV cache; 0 while not ready.
        tokens_per_second: speed of the last turn; 0.0 before the first.
        reused_tokens: prompt tokens the last turn found in the cache.
        read_tokens: prompt tokens the last turn had to read.
        left_out_messages: messages at the beginning of the open chat that the model did not
            read for its last answer, for want of room.
        loaded: what the engine told of the model that is READY, or was and is RESTING.
        usage: what the last turn took; None before the first.
    """

    state: ModelState = ModelState.ABSENT
    model_name: str = ""
    device: str = ""
    is_practice: bool = False
    load_fraction: float = 0.0
    problem: Problem | None = None
    context_tokens: int = 0
    context_limit_tokens: int = 0
    tokens_per_second: float = 0.0
    reused_tokens: int = 0
    read_tokens: int = 0
    needs_restart: bool = False
    workers: tuple[str, ...] = ()
    lost_workers: tuple[str, ...] = ()
    left_out_messages: int = 0
    loaded: ModelLoaded | None = None
    usage: Usage | None = None

    @property
    def can_answer(self) -> bool:
        """Whether a question is answered without anything else being done for it."""
        return self.state in (ModelState.READY, ModelState.RESTING)

    @property
    def held_plan(self) -> MemoryPlan | None:
        """Where the model's parts are now; None where no memory is held."""
        if self.loaded is None or self.state is ModelState.RESTING:
            return None
        return self.loaded.plan


@dataclass(frozen=True, slots=True)
class ChatsChanged:
    """The list of chats, newest first, and which one is open (None: a new, empty chat).

    Attributes:
        folders: the user's, in their order.
    """

    chats: tuple[Chat, ...]
    current: ChatId | None
    folders: tuple[Folder, ...] = ()


@dataclass(frozen=True, slots=True)
class ChatGlimpsed:
    """The end of a long chat; the whole of it follows as `ChatOpened`, unless another is wanted.

    Attributes:
        messages: the last ones of its branch.
        earlier: how many stand before them.
    """

    chat: Chat
    messages: tuple[Message, ...]
    earlier: int


@dataclass(frozen=True, slots=True)
class ChatOpened:
    """Another chat is shown, or the same with another branch.

    Attributes:
        messages: the branch from the first message on; where the chat is the one that was
            shown before, it mostly begins as the branch before did.
    """

    chat: Chat | None
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class MessageSought:
    """The user wants to see this message of the open chat.

    Attributes:
        text: what was searched for, to be marked in it; "" for nothing.
    """

    message_id: MessageId
    text: str = ""


@dataclass(frozen=True, slots=True)
class MessageAdded:
    """A message was appended to the open chat's branch."""

    message: Message


@dataclass(frozen=True, slots=True)
class MessageEnded:
    """An answer reached its final state; `message` is the whole of it."""

    message: Message


@dataclass(frozen=True, slots=True)
class BranchesChanged:
    """Which messages of the open branch have siblings; told whenever it is shown or grows.

    Attributes:
        places: only of messages with siblings; `ChatTree.show` goes to one of these.
    """

    places: Mapping[MessageId, BranchPlace]


@dataclass(frozen=True, slots=True)
class ChatForked:
    """A chat was copied up to a message; the copy is opened next.

    Attributes:
        chat: the copy.
        origin: the chat it was made of, which is as it was.
    """

    chat: Chat
    origin: Chat


@dataclass(frozen=True, slots=True)
class AnswerTextAdded:
    """More Markdown of the answer that is being written."""

    message_id: MessageId
    text: str


@dataclass(frozen=True, slots=True)
class AnswerPreambleAdded:
    """More of what the model says before a tool call."""

    message_id: MessageId
    text: str


@dataclass(frozen=True, slots=True)
class AnswerThoughtAdded:
    """One more filtered thought of the answer that is being written."""

    message_id: MessageId
    piece: ThoughtPiece


@dataclass(frozen=True, slots=True)
class AnswerPhaseChanged:
    """The answer went over to another phase.

    Attributes:
        done_tokens, total_tokens: progress while READING, else zeros.
    """

    message_id: MessageId
    phase: Phase
    done_tokens: int = 0
    total_tokens: int = 0


@dataclass(frozen=True, slots=True)
class AnswerQueued:
    """The engine computes another chat's answer first; the next phase ends this."""

    message_id: MessageId


@dataclass(frozen=True, slots=True)
class AnswerBeginningLeftOut:
    """The model does not read the beginning of the chat for this answer, for want of room.

    Attributes:
        left_out_messages: so many messages of the branch, from the first on.
    """

    message_id: MessageId
    left_out_messages: int


@dataclass(frozen=True, slots=True)
class AnswerCallChanged:
    """A call of a tool is new, or is further than it was.

    Attributes:
        call: told apart by its number; a new number is a new call, at the end of what the
            answer says so far.
    """

    message_id: MessageId
    call: CallRecord


@dataclass(frozen=True, slots=True)
class ThoughtsSummaryChanged:
    """The summary of an answer's thoughts is further, or there will be none."""

    message_id: MessageId
    summary: ThoughtsSummary


class CheckStage(StrEnum):
    """What is held against the user's policy just now."""

    NONE = "none"
    QUESTION = "question"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class AnswerCheckChanged:
    """The question of an answer, or the answer itself, is being checked; NONE: no longer."""

    message_id: MessageId
    stage: CheckStage


@dataclass(frozen=True, slots=True)
class PermissionAsked:
    """A call waits for a decision (`PermissionDesk.decide`); several may wait at once."""

    request: PermissionRequest


@dataclass(frozen=True, slots=True)
class PermissionSettled:
    """A question needs no answer any more: it was answered, or its turn has ended."""

    request_id: int


@dataclass(frozen=True, slots=True)
class RuleMade:
    """An answer to a question made a rule; `PermissionBook.revoke` undoes it."""

    rule: Rule


@dataclass(frozen=True, slots=True)
class CostForeseen:
    """What a change costs, because the chat so far was read with something else at its beginning.

    Attributes:
        read_tokens: tokens that will be read again; 0 when there is nothing to tell (any more).
        seconds: about how long that takes; None while nothing was measured.
        cause: what was changed; where it was both, the instructions.
    """

    read_tokens: int = 0
    seconds: float | None = None
    cause: CostCause = CostCause.EFFORT


@dataclass(frozen=True, slots=True)
class EffortTimesChanged:
    """How long thinking takes at each effort with the loaded model, as far as that is known."""

    times: Mapping[Effort, EffortTime]


@dataclass(frozen=True, slots=True)
class ContextMeasured:
    """How full the context is with what is written (`app.chats.context_meter`)."""

    size: ContextSize


@dataclass(frozen=True, slots=True)
class PromptSeen:
    """What the model sees of the open chat, while somebody looks (`app.chats.inspector`)."""

    prompt: NextPrompt


@dataclass(frozen=True, slots=True)
class SendRefused:
    """A message could not be stored, so nothing was sent; the text goes back to the composer.

    Attributes:
        files: what was to go with it; they go back, too.
    """

    text: str
    problem: Problem
    files: tuple[AttachedFile, ...] = ()


@dataclass(frozen=True, slots=True)
class BusyChanged:
    """Whether an answer is being written in the open chat: Send or Stop."""

    is_busy: bool
    message_id: MessageId | None = None


class ChatMark(StrEnum):
    """What the list of chats says of a chat besides its title."""

    ANSWERING = "answering"  # its answer is being written, or waits for its turn
    ASKING = "asking"  # its answer waits for a decision of the user
    UNREAD = "unread"  # its answer has ended since the chat was shown last


@dataclass(frozen=True, slots=True)
class ChatMarksChanged:
    """The marks of all chats that have one."""

    marks: Mapping[ChatId, ChatMark]

    @property
    def has_open_answer(self) -> bool:
        """Whether an answer is in progress in any chat."""
        return any(mark is not ChatMark.UNREAD for mark in self.marks.values())


@dataclass(frozen=True, slots=True)
class DeletedMessages:
    """A message that was deleted with all that followed it.

    Attributes:
        number: of the deletion.
        chat: where it was.
        message_id: the message itself.
        role: who wrote it.
        text: the beginning of it, on one line.
        messages: how many were deleted, itself included; not those deleted before.
        deleted_ms: Unix time in milliseconds, UTC.
    """

    number: int
    chat: Chat
    message_id: MessageId
    role: MessageRole
    text: str
    messages: int
    deleted_ms: int


class ShelfDeed(StrEnum):
    """What was done with chats and folders of the list."""

    FOLDER_DELETED = "folder_deleted"
    CHATS_MOVED = "chats_moved"
    CHATS_DELETED = "chats_deleted"
    TAG_REMOVED = "tag_removed"


@dataclass(frozen=True, slots=True)
class ShelfStep:
    """Something done with the list of chats that can be taken back.

    Attributes:
        deed: what.
        name: of the folder that was deleted or that they were put into, "" for none; or of the
            tag that was taken off.
        chats: how many were moved or deleted, or had the tag.
        at_ms: Unix time in milliseconds, UTC; tells two steps apart.
    """

    deed: ShelfDeed
    name: str = ""
    chats: int = 0
    at_ms: int = 0


UndoSubject = Chat | DeletedMessages | ShelfStep
"""What was taken away and can be brought back: a whole chat, a part of one, a place in the list."""


@dataclass(frozen=True, slots=True)
class UndoOffered:
    """Something was taken away and can be brought back with `ChatService.undo`."""

    subject: UndoSubject


@dataclass(frozen=True, slots=True)
class ResponseFormatChanged:
    """What the answers of the open chat are bound to from now on; None leaves them free."""

    response_format: ResponseFormat | None


@dataclass(frozen=True, slots=True)
class InstructionsChanged:
    """The open chat's own instructions from now on; "" for none."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolsSwitched:
    """Which tools the open chat has from now on, by name (`app.tools.toolbox`)."""

    switched_on: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoticeRaised:
    """A background error that belongs to no message."""

    problem: Problem


ChatChange = (
    StatusChanged
    | ChatsChanged
    | ChatGlimpsed
    | ChatOpened
    | MessageSought
    | MessageAdded
    | MessageEnded
    | BranchesChanged
    | ChatForked
    | AnswerTextAdded
    | AnswerPreambleAdded
    | AnswerThoughtAdded
    | AnswerPhaseChanged
    | AnswerQueued
    | AnswerBeginningLeftOut
    | AnswerCallChanged
    | ThoughtsSummaryChanged
    | AnswerCheckChanged
    | PermissionAsked
    | PermissionSettled
    | RuleMade
    | CostForeseen
    | PromptSeen
    | ContextMeasured
    | EffortTimesChanged
    | SendRefused
    | BusyChanged
    | ChatMarksChanged
    | UndoOffered
    | NoticeRaised
    | ResponseFormatChanged
    | InstructionsChanged
    | ToolsSwitched
)
