"""A chat as Markdown that people read: front matter, then message after message."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

from app.archive.telling import Told, iso, lines_of, told
from app.archive.values import ArchivedChat
from app.tools.records import CallRecord
from app.words import Words

_FENCES: Final = re.compile(r"`{3,}")


def written(chat: ArchivedChat, words: Words) -> str:
    """The branch that is shown."""
    pieces = [*_front(chat), "", f"# {_line(chat.title)}"]
    for one in told(chat, words):
        pieces += ["", *_message(one, words)]
    return "\n".join(pieces) + "\n"


def _front(chat: ArchivedChat) -> Iterator[str]:
    yield "---"
    # A JSON string is one in YAML, too (https://yaml.org/spec/1.2.2, section 1.3).
    yield f"title: {json.dumps(_line(chat.title), ensure_ascii=False)}"
    yield f"begun: {iso(chat.created_ms)}"
    yield f"changed: {iso(chat.updated_ms)}"
    yield "program: Sotto"
    yield "---"


def _message(one: Told, words: Words) -> Iterator[str]:
    yield f"## {one.heading}"
    if one.thoughts:
        yield ""
        yield f"> **{words('Thoughts')}**"
        for thought in one.thoughts:
            yield from (f"> {line}".rstrip() for line in lines_of(thought))
    yield ""
    yield one.text
    if one.remark:
        yield ""
        yield f"*{one.remark}*"
    for call in one.calls:
        yield ""
        yield from _call(call, words)
    for made in one.attachments:
        yield ""
        yield f"*{words('Made by a tool: {name}', name=_line(made.name))}*"
    if one.sources:
        yield ""
        for source in one.sources:
            yield f"[^{source.number}]: {_source(source.title, source.url)}"


def _call(call: CallRecord, words: Words) -> Iterator[str]:
    yield f"**{words('Tool: {name}', name=_line(call.view.tool))}**"
    yield ""
    yield fenced(call.view.body, call.view.language)
    if call.result.strip():
        yield ""
        yield f"{words('Result')}:"
        yield ""
        yield fenced(call.result, "")


def fenced(text: str, language: str) -> str:
    """Text as a code block, whatever fences are in it."""
    longest = max((len(found) for found in _FENCES.findall(text)), default=2)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


def _source(title: str, url: str) -> str:
    name = _line(title).replace("[", "(").replace("]", ")")
    return f"[{name}](<{url}>)" if url and not re.search(r"[<>\s]", url) else name


def _line(text: str) -> str:
    return " ".join(text.split())
