from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.markdown.blocks import Block, CodeBlock, FormulaBlock, TextBlock
from ui.markdown.parser import MarkdownParser
from ui.markdown.stream import MarkdownStream, mend

ANSWER = r"""Intro with **bold** and `code` and $x_1$.

## Heading
1. one
   ```sh
   ls -l
   ```
2. two
   - nested
   - again
5. five

```python
def f():
    return "``"
```

| a | b |
|---|---|
| 1 | 2 |

$$
a = b
$$

> quote
> more

- [ ] task
- last

Text\[ c \] and *한국어* end.
"""


def streamed(text: str, sizes: list[int]) -> MarkdownStream:
    stream = MarkdownStream(MarkdownParser())
    start = 0
    for size in sizes:
        stream.add(text[start : start + size])
        stream.blocks()
        start += size
    stream.add(text[start:])
    stream.blocks()
    return stream


def text_of(blocks: tuple[Block, ...]) -> str:
    return "".join(block.html for block in blocks if isinstance(block, TextBlock))


@pytest.mark.parametrize("seed", range(5))
def test_a_streamed_answer_ends_up_like_one_parsed_whole(parser: MarkdownParser, seed: int) -> None:
    source = random.Random(seed)
    stream = streamed(ANSWER, [source.randint(1, 9) for _ in range(60)])
    assert stream.blocks() == parser.blocks(ANSWER)
    assert stream.finish(ANSWER) == parser.blocks(ANSWER)


@given(st.lists(st.integers(1, 12), max_size=80))
def test_where_the_pieces_are_cut_does_not_matter(sizes: list[int]) -> None:
    assert streamed(ANSWER, sizes).blocks() == MarkdownParser().blocks(ANSWER)


def test_final_blocks_stay_the_same_objects() -> None:
    stream = MarkdownStream(MarkdownParser())
    stream.add("one\n\ntwo\n\nthree")
    first = stream.blocks()
    stream.add(" and more")
    second = stream.blocks()
    assert second[0] is first[0]
    assert second[1] is first[1]
    assert second[2] != first[2]


def test_only_the_tail_is_kept_for_parsing() -> None:
    stream = MarkdownStream(MarkdownParser())
    for number in range(200):
        stream.add(f"Paragraph {number}.\n\n- item {number}\n- item again\n\n")
        stream.blocks()
    assert len(stream._tail) < 100


def test_items_before_the_last_one_are_final_and_keep_their_numbers() -> None:
    stream = MarkdownStream(MarkdownParser())
    stream.add("1. a\n1. b\n1. c")
    stream.blocks()
    stream.add("\n1. d")
    html = text_of(stream.blocks())
    assert [f'start="{number}"' in html for number in range(1, 6)] == [True] * 4 + [False]


@pytest.mark.parametrize(
    ("tail", "code"),
    [
        ("```python\nx = 1", CodeBlock("python", "x = 1", is_open=True)),
        ("```python\nx = 1\n``", CodeBlock("python", "x = 1", is_open=True)),
        ("```python\nx = 1\n```", CodeBlock("python", "x = 1")),
        ("```py", CodeBlock("", "", is_open=True)),
        ("~~~\na\n```\nb", CodeBlock("", "a\n```\nb", is_open=True)),
        ("- item\n  ```sh\n  ls", CodeBlock("sh", "ls", indent=1, is_open=True)),
    ],
)
def test_code_looks_like_code_while_it_grows(tail: str, code: CodeBlock) -> None:
    stream = MarkdownStream(MarkdownParser())
    stream.add(tail)
    assert stream.blocks()[-1] == code


@pytest.mark.parametrize("opener", ["$$\n", "\\[\n", "Text before:\n$$"])
def test_a_formula_is_source_until_its_end_comes(opener: str) -> None:
    stream = MarkdownStream(MarkdownParser())
    stream.add(opener + "a_1 + b_1")
    assert stream.blocks()[-1] == FormulaBlock("a_1 + b_1", is_open=True)


@pytest.mark.parametrize(
    ("tail", "shown"),
    [
        ("a **bo", "a **bo**"),
        ("a **", "a "),
        ("a **bold**", "a **bold**"),
        ("run `ls", "run `ls`"),
        ("run `", "run "),
        ("see [the docs](https://a.exam", "see the docs"),
        ("see [the do", "see the do"),
        ("Title\n-", "Title"),
        ("Title\n=", "Title"),
        ("plain", "plain"),
    ],
)
def test_half_written_marks_do_not_flicker(tail: str, shown: str) -> None:
    assert mend(tail) == shown


def test_a_link_defined_at_the_end_is_put_right_when_the_answer_ends() -> None:
    text = "See [the docs][d].\n\nMore text.\n\n[d]: https://a.example\n"
    stream = streamed(text, [20, 5])
    assert "<a " not in text_of(stream.blocks())
    assert '<a href="https://a.example">the docs</a>' in text_of(stream.finish(text))


@pytest.mark.parametrize(
    "text",
    [
        "A price:\n$$ and no formula.",
        "- item\n**bold** goes on",
        "text\n```not code``` goes on",
        "> quote\n> $$\n\nafter",
        "text\n1. one\n2) other\n\n3) third",
    ],
)
def test_a_paragraph_is_not_cut_off_by_what_only_looks_like_a_new_block(text: str) -> None:
    stream = MarkdownStream(MarkdownParser())
    for letter in text:
        stream.add(letter)
        stream.blocks()
    stream.add("\n\nend")
    assert stream.blocks() == MarkdownParser().blocks(text + "\n\nend")
