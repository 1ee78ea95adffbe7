r"""Rules for markdown-it-py: formulas between `$`, `$$`, `\( \)` and `\[ \]`.

gpt-oss writes mostly the bracket forms, which Markdown itself takes for escaped brackets.
Single dollars come from mdit-py-plugins, strict enough that "$5 and $6" stays money.
"""

from __future__ import annotations

from typing import Final

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from mdit_py_plugins.dollarmath.index import math_inline_dollar

from ui.markdown.formula_marks import OPEN, STREAMING

_BLOCK_PAIRS: Final = (("$$", "$$"), ("\\[", "\\]"))
_INLINE_PAIRS: Final = (("\\(", "\\)", "math_inline"), ("\\[", "\\]", "math_inline_double"))
_ENDS_THESE: Final[RuleOptionsType] = {"alt": ["paragraph", "reference", "blockquote", "list"]}


def add_formula_rules(md: MarkdownIt) -> None:
    """Teach a parser all the forms."""
    md.inline.ruler.before(
        "escape",
        "math_inline",
        math_inline_dollar(allow_space=False, allow_digits=False, allow_double=True),
    )
    md.inline.ruler.before("escape", "math_brackets", _brackets)
    md.block.ruler.before("fence", "math_block", _block, _ENDS_THESE)


def _brackets(state: StateInline, silent: bool) -> bool:
    for opener, closer, kind in _INLINE_PAIRS:
        if not state.src.startswith(opener, state.pos):
            continue
        end = state.src.find(closer, state.pos + 2, state.posMax)
        if end < 0 or not state.src[state.pos + 2 : end].strip():
            return False
        if not silent:
            token = state.push(kind, "math", 0)
            token.content = state.src[state.pos + 2 : end]
            token.markup = opener
        state.pos = end + 2
        return True
    return False


def _block(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    if state.is_code_block(start_line):
        return False
    first = _line(state, start_line)
    pair = next((pair for pair in _BLOCK_PAIRS if first.startswith(pair[0])), None)
    if pair is None:
        return False
    found = _find_end(state, start_line, end_line, pair[1])
    if found is None:
        return False
    end, tex = found
    if end is None:
        is_at_end = not state.src[state.eMarks[end_line - 1] :].strip()
        if not (state.env.get(STREAMING) and is_at_end):
            return False
    if not silent:
        token = state.push("math_block", "math", 0)
        token.block = True
        token.content = tex.strip()
        token.info = OPEN if end is None else ""
        state.line = end_line if end is None else end + 1
        token.map = [start_line, state.line]
    return True


def _find_end(
    state: StateBlock, start_line: int, end_line: int, closer: str
) -> tuple[int | None, str] | None:
    """The last line of a formula (None: it has not come) and the LaTeX up to there.

    Returns:
        None when it is no formula: a blank line or text after the end makes it one of a
        paragraph, which takes its formulas inline.
    """
    collected: list[str] = []
    for line in range(start_line, end_line):
        text = _line(state, line)[2 if line == start_line else 0 :]
        if closer in text:
            before, _, after = text.partition(closer)
            return (line, "\n".join([*collected, before])) if not after.strip(" .,;") else None
        if line > start_line and not text.strip():
            return None
        collected.append(text)
    return None, "\n".join(collected)


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]
