"""The spell check: which words of a text are wrong, and what they might have been.

The system's own checkers are asked through Enchant (https://abiword.github.io/enchant/), which
is C: all calls are made on one thread, and with single words alone.  Where Enchant or a dictionary
is missing, nothing is marked, and `Availability` says why.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from enchant import Dict

_log = logging.getLogger(__name__)
_T = TypeVar("_T")

MAX_WORD: Final = 48
"""Longer runs of letters are no words."""

MAX_SUGGESTIONS: Final = 6

_NO_PROSE: Final = re.compile(
    r"`[^`\n]*`"  # code
    r"|\{\{[^{}\n]*\}\}"  # blanks of prompts
    r"|\b[a-zA-Z][a-zA-Z0-9+.-]*://\S+|\bwww\.\S+"  # addresses
    r"|\S+@\S+\.\S+"
    r"|[~.]?/[\w./~-]+|\b\w:\\\S+"  # paths
    r"|\\[a-zA-Z]+|\$[^$\n]*\$"  # formulas
    r"|[@#]\w+"
)
_RUN: Final = re.compile(r"\w+(?:['’][^\W\d_]+)*")
_LATIN: Final = re.compile(r"[A-Za-z\u00C0-\u024F]+(?:['’][A-Za-z\u00C0-\u024F]+)*\Z")
_KOREAN: Final = re.compile(r"[가-힣]+\Z")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a line.

    Attributes:
        start: its first character (of the line).
        text: as it stands there.
    """

    start: int
    text: str

    @property
    def end(self) -> int:
        """The character behind it."""
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Availability:
    """What can be checked here.

    Attributes:
        languages: tags of the dictionaries in use, such as "en_US"; () for none.
        has_checker: whether Enchant is there at all.
    """

    languages: tuple[str, ...] = ()
    has_checker: bool = True


def words_in(line: str) -> Iterator[Word]:
    """The words of a line that are worth checking, in order.

    Left out are code, addresses, paths, formulas and names in code, short forms in capitals,
    and what is of several scripts, such as a Korean particle behind a foreign word.
    """
    prose = _NO_PROSE.sub(lambda match: " " * len(match[0]), line)
    for match in _RUN.finditer(prose):
        text = match[0]
        if len(text) <= MAX_WORD and is_checkable(text):
            yield Word(match.start(), text)


def is_checkable(text: str) -> bool:
    """Whether a run of letters is a word of a language that is known here."""
    if _KOREAN.match(text):
        return True
    is_short_form = text.isupper() or any(one.isupper() for one in text[1:])
    return bool(_LATIN.match(text)) and len(text) > 1 and not is_short_form


class Dictionaries:
    """Enchant's dictionaries for some languages.  On one thread only.

    Args:
        tags: languages in the order of their weight, such as "de_DE" or "ko"; the first of a
            language that has a dictionary is used.
    """

    def __init__(self, tags: Sequence[str]) -> None:
        self._latin: list[Dict] = []
        self._korean: list[Dict] = []
        self.availability = self._open(tags)

    def is_right(self, word: str) -> bool:
        """Whether a word is in one of the dictionaries; so it is where there is none for it."""
        dictionaries = self._for(word)
        plain = word.replace("’", "'")
        return not dictionaries or any(one.check(plain) for one in dictionaries)

    def suggestions(self, word: str) -> tuple[str, ...]:
        """What it might have been, the likeliest first."""
        plain = word.replace("’", "'")
        found = (text for one in self._for(word) for text in one.suggest(plain))
        return tuple(dict.fromkeys(found))[:MAX_SUGGESTIONS]

    def _for(self, word: str) -> list[Dict]:
        return self._korean if _KOREAN.match(word) else self._latin

    def _open(self, tags: Sequence[str]) -> Availability:
        try:
            import enchant  # noqa: PLC0415 - not everybody has it, and nobody at once

            broker = enchant.Broker()
        except Exception as error:  # noqa: BLE001 - a library that is broken is like one not there
            _log.info("no spell check: %s", type(error).__name__)
            return Availability(has_checker=False)
        opened: dict[str, Dict] = {}
        for tag in tags:
            language = tag.partition("_")[0]
            if language not in opened and (found := _existing(broker, tag)):
                with suppress(enchant.errors.Error):
                    opened[language] = broker.request_dict(found)
                    (self._korean if language == "ko" else self._latin).append(opened[language])
        return Availability(tuple(one.tag for one in opened.values()))


def _existing(broker: object, tag: str) -> str:
    """The tag of a dictionary there is for a language; "" for none."""
    language = tag.partition("_")[0]
    there = list(broker.list_languages())  # type: ignore[attr-defined]  # a Broker, imported late
    if tag in there:
        return tag
    near = [one for one in there if one == language or one.startswith(f"{language}_")]
    usual = f"{language}_US"
    return usual if usual in near else next(iter(sorted(near)), "")


class Spelling:
    """The spell check of a window.  Its methods belong to one thread and never block.

    Args:
        dispatch: runs a callable on that thread; any thread may call it.
        tags: as in `Dictionaries`.
        open_dictionaries: called on the thread of the checker, once, with the first words.
    """

    def __init__(
        self,
        dispatch: Callable[[Callable[[], None]], None],
        tags: Sequence[str],
        open_dictionaries: Callable[[Sequence[str]], Dictionaries] = Dictionaries,
    ) -> None:
        self._dispatch = dispatch
        self._tags = tuple(tags)
        self._open = open_dictionaries
        self._thread = ThreadPoolExecutor(1, "spelling")
        self._dictionaries: Dictionaries | None = None  # the checker's thread only
        self._known: set[str] = set()
        self._verdicts: dict[str, bool] = {}

    def know(self, words: Iterable[str]) -> None:
        """Let these words pass from now on, in any case."""
        self._known.update(word.casefold() for word in words)

    def verdict(self, word: str) -> bool | None:
        """Whether a word is right; None where that was not asked yet."""
        return True if word.casefold() in self._known else self._verdicts.get(word)

    def check(self, words: Collection[str], on_done: Callable[[], None]) -> None:
        """Have words checked; then `verdict` knows them, and `on_done` is called."""
        asked = tuple(words)

        def work() -> dict[str, bool]:
            dictionaries = self._opened()
            return {word: dictionaries.is_right(word) for word in asked}

        def done(found: Mapping[str, bool]) -> None:
            self._verdicts.update(found)
            on_done()

        self._run(work, done)

    def suggest(self, word: str, on_done: Callable[[tuple[str, ...]], None]) -> None:
        """What a word might have been."""
        self._run(lambda: self._opened().suggestions(word), on_done)

    def ask_availability(self, on_done: Callable[[Availability], None]) -> None:
        """What can be checked here; opens the dictionaries if they are not open yet."""
        self._run(lambda: self._opened().availability, on_done)

    def close(self) -> None:
        """Ask for nothing more, and wait for the word that is being checked."""
        self._thread.shutdown(cancel_futures=True)

    def _opened(self) -> Dictionaries:
        if self._dictionaries is None:
            self._dictionaries = self._open(self._tags)
        return self._dictionaries

    def _run(self, work: Callable[[], _T], on_done: Callable[[_T], None]) -> None:
        def settled(ended: Future[_T]) -> None:
            if ended.cancelled():
                return
            error = ended.exception()
            if error is None:
                self._dispatch(lambda: on_done(ended.result()))
            else:
                _log.warning("the spell check failed: %s", type(error).__name__)

        with suppress(RuntimeError):  # the window is about to close
            self._thread.submit(work).add_done_callback(settled)
