"""From what a server sent to the lines a model reads.  Pure; used in the reading process."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

from app.tools.browser.display import wrapped
from app.tools.browser.encodings import decoded
from app.tools.browser.html_text import TITLE_LIMIT, PageText, html_text
from app.tools.browser.marks import one_line, plain
from app.tools.browser.pdf_text import PdfError, pdf_text

MOST_CHARS: Final = 400_000
"""Characters of a page that are kept: about what the largest context could hold."""

REST_LEFT_OUT: Final = "[The rest of this page is left out: it is longer than Sotto keeps.]"

_HTML: Final = {"text/html", "application/xhtml+xml"}
_TEXT: Final = {
    "application/ecmascript",
    "application/javascript",
    "application/json",
    "application/ld+json",
    "application/rss+xml",
    "application/sql",
    "application/toml",
    "application/x-javascript",
    "application/x-ndjson",
    "application/x-sh",
    "application/x-yaml",
    "application/xml",
    "application/yaml",
}
_MEDIA_TYPE: Final = re.compile(r"[a-z0-9.+-]{1,30}/[a-z0-9.+-]{1,50}")
_UNSURE: Final = {"", "application/octet-stream", "binary/octet-stream", "application/x-download"}


class DocumentError(Exception):
    """There is nothing to read in it; its text says why, in one plain sentence."""


@dataclass(frozen=True, slots=True)
class Document:
    """A page as lines."""

    title: str
    lines: tuple[str, ...]
    links: tuple[str, ...]


def document(
    body: bytes,
    media_type: str,
    charset: str,
    url: str,
    limited: Callable[[Callable[[], str]], str],
    *,
    as_source: bool = False,
) -> Document:
    """Read what a server sent.

    Args:
        body: as it came, unpacked.
        media_type: as the server says; "" where it does not.
        charset: as the server says, or "".
        url: where it came from.
        limited: runs a function and gives "" where that takes too long or fails.
        as_source: show HTML as it is written.

    Raises:
        DocumentError: there is nothing to read in it.
    """
    kind = _kind(body, media_type)
    if kind == "pdf":
        try:
            page = pdf_text(body, MOST_CHARS)
        except PdfError as error:
            raise DocumentError(str(error)) from error
    elif kind == "html" and not as_source:
        page = html_text(decoded(body, charset), url, limited)
    else:
        page = PageText("", plain(decoded(body[: 4 * MOST_CHARS], charset)))
    if not page.text.strip():
        raise DocumentError("The page holds no text; it may need a browser that runs its scripts.")
    text = page.text
    if len(text) > MOST_CHARS:
        text = f"{text[:MOST_CHARS]}\n\n{REST_LEFT_OUT}"
    # The address stands above the text, as in training (openai/gpt-oss page_contents.py).
    lines = wrapped(f"\nURL: {url}\n{text}")
    return Document(page.title or _name(url), tuple(lines), page.links)


def _kind(body: bytes, media_type: str) -> str:
    beginning = body[:1024].lstrip()
    looks_like_html = beginning[:200].lower().startswith(
        (b"<!doctype html", b"<html", b"<head", b"<body", b"<!--")
    )  # fmt: skip
    if media_type == "application/pdf" or (media_type in _UNSURE and beginning[:5] == b"%PDF-"):
        return "pdf"
    if media_type in _HTML or (media_type in _UNSURE and looks_like_html):
        return "html"
    is_text = media_type.startswith("text/") or media_type in _TEXT
    if is_text or media_type.endswith(("+json", "+xml")):
        return "text"
    if media_type in _UNSURE and b"\0" not in body[:4096]:
        return "text"
    shown = media_type if _MEDIA_TYPE.fullmatch(media_type) else "data"
    raise DocumentError(f"This is no page with text but {shown}.")


def _name(url: str) -> str:
    """What to call a page without a title: its file's name, or its host."""
    parts = urlsplit(url)
    last = unquote(parts.path.rstrip("/").rpartition("/")[2])
    return one_line(last or parts.hostname or url, TITLE_LIMIT)
