"""Values that go into the engine.  No Qt, no I/O."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, NewType

from engine.harmony.messages import DeveloperMessage, HarmonyMessage, ResponseFormat
from engine.memory_plan.values import CacheType, PlanChoices

TurnId = NewType("TurnId", int)
SideJobId = NewType("SideJobId", int)

MAX_SEED: Final = 2**32 - 2
"""llama.cpp takes 2**32 - 1 for "draw a seed" (llama.h, LLAMA_DEFAULT_SEED)."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the next token is chosen.

    Defaults are those of llama.cpp's own gpt-oss preset (docs/preset.md): OpenAI's
    temperature 1.0 and top_p 1.0, and min_p 0.01 against the long tail.

    Attributes:
        temperature: 0.0 (greedy) to 2.0.
        top_p: 0.0 < top_p <= 1.0; 1.0 is off.
        top_k: 0 is off.
        min_p: 0.0 (off) to 1.0, relative to the likeliest token.
        seed: 0 to `MAX_SEED` makes a run repeatable; None draws a fresh one.
    """

    temperature: float = 1.0
    top_p: float = 1.0
    top_k: int = 0
    min_p: float = 0.01
    seed: int | None = None

    def varied(self, times: int) -> Sampling:
        """The same rules for an answer beside so many others; a fixed seed must not repeat one."""
        if self.seed is None:
            return self
        return replace(self, seed=(self.seed + times) % (MAX_SEED + 1))

    def another(self) -> Sampling:
        """The same rules for a second attempt, which must not repeat the first.

        The greedy choice would, so it gives way to the default temperature.
        """
        seed = None if self.seed is None else (self.seed + 1) % MAX_SEED
        if self.temperature == 0.0:
            return replace(self, temperature=1.0, seed=seed or 0)
        return replace(self, seed=seed)


@dataclass(frozen=True, slots=True)
class Adapter:
    """A LoRA adapter over the model.

    Attributes:
        path: a GGUF file.
        scale: how strongly it acts; 1.0 is as it was trained.
    """

    path: Path
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class LoadRequest:
    """Which model to load and how.

    What is not said of the memory plan is the planner's; see `PlanChoices`.

    Attributes:
        path: a GGUF file.
        context_tokens: size of the KV cache; 0 is the planner's.
        ubatch_tokens: micro-batch, the most tokens evaluated between two looks at Stop; 0 is
            the planner's.
        gpu_layers: transformer blocks on GPUs; -1 is the planner's.
        cpu_expert_layers: blocks whose experts stay in main memory; -1 is the planner's.
        cache_type: how keys and values are kept; None is the planner's.
        threads: CPU threads; 0 is the planner's.
        devices: names of the GPUs to use; None leaves it to the planner.
        adapters: LoRA adapters, applied together.
        workers: addresses, as host:port, of other machines that lend their devices; they must
            have been tried just before (`app.workers`): llama.cpp ends the process when one
            does not answer.
        draws_on_device: whether the device with the output matrix draws the tokens as well, so
            that no logits come back (`engine.llama.device_sampler`); None lets GPUs do it.
        kept_chats_bytes: RAM for the states of chats answered before, so that going back to
            one needs no reading; 0 takes the engine's default (`engine.llama.kept_chats`),
            -1 keeps none.
        verdicts: the file in which it is kept which loads have been tried in a process of
            their own (`engine.probe`); None tries nothing.
    """

    path: Path
    context_tokens: int = 0
    ubatch_tokens: int = 0
    gpu_layers: int = -1
    cpu_expert_layers: int = -1
    cache_type: CacheType | None = None
    threads: int = 0
    devices: tuple[str, ...] | None = None
    adapters: tuple[Adapter, ...] = ()
    workers: tuple[str, ...] = ()
    draws_on_device: bool | None = None
    kept_chats_bytes: int = 0
    verdicts: Path | None = None

    @property
    def choices(self) -> PlanChoices:
        """What the user decided of the memory plan."""
        return PlanChoices(
            context_tokens=self.context_tokens,
            ubatch_tokens=self.ubatch_tokens,
            gpu_layers=self.gpu_layers,
            cpu_expert_layers=self.cpu_expert_layers,
            cache_type=self.cache_type,
            threads=self.threads,
            devices=self.devices,
        )


@dataclass(frozen=True, slots=True)
class AnswerRequest:
    """One assistant turn to generate.

    Attributes:
        turn_id: chosen by the caller, never used twice; every event of the turn carries it.
        conversation: system message first, the user's new message last; analysis of
            finished turns already dropped (`engine.harmony.history`).
        sampling: see `Sampling`.
        max_reply_tokens: at most this many sampled tokens in the whole turn; 0 means as
            many as the context holds.
        thinking_budget_tokens: tokens of analysis in the whole turn, after which the answer is
            opened for the model; None takes the default of the effort, 0 lets it answer
            without thinking.
        has_header_guard: keep malformed headers from being sampled
            (`engine.harmony.guard`); off for tests of the reader's repairs.
        chat: which chat the turn is part of, in the caller's own words; what the engine keeps
            of a chat is dropped by them (`Engine.forget`).
        begun: the answer as far as it was written before it broke off; the turn goes on from
            its last word, without further thoughts, and tells only what is new.  "" for none.
    """

    turn_id: TurnId
    conversation: tuple[HarmonyMessage, ...]
    sampling: Sampling = field(default_factory=Sampling)
    max_reply_tokens: int = 0
    thinking_budget_tokens: int | None = None
    has_header_guard: bool = True
    chat: str = ""
    begun: str = ""

    @property
    def response_format(self) -> ResponseFormat | None:
        """What the answer is bound to: the one thing the model is told of and held to."""
        formats = (
            message.response_format
            for message in self.conversation
            if isinstance(message, DeveloperMessage)
        )
        return next(filter(None, formats), None)


@dataclass(frozen=True, slots=True)
class PrepareRequest:
    """A conversation that will probably go on soon, so that it can be read ahead.

    Attributes:
        chat: as in `AnswerRequest`.
        conversation: what the next prompt will begin with: system message first, no
            new message of the user yet.
    """

    chat: str
    conversation: tuple[HarmonyMessage, ...]


@dataclass(frozen=True, slots=True)
class InspectRequest:
    """A question what the next prompt of a conversation looks like (`PromptInspected`).

    Attributes:
        number: chosen by the caller; the answer carries it.
        conversation: system message first, without the user's next message.
    """

    number: int
    conversation: tuple[HarmonyMessage, ...]


@dataclass(frozen=True, slots=True)
class MeasureRequest:
    """A question how long the next prompt would be with a message that is being written.

    Attributes:
        number: chosen by the caller; the answer carries it.
        conversation: system message first, without the user's next message.
        draft: what is written of that message; "" for nothing yet.
        more_tokens: of what goes with it, such as files, as somebody else has counted them.
        heads: other beginnings (system and developer messages) to be measured, so that the
            caller learns what each part of them takes.
    """

    number: int
    conversation: tuple[HarmonyMessage, ...]
    draft: str = ""
    more_tokens: int = 0
    heads: tuple[tuple[HarmonyMessage, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class ForecastRequest:
    """A question what it would cost to go on with a conversation.

    Attributes:
        number: chosen by the caller; the answer carries it.
        chat: as in `AnswerRequest`.
        conversation: as in `AnswerRequest`, or without the user's new message where that is
            not written yet.
    """

    number: int
    chat: str
    conversation: tuple[HarmonyMessage, ...]


@dataclass(frozen=True, slots=True)
class SideRequest:
    """A small question beside the chat, for instance for headlines; `SideEnded` follows.

    It is read and answered on a sequence of its own, so the chat in the KV cache stays as it
    is.  What the model thinks of it is seen by nobody.

    Attributes:
        job_id: chosen by the caller, never used twice.
        conversation: system message first.
        max_reply_tokens: at most so many tokens of the answer.
        max_thought_tokens: at most so many of analysis, after which the answer is opened for
            the model; 0 lets it answer without thinking.
        response_format: the JSON the answer has to be: the model is told of it and held to it.
        sampling: see `Sampling`.
        is_urgent: False waits until there is nothing else to do, and gives way to whatever is
            asked meanwhile; True is done in order, as a turn is.
        max_seconds: it is given up after that, and has FAILED; 0.0 is never.
    """

    job_id: SideJobId
    conversation: tuple[HarmonyMessage, ...]
    max_reply_tokens: int
    max_thought_tokens: int
    response_format: ResponseFormat | None = None
    sampling: Sampling = field(default_factory=lambda: Sampling(temperature=0.0))
    is_urgent: bool = False
    max_seconds: float = 0.0
