"""One conversation of a ChatGPT export, as a chat.

The form is not published by its makers; this reads what exports of 2023 to 2025 hold: a
`mapping` of nodes with `parent` and `children`, each with a message or none, and `current_node`,
the end of the branch that was shown.  Nothing in it is trusted to be there or to make sense.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from app.archive.values import ArchivedChat, ArchivedMessage, LeftOut, Parsed
from app.chats.title import title_from
from app.chats.values import MessageRole

_LATEST_S: Final = 32_503_680_000  # the year 3000
_MARKS: Final = re.compile("\ue200.*?\ue201|[\ue200-\ue206]", re.DOTALL)
"""What stands for a citation in texts: words between letters of the private use area."""

_HIDDEN_CONTENT: Final = ("user_editable_context", "model_editable_context")
_THOUGHTS: Final = ("thoughts", "reasoning_recap")
_PROJECT: Final = "g-p-"


@dataclass(frozen=True, slots=True)
class _Said:
    """What a node says; `role` is None where nothing of it is brought in."""

    role: MessageRole | None
    text: str = ""


def parsed(text: str) -> Parsed:
    """The chat of one conversation, as JSON text; never raises for what is in it."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return Parsed(None, {LeftOut.DAMAGED: 1})
    nodes = found.get("mapping") if isinstance(found, dict) else None
    if not isinstance(nodes, dict):
        return Parsed(None, {LeftOut.DAMAGED: 1})
    left: Counter[LeftOut] = Counter()
    created_ms = _ms(found.get("create_time"), 0)
    messages, leaf = _Tree(nodes, left, created_ms).messages(found.get("current_node"))
    if not messages:
        left[LeftOut.EMPTY] += 1
        return Parsed(None, dict(left))
    title = _line(found.get("title")) or title_from(messages[0].text)
    updated = max(_ms(found.get("update_time"), 0), *(one.created_ms for one in messages))
    return Parsed(
        ArchivedChat(_source(found, messages), title, created_ms, updated, leaf, messages),
        dict(left),
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """A node that is to be looked at, and what it hangs on.

    Attributes:
        parent: the message above; for an answer that was begun, the one above that.
        before: what the answer said in the nodes above.
    """

    key: str
    parent: int | None
    before: str = ""


class _Tree:
    """The nodes of a conversation.

    Args:
        nodes: by their ids.
        left: counts what is left out.
        created_ms: when the conversation was begun, for messages without a time.
    """

    def __init__(self, nodes: dict[str, Any], left: Counter[LeftOut], created_ms: int) -> None:
        self._nodes = nodes
        self._left = left
        self._created_ms = created_ms
        self._made: list[ArchivedMessage] = []
        self._message_of: dict[str, int] = {}
        self._read: dict[str, _Said] = {}

    def messages(self, current: object) -> tuple[tuple[ArchivedMessage, ...], int | None]:
        """All messages, each behind its parent, and the last one of the branch shown."""
        seen: set[str] = set()
        roots = [key for key in self._nodes if self._parent(key) is None]
        # From the end, so that the first child is looked at first.
        waiting = [_Place(key, None) for key in reversed(roots)]
        while waiting:
            place = waiting.pop()
            if place.key in seen:
                continue
            seen.add(place.key)
            under = self._take(place)
            waiting += [under(child) for child in reversed(self._children(place.key))]
        return tuple(self._made), self._leaf(current)

    def _take(self, place: _Place) -> Callable[[str], _Place]:
        """Make a message of a node; gives what places its children.

        What an assistant says in several nodes, with calls of tools between them, is one answer.
        """
        key, parent, before = place.key, place.parent, place.before
        said = self._said(key)
        if said.role is None:
            if parent is not None:
                self._message_of[key] = parent
            return lambda child: _Place(child, parent, before)
        if said.role is MessageRole.USER:
            number = self._make(key, parent, said.role, said.text)
            return lambda child: _Place(child, number)
        text = f"{before}\n\n{said.text}" if before else said.text
        following = self._followers(key)
        if following == {MessageRole.ASSISTANT}:
            return lambda child: _Place(child, parent, text)
        number = self._make(key, parent, said.role, text)
        if MessageRole.ASSISTANT not in following:
            return lambda child: _Place(child, number)

        def under(child: str) -> _Place:
            goes_on = self._roles_from(child) == {MessageRole.ASSISTANT}
            return _Place(child, parent, text) if goes_on else _Place(child, number)

        return under

    def _make(self, key: str, parent: int | None, role: MessageRole, text: str) -> int:
        number = len(self._made) + 1
        time = self._time(key, parent)
        self._made.append(ArchivedMessage(number, parent, role, text, time))
        self._message_of[key] = number
        return number

    def _followers(self, key: str) -> set[MessageRole]:
        """Who says something next below a node."""
        roles = [self._roles_from(child) for child in self._children(key)]
        return set().union(*roles)

    def _roles_from(self, key: str) -> set[MessageRole]:
        """Who says something first from a node on; there may be several branches."""
        found: set[MessageRole] = set()
        seen: set[str] = set()
        waiting = [key]
        while waiting:
            one = waiting.pop()
            if one in seen:
                continue
            seen.add(one)
            role = self._said(one).role
            if role is None:
                waiting += self._children(one)
            else:
                found.add(role)
        return found

    def _said(self, key: str) -> _Said:
        if key not in self._read:
            self._read[key] = self._read_node(key)
        return self._read[key]

    def _read_node(self, key: str) -> _Said:
        message = _dict(_dict(self._nodes.get(key)).get("message"))
        author, content = _dict(message.get("author")), _dict(message.get("content"))
        metadata = _dict(message.get("metadata"))
        role, kind = author.get("role"), content.get("content_type")
        if not message:
            return _Said(None)
        if kind in _THOUGHTS:
            return self._leave(LeftOut.THOUGHTS)
        if role == "tool":
            return self._leave(LeftOut.TOOLS)
        if role not in ("user", "assistant") or kind in _HIDDEN_CONTENT:
            return self._leave_hidden(content)
        if metadata.get("is_visually_hidden_from_conversation") is True:
            return self._leave_hidden(content)
        if role == "assistant" and message.get("recipient", "all") != "all":
            return self._leave(LeftOut.TOOLS)
        if message.get("channel") in ("analysis",):
            return self._leave(LeftOut.THOUGHTS)
        self._left[LeftOut.FILES] += len(_list(metadata.get("attachments")))
        text = self._text(content)
        return _Said(MessageRole(str(role)), text) if text.strip() else _Said(None)

    def _text(self, content: dict[str, Any]) -> str:
        if content.get("content_type") == "code":
            text = _string(content.get("text"))
            return f"```{_word(content.get('language'))}\n{text}\n```" if text else ""
        parts = content.get("parts")
        texts = [_string(content.get("text"))] if not isinstance(parts, list) else []
        for part in _list(parts):
            if isinstance(part, str):
                texts.append(part)
            elif isinstance(part, dict) and isinstance(part.get("text"), str):
                texts.append(part["text"])  # what was said aloud, written down
            elif isinstance(part, dict):
                self._left[LeftOut.FILES] += 1
        return _MARKS.sub("", "\n\n".join(text for text in texts if text))

    def _leave(self, kind: LeftOut) -> _Said:
        self._left[kind] += 1
        return _Said(None)

    def _leave_hidden(self, content: dict[str, Any]) -> _Said:
        """System messages are nearly always empty; those are not worth a word."""
        is_empty = not any(part for part in _list(content.get("parts")))
        return _Said(None) if is_empty else self._leave(LeftOut.HIDDEN)

    def _time(self, key: str, parent: int | None) -> int:
        before = self._made[parent - 1].created_ms if parent else self._created_ms
        message = _dict(_dict(self._nodes.get(key)).get("message"))
        return _ms(message.get("create_time"), before)

    def _parent(self, key: str) -> str | None:
        parent = _dict(self._nodes.get(key)).get("parent")
        return parent if isinstance(parent, str) and parent in self._nodes else None

    def _children(self, key: str) -> list[str]:
        found = _list(_dict(self._nodes.get(key)).get("children"))
        return [one for one in found if isinstance(one, str) and one in self._nodes]

    def _leaf(self, current: object) -> int | None:
        if isinstance(current, str) and current in self._message_of:
            return self._message_of[current]
        return self._made[-1].id if self._made else None


def _source(found: dict[str, Any], messages: tuple[ArchivedMessage, ...]) -> str:
    for name in ("conversation_id", "id"):
        if isinstance(found.get(name), str) and found[name]:
            return f"chatgpt:{found[name][:200]}"
    return f"chatgpt:{messages[0].created_ms}:{messages[0].text[:100]}"


def _ms(seconds: object, otherwise: int) -> int:
    is_number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
    if not is_number or not isinstance(seconds, int | float) or not math.isfinite(seconds):
        return otherwise
    return round(seconds * 1000) if 0 < seconds < _LATEST_S else otherwise


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""


def _line(value: object) -> str:
    return " ".join(_string(value).split())[:200]


def _word(value: object) -> str:
    word = _string(value)
    return word if re.fullmatch(r"[\w+#-]{1,20}", word) and word != "unknown" else ""
