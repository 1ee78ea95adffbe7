"""What the engine can do now, kept as one `StatusChanged` value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.chats.changes import ModelState, StatusChanged
from app.chats.values import Message, Problem
from app.conversation import left_out_in
from engine.events import (
    LoadEvent,
    ModelLoaded,
    ModelLoadFailed,
    ModelLoading,
    ModelRested,
    Usage,
)


class EngineStatus:
    """Follow load events and finished turns.  Confined to the service's thread.

    Attributes:
        value: the current status.
    """

    def __init__(self) -> None:
        self.value = StatusChanged()

    def begin_load(self, *, is_practice: bool) -> StatusChanged:
        """A load was asked for; what else there is to say of the model, its header will tell."""
        self.value = StatusChanged(
            state=ModelState.LOADING, is_practice=is_practice, usage=self.value.usage
        )
        return self.value

    def borrow(self, workers: tuple[str, ...]) -> StatusChanged:
        """The model that is loaded is to be spread over these workers as well."""
        self.value = replace(self.value, workers=workers)
        return self.value

    def break_down(self, problem: Problem, lost_workers: tuple[str, ...]) -> StatusChanged:
        """The engine broke down, maybe for the loss of workers; nothing changes that any more."""
        self.value = replace(
            self.value,
            state=ModelState.FAILED,
            device="",
            problem=problem,
            needs_restart=True,
            lost_workers=lost_workers,
        )
        return self.value

    def apply(self, event: LoadEvent) -> StatusChanged:
        """Take one load event."""
        if self.value.needs_restart:
            return self.value
        match event:
            case ModelLoading(fraction=fraction):
                self.value = replace(
                    self.value, state=ModelState.LOADING, load_fraction=fraction, problem=None
                )
            case ModelLoaded():
                self.value = StatusChanged(
                    state=ModelState.READY,
                    model_name=" + ".join(
                        [event.facts.name, *(adapter.name for adapter in event.adapters)]
                    ),
                    device=event.device,
                    is_practice=event.facts.is_practice,
                    load_fraction=1.0,
                    context_limit_tokens=event.context_tokens,
                    workers=event.workers,
                    loaded=event,
                    usage=self.value.usage,
                )
            case ModelRested():
                self.value = replace(self.value, state=ModelState.RESTING, workers=())
            case ModelLoadFailed():
                problem = Problem(event.title, event.hint, event.detail, dict(event.fields))
                state = ModelState.ABSENT if event.was_cancelled else ModelState.FAILED
                worker = event.fields.get("worker")  # the one that was refused
                self.value = replace(
                    self.value,
                    state=state,
                    device="",
                    loaded=None,
                    problem=None if event.was_cancelled else problem,
                    workers=(),
                    lost_workers=(worker,) if worker else (),
                )
        return self.value

    def turn_ended(self, usage: Usage) -> StatusChanged:
        """A turn ended; its cost is shown until the next one ends."""
        self.value = replace(
            self.value,
            context_tokens=usage.context_tokens,
            tokens_per_second=usage.tokens_per_second,
            reused_tokens=usage.reused_tokens,
            read_tokens=usage.read_tokens,
            left_out_messages=usage.left_out_messages,
            usage=usage,
        )
        return self.value

    def show_branch(self, branch: Sequence[Message]) -> StatusChanged:
        """Another chat is shown: what its last turn left in the cache, and left out."""
        self.value = replace(
            self.value,
            context_tokens=branch[-1].usage.context_tokens if branch else 0,
            left_out_messages=left_out_in(branch),
        )
        return self.value
