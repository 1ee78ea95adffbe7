from __future__ import annotations

from ui.markdown.blocks import Block, CodeBlock, TextBlock, TextKind
from ui.markdown.specs import LONG_ENOUGH, TextSpec, gap, group, indent_of


def test_neighbouring_text_shares_a_document_up_to_a_length() -> None:
    short = TextBlock("<p>a</p>")
    long = TextBlock("<p>" + "b" * LONG_ENOUGH + "</p>")
    assert group([short, short]) == (
        TextSpec("<p>a</p><p>a</p>", TextKind.PARAGRAPH, TextKind.PARAGRAPH),
    )
    assert [type(spec) for spec in group([long, short])] == [TextSpec, TextSpec]


def test_growing_text_never_changes_earlier_groups() -> None:
    blocks: list[Block] = [TextBlock(f"<p>{'x' * 90}{n}</p>") for n in range(40)]
    for count in range(1, 40):
        fewer, more = group(blocks[:count]), group(blocks[: count + 1])
        assert more[: len(fewer) - 1] == fewer[:-1]


def test_distances_follow_what_stands_together() -> None:
    item = TextSpec("", TextKind.ITEM, TextKind.ITEM)
    head = TextSpec("", TextKind.HEADING, TextKind.HEADING)
    code = CodeBlock("", "x", indent=2)
    assert gap(item, item) == 6
    assert gap(item, code) == 12
    assert gap(code, head) == 20
    assert indent_of(code) == 2
    assert indent_of(head) == 0
