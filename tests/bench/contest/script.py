"""What is said in the contest, and what the contestants that know only ids make of it."""

from __future__ import annotations

from collections.abc import Sequence

from engine.harmony.history import drop_finished_analysis
from engine.harmony.messages import (
    AssistantMessage,
    Channel,
    Effort,
    HarmonyMessage,
    SystemMessage,
    UserMessage,
)
from engine.harmony.reader import (
    AnalysisDelta,
    FinalDelta,
    HarmonyReader,
    PreambleDelta,
)
from engine.harmony.vocabulary import Vocabulary
from engine.harmony.writer import HarmonyWriter
from tests.bench.contest.rules import VOCABULARY

_DATE = "2026-01-02"
_SENTENCE = "Please tell me about the sea. "
_PASTED_SENTENCES = 250

SPEED = (SystemMessage(Effort.HIGH, _DATE), UserMessage(_SENTENCE))
"""The conversation whose reply is timed."""

TALK_BEGINNING = SystemMessage(Effort.LOW, _DATE)


def stopped_in_prefill(number: int) -> tuple[HarmonyMessage, ...]:
    """A long conversation that shares only its system message with the others."""
    return (SPEED[0], UserMessage(f"{number}. " + _SENTENCE * 700))


def talk_texts(turns: int) -> list[str]:
    """What the user says: a long pasted text first, then one question after another."""
    pasted = f"This is my text. {_SENTENCE * _PASTED_SENTENCES} Thank you."
    return [pasted] + [
        f"Question {number}: what colour is the sea in picture {number}?"
        for number in range(2, turns + 1)
    ]


class Scribe:
    """Keeps a conversation for a contestant that takes and gives ids.

    The thoughts of finished turns are left out, as in `app.conversation`.
    """

    def __init__(self) -> None:
        self.vocabulary = Vocabulary.from_file(VOCABULARY)
        self.writer = HarmonyWriter(self.vocabulary)
        self._talk: list[HarmonyMessage] = [TALK_BEGINNING]

    def ask(self, text: str) -> tuple[list[int], int]:
        """The next turn's prompt, and how many of its tokens are the user's and the frame's."""
        message = UserMessage(text)
        self._talk.append(message)
        prompt = self.writer.prompt(drop_finished_analysis(self._talk))
        return prompt, self.new_tokens(message)

    def new_tokens(self, message: UserMessage) -> int:
        """Tokens of a message and of the opening of the reply to it."""
        return len(self.writer.message_ids(message)) + len(self.writer.next_assistant())

    def answered(self, ids: Sequence[int]) -> None:
        """Remember the answer that a reply's ids hold."""
        reader = HarmonyReader(self.vocabulary)
        events = [event for token in ids for event in reader.feed(token)]
        events += reader.finish()
        text = "".join(event.text for event in events if isinstance(event, FinalDelta))
        self._talk.append(AssistantMessage(Channel.FINAL, text))


class FirstWord:
    """Says when a reply's ids have come to something the user sees or hears of."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._reader = HarmonyReader(vocabulary)
        self.is_there = False

    def feed(self, token: int) -> None:
        """Take one more id."""
        if not self.is_there:
            found = self._reader.feed(token)
            self.is_there = any(
                isinstance(event, AnalysisDelta | FinalDelta | PreambleDelta) for event in found
            )
