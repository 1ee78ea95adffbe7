"""Values the engine sends while it loads a model and answers turns.  No Qt, no I/O.

Per turn the engine sends, in order: `PhaseChanged`/`PromptRead` while reading, then
thoughts, text and calls as they come, and exactly one `Finished` or `Failed` at the end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from engine.adapters import AdapterFacts
from engine.analysis_filter import ThoughtPiece
from engine.gguf import ModelFacts
from engine.harmony.messages import Channel
from engine.memory_plan.values import MemoryPlan, Sentence
from engine.prompt_view import PromptMessage
from engine.requests import SideJobId, TurnId


class StopReason(StrEnum):
    """Why a reply ended."""

    END_OF_TURN = "end_of_turn"
    TOKEN_LIMIT = "token_limit"  # noqa: S105 - the name of a reason, not a password
    CANCELLED = "cancelled"


class ThinkingCut(StrEnum):
    """Why the thoughts of a turn were cut short and the answer opened for the model."""

    NONE = "none"
    ASKED = "asked"
    LOOP = "loop"
    BUDGET = "budget"
    LIMIT = "limit"


class Phase(StrEnum):
    """What the engine is doing for a turn."""

    READING = "reading"
    THINKING = "thinking"
    ANSWERING = "answering"
    CALLING = "calling"


@dataclass(frozen=True, slots=True)
class Usage:
    """Cost of one turn so far.

    Attributes:
        reused_tokens: prompt tokens that were already in the KV cache.
        read_tokens: prompt tokens evaluated for this turn.
        thought_tokens: sampled tokens spent on analysis.
        reply_tokens: all sampled tokens, analysis and headers included.
        read_seconds: wall-clock seconds of reading the prompt.
        reply_seconds: wall-clock seconds from the first to the last sampled token.
        thought_seconds: wall-clock seconds spent in analysis.
        context_tokens: tokens in the KV cache after the turn.
        repairs: malformed headers and stray tokens that were repaired.
        guarded: tokens that the header guard or a grammar put in another's place.
        retries: answers begun anew because the first attempt was empty or beyond repair.
        thinking_cut: why the thoughts were cut short, if they were.
        left_out_messages: messages at the beginning of the conversation that the model did not
            read, because the context does not hold them (`engine.context_fit`).
    """

    reused_tokens: int = 0
    read_tokens: int = 0
    thought_tokens: int = 0
    reply_tokens: int = 0
    read_seconds: float = 0.0
    reply_seconds: float = 0.0
    thought_seconds: float = 0.0
    context_tokens: int = 0
    repairs: int = 0
    guarded: int = 0
    retries: int = 0
    thinking_cut: ThinkingCut = ThinkingCut.NONE
    left_out_messages: int = 0

    @property
    def tokens_per_second(self) -> float:
        """Reply speed in tokens/s; 0.0 when nothing measurable was sampled."""
        return self.reply_tokens / self.reply_seconds if self.reply_seconds > 0 else 0.0


@dataclass(frozen=True, slots=True)
class ModelLoading:
    """A model is being loaded; `fraction` runs from 0.0 to 1.0."""

    fraction: float


@dataclass(frozen=True, slots=True)
class ModelLoaded:
    """The model is ready.

    Attributes:
        facts: what the header says.
        context_tokens: size of the KV cache.
        device: name of the device that runs most layers, e.g. "CPU" or "NVIDIA RTX 5070 Ti".
        seconds: wall-clock seconds of the load.
        plan: where the model's parts are now.
        lowered: what had to be less than planned, and why; one sentence each.
        workers: addresses of the other machines that hold a part of the model.
        adapters: the LoRA adapters that change it.
    """

    facts: ModelFacts
    context_tokens: int
    device: str
    seconds: float
    plan: MemoryPlan
    lowered: tuple[Sentence, ...] = ()
    workers: tuple[str, ...] = ()
    adapters: tuple[AdapterFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelLoadFailed:
    """The model could not be loaded; what was loaded before is gone.

    `was_cancelled` is True when the user stopped the load; then there is nothing to explain.
    """

    title: str
    hint: str = ""
    detail: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    was_cancelled: bool = False


@dataclass(frozen=True, slots=True)
class ModelRested:
    """The model gave its memory back, because nothing was asked of it for a while."""


@dataclass(frozen=True, slots=True)
class ModelWanted:
    """Something was asked for while the model rests; it waits for `Engine.load`, or `unload`."""


@dataclass(frozen=True, slots=True)
class PhaseChanged:
    """The turn went over to another phase."""

    turn_id: TurnId
    phase: Phase


@dataclass(frozen=True, slots=True)
class PromptRead:
    """Progress of reading the prompt: `done_tokens` of `total_tokens` new tokens are read."""

    turn_id: TurnId
    reused_tokens: int
    done_tokens: int
    total_tokens: int


@dataclass(frozen=True, slots=True)
class MessagesLeftOut:
    """The conversation is longer than the context: the model does not read its beginning.

    Attributes:
        messages: so many after the system and developer messages; whole turns.
    """

    turn_id: TurnId
    messages: int


@dataclass(frozen=True, slots=True)
class ThoughtAdded:
    """More filtered thoughts."""

    turn_id: TurnId
    piece: ThoughtPiece


@dataclass(frozen=True, slots=True)
class TextAdded:
    """More text of the answer; whole Unicode characters only."""

    turn_id: TurnId
    text: str


@dataclass(frozen=True, slots=True)
class PreambleAdded:
    """More text that the model says to the user before it calls a tool."""

    turn_id: TurnId
    text: str


@dataclass(frozen=True, slots=True)
class ToolCalled:
    """The model called a tool; the turn waits for `Engine.continue_turn` or `Engine.stop`.

    Attributes:
        recipient: the tool's address as the model wrote it, e.g. `functions.f` or `python`.
        arguments: the body as written (JSON text, or code for `python`).
        channel: channel of the call; the result goes on the same one.
    """

    turn_id: TurnId
    recipient: str
    arguments: str
    channel: Channel


@dataclass(frozen=True, slots=True)
class Finished:
    """The turn ended normally, at a limit or by Stop; nothing of this turn follows."""

    turn_id: TurnId
    reason: StopReason
    usage: Usage


@dataclass(frozen=True, slots=True)
class Failed:
    """The turn ended in an error; text already sent stays valid; nothing of this turn follows.

    `is_too_long` says that the newest message alone does not fit the context, so that only
    another message helps.  `was_interrupted` says that not the turn but the engine failed;
    `EngineBroke` came before.
    """

    turn_id: TurnId
    title: str
    hint: str = ""
    detail: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    usage: Usage = field(default_factory=Usage)
    is_too_long: bool = False
    was_interrupted: bool = False


@dataclass(frozen=True, slots=True)
class Forecast:
    """What it would cost to go on with a conversation, had it been sent when this was told.

    Attributes:
        number: of the `ForecastRequest`.
        reused_tokens: tokens that are in the KV cache, or in a chat that is kept.
        read_tokens: tokens that would have to be read.
        seconds: about how long that takes, from what reading took since the model was loaded;
            None before anything was measured.
        left_out_messages: messages that the model would not read.
    """

    number: int
    reused_tokens: int
    read_tokens: int
    seconds: float | None
    left_out_messages: int = 0


@dataclass(frozen=True, slots=True)
class PromptInspected:
    """What the next prompt of a conversation begins with, as it was when this was told.

    Attributes:
        number: of the `InspectRequest`.
        messages: in the order in which they are read, those that are left out in their places.
        context_tokens: size of the KV cache; 0 while no model is loaded.
        reused_tokens: tokens of all messages that need not be read again.
        opening_tokens: tokens that follow the user's next message and open the answer.
        problem: why nothing can be told, as a `UserFacingError`'s title, or "".
        fields: values for the placeholders of `problem`.
    """

    number: int
    messages: tuple[PromptMessage, ...] = ()
    context_tokens: int = 0
    reused_tokens: int = 0
    opening_tokens: int = 0
    problem: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PromptMeasured:
    """How long the next prompt would be, had it been sent when this was told.

    Attributes:
        number: of the `MeasureRequest`.
        context_tokens: size of the KV cache; 0 while no model is loaded.
        prompt_tokens: of what is read before the user's next message.
        draft_tokens: of that message, its frame included; 0 where nothing is written.
        opening_tokens: tokens that follow it and open the answer.
        answer_room_tokens: kept free for the answer (`engine.context_fit`).
        left_out_messages: messages after the system and developer messages that would not be read.
        left_out_before: so many of them would not be read without the draft either.
        is_too_long: the draft alone leaves no room for an answer.
        heads: tokens of each of the request's beginnings; () where nothing could be told.
    """

    number: int
    context_tokens: int = 0
    prompt_tokens: int = 0
    draft_tokens: int = 0
    opening_tokens: int = 0
    answer_room_tokens: int = 0
    left_out_messages: int = 0
    left_out_before: int = 0
    is_too_long: bool = False
    heads: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class EngineBroke:
    """The engine cannot go on in this process; only a new one can (docs/decisions/008.md).

    Told once, before the ends of the load and the turns that it takes with it, and on whichever
    thread failed.  Whatever is asked of the engine from now on fails at once.

    Attributes:
        detail: what llama.cpp said last; never chat text.
    """

    title: str
    hint: str = ""
    detail: str = ""


class SideOutcome(StrEnum):
    """What came of a side job.

    GAVE_WAY is the end of a job that was not urgent, when something else was asked; asking
    again later is worth it.  NO_ROOM: the KV cache does not hold it beside the chat.  FAILED
    is also an answer that did not end within its tokens.
    """

    DONE = "done"
    GAVE_WAY = "gave_way"
    CANCELLED = "cancelled"
    FAILED = "failed"
    NO_ROOM = "no_room"


@dataclass(frozen=True, slots=True)
class SideEnded:
    """A side job is over; exactly one of these follows each `SideRequest`.

    Attributes:
        text: the whole answer where it is DONE, else "".  Never a thought.
        tokens: what it took: tokens read and sampled.
    """

    job_id: SideJobId
    outcome: SideOutcome
    text: str = ""
    tokens: int = 0


LoadEvent = ModelLoading | ModelLoaded | ModelLoadFailed | ModelRested | ModelWanted
TurnEvent = (
    PhaseChanged
    | PromptRead
    | MessagesLeftOut
    | ThoughtAdded
    | TextAdded
    | PreambleAdded
    | ToolCalled
    | Finished
    | Failed
)
EngineEvent = (
    LoadEvent | TurnEvent | Forecast | PromptInspected | PromptMeasured | SideEnded | EngineBroke
)
