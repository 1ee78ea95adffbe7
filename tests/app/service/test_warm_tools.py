"""Turns with tools on the real engine and the practice model: what the next one has to read."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.assembly import clock_ms, make_engine, open_memory_storage
from app.chats.answer_style import AnswerStyle
from app.chats.changes import BusyChanged, ChatChange, MessageEnded, PermissionAsked
from app.chats.service import ChatService
from app.chats.values import Message
from app.cli.loop import CallLoop
from app.permissions.rule_text import parse_rule
from app.permissions.values import Decision
from app.tools.records import CallStatus
from app.tools.tool import Tool
from app.tools.toolbox import Toolbox
from app.tools.values import ToolOutcome
from app.tools.workshop import Workshop
from app.vocabulary import SharedVocabulary
from engine.harmony.messages import Effort
from engine.requests import LoadRequest, Sampling
from engine.worker import Engine
from tests.app.tooling import Browser, Notebook, Station

PATIENCE = 60.0
RESULTS = (
    "[0] the longest river (https://search.example)\n**viewing lines [0 - 4] of 4**\n\nL0: \n"
    "L1: URL: https://search.example/?q=the\nL2: # Search Results\nL3: \n"
    "L4:   * 【0†The first result†example.com】 some text about it"
)
DOCUMENT = (
    "[1] The first result (https://example.com/first)\n**viewing lines [0 - 5] of 5**\n\nL0: \n"
    "L1: URL: https://example.com/first\nL2: # The first result\n"
    "L3: The river is long and very cold.\nL4: It runs from the mountain to the sea.\n"
    "L5: Many people visit it."
)


class Talk:
    """A chat with the practice model, on the test's own thread."""

    def __init__(self, model: Path, tools: Mapping[str, Tool]) -> None:
        self.loop = CallLoop()
        self.changes: list[ChatChange] = []
        self.answer = Decision(is_allowed=True)
        vocabulary = SharedVocabulary()
        self.engine: Engine = make_engine(
            lambda event: self.loop.post(lambda: self.service.handle(event)), vocabulary
        )
        self.engine.start()
        request = LoadRequest(model, context_tokens=4096, threads=1)
        self.service = ChatService(
            self.engine,
            open_memory_storage(),
            ThreadPoolExecutor(1),
            dispatch=self.loop.post,
            clock_ms=clock_ms,
            find_model=lambda _: request,
            is_practice=lambda: True,
            style_of=lambda _: AnswerStyle(Sampling(temperature=0.0)),
            workshop=Workshop(
                Toolbox([lambda: tools]),
                defaults=lambda: tuple(tools),
                tokens=vocabulary,
                allowed=(parse_rule("python"), parse_rule("sky/*")),
            ),
        )
        self.service.subscribe(self.changes.append)
        self.service.subscribe(self._decide)
        self.service.start()

    def _decide(self, change: ChatChange) -> None:
        if isinstance(change, PermissionAsked):
            self.service.permissions.decide(change.request.id, self.answer)

    def begin(self, text: str) -> None:
        self.changes.clear()
        self.service.send(text, Effort.LOW)

    def say(self, text: str) -> Message:
        """Ask, and wait until the answer is there and the next prompt is read ahead."""
        self.begin(text)
        return self._end()

    def stop(self) -> Message:
        """Stop, and wait as `say` does."""
        self.service.stop()
        return self._end()

    def _end(self) -> Message:
        self.run_until(lambda: BusyChanged(is_busy=False) in self.changes)
        assert self.engine.wait_until_idle(PATIENCE)
        ended = [change.message for change in self.changes if isinstance(change, MessageEnded)]
        return ended[-1]

    def run_until(self, condition: Callable[[], bool]) -> None:
        is_over = threading.Event()
        deadline = time.monotonic() + PATIENCE

        def look() -> None:
            if not is_over.is_set() and (condition() or time.monotonic() > deadline):
                is_over.set()
                self.loop.finish()

        def look_often() -> None:
            while not is_over.wait(0.01):
                self.loop.post(look)

        threading.Thread(target=look_often).start()
        self.loop.run()
        self.loop.reopen()
        assert condition()


OpenTalk = Callable[..., Talk]


@pytest.fixture
def talk(practice_model_path: Path) -> Iterator[OpenTalk]:
    opened: list[Talk] = []

    def open_one(**tools: Tool) -> Talk:
        opened.append(Talk(practice_model_path, tools))
        return opened[-1]

    yield open_one
    for one in opened:
        one.service.close()


def test_after_a_calculation_only_the_new_words_are_read(talk: OpenTalk) -> None:
    chat = talk(python=Notebook(outcomes=[ToolOutcome("444")]))
    first = chat.say("What is 37 * 12?")
    assert "444" in first.text
    assert [call.status for call in first.calls] == [CallStatus.DONE]
    second = chat.say("Thanks")
    assert second.usage.read_tokens < 16
    assert second.usage.reused_tokens > 180


def test_after_a_function_its_call_and_result_stay_and_are_not_read_again(talk: OpenTalk) -> None:
    station = Station(outcomes=[ToolOutcome('{"temperature": 31} ' + "wind " * 700)])
    chat = talk(sky=station)
    first = chat.say("Plan a trip to London")
    assert first.preamble == "I will check the weather first."
    assert [call.status for call in first.calls] == [CallStatus.DONE]
    second = chat.say("Thanks")
    assert second.usage.read_tokens < 16
    # With the whole result it would be more; without the call, less.
    assert 450 < second.usage.reused_tokens < 1100


def test_the_web_is_searched_opened_and_quoted_with_the_marks_in_place(talk: OpenTalk) -> None:
    browser = Browser(
        outcomes=[
            ToolOutcome(RESULTS, origins=("search.example", "example.com")),
            ToolOutcome(DOCUMENT, origins=("example.com",)),
        ]
    )
    chat = talk(browser=browser)
    answer = chat.say("Search the web for the longest river")
    assert [call.view.tool for call in answer.calls] == ["browser.search", "browser.open"]
    assert all(call.result.startswith("[Untrusted content from") for call in answer.calls)
    assert "The river is long and very cold. 【1†L3-L4】" in answer.text
    assert chat.say("Thanks").usage.read_tokens < 16


def test_after_a_call_that_was_stopped_only_the_new_words_are_read(talk: OpenTalk) -> None:
    station = Station(is_held=True)
    chat = talk(sky=station)
    chat.begin("Plan a trip to London")
    chat.run_until(station.began.is_set)
    stopped = chat.stop()
    assert [call.status for call in stopped.calls] == [CallStatus.STOPPED]
    assert station.ended.wait(PATIENCE)
    station.is_held = False
    # It may well call again, and the result of that is read, too.
    usage = chat.say("Thanks").usage
    assert usage.read_tokens < 40
    assert usage.reused_tokens > 120


def test_after_a_denial_only_the_new_words_are_read(talk: OpenTalk) -> None:
    chat = talk(browser=Browser())
    chat.answer = Decision(is_allowed=False, reason="not today")
    denied = chat.say("Search the web for the longest river")
    assert [call.status for call in denied.calls] == [CallStatus.DENIED]
    assert "did not allow" in denied.text
    assert chat.say("Thanks").usage.read_tokens < 16
