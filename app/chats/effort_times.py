"""How long thinking takes at each effort on this machine, learned from the user's own turns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Final

from app.chats.background import Background
from app.chats.changes import (
    ChatChange,
    EffortTimesChanged,
    MessageEnded,
    ModelState,
    StatusChanged,
)
from app.chats.database import Database
from app.chats.effort_values import EffortTime
from app.chats.ids import MessageId, is_private
from app.chats.subscribers import Subscribers
from app.chats.values import Message, MessageRole, MessageStatus
from engine.events import ThinkingCut
from engine.harmony.messages import Effort

ENOUGH_ANSWERS: Final = 3
"""So many answers at an effort, and their median says more than an estimate."""

KEPT_ANSWERS: Final = 40
"""Of one model at one effort; older ones were asked other things, maybe of another machine."""

USUAL_TOKENS: Final = {Effort.LOW: 100, Effort.MEDIUM: 500, Effort.HIGH: 3_000}
"""Of thoughts about an everyday question, until the user's own are known: round guesses.

The model card (arXiv:2508.10925) tells lengths for contest problems alone, where gpt-oss-20b
thinks for 20,000 tokens and more at high effort.  So every figure made of these says "about".
"""


@dataclass(frozen=True, slots=True)
class TurnTime:
    """What one answer's thoughts took."""

    message_id: MessageId
    effort: Effort
    tokens: int
    seconds: float


class StoredTimes:
    """The times in the database; each method is one transaction, as in `ChatStore`.

    Only numbers are kept, so they may outlive the chats they come from.

    Args:
        database: the history's.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, model: str, time: TurnTime) -> None:
        """Keep one more; the oldest of this model and effort go."""
        with self._database.transaction():
            self._database.rows(
                "INSERT OR IGNORE INTO effort_time VALUES (?, ?, ?, ?, ?)",
                (time.message_id, model, time.effort.value, time.tokens, time.seconds),
            )
            self._database.rows(
                "DELETE FROM effort_time WHERE model = ?1 AND effort = ?2 AND message_id NOT IN"
                " (SELECT message_id FROM effort_time WHERE model = ?1 AND effort = ?2"
                " ORDER BY message_id DESC LIMIT ?3)",
                (model, time.effort.value, KEPT_ANSWERS),
            )

    def of(self, model: str) -> tuple[TurnTime, ...]:
        """All of a model, the oldest first."""
        rows = self._database.rows(
            "SELECT message_id, effort, thought_tokens, thought_seconds FROM effort_time"
            " WHERE model = ? ORDER BY message_id",
            (model,),
        )
        return tuple(
            TurnTime(MessageId(one), Effort(effort), tokens, seconds)
            for one, effort, tokens, seconds in rows
        )


@dataclass(slots=True)
class _Learned:
    """What is known of the model that is loaded."""

    model: str = ""
    times: dict[MessageId, TurnTime] = field(default_factory=dict)


class EffortTimes:
    """Follows turns and models, and tells `EffortTimesChanged`.  The service's thread.

    Args:
        background: where the times are kept.
        subscribers: hear of the times; turns and models are heard of from among them.
    """

    def __init__(self, background: Background, subscribers: Subscribers) -> None:
        self._background = background
        self._tell = subscribers.tell
        self._learned = _Learned()
        self._told: Mapping[Effort, EffortTime] = {}
        subscribers.add(self._hear)

    def _hear(self, change: ChatChange) -> None:
        if isinstance(change, StatusChanged):
            if change.state is ModelState.READY and change.model_name != self._learned.model:
                self._turn_to(change.model_name)
        elif isinstance(change, MessageEnded) and (time := time_of(change.message)) is not None:
            self._take(time)

    def _turn_to(self, model: str) -> None:
        self._learned = learned = _Learned(model)

        def found(times: tuple[TurnTime, ...]) -> None:
            if learned is self._learned:
                learned.times = {one.message_id: one for one in times} | learned.times
                self._tell_times()

        self._background.store(lambda store: StoredTimes(store.database).of(model), found)

    def _take(self, time: TurnTime) -> None:
        learned = self._learned
        if not learned.model or time.message_id in learned.times:
            return
        learned.times[time.message_id] = time
        model = learned.model
        self._background.store(lambda store: StoredTimes(store.database).keep(model, time))
        self._tell_times()

    def _tell_times(self) -> None:
        times = usual_times(tuple(self._learned.times.values()))
        if times != self._told:
            self._told = times
            self._tell(EffortTimesChanged(times))


def time_of(message: Message) -> TurnTime | None:
    """What an answer says of its effort; None where it was cut short or is no answer."""
    usage = message.usage
    if is_private(message.chat_id):
        return None  # of a private chat nothing is kept, not even numbers
    is_whole = message.status is MessageStatus.COMPLETE and not message.is_withheld
    if message.role is not MessageRole.ASSISTANT or not is_whole or not usage.reply_tokens:
        return None
    if usage.thinking_cut is not ThinkingCut.NONE or usage.retries:
        return None
    return TurnTime(message.id, message.effort, usage.thought_tokens, usage.thought_seconds)


def usual_times(times: Sequence[TurnTime]) -> dict[Effort, EffortTime]:
    """Medians where there are enough answers, else estimates by the speed of all."""
    tokens = sum(one.tokens for one in times)
    seconds = sum(one.seconds for one in times)
    found = {}
    for effort in Effort:
        own = [one for one in times if one.effort is effort][-KEPT_ANSWERS:]
        if len(own) >= ENOUGH_ANSWERS:
            usual = median(one.tokens for one in own)
            found[effort] = EffortTime(median(one.seconds for one in own), round(usual), len(own))
        elif tokens and seconds > 0:
            guess = USUAL_TOKENS[effort]
            found[effort] = EffortTime(guess * seconds / tokens, guess)
    return found
