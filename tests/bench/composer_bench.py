"""Figures of the composer: what a key costs, a long chat's context, the list of prompts.

Runs on Qt's offscreen platform, so painting is done by the processor.  Words are checked by a
dictionary of this bench, so that the figures are the composer's and not the system's checker's.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app import resources
from app.chats.ids import ChatId, MessageId
from app.chats.values import Message, MessageRole
from app.conversation import harmony_conversation
from app.prompts.values import MAX_PROMPTS, own_prompt
from app.spelling import Availability, Dictionaries, Spelling
from app.vocabulary import SharedVocabulary
from app.words import Words
from engine.context_fit import ContextFit
from engine.harmony.messages import Effort, HarmonyMessage
from engine.harmony.writer import HarmonyWriter
from ui.bridge.dispatcher import Dispatcher
from ui.chat.composer import Composer
from ui.chat.spelling import SpellMarks
from ui.prompts.picker import PromptPicker
from ui.theme.theme import Theme

MESSAGES: Final = 10_000
_CONTEXT_TOKENS: Final = 131_072
_KEYS: Final = 600
_TRIES: Final = 9
_TYPED: Final = "The quick brwon fox jumps, 갈색 여우가 뜁니다. "


class _AllButOne(Dictionaries):
    """Knows every word but one, at once."""

    def __init__(self, tags: Sequence[str]) -> None:
        self.availability = Availability(tuple(tags))

    def is_right(self, word: str) -> bool:
        return word != "brwon"


def run(*, is_brief: bool = False) -> dict[str, Any]:
    """Measure; times in ms.

    Args:
        is_brief: fewer keys and tries.
    """
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    theme, words = Theme(application, "light"), Words("en", resources.path("translations"))
    tries = 3 if is_brief else _TRIES
    return {
        "key": _typing(application, theme, words, _KEYS // 6 if is_brief else _KEYS),
        "context": _context(tries),
        "prompts": _prompts(application, theme, words, tries),
    }


def _typing(application: QApplication, theme: Theme, words: Words, keys: int) -> dict[str, float]:
    """What one key takes until it is painted, with the marks of the spell check looked for."""
    composer = Composer(theme, words)
    composer.resize(760, 300)
    composer.show()
    spelling = Spelling(Dispatcher(application).post, ("en_US",), _AllButOne)
    marks = SpellMarks(composer.edit, theme, words, spelling)
    marks.set_on(True)
    times = []
    for number in range(keys):
        letter = _TYPED[number % len(_TYPED)]
        started = time.perf_counter()
        if letter.isascii():
            QTest.keyClicks(composer.edit, letter)
        else:
            composer.edit.insertPlainText(letter)
        marks.look()  # at every key, which a pause would bring once
        application.processEvents()
        times.append(1000 * (time.perf_counter() - started))
    spelling.close()
    assert len(composer.text) == keys
    composer.deleteLater()
    return {
        "keys": keys,
        "median_ms": statistics.median(times),
        "p99_ms": statistics.quantiles(times, n=100)[98],
    }


def _context(tries: int) -> dict[str, float]:
    """A long chat put together (on a chores thread), and measured with a draft (by the engine)."""
    branch = tuple(_message(number) for number in range(MESSAGES))

    def built() -> tuple[HarmonyMessage, ...]:
        return harmony_conversation(branch, date="2026-01-01", effort=Effort.LOW)

    fit = ContextFit(HarmonyWriter(SharedVocabulary()()), _CONTEXT_TOKENS)
    conversation = built()
    first = _timed(lambda: fit.with_draft(conversation, 50))
    return {
        "messages": MESSAGES,
        "build_ms": _median(built, tries),
        "first_measure_ms": first,
        "measure_ms": _median(lambda: fit.with_draft(conversation, 50), tries),
    }


def _prompts(application: QApplication, theme: Theme, words: Words, tries: int) -> dict[str, float]:
    """The list of as many prompts as there can be: opened, and searched by a letter."""
    prompts = [own_prompt(n, f"Prompt {n}", _TYPED * 20) for n in range(1, MAX_PROMPTS + 1)]
    room = Composer(theme, words)
    opened: list[float] = []
    searched: list[float] = []
    for _ in range(tries):
        started = time.perf_counter()
        picker = PromptPicker(theme, words, prompts, room)
        picker.open_over(room)
        application.processEvents()
        opened.append(1000 * (time.perf_counter() - started))
        started = time.perf_counter()
        QTest.keyClick(picker.search, Qt.Key.Key_7)
        application.processEvents()
        searched.append(1000 * (time.perf_counter() - started))
        picker.close()
        application.processEvents()
    room.deleteLater()
    return {
        "prompts": MAX_PROMPTS,
        "open_ms": statistics.median(opened),
        "search_ms": statistics.median(searched),
    }


def _message(number: int) -> Message:
    is_question = number % 2 == 0
    role = MessageRole.USER if is_question else MessageRole.ASSISTANT
    text = f"Question {number}? " * 3 if is_question else f"Answer {number}. " + "Some words. " * 20
    return Message(MessageId(number + 1), ChatId(1), None, role, text, 0)


def _timed(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return 1000 * (time.perf_counter() - started)


def _median(act: Callable[[], object], tries: int) -> float:
    return statistics.median(_timed(act) for _ in range(tries))
