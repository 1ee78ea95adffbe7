"""The Markdown that answers are written in, as markdown-it-py is told of it."""

from __future__ import annotations

from markdown_it import MarkdownIt

from ui.markdown.addresses import is_allowed
from ui.markdown.formula_rules import add_formula_rules


def make_grammar() -> MarkdownIt:
    """CommonMark with tables, strikethrough and formulas, and no HTML."""
    md = MarkdownIt("commonmark", {"html": False, "maxNesting": 20})
    md.enable(["table", "strikethrough"])
    md.validateLink = is_allowed  # type: ignore[method-assign, assignment]  # upstream's way
    add_formula_rules(md)
    return md
