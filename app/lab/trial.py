"""A short answer that shows how fast the model is here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from app.lab.asking import CHAT
from app.lab.estimates import Speed
from app.lab.values import USUAL_DATE
from app.turn import AnswerEngine
from engine.events import Failed, Finished, ToolCalled, TurnEvent
from engine.harmony.messages import Effort, SystemMessage, UserMessage
from engine.requests import AnswerRequest, Sampling, TurnId

TRIAL_TOKENS: Final = 48

_QUESTION: Final = (
    "Count from one to twenty in words, and then say in one sentence why people count."
)


class SpeedTrial:
    """Measures once, when asked.  Confined to the service's thread.

    Args:
        engine: answers.
        on_speed: told the speed, or None where there was none to measure.
    """

    def __init__(self, engine: AnswerEngine, on_speed: Callable[[Speed | None], None]) -> None:
        self._engine = engine
        self._on_speed = on_speed
        self._turn_id: TurnId | None = None

    @property
    def is_running(self) -> bool:
        """Whether an answer is being measured."""
        return self._turn_id is not None

    def begin(self, turn_id: TurnId) -> None:
        """Ask for the short answer."""
        self._turn_id = turn_id
        self._engine.answer(
            AnswerRequest(
                turn_id,
                (SystemMessage(Effort.LOW, USUAL_DATE), UserMessage(_QUESTION)),
                Sampling(temperature=0.0),
                max_reply_tokens=TRIAL_TOKENS,
                chat=CHAT,
            )
        )

    def give_way(self) -> None:
        """A chat wants the model, or the lab begins: the measurement is dropped."""
        if self._turn_id is not None:
            self._engine.stop(self._turn_id)

    def handle(self, event: TurnEvent) -> None:
        """Take one event of the engine; those of other turns are left alone."""
        if self._turn_id is None or event.turn_id != self._turn_id:
            return
        if isinstance(event, ToolCalled):
            self.give_way()
        elif isinstance(event, Finished | Failed):
            self._turn_id = None
            self._engine.forget(CHAT)
            usage = event.usage
            if usage.reply_tokens and usage.reply_seconds:
                read = usage.read_tokens / usage.read_seconds if usage.read_seconds else 0.0
                self._on_speed(Speed(read, usage.tokens_per_second))
            else:
                self._on_speed(None)
