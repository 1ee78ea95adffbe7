"""Chats as one HTML file: nothing is loaded from anywhere, nothing in it can run."""

from __future__ import annotations

import base64
import functools
import re
from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from app.archive.telling import Source, Told, stamp, told
from app.archive.values import ArchivedAttachment, ArchivedChat
from app.tools.records import CallRecord
from app.words import Words

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_NOTE: Final = re.compile(r"\[\^(\d+)\]")
_IMAGES: Final = ("image/png", "image/jpeg", "image/gif", "image/webp")
_SCHEMES: Final = ("http", "https", "mailto")

# No scripts, no fonts, no frames, no forms; pictures only those in the file itself
# (https://www.w3.org/TR/CSP3/).
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"

_STYLE: Final = """
:root { color-scheme: light dark; --ground: #fff; --ink: #1c1e21; --quiet: #5a6069;
  --fill: #f3f4f6; --edge: #d5d9df; --link: #0b57b5; }
@media (prefers-color-scheme: dark) { :root { --ground: #17191c; --ink: #e8eaed;
  --quiet: #a3aab4; --fill: #23262b; --edge: #3b4048; --link: #8ab8ff; } }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 16px/1.6 system-ui, "Noto Sans KR", sans-serif; }
main, nav, header { max-width: 46rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.6rem; line-height: 1.25; overflow-wrap: anywhere; }
section { border-top: 1px solid var(--edge); margin-top: 2.5rem; }
article { margin: 1.5rem 0; overflow-wrap: anywhere; }
article > h2 { font-size: .85rem; font-weight: 600; color: var(--quiet); margin: 0 0 .25rem; }
.user > div { background: var(--fill); border-radius: .75rem; padding: .5rem 1rem;
  white-space: pre-wrap; }
pre, code { font-family: ui-monospace, "Noto Sans Mono CJK KR", monospace; font-size: .9em; }
pre { background: var(--fill); padding: .75rem 1rem; border-radius: .5rem; overflow-x: auto; }
:not(pre) > code { background: var(--fill); padding: .1em .3em; border-radius: .25rem; }
table { border-collapse: collapse; display: block; overflow-x: auto; }
td, th { border: 1px solid var(--edge); padding: .3rem .6rem; text-align: start; }
blockquote { border-inline-start: 3px solid var(--edge); margin-inline: 0;
  padding-inline-start: 1rem; color: var(--quiet); }
a { color: var(--link); } img { max-width: 100%; }
details, .remark, footer { color: var(--quiet); font-size: .9rem; margin: .5rem 0; }
summary { cursor: pointer; }
@media print { section { break-before: page; } pre { white-space: pre-wrap; } }
"""


def head(title: str, words: Words) -> str:
    """What the file begins with."""
    return (
        f'<!doctype html>\n<html lang="{words.language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="referrer" content="no-referrer">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
    )


def written(chat: ArchivedChat, words: Words) -> str:
    """The branch of a chat that is shown."""
    times = f"{stamp(chat.created_ms)} – {stamp(chat.updated_ms)}"
    pieces = [f"<section>\n<h1>{escape(chat.title)}</h1>\n<p class=remark>{times}</p>\n"]
    pieces += ["".join(_message(one, words)) for one in told(chat, words)]
    return "".join([*pieces, "</section>\n"])


TAIL: Final = "</main>\n</body>\n</html>\n"


def _message(one: Told, words: Words) -> Iterator[str]:
    yield f"<article class={'user' if one.is_users else 'answer'}>"
    yield f"<h2>{escape(one.heading)}</h2>\n"
    if one.thoughts:
        yield f"<details><summary>{escape(words('Thoughts'))}</summary>"
        yield "".join(f"<p>{escape(thought)}</p>" for thought in one.thoughts)
        yield "</details>\n"
    if one.is_users:
        yield f"<div dir=auto>{escape(one.text)}</div>\n"
    else:
        yield f"<div dir=auto>{_rendered(one.text, one.sources)}</div>\n"
    if one.remark:
        yield f"<p class=remark>{escape(one.remark)}</p>\n"
    for call in one.calls:
        yield _call(call, words)
    for made in one.attachments:
        yield _attachment(made, words)
    if one.sources:
        yield "<footer>" + "".join(_source(source) for source in one.sources) + "</footer>\n"
    yield "</article>\n"


def _call(call: CallRecord, words: Words) -> str:
    said = escape(words("Tool: {name}", name=call.view.tool))
    result = f"<pre>{escape(call.result)}</pre>" if call.result.strip() else ""
    return (
        f"<details><summary>{said}</summary><pre>{escape(call.view.body)}</pre>{result}</details>\n"
    )


def _attachment(made: ArchivedAttachment, words: Words) -> str:
    said = escape(made.text or made.name)
    if made.media_type in _IMAGES:
        data = base64.b64encode(made.data).decode("ascii")
        return f'<p><img alt="{said}" src="data:{made.media_type};base64,{data}"></p>\n'
    name = escape(words("Made by a tool: {name}", name=made.name))
    return f"<p class=remark>{name}</p>\n"


def _source(source: Source) -> str:
    name = escape(source.title or source.url)
    if is_allowed(source.url):
        name = f'<a rel="noreferrer noopener" href="{escape(source.url)}">{name}</a>'
    return f"<p>[{source.number}] {name}</p>"


def _rendered(text: str, sources: tuple[Source, ...]) -> str:
    known = {source.number: source for source in sources}

    def note(found: re.Match[str]) -> str:
        return f"[{found[1]}]" if int(found[1]) in known else found[0]

    return str(_markdown().render(_NOTE.sub(note, text)))


@functools.cache
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt as Parser  # noqa: PLC0415 - for who exports, not at the start

    made = Parser("commonmark", {"html": False, "maxNesting": 20})
    made.enable(["table", "strikethrough"])
    made.validateLink = is_allowed  # type: ignore[method-assign, assignment]  # upstream's way
    made.add_render_rule("image", _image)
    return made


def _image(_: Any, tokens: Any, index: int, *__: Any) -> str:
    """The words of a picture in place of what would be loaded from elsewhere."""
    return escape(tokens[index].content or "…")


def is_allowed(address: str) -> bool:
    """Whether a link to this address may be offered: the web and mail, nothing else."""
    try:
        return urlsplit(address).scheme in _SCHEMES
    except ValueError:
        return False
