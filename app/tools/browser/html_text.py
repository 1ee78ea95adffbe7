"""From HTML to text that a model reads well.  Pure; used in the reading process.

The main text is found by trafilatura, over a tree in which links and images were replaced by
marks.  Where it finds little (lists of links, forums, start pages), the whole page is written out
by `app.tools.browser.whole_text`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import lxml.html
import trafilatura
from lxml import etree

from app.tools.browser.link_book import LinkBook
from app.tools.browser.marks import one_line
from app.tools.browser.whole_text import whole_text

TITLE_LIMIT: Final = 200

_ENOUGH: Final = 250
_PART_OF_WHOLE: Final = 0.2
_MOST_MORE_LINKS: Final = 100
_IMAGE_TEXT_LIMIT: Final = 200
# Beyond this trafilatura takes tens of seconds; the whole text is made faster.
_LARGE: Final = 3_000_000

# trafilatura escapes what Markdown could misread; the model is to read what the page says.
_ESCAPED: Final = re.compile(
    r"^```.*?^```|`[^`\n]+`|\\([*_`~\[\]<>#+|.)-])", re.DOTALL | re.MULTILINE
)
_HIDDEN: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_NOT_TEXT: Final = ("script", "style", "template", "noscript", "math", "svg", "iframe", "object")
_EMPHASIS: Final = ("b", "i", "em", "strong", "u", "font", "mark", "small")


@dataclass(frozen=True, slots=True)
class PageText:
    """A page as text.

    Attributes:
        links: addresses behind the numbered links, in order of their numbers.
    """

    title: str
    text: str
    links: tuple[str, ...] = ()


def html_text(html: str, url: str, limited: Callable[[Callable[[], str]], str]) -> PageText:
    """The text of a page.

    Args:
        html: decoded.
        url: where it came from.
        limited: runs a function and gives "" where that takes too long or fails.
    """
    book = LinkBook(url)
    tree = _tree(html)
    title = "" if tree is None else _title(tree)
    main, length = "", 0
    if tree is not None and len(html) <= _LARGE:
        _prune(tree)
        length = len(" ".join(" ".join(tree.itertext()).split()))
        main = limited(lambda: _main_text(tree, book))
    if len(main) >= max(_ENOUGH, _PART_OF_WHOLE * length):
        more = book.unused(main, _MOST_MORE_LINKS)
        text = main + ("\n\n## More links on this page\n\n" + "\n".join(more) if more else "")
    else:
        text = limited(lambda: whole_text(html, book)) or main
    finished, links = book.finish(_tidy(text))
    return PageText(title, finished, links)


def _tree(html: str) -> lxml.html.HtmlElement | None:
    # Bytes, since lxml refuses a str that declares an encoding; without `huge_tree` libxml2 stops
    # at 256 levels, which bounds everything that goes down the tree.
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return lxml.html.document_fromstring(html.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None


def _title(tree: lxml.html.HtmlElement) -> str:
    title = tree.find(".//title")
    text = "" if title is None else title.text_content()
    if not text.strip():
        told = tree.find(".//meta[@property='og:title']")
        text = "" if told is None else told.get("content", "")
    return one_line(text, TITLE_LIMIT)


def _prune(tree: lxml.html.HtmlElement) -> None:
    """Take out what is no text, and what nobody sees."""
    etree.strip_elements(tree, *_NOT_TEXT, with_tail=False)
    for element in list(_unseen(tree)):
        if element.getparent() is not None:
            element.drop_tree()


def _main_text(tree: lxml.html.HtmlElement, book: LinkBook) -> str:
    for element in list(tree.iter("figure", "figcaption")):  # which would be left out
        element.tag = "div" if element.tag == "figure" else "p"
    _mark_images(tree)
    for element in list(tree.iter("sup", "sub")):
        sign = "^" if element.tag == "sup" else "_"
        element.text = f"{sign}{{{element.text_content()}}}"
        for child in list(element):
            element.remove(child)
    etree.strip_tags(tree, *_EMPHASIS, "sup", "sub")
    _mark_links(tree, book)
    found = trafilatura.extract(
        tree,
        output_format="markdown",
        include_comments=True,
        include_tables=True,
        include_formatting=True,
        favor_recall=True,
        deduplicate=False,
    )
    return _ESCAPED.sub(_unescaped, found or "")


def _unescaped(found: re.Match[str]) -> str:
    return found[1] or found[0]


def _unseen(tree: lxml.html.HtmlElement) -> Iterator[lxml.html.HtmlElement]:
    """What a person does not see: a place to hide instructions for a model."""
    for element in tree.iter(etree.Element):
        if "hidden" in element.attrib or _HIDDEN.search(element.get("style", "")):
            yield element


def _mark_images(tree: lxml.html.HtmlElement) -> None:
    for number, image in enumerate(list(tree.iter("img"))):
        parent = image.getparent()
        if parent is None:
            continue
        text = image_mark(number, image.get("alt") or image.get("title") or "")
        is_inline = parent.tag in {"p", "a", "li", "td", "th", "span", "h1", "h2", "h3", "h4"}
        mark = lxml.html.Element("span" if is_inline else "p")
        mark.text, mark.tail = text, image.tail
        parent.replace(image, mark)


def image_mark(number: int, text: str) -> str:
    """What stands for an image (openai/gpt-oss page_contents.py, `replace_images`)."""
    text = one_line(text, _IMAGE_TEXT_LIMIT)
    return f"[Image {number}: {text}]" if text else f"[Image {number}]"


def _mark_links(tree: lxml.html.HtmlElement, book: LinkBook) -> None:
    for link in list(tree.iter("a")):
        mark = book.mark(link.get("href", ""), link.text_content()) if link.get("href") else None
        if mark is None:
            continue
        for child in list(link):
            link.remove(child)
        link.text = mark


def _tidy(text: str) -> str:
    # Line by line: a pattern for blanks before a line's end takes forever on a million blanks.
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip("\n")
