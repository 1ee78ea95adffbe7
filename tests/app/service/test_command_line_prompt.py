"""What `sotto ask` says and answers about calls, on a service whose engine is played."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator

import pytest

from app.chats.calling import NO_MORE_CALLS
from app.cli.permission_prompt import NOBODY, PermissionPrompt, visible
from app.cli.terminal import Terminal
from app.tools.records import CallStatus
from app.tools.values import ToolOutcome
from app.tools.workshop import Caps
from tests.app.service.calls_bench import Loop


@pytest.fixture
def loop() -> Iterator[Loop]:
    made = Loop(caps=Caps(calls=1))
    made.service.start()
    yield made
    made.found.set()
    made.service.close()


@pytest.fixture
def errors(loop: Loop) -> io.StringIO:
    """Where questions are written while nobody is at the terminal."""
    out = io.StringIO()
    loop.service.subscribe(PermissionPrompt(loop.service, out).show)
    return out


def test_nobody_is_asked_and_the_rule_is_named(loop: Loop, errors: io.StringIO) -> None:
    loop.begin()
    loop.call("browser.open", '{"id":"http://example.com:8080/a?b=c"}')
    assert NOBODY in loop.wait_for_result().text
    assert "--allow host:http://example.com:8080\n" in errors.getvalue()
    assert loop.browser.ran == []


def test_the_terminal_shows_nothing_that_could_move_it(loop: Loop, errors: io.StringIO) -> None:
    loop.begin()
    loop.call("browser.search", '{"query":"x"}')
    loop.wait_for_result()
    assert "\x1b" not in visible("a\x1b[2J\u202eb\u200b\n\tc")
    assert visible("a\x1b[2J\u202eb\u200b\n\tc") == "a\\u001b[2J\\u202eb\\u200b\n\tc"
    assert visible("안녕 🦜") == "안녕 🦜"
    assert "browser.search with a search" in errors.getvalue()


def run_to_the_cap(loop: Loop, prompt_errors: io.StringIO, typed: bytes) -> io.StringIO:
    """One call is let through at the terminal; the next one meets the cap."""
    reading, writing = os.pipe()
    prompt = PermissionPrompt(loop.service, prompt_errors, Terminal(reading, loop.loop.post))
    loop.service.subscribe(prompt.show)
    os.write(writing, typed)
    loop.begin()
    loop.notebook.outcomes = [ToolOutcome("one"), ToolOutcome("two")]
    loop.call("python", "1")
    assert loop.wait_for_result(1).text == "one"
    loop.call("python", "2")
    loop.wait_for_result(2)
    loop.end()
    os.close(reading)
    os.close(writing)
    return prompt_errors


def test_after_a_cap_a_word_at_the_terminal_lets_it_go_on(loop: Loop) -> None:
    told = run_to_the_cap(loop, io.StringIO(), b"y\ny\ny\n").getvalue()
    assert "has made 1 calls and wants to go on" in told
    assert loop.engine.results[-1].text == "two"
    assert loop.statuses(1)[:2] == [CallStatus.PAUSED, CallStatus.WAITING]


def test_or_the_answer_comes_without_more_calls(loop: Loop) -> None:
    run_to_the_cap(loop, io.StringIO(), b"y\nn\n")
    assert loop.engine.results[-1].text == NO_MORE_CALLS
    assert len(loop.notebook.ran) == 1


def test_where_nobody_is_there_it_never_hangs_at_a_cap(loop: Loop) -> None:
    out = io.StringIO()
    loop.service.subscribe(PermissionPrompt(loop.service, out).show)
    loop.begin()
    for count in (1, 2):
        loop.call("python", "1")
        loop.wait_for_result(count)
    assert loop.engine.results[-1].text == NO_MORE_CALLS
    assert "answers without more calls" in out.getvalue()
