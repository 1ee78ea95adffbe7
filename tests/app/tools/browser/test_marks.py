from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.tools.browser.citations import citations
from app.tools.browser.marks import link_text, one_line, plain
from app.tools.records import PageRef
from tests.app.tools.browser.conftest import STEADY


@pytest.mark.parametrize(
    ("text", "fit"),
    [
        ("【3†L1】", "〖3†L1〗"),
        ("a\u200bb\ufeffc\u00add\u2060", "abcd"),
        ("user\u202egnp.exe", "usergnp.exe"),
        ("hi\U000e0068\U000e0069", "hi"),
        ("a\x00b\x1b[31mc\x07", "ab[31mc"),
        ("a\r\nb\rc\u2028d\x0ce", "a\nb\nc\nd\ne"),
        ("\ud800x", "x"),
        ("👩\u200d🔬 می\u200cرود", "👩\u200d🔬 می\u200cرود"),
        ("tab\tstays", "tab\tstays"),
    ],
)
def test_what_a_stranger_writes_is_made_fit(text: str, fit: str) -> None:
    assert plain(text) == fit


def test_a_title_is_one_line_and_short() -> None:
    assert one_line("  A\n\n title\twith\u202e room ", 80) == "A title with room"
    assert one_line("x" * 50_000_000, 10) == "xxxxxxxxx…"
    assert one_line(" " * 1000, 10) == ""


def test_the_text_of_a_link_cannot_end_the_link() -> None:
    assert link_text("go†evil.example】【9†L1】", 80) == "go‡evil.example〗〖9‡L1〗"


@STEADY
@given(st.text(alphabet=st.sampled_from("【】†L0123-\u200b\u202eab\n"), max_size=40))
def test_no_text_of_a_stranger_is_a_citation(text: str) -> None:
    pages = [PageRef(cursor, "https://a.example", "A") for cursor in range(10)]
    assert citations(plain(text), pages) == ()
    assert citations(link_text(text, 100), pages) == ()


@STEADY
@given(st.text())
def test_what_is_fit_stays_as_it_is(text: str) -> None:
    assert plain(plain(text)) == plain(text)
