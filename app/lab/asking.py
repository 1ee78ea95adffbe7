"""One task as a turn of the engine: what is asked, and what came of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import Final

from app.lab.checks import NumberCheck, WordCheck
from app.lab.grading.grade import Grade, grade
from app.lab.prompts import conversation
from app.lab.values import MAX_ANSWER_CHARS, Finding, Outcome, Run, Task
from engine.events import Failed, Finished, StopReason, TextAdded, ToolCalled, Usage
from engine.harmony.messages import ToolMessage
from engine.requests import MAX_SEED, AnswerRequest, Sampling, TurnId
from engine.thinking import BUDGET_TOKENS

CHAT: Final = "lab"
"""What the engine calls the lab's conversations; no chat of a user is called so."""

ANSWER_TOKENS: Final = 2_048
"""An answer that is longer has lost its way."""

GRADED_CHARS: Final = 20_000
"""So much of an answer is looked at."""

MOST_CALLS: Final = 3
"""Then a model that calls tools which are not there is stopped."""

NO_TOOL: Final = "Error: no tool can be used here. Answer with what you have."


@dataclass(slots=True)
class Asked:
    """A task in the engine's hands.  Confined to the service's thread.

    Attributes:
        began: seconds of a clock that only goes forward.
        is_cut_off: the lab itself has ended the turn, to ask again later.
        has_given_up: the lab has ended the turn because nothing will come of it.
        calls: tools the model called.
    """

    turn_id: TurnId
    run: Run
    task: Task
    began: float
    is_cut_off: bool = False
    has_given_up: bool = False
    calls: int = 0
    _text: list[str] = field(default_factory=list)

    def request(self) -> AnswerRequest:
        """What the engine is asked; the same each time for the same run and task."""
        condition = self.task.condition
        budget = BUDGET_TOKENS[condition.effort]
        return AnswerRequest(
            self.turn_id,
            conversation(self.task),
            sampling(self.run, self.task),
            max_reply_tokens=budget + ANSWER_TOKENS,
            thinking_budget_tokens=budget,
            chat=CHAT,
        )

    def take(self, event: TextAdded) -> None:
        """More of the answer."""
        self._text.append(event.text)

    def answered_call(self, event: ToolCalled) -> ToolMessage | None:
        """What to tell a model that called a tool; None where it is time to stop."""
        self.calls += 1
        if self.calls >= MOST_CALLS:
            return None
        return ToolMessage(event.recipient, event.channel, NO_TOOL)

    def outcome(self, event: Finished | Failed, now: float) -> Outcome:
        """What came of it."""
        item, answer = self.task.item, "".join(self._text)
        found, usage = self._grade(event, answer), event.usage
        return Outcome(
            item_id=item.id,
            group=item.group,
            condition=self.task.condition,
            question=item.user,
            expected=item.expected,
            is_passed=found.is_passed,
            finding=found.finding,
            answer=answer[:MAX_ANSWER_CHARS],
            thought_tokens=usage.thought_tokens,
            reply_tokens=usage.reply_tokens,
            read_tokens=usage.read_tokens,
            seconds=max(0.0, now - self.began),
            problem=event.title if isinstance(event, Failed) else "",
            note=self._note(found, usage),
            read_seconds=usage.read_seconds,
            reply_seconds=usage.reply_seconds,
        )

    def _grade(self, event: Finished | Failed, answer: str) -> Grade:
        is_cut = isinstance(event, Failed) or event.reason is StopReason.TOKEN_LIMIT
        check = self.task.item.check
        if is_cut and (not answer.strip() or isinstance(check, NumberCheck | WordCheck)):
            return Grade(is_passed=False, finding=Finding.CUT)
        found = grade(check, answer[:GRADED_CHARS])
        return replace(found, note=f"cut {found.note}".strip()) if is_cut else found

    def _note(self, found: Grade, usage: Usage) -> str:
        notes = [found.note] if found.note else []
        if self.calls:
            notes.append("called a tool")
        if usage.thinking_cut.value != "none":
            notes.append(f"thoughts cut: {usage.thinking_cut.value}")
        return ", ".join(notes)


def sampling(run: Run, task: Task) -> Sampling:
    """The run's sampling with a seed of this task's own."""
    condition = task.condition
    named = f"{run.settings.seed} {task.item.id} {condition.effort} {condition.variant}"
    drawn = int.from_bytes(hashlib.sha256(named.encode()).digest()[:8], "big")
    return replace(run.settings.sampling, seed=drawn % MAX_SEED)
