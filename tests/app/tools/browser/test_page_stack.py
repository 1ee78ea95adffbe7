from __future__ import annotations

import pytest

from app.tools.browser import page_stack
from app.tools.browser.page_stack import PageStack, line_of_match
from app.tools.tool import CallRefusedError
from app.tools.values import SourcePage


def page(cursor: int, url: str = "https://a.example/", title: str = "A") -> SourcePage:
    return SourcePage(cursor, url, title, ("", f"URL: {url}", "text"), ("https://b.example/",))


def test_pages_are_found_by_their_number() -> None:
    stack = PageStack().with_page(page(0)).with_page(page(1, "https://b.example/"))
    assert stack.next_cursor == 2
    assert stack.page(-1) is stack.pages[1]
    assert stack.page(0) is stack.pages[0]


def test_two_searches_do_not_overwrite_each_other() -> None:
    stack = PageStack().with_page(page(0, "", "oaks")).with_page(page(1, "", "elms"))
    assert [stack.page(cursor).title for cursor in (0, 1)] == ["oaks", "elms"]


@pytest.mark.parametrize(("cursor", "said"), [(5, r"\[2 - 3\]"), (1, r"\[2 - 3\]")])
def test_a_number_without_a_page_is_told_with_those_there_are(cursor: int, said: str) -> None:
    stack = PageStack.of((page(3), page(2)))
    with pytest.raises(CallRefusedError, match=said):
        stack.page(cursor)


def test_without_pages_that_is_told() -> None:
    with pytest.raises(CallRefusedError, match="No pages to access"):
        PageStack().page(-1)


def test_a_branch_goes_on_from_its_own_last_number() -> None:
    stack = PageStack.of((page(4), page(0), page(4, "https://new.example/")))
    assert [one.cursor for one in stack.pages] == [0, 4]
    assert stack.page(4).url == "https://new.example/"
    assert stack.next_cursor == 5


def test_the_oldest_lines_go_where_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_stack, "MOST_CHARS", 60)
    stack = PageStack.of((page(0), page(1), page(2)))
    assert [bool(one.lines) for one in stack.pages] == [False, True, True]
    with pytest.raises(CallRefusedError, match="Open its address again"):
        stack.page(0)
    assert stack.shown_before("https://a.example/") is stack.pages[2]


def test_scrolls_share_the_lines_of_their_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_stack, "MOST_CHARS", 60)
    first = page(0)
    scrolls = (SourcePage(n, first.url, first.title, first.lines, first.links) for n in range(9))
    assert all(one.lines for one in PageStack.of(tuple(scrolls)).pages)


def test_a_page_of_find_knows_the_page_it_is_about() -> None:
    found = SourcePage(
        2, "https://a.example//find?pattern=x", "Find results for text: `x` in `A`",
        ("# 【0†match at L12】", "x", "", "# 【1†match at L3】", "x"), ("https://a.example/",) * 2,
    )  # fmt: skip
    stack = PageStack.of((page(0), page(1, "https://b.example/", "B"), found, page(3)))
    assert stack.searched(found) is stack.pages[0]
    assert line_of_match(found, 0) == 8
    assert line_of_match(found, 1) == 3
    with pytest.raises(CallRefusedError, match="Invalid link id `2`"):
        line_of_match(found, 2)
