"""HTML files as Markdown.  Used in the reading process, which bounds its time and memory.

The text is found as the browser tool finds it; its numbered links become links of Markdown, since
nothing here can be opened by number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from app.attachments.decoding import Decoded, clean
from app.attachments.parts import ReadFile
from app.attachments.refusals import Refusal, RefusedError
from app.attachments.text_parts import text_file
from app.attachments.values import FileKind
from app.tools.browser.encodings import decoded
from app.tools.browser.html_text import html_text

_LINK: Final = re.compile("【([0-9]+)†([^【】†]*)(?:†[^【】]*)?】")


def html_file(name: str, data: bytes, limited: Callable[[Callable[[], str]], str]) -> ReadFile:
    """Read an HTML file.

    Args:
        name: of the file.
        data: its bytes.
        limited: runs a function and gives "" where that takes too long or fails.

    Raises:
        RefusedError: it holds no text.
    """
    page = html_text(decoded(data, ""), "", limited)
    text = clean(_with_links(page.text, page.links)).strip("\n")
    if not text.strip():
        raise RefusedError(Refusal.EMPTY)
    if page.title and not text.startswith("# "):
        text = f"# {page.title}\n\n{text}"
    return text_file(name, FileKind.PAGE, Decoded(f"{text}\n"))


def _with_links(text: str, links: Sequence[str]) -> str:
    def written(found: re.Match[str]) -> str:
        number = int(found[1])
        return f"[{found[2]}]({links[number]})" if number < len(links) else found[2]

    return _LINK.sub(written, text)
