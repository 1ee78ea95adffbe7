"""Every visible word of an HTML page, block by block.  Pure; used in the reading process.

Walks selectolax's tree without recursion.  Its parser takes time that grows with the square of
the depth (0.1 s for 4,000 levels, over a minute for 100,000), so a page that nests deeper than
any honest one is stripped of its tags instead.
"""

from __future__ import annotations

import html as entities
import re
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from app.tools.browser.link_book import LinkBook
from app.tools.browser.marks import one_line

_DEEPEST: Final = 2000
_NEVER: Final = frozenset(
    {
        "head", "script", "style", "template", "noscript", "math", "svg", "iframe", "object",
        "canvas", "audio", "video", "button", "select", "textarea", "-comment",
    }
)  # fmt: skip
_VOID: Final = frozenset(
    {
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param",
        "source", "track", "wbr",
    }
)  # fmt: skip
_PARAGRAPHS: Final = frozenset({"p", "table", "blockquote", "figure", "dl"})
_BLOCKS: Final = _PARAGRAPHS | {
    "address", "article", "aside", "body", "center", "dd", "details", "dialog", "div", "dt",
    "fieldset", "figcaption", "footer", "form", "header", "hgroup", "main", "nav", "section",
    "summary", "tbody", "thead", "tfoot",
}  # fmt: skip
_HEADINGS: Final = {f"h{level}": "#" * level for level in range(1, 7)}
_HIDDEN: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^>]*>")
_CODE: Final = re.compile(
    r"<(script|style|template)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE
)


def whole_text(html: str, book: LinkBook) -> str:
    """The text of a page with marks for its links (`LinkBook.finish` makes them final)."""
    if _depth(html) > _DEEPEST:
        words = entities.unescape(_TAG.sub(" ", _CODE.sub(" ", html)))
        return " ".join(words.split())
    root = LexborHTMLParser(html).root
    return "" if root is None else _Writer(book).write(root)


def _depth(html: str) -> int:
    """How deep it nests at most, roughly: what is never closed counts as open."""
    depth = deepest = 0
    for end, name in _TAG.findall(html):
        if name.lower() not in _VOID:
            depth = max(0, depth + (-1 if end else 1))
            deepest = max(deepest, depth)
    return deepest


class _Writer:
    """Writes one tree."""

    def __init__(self, book: LinkBook) -> None:
        self._book = book
        self._out: list[str] = []
        self._due = 0  # line breaks before the next words
        self._ends_in_space = True
        self._lists: list[int] = []  # numbers of the next items; -1 for lists without numbers
        self._code = 0
        self._images = 0

    def write(self, root: LexborNode) -> str:
        node: LexborNode | None = root
        while node is not None:
            goes_in = self._enter(node)
            child = node.child if goes_in else None
            if child is not None:
                node = child
                continue
            if goes_in:
                self._leave(node)
            node = self._next(node, root)
        return "".join(self._out)

    def _next(self, node: LexborNode, root: LexborNode) -> LexborNode | None:
        here: LexborNode | None = node
        while here is not None and here.mem_id != root.mem_id:
            if here.next is not None:
                return here.next
            here = here.parent
            if here is not None:
                self._leave(here)
        return None

    def _enter(self, node: LexborNode) -> bool:
        """Write what stands before a node's children; whether these are to be written."""
        tag = node.tag or ""
        if node.is_text_node:
            self._say(node.text_content or "")
            return False
        if tag in _NEVER or _is_unseen(node):
            return False
        if tag == "a" and self._link(node):
            return False
        self._open(tag, node)
        return tag not in _VOID

    def _open(self, tag: str, node: LexborNode) -> None:
        if tag in _HEADINGS:
            self._break(2)
            self._put(_HEADINGS[tag] + " ")
        elif tag == "br":
            self._break(1)
        elif tag == "img":
            self._image(node)
        elif tag in {"ul", "ol"}:
            self._break(1 if self._lists else 2)
            self._lists.append(1 if tag == "ol" else -1)
        elif tag == "li":
            self._item()
        elif tag == "pre":
            self._break(2)
            self._put("```\n")
            self._code += 1
        elif tag == "tr":
            self._break(1)
        elif tag in {"td", "th"}:
            self._put("| ")
        elif tag in _BLOCKS:
            self._break(2 if tag in _PARAGRAPHS else 1)

    def _leave(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if tag in _HEADINGS or tag in _PARAGRAPHS:
            self._break(2)
        elif tag in {"ul", "ol"}:
            if self._lists:
                self._lists.pop()
            self._break(1 if self._lists else 2)
        elif tag == "pre":
            self._code = max(0, self._code - 1)
            if not "".join(self._out[-1:]).endswith("\n"):
                self._break(1)
            self._put("```")
            self._break(2)
        elif tag in {"td", "th"}:
            self._put(" ")
        elif tag == "tr":
            self._put("|")
            self._break(1)
        elif tag == "li" or tag in _BLOCKS:
            self._break(1)

    def _link(self, node: LexborNode) -> bool:
        href = node.attributes.get("href") or ""
        mark = self._book.mark(href, node.text(deep=True, separator=" ")) if href else None
        if mark is None:
            return False
        self._put(mark)
        return True

    def _image(self, node: LexborNode) -> None:
        text = one_line(node.attributes.get("alt") or node.attributes.get("title") or "", 200)
        self._put(f"[Image {self._images}: {text}]" if text else f"[Image {self._images}]")
        self._images += 1

    def _item(self) -> None:
        self._break(1)
        indent = "  " * max(0, min(len(self._lists), 8) - 1)
        if self._lists and self._lists[-1] > 0:
            self._put(f"{indent}{self._lists[-1]}. ")
            self._lists[-1] += 1
        else:
            self._put(f"{indent}- ")

    def _say(self, text: str) -> None:
        if not self._code:
            text = re.sub(r"\s+", " ", text)
            if self._due or self._ends_in_space:
                text = text.lstrip()
        if text:
            self._put(text)

    def _put(self, text: str) -> None:
        if self._due and self._out:
            self._out.append("\n" * self._due)
        self._due = 0
        self._out.append(text)
        self._ends_in_space = text.endswith((" ", "\n"))

    def _break(self, lines: int) -> None:
        self._due = max(self._due, lines)


def _is_unseen(node: LexborNode) -> bool:
    attributes = node.attributes
    return "hidden" in attributes or bool(_HIDDEN.search(attributes.get("style") or ""))
