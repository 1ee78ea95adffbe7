from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.tools.browser.citations import Citation, citations, finished_length, quoted_lines
from app.tools.records import PageRef
from app.tools.values import SourcePage
from tests.app.tools.browser.conftest import STEADY

TREES = PageRef(3, "https://trees.example/oak", "Oaks")
RESULTS = PageRef(0, "", "oak trees")
PAGES = (RESULTS, TREES)


def lines_of(text: str) -> list[tuple[int, int | None, int | None]]:
    return [(one.cursor, one.first, one.last) for one in citations(text, PAGES)]


def test_a_citation_says_where_it_stands_and_what_it_means() -> None:
    text = "Oaks grow old【3†L10-L12】."

    assert citations(text, PAGES) == (
        Citation(13, 24, 3, "https://trees.example/oak", "Oaks", 10, 12),
    )
    assert text[13:24] == "【3†L10-L12】"
    assert citations(text, PAGES)[0].host == "trees.example"


@pytest.mark.parametrize(
    ("mark", "lines"),
    [
        ("【3†L7】", (3, 7, 7)),
        ("【3†L7-L9】", (3, 7, 9)),
        ("【3†L7-9】", (3, 7, 9)),
        ("【3†L7–L9】", (3, 7, 9)),
        ("【3†L9-L7】", (3, 7, 9)),
        ("【3†L7-L9†trees.example】", (3, 7, 9)),
        ("【3†source】", (3, None, None)),
        ("【0†L4】", (0, 4, 4)),
    ],
)
def test_the_ways_models_write_it(mark: str, lines: tuple[int, int, int]) -> None:
    assert lines_of(f"so{mark}it is") == [lines]


@pytest.mark.parametrize(
    "text",
    [
        "【4†L1】",  # no such page
        "【3†An oak†trees.example】",  # a link of a page, quoted
        "【3】",
        "【†L1】",
        "【3†L】",
        "【-3†L1】",
        "[3†L1]",
        "〖3†L1〗",
        "【3†L1",
        "【\uff13†L1】",  # another script's digit
        "【3333333†L1】",
        "【3†L" + "1" * 5000 + "】",
        "【3†L1\n】",
    ],
)
def test_what_is_no_citation_stays_as_it_is(text: str) -> None:
    assert citations(text, PAGES) == ()


def test_nothing_is_cited_where_nothing_was_opened() -> None:
    assert citations("【3†L1】", ()) == ()


def test_several_stand_side_by_side() -> None:
    assert lines_of("a【3†L1】【0†L2】【9†L1】【3†L3-L4】") == [(3, 1, 1), (0, 2, 2), (3, 3, 4)]


@pytest.mark.parametrize(
    ("page", "url"),
    [
        (PageRef(1, "https://a.example/x/find?pattern=oak", "Find results for text: `oak` in `A`"),
         "https://a.example/x"),
        (PageRef(1, "https://a.example/find?pattern=oak", "Search our site"),
         "https://a.example/find?pattern=oak"),
        (PageRef(1, "view-source:https://a.example/x", "A"), "https://a.example/x"),
        (PageRef(1, "javascript:alert(1)", "A"), ""),
        (PageRef(1, "view-source:file:///etc/passwd", "A"), ""),
    ],
)  # fmt: skip
def test_the_address_is_the_pages_own(page: PageRef, url: str) -> None:
    assert [one.url for one in citations("【1†L0】", [page])] == [url]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Oaks", "Oaks"),
        ("Oaks【", "Oaks"),
        ("Oaks【3", "Oaks"),
        ("Oaks【3†", "Oaks"),
        ("Oaks【3†L10-L", "Oaks"),
        ("Oaks【3†L10†trees", "Oaks"),
        ("Oaks【3†L10】", "Oaks【3†L10】"),
        ("Oaks【3†L10】【", "Oaks【3†L10】"),
        ("Oaks【no citation", "Oaks【no citation"),
        ("Oaks【3 or", "Oaks【3 or"),
        ("Oaks【3†" + "x" * 60, "Oaks【3†" + "x" * 60),
    ],
)
def test_what_may_become_a_citation_is_held_back(text: str, shown: str) -> None:
    assert text[: finished_length(text)] == shown


@STEADY
@given(st.text(alphabet="ab【】†L0123- \n", max_size=40))
def test_a_citation_is_never_shown_in_halves(text: str) -> None:
    whole = citations(text, PAGES)
    for cut in range(len(text)):
        shown = finished_length(text[:cut])
        assert not any(one.start < shown < one.end for one in whole)


def test_quoted_lines_end_where_the_page_ends() -> None:
    page = SourcePage(3, "https://a.example", "A", ("zero", "one", "two"))
    far, near, none = citations("【3†L1-L9】【3†L0】【3†source】", [page])

    assert [page.lines[at] for at in quoted_lines(page, far)] == ["one", "two"]
    assert list(quoted_lines(page, near)) == [0]
    assert list(quoted_lines(page, none)) == []


def test_a_citation_behind_the_end_of_a_page_quotes_nothing() -> None:
    page = SourcePage(3, "https://a.example", "A", ("zero",))

    assert list(quoted_lines(page, citations("【3†L5-L9】", [page])[0])) == []
