from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.markdown.blocks import (
    Align,
    CodeBlock,
    FormulaBlock,
    RuleBlock,
    TableBlock,
    TextBlock,
    TextKind,
)
from ui.markdown.inline_html import split_formulas
from ui.markdown.parser import MarkdownParser


def html_of(parser: MarkdownParser, text: str) -> str:
    return "".join(block.html for block in parser.blocks(text) if isinstance(block, TextBlock))


def formulas_of(parser: MarkdownParser, text: str) -> list[tuple[str, bool]]:
    parts = split_formulas(html_of(parser, text))
    return [part for part in parts if not isinstance(part, str)]


def test_each_kind_of_block_comes_out_as_itself(parser: MarkdownParser) -> None:
    text = "para\n\n# head\n\n```py\nx = 1\n```\n\n---\n\n$$\na\n$$\n\n|a|b|\n|-|-:|\n|1|2|\n"
    assert parser.blocks(text) == (
        TextBlock("<p>para</p>"),
        TextBlock('<p class="h1">head</p>', TextKind.HEADING),
        CodeBlock("py", "x = 1"),
        RuleBlock(),
        FormulaBlock("a"),
        TableBlock(("a", "b"), (("1", "2"),), (Align.LEFT, Align.RIGHT)),
    )


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '<a href="javascript:alert(1)">x</a>',
        "<!-- comment -->",
        "a <b>bold</b> word",
        "<style>p{display:none}</style>",
        '<iframe src="evil.example"></iframe>',
        '<input class="task-list-item-checkbox" type="checkbox">',
    ],
)
def test_raw_html_is_shown_as_text(parser: MarkdownParser, source: str) -> None:
    html = html_of(parser, source)
    assert source.split(">", maxsplit=1)[0].replace("<", "&lt;").replace('"', "&quot;") in html
    assert "<script" not in html
    assert "<img" not in html
    assert "<iframe" not in html


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "vbscript:x",
        "ftp://host/x",
        "/etc/passwd",
        "relative.html",
        "#anchor",
        "sotto://delete",
        "https://",
        "https://a b.example",
        "http://[::1",
        "mailto:",
        "//evil.example/x",
    ],
)
def test_only_web_and_mail_addresses_become_links(parser: MarkdownParser, address: str) -> None:
    assert "<a " not in html_of(parser, f"[text]({address}) <{address}>")
    assert "<a " not in html_of(parser, f"![alt]({address})")


def test_links_keep_their_address_escaped(parser: MarkdownParser) -> None:
    html = html_of(parser, '[text](https://a.example/?x=1&y="z")')
    assert html == '<p><a href="https://a.example/?x=1&amp;y=%22z%22">text</a></p>'


def test_a_bare_address_becomes_a_link_without_the_full_stop(parser: MarkdownParser) -> None:
    html = html_of(parser, "See https://a.example/b_c, or https://d.example.")
    assert '<a href="https://a.example/b_c">https://a.example/b_c</a>, or' in html
    assert html.endswith("https://d.example</a>.</p>")


def test_images_are_never_loaded_but_named(parser: MarkdownParser) -> None:
    html = html_of(parser, "![a cat](https://a.example/cat.png)")
    assert html == '<p><a href="https://a.example/cat.png">Image: a cat</a></p>'
    inside = html_of(parser, "[![a cat](https://a.example/cat.png)](https://b.example)")
    assert inside == '<p><a href="https://b.example">Image: a cat</a></p>'


@pytest.mark.parametrize(
    ("source", "formulas"),
    [
        ("cost $x^2$ here", [("x^2", False)]),
        (r"so \(a_1\) and \[b\] too", [("a_1", False), ("b", True)]),
        ("inline $$y$$ double", [("y", True)]),
        ("It costs $5 and then $6 more.", []),
        ("from $5-$6", []),
        ("`$x$` is code", []),
        (r"\(\)", []),
        (r"an open \( stays", []),
    ],
)
def test_formulas_are_told_from_money(
    parser: MarkdownParser, source: str, formulas: list[tuple[str, bool]]
) -> None:
    assert formulas_of(parser, source) == formulas


@pytest.mark.parametrize(
    "source",
    ["$$\na\n$$", "$$a$$", "\\[\na\n\\]", "\\[ a \\]", "text\n$$\na\n$$", "text\n\\[\na\n\\]."],
)
def test_a_formula_on_its_own_lines_is_a_block(parser: MarkdownParser, source: str) -> None:
    assert FormulaBlock("a") in parser.blocks(source)


def test_a_finished_text_with_an_unclosed_formula_keeps_its_source(
    parser: MarkdownParser,
) -> None:
    assert "$$" in html_of(parser, "$$\na_1 b_1")


def test_code_inside_a_list_item_is_a_block_of_its_own(parser: MarkdownParser) -> None:
    blocks = parser.blocks("1. one\n   ```sh\n   ls\n   ```\n   more\n2. two\n")
    assert blocks[1] == CodeBlock("sh", "ls", indent=1)
    html = "".join(block.html for block in blocks if isinstance(block, TextBlock))
    assert html == (
        '<ol start="1" style="-qt-list-indent:1"><li>one</li></ol>'
        '<p style="-qt-block-indent:1">more</p>'
        '<ol start="2" style="-qt-list-indent:1"><li>two</li></ol>'
    )


def test_an_ordered_list_counts_from_its_first_number(parser: MarkdownParser) -> None:
    html = html_of(parser, "3. a\n3. b\n")
    assert 'start="3"' in html
    assert 'start="4"' in html


def test_task_items_show_their_boxes(parser: MarkdownParser) -> None:
    assert "<li>☐ open</li>" in html_of(parser, "- [ ] open\n- [x] done\n")
    assert "<li>☑ done</li>" in html_of(parser, "- [ ] open\n- [x] done\n")


def test_korean_emphasis_is_bold_because_hangul_has_no_italics(parser: MarkdownParser) -> None:
    assert html_of(parser, "*word* *말*") == "<p><i>word</i> <b>말</b></p>"


def test_deep_nesting_stays_text(parser: MarkdownParser) -> None:
    blocks = parser.blocks(">" * 500 + " deep")
    assert "deep" in "".join(b.html for b in blocks if isinstance(b, TextBlock))


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_no_text_makes_the_parser_fail(text: str) -> None:
    MarkdownParser().blocks(text)


MARKS = st.lists(
    st.sampled_from(
        ["<script>", "<img src=", "](", "[", "![", "`", "```", "$", "$$", "\\[", "\\]", "|", "\n",
         "\n\n", "- ", "1. ", "> ", "*", "**", "javascript:", "https://a.b", "file:///x", "'", '"',
         "&lt;", "&", "<!--", "\t", "x", "한", "---", ">"]
    ),
    max_size=30,
)  # fmt: skip


@given(MARKS)
def test_html_that_comes_out_has_only_tags_of_ours(marks: list[str]) -> None:
    blocks = MarkdownParser().blocks("".join(marks))
    html = "".join(block.html for block in blocks if isinstance(block, TextBlock))
    tags = {part.split(">")[0].split()[0].strip("/") for part in html.split("<")[1:]}
    known = {"p", "a", "b", "i", "s", "br", "span", "code", "img", "ul", "ol", "li", "table"}
    assert tags <= known | {"tr", "td"}
    for part in html.split("<img ")[1:]:
        assert part.startswith('src="formula:')
    for part in html.split("<a ")[1:]:
        assert part.startswith(('href="https://', 'href="http://', 'href="mailto:'))
