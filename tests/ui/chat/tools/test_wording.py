from __future__ import annotations

import pytest

from app.permissions.values import Answered, By
from app.tools.records import CallStatus
from app.tools.values import CallView
from app.words import Words
from tests.ui.chat.tools.records import (
    FILES,
    FIND,
    OPEN,
    OWN,
    PLOT,
    PYTHON,
    SEARCH,
    TABLE,
    UNKNOWN,
    browser,
    call,
)
from ui.chat.tools.wording import (
    answered,
    contents,
    one_line,
    plain,
    suggested,
    time_of,
    title,
    untrusted,
)


@pytest.mark.parametrize(
    ("view", "running", "went", "wanted"),
    [
        (PYTHON, "Running Python", "Ran Python", "Run Python"),
        (
            SEARCH,
            "Searching the web for “heat equation”",
            "Searched the web for “heat equation”",
            "Search the web for “heat equation”",
        ),
        (OPEN, "Opening docs.example.org", "Opened docs.example.org", "Open docs.example.org"),
        (
            FIND,
            "Looking for “stability” in the page",
            "Looked for “stability” in the page",
            "Look for “stability” in the page",
        ),
        (FILES, *["files: read_file"] * 3),
        (OWN, *["Your function get_weather"] * 3),
        (UNKNOWN, *["No such tool: functions.fly"] * 3),
    ],
)
def test_a_title_says_what_is_done_was_done_or_would_be_done(
    words: Words, view: CallView, running: str, went: str, wanted: str
) -> None:
    assert title(words, call(view, CallStatus.RUNNING)) == running
    assert title(words, call(view, CallStatus.FAILED)) == went
    assert title(words, call(view, CallStatus.STOPPED, started_ms=5)) == went
    assert title(words, call(view, CallStatus.STOPPED)) == wanted  # it waited and never ran
    assert title(words, call(view, CallStatus.DENIED)) == wanted


def test_a_host_in_foreign_letters_is_named_as_the_name_service_sees_it(words: Words) -> None:
    address = "https://\u0430pple.com/x"
    view = browser("open", OPEN.target.kind, address, id=address)
    assert title(words, call(view)) == "Opened xn--pple-43d.com"


@pytest.mark.parametrize("body", ["", "{", "[1]", '{"query": 7}', "[" * 100_000])
def test_arguments_that_make_no_sense_do_no_harm(words: Words, body: str) -> None:
    view = CallView("browser.search", SEARCH.family, SEARCH.target, body)
    assert title(words, call(view)).startswith("Searched the web for “")


def test_text_of_strangers_is_shown_without_what_hides_or_turns_it() -> None:
    hostile = "a\x1b[31mred\x1b[0m\x1b]0;title\x07 \u202egnp.exe\u200b b\tc\nd"
    assert plain(hostile) == "ared gnp.exe b\tc\nd"
    assert len(one_line("x" * 500)) == 80
    assert one_line("a\n\n b") == "a b"


@pytest.mark.parametrize(
    ("started", "ended", "said"),
    [
        (0, 0, ""),
        (1000, 1000, "1 s"),
        (1000, 1020, "0.1 s"),
        (1000, 2400, "1.4 s"),
        (1000, 61_000, "1 min 0 s"),
        (2000, 1000, ""),
    ],
)
def test_short_times_have_tenths(words: Words, started: int, ended: int, said: str) -> None:
    assert time_of(words, call(started_ms=started, ended_ms=ended)) == said


def test_what_came_is_counted(words: Words) -> None:
    record = call(attachments=(PLOT, PLOT, TABLE), files=("a.csv",))
    assert contents(words, record) == "2 images, 1 table, 1 file"
    assert contents(words, call()) == ""


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (None, ""),
        (Answered(True, By.PERSON), "You allowed it."),
        (Answered(True, By.RULE), "A rule of yours allowed it."),
        (Answered(True, By.MODE), ""),
        (Answered(False, By.PERSON), "You said no."),
        (Answered(False, By.PERSON, reason="use the\nfile"), "You said no: use the file"),
    ],
)
def test_who_decided_is_said(words: Words, given: Answered | None, said: str) -> None:
    assert answered(words, call(answered=given)) == said


def test_what_was_read_before_a_call_is_named(words: Words) -> None:
    assert suggested(words, call()) == ""
    record = call(suggested_by=("a.example",))
    assert suggested(words, record) == "The model had read content from a.example."


def test_of_many_strangers_some_are_named(words: Words) -> None:
    said = untrusted(words, ("a.example", "b.example", "c.example", "d.example"))
    assert said == "Content from a.example, b.example, c.example, …: not checked by anyone"
