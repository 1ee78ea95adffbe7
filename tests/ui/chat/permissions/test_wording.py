"""What is said of calls and rules."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.permissions.rule_text import parse_rule
from app.words import Words
from tests.app.permissions.calls import NOW
from ui.chat.permissions.lasting import Lasting, expires_ms
from ui.chat.permissions.visible import has_hidden, visible, visible_line
from ui.chat.permissions.wording import always_label, rule_sentence

SENTENCES = {
    "python": "Any Python code",
    "browser.search": "Searching the web",
    "search:brave": "Searching the web with Brave Search",
    "host:example.com": "Pages on example.com",
    "host:http://example.com:81": "Pages on http://example.com:81",
    "host:*.example.com": "Pages on every host below example.com",
    "files/read": "read of files",
    "files/read+read": "read of files, as long as it only reads",
    "files/*": "Everything of files",
    "files/*+read@chat": "All that only reads, of files, only in the chat’s own folder",
    "files/write@/home/me/notes": "write of files, only in /home/me/notes",
    "own/tax": "tax of your own functions",
}


@pytest.mark.parametrize("rule", SENTENCES)
def test_a_rule_in_plain_words(words: Words, rule: str) -> None:
    assert rule_sentence(words, parse_rule(rule)) == SENTENCES[rule]


def test_a_long_name_does_not_burst_its_button(words: Words) -> None:
    label = always_label(words, parse_rule("files/" + "x" * 500))
    assert len(label) < 80
    assert label.endswith("…")


@given(st.text())
def test_nothing_stays_hidden_and_nothing_is_lost(text: str) -> None:
    shown = visible_line(text)
    assert not has_hidden(shown)
    assert "\n" not in shown
    assert len(shown) >= len(text)
    assert visible(shown) == shown


@pytest.mark.parametrize("text", ["a = 1\n\tb = 'é 한글 日本語 \U0001f4c8 😀'", "", "{}"])
def test_what_can_be_seen_stays_as_it_is(text: str) -> None:
    assert visible(text) == text


def test_when_rules_end() -> None:
    now = datetime.fromtimestamp(NOW / 1000).astimezone()
    ends = {one: datetime.fromtimestamp(expires_ms(one, NOW) / 1000) for one in Lasting}
    assert expires_ms(Lasting.FOR_EVER, NOW) == 0
    assert expires_ms(Lasting.HOUR, NOW) == NOW + 3_600_000
    assert (ends[Lasting.TODAY].hour, ends[Lasting.TODAY].minute) == (0, 0)
    assert 0 < (ends[Lasting.TODAY] - now.replace(tzinfo=None)).total_seconds() <= 86_400
    assert expires_ms(Lasting.WEEK, NOW) < expires_ms(Lasting.MONTH, NOW)
