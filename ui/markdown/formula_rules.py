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

STREAMING: Final = "is_streaming"
"""Key in markdown-it's env: the text may still grow, so an unclosed formula is one."""

OPEN: Final = "open"
"""`info` of a formula token whose end has not come."""

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
    found = _closing(state, first[2:], start_line, end_line, pair[1])
    if found is None and not state.env.get(STREAMING):
        return False
    if not silent:
        _push(state, start_line, end_line, found)
    return True


def _closing(
    state: StateBlock, first: str, start_line: int, end_line: int, closer: str
) -> tuple[int, str] | None:
    """The line that ends the formula and the LaTeX up to there; None when there is none."""
    collected: list[str] = []
    text = first
    for line in range(start_line, end_line):
        if line > start_line:
            text = _line(state, line)
        if closer in text:
            before, _, after = text.partition(closer)
            # Text after the end belongs to a paragraph, which takes the formula inline.
            return (line, "\n".join([*collected, before])) if not after.strip(" .,;") else None
        if line > start_line and not text.strip():
            return None
        collected.append(text)
    return None


def _push(state: StateBlock, start_line: int, end_line: int, found: tuple[int, str] | None) -> None:
    token = state.push("math_block", "math", 0)
    token.block = True
    if found is None:
        lines = [_line(state, line) for line in range(start_line, end_line)]
        token.content = "\n".join(lines)[2:].strip()
        token.info = OPEN
        state.line = end_line
    else:
        token.content = found[1].strip()
        state.line = found[0] + 1
    token.map = [start_line, state.line]


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]
