"""Inline tokens of markdown-it-py as HTML that a QTextDocument draws.

Every piece of text is escaped here; no tag of the source survives.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Final

from ui.markdown.addresses import BARE_ADDRESS, is_allowed

if TYPE_CHECKING:
    from markdown_it.token import Token

THIN_SPACE: Final = "\u2009"
"""Stands inside the ground of inline code, left and right; taken out of what is copied."""

_HANGUL: Final = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")
_FORMULA: Final = re.compile(r'<img src="formula:([id])([A-Za-z0-9_=-]*)">')
_SIMPLE: Final = {
    "strong_open": "<b>",
    "strong_close": "</b>",
    "s_open": "<s>",
    "s_close": "</s>",
    "hardbreak": "<br>",
    "softbreak": " ",
}


def formula_tag(tex: str, *, is_display: bool) -> str:
    """A place for a formula inside text; the address says which one and in what style."""
    code = base64.urlsafe_b64encode(tex.encode()).decode()
    return f'<img src="formula:{"d" if is_display else "i"}{code}">'


def split_formulas(html: str) -> list[str | tuple[str, bool]]:
    """HTML cut at its formulas: strings, and (tex, is_display) between them."""
    parts: list[str | tuple[str, bool]] = []
    end = 0
    for match in _FORMULA.finditer(html):
        parts.append(html[end : match.start()])
        tex = base64.urlsafe_b64decode(match[2]).decode()
        parts.append((tex, match[1] == "d"))
        end = match.end()
    parts.append(html[end:])
    return parts


def code_html(code: str) -> str:
    """Inline code."""
    return f'<span class="code">{THIN_SPACE}<code>{escape(code)}</code>{THIN_SPACE}</span>'


class InlineWriter:
    """Write inline tokens.

    Args:
        image_label: words for an image that is not loaded, with `{alt}`.
    """

    def __init__(self, image_label: str) -> None:
        self._image_label = image_label

    def html(self, tokens: Sequence[Token]) -> str:
        """HTML of the children of one inline token."""
        parts: list[str] = []
        link_depth = 0
        closers: list[str] = []
        for index, token in enumerate(tokens):
            if token.type == "em_open":
                opener, closer = _emphasis(tokens, index)
                parts.append(opener)
                closers.append(closer)
            elif token.type == "em_close":
                parts.append(closers.pop())
            elif token.type == "link_open":
                link_depth += 1
                parts.append(_anchor(str(token.attrs.get("href", ""))))
            elif token.type == "link_close":
                link_depth -= 1
                parts.append("</a>")
            elif token.type == "text" and not link_depth:
                parts.append(_linked(token.content))
            else:
                parts.append(self._leaf(token, in_link=link_depth > 0))
        return "".join(parts)

    def _leaf(self, token: Token, *, in_link: bool) -> str:
        if token.type in _SIMPLE:
            return _SIMPLE[token.type]
        if token.type == "code_inline":
            return code_html(token.content)
        if token.type in {"math_inline", "math_inline_double"}:
            return formula_tag(token.content.strip(), is_display=token.type != "math_inline")
        if token.type == "image":
            return self._image(token, in_link=in_link)
        return escape(token.content)

    def _image(self, token: Token, *, in_link: bool) -> str:
        """Images are never loaded: their address would tell someone that this was read."""
        address = str(token.attrs.get("src", ""))
        label = escape(self._image_label.format(alt=token.content or address))
        if in_link or not is_allowed(address):
            return label
        return f"{_anchor(address)}{label}</a>"


def _emphasis(tokens: Sequence[Token], start: int) -> tuple[str, str]:
    """Italics, but bold for Korean, whose letters have no slanted form."""
    depth = 0
    for token in tokens[start:]:
        depth += (token.type == "em_open") - (token.type == "em_close")
        if depth == 0:
            break
        if _HANGUL.search(token.content):
            return "<b>", "</b>"
    return "<i>", "</i>"


def _anchor(address: str) -> str:
    return f'<a href="{escape(address)}">'


def _linked(text: str) -> str:
    """Text with the web addresses in it as links."""
    parts: list[str] = []
    end = 0
    for match in BARE_ADDRESS.finditer(text):
        if is_allowed(match[0]):
            parts.append(escape(text[end : match.start()]))
            parts.append(f"{_anchor(match[0])}{escape(match[0])}</a>")
            end = match.end()
    parts.append(escape(text[end:]))
    return "".join(parts)
