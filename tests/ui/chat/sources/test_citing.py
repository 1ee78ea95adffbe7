from __future__ import annotations

import pytest

from app.chats.ids import MessageId
from app.tools.records import PageRef
from app.words import Words
from ui.chat.sources.citing import Citing
from ui.chat.sources.values import PageSpot, SourceWish
from ui.markdown.blocks import CodeBlock, TableBlock, TextBlock
from ui.markdown.parser import MarkdownParser

HEAT = PageSpot(MessageId(2), 1, PageRef(3, "https://docs.example.org/heat", "Heat"))
SEARCH = PageSpot(MessageId(2), 0, PageRef(0, "", "heat equation"))
WWW = PageSpot(MessageId(2), 2, PageRef(4, "https://www.example.net/a", "A"))


@pytest.fixture
def citing(words: Words) -> Citing:
    return Citing(words, lambda: (SEARCH, HEAT, WWW))


def html(citing: Citing, text: str) -> str:
    (block,) = citing.blocks(MarkdownParser().blocks(text))
    assert isinstance(block, TextBlock)
    return block.html


def test_a_citation_becomes_a_numbered_link_with_its_host(citing: Citing) -> None:
    said = html(citing, "Heat spreads【3†L10-L12】.")
    link = '<a href="cite:3-10-12" class="cite">\u00a01\u00a0docs.example.org\u00a0</a>'
    assert said == f"<p>Heat spreads {link}.</p>"
    assert citing.wish("cite:3-10-12") == SourceWish(HEAT, 10, 12)


def test_sources_are_numbered_in_the_order_they_are_cited(citing: Citing) -> None:
    said = html(citing, "a【4†L1】 b【3†L2】 c【4†L9】 d【0†source】")
    assert [said.index(f"\u00a0{number}\u00a0") for number in (1, 2, 3)] == sorted(
        said.index(f"\u00a0{number}\u00a0") for number in (1, 2, 3)
    )
    assert citing.cited == {1: WWW, 2: HEAT, 3: SEARCH}
    assert "\u00a01\u00a0example.net" in said
    assert "search results" in said
    assert html(citing, "again【3†L2】").count("\u00a02\u00a0") == 1


@pytest.mark.parametrize(
    "forged",
    ["【9†L1】", "【3†L1", "【3†x】", "`【3†L1】`", "[x](cite:3-1-1)", "<a href='cite:3'>y</a>"],
)
def test_what_is_no_citation_of_a_page_is_no_link(citing: Citing, forged: str) -> None:
    assert "<a href" not in html(citing, f"a {forged} b")
    assert citing.cited == {}


def test_code_keeps_its_marks_and_tables_have_links(citing: Citing) -> None:
    text = "```\n【3†L1】\n```\n\n| a |\n|--|\n| b【3†L1】 |\n"
    code, table = citing.blocks(MarkdownParser().blocks(text))
    assert isinstance(code, CodeBlock)
    assert code.code == "【3†L1】"
    assert isinstance(table, TableBlock)
    assert "cite:3-1-1" in table.rows[0][0]


@pytest.mark.parametrize("address", ["cite:9-1-1", "cite:3-1", "cite:", "https://x.org", "cite:x"])
def test_other_addresses_lead_nowhere(citing: Citing, address: str) -> None:
    assert citing.wish(address) is None


def test_a_long_host_keeps_the_end_that_says_whose_it_is(words: Words) -> None:
    url = f"https://{'a' * 60}.evil.example/x"
    citing = Citing(words, lambda: (PageSpot(MessageId(1), 0, PageRef(1, url, "")),))
    assert "aaa.evil.example\u00a0</a>" in html(citing, "x【1†L1】")


def test_what_is_copied_has_links_that_others_can_follow(citing: Citing) -> None:
    text = "Heat spreads【3†L10】 as found【0†source】, not【9†L1】."
    assert citing.plain(text) == (
        "Heat spreads ([docs.example.org](<https://docs.example.org/heat>)) as found, not【9†L1】."
    )
    assert citing.plain("no marks") == "no marks"
