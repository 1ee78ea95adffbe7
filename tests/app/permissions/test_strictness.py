"""When rules do not count, since a call may follow from what strangers wrote."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.permissions.strictness import Strictness, suggesters
from app.tools.values import CallTarget, CallView, TargetKind, ToolFamily
from tests.app.permissions.calls import function, page, python, search

TURN = ("example.com",)
CHAT = ("example.org", "example.com")

CASES: dict[str, tuple[CallView, bool]] = {
    "page": (page("https://example.com/"), True),
    "search": (search("brave"), True),
    "function": (function(is_read_only=False), True),
    "function that only reads, from who knows where": (function(), True),
    "code in its closed box": (python(), False),
    "code that runs outside": (replace(python(), runs_outside=True), True),
    "own function in its closed box": (function(server="own", family=ToolFamily.OWN), False),
    "the chat's own files": (function(server="chat", family=ToolFamily.FILES), False),
    "own function that runs outside": (
        replace(function(server="own", family=ToolFamily.OWN), runs_outside=True),
        True,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_normal_looks_at_this_turn_and_at_what_leaves_or_changes(name: str) -> None:
    view, matters = CASES[name]
    assert suggesters(Strictness.NORMAL, view, TURN, CHAT) == (TURN if matters else ())
    assert suggesters(Strictness.NORMAL, view, (), CHAT) == ()


@pytest.mark.parametrize("name", CASES)
def test_strict_looks_at_the_whole_chat_and_at_every_call(name: str) -> None:
    view, _ = CASES[name]
    assert suggesters(Strictness.STRICT, view, TURN, CHAT) == ("example.com", "example.org")
    assert suggesters(Strictness.STRICT, view, (), ()) == ()


@pytest.mark.parametrize("strictness", Strictness)
def test_to_look_at_a_page_that_is_there_follows_from_nothing(strictness: Strictness) -> None:
    view = replace(page(""), target=CallTarget(TargetKind.PAGE))
    assert suggesters(strictness, view, TURN, CHAT) == ()
