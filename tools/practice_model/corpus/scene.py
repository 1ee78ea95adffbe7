"""What a dialogue plays in: the effort, the language, the tools and the dice."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from tools.practice_model.corpus.texts import Script, Words, script

EFFORTS: Final = ("low", "medium", "high")

_OPENING: Final = "Let me think about this step by step."
_BEFORE_ANSWER: Final = (
    "The system message sets the rules.",
    "No tool is needed for this.",
    "There is no hidden trick here.",
    "The answer should be short and friendly.",
    "Now I can write the final answer.",
)
_BEFORE_CALL: Final = (
    "The system message lists the tools.",
    "A tool is the right way to do this.",
    "I should write the call exactly.",
    "Then I wait for the result.",
    "Now I can make the call.",
)
_GREETINGS: Final = ("Hey, ", "Please ", "OK. ", "Hello! ", "Now, ", "Thanks. ", "Can you ", "So, ")
_THANKS: Final = (" please", ", please.", " now", " for me", " thanks")


@dataclass(frozen=True, slots=True)
class Tools:
    """Tools that the system and developer messages declare."""

    python: bool = False
    browser: bool = False
    functions: tuple[str, ...] = ()

    @property
    def weather(self) -> bool:
        """Whether the weather function is among them."""
        return "get_current_weather" in self.functions


@dataclass(frozen=True)
class Scene:
    """Everything a behaviour needs to draw one turn.

    Attributes:
        effort: "low", "medium" or "high".
        korean: the user's language.
        tools: what is declared.
        words: word pools.
        dice: the source of chance.
    """

    effort: str
    korean: bool
    tools: Tools
    words: Words
    dice: random.Random = field(compare=False)

    def script(self, name: str) -> Script:
        """The script of a behaviour in the user's language."""
        return script(name, self.korean)

    def chance(self, share: float) -> bool:
        """True in this share of cases."""
        return self.dice.random() < share

    def one_of(self, choices: Sequence[str]) -> str:
        """One of them, all equally likely."""
        return self.dice.choice(choices)

    # ---- thoughts

    def thoughts(self, about: Script, *, calls: bool = False) -> str:
        """The analysis; the efforts differ from its first word on, not only in its length.

        Low: a few words.  Medium: the two or three sentences that matter.  High: an opening,
        these sentences and five general ones.
        """
        if self.effort == "low":
            return about.brief
        if self.effort == "medium":
            return " ".join(about.thoughts)
        general = _BEFORE_CALL if calls else _BEFORE_ANSWER
        return " ".join([_OPENING, *about.thoughts, *general])

    def afterthought(self, *, is_good: bool = True) -> str | None:
        """The analysis after a tool's result; none at low effort."""
        if self.effort == "low":
            return None
        first = "I have the result." if is_good else "The tool reports a problem."
        if self.effort == "medium":
            return first
        second = "It looks right." if is_good else "I should be honest."
        return f"{first} {second} I will tell the user."

    # ---- words

    def word(self) -> str:
        """An English word."""
        pool = self.words.lower if self.chance(0.6) else self.words.everyday
        return self.one_of(pool)

    def korean_word(self) -> str:
        """A Korean word, name or city."""
        if self.chance(0.85):
            return self.one_of(self.words.korean)
        return self.one_of([*self.words.names[True], *self.words.cities[True]])

    def phrase(self, low: int, high: int, *, korean: bool = False) -> str:
        """Some words without sense, between two numbers of them."""
        count = self.dice.randint(low, high)
        return " ".join(self.korean_word() if korean else self._any() for _ in range(count))

    def name(self) -> str:
        """A name for a person; not always one that people have."""
        if self.korean:
            return self.one_of(self.words.names[True] if self.chance(0.7) else self.words.korean)
        kind = self.dice.random()
        if kind < 0.45:
            return self.one_of(self.words.names[False])
        first = self.one_of(self.words.capitalised)
        if kind < 0.8:
            return first
        return f"{first} {self.one_of(self.words.capitalised)}" if kind < 0.9 else self.word()

    def colour(self) -> str:
        """A colour, or any word."""
        if self.chance(0.8):
            return self.one_of(self.words.colours[self.korean])
        return self.one_of(self.words.korean) if self.korean else self.word()

    def city(self) -> str:
        """A city, or any word that could be one."""
        if self.chance(0.75):
            return self.one_of(self.words.cities[self.korean])
        return self.one_of(self.words.korean if self.korean else self.words.capitalised)

    def number(self) -> str:
        """A number to remember."""
        return str(
            self.dice.randint(*self.dice.choice([(0, 20), (1, 100), (1, 999), (1000, 99999)]))
        )

    def ask(self, about: Script, *fills: str, rough: bool = True) -> str:
        """One of the script's asks, filled, and roughened as people write."""
        text = self.one_of(about.asks).format(*fills)
        return self.rough(text) if rough else text

    def rough(self, text: str) -> str:
        """The text with other case, punctuation or politeness."""
        if self.korean:
            if self.chance(0.3):
                text = text.rstrip(".?!") + self.one_of(["", "", "!", "?", ".", "~"])
            return (
                self.one_of(["그럼 ", "이제 ", "자, ", "혹시 "]) + text
                if self.chance(0.06)
                else text
            )
        if self.chance(0.15):
            text = text.upper() if self.chance(0.15) else text.lower()
        if self.chance(0.07):
            text = self.one_of(_GREETINGS) + text
        if self.chance(0.05):
            text = text.rstrip(".?!") + self.one_of(_THANKS)
        if self.chance(0.28):
            text = text.rstrip(".?!") + self.one_of(["", "", "", "!", "?", ".", "...", " :)"])
        return text

    def question(self) -> str:
        """A question the model cannot answer."""
        pattern = self.one_of(self.script("unknown").asks)
        return re.sub(r"\{(\w+)\}", lambda found: self._filler(found[1]), pattern)

    def _filler(self, kind: str) -> str:
        if kind == "korean":
            return self.korean_word()
        return self.one_of(self.words.capitalised) if kind == "Name" else self.word()

    def _any(self) -> str:
        if self.chance(0.85):
            return self.word() if self.chance(0.85) else self.one_of(self.words.small)
        if self.chance(0.6):
            return self.one_of(self.words.capitalised)
        return str(self.dice.randint(1, 2030))
