"""What a call of python said, gathered from its messages and bounded in every direction."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Any, Final

from app.tools.python.messages import Incoming
from app.tools.values import Attachment

MAX_TEXT_CHARS: Final = 20_000
"""Of what the model gets; the middle is cut."""

MAX_RECEIVED_BYTES: Final = 64 << 20
"""Of all messages of a call; more is taken for a flood, and the call is stopped."""

MAX_ATTACHMENTS: Final = 12
MAX_ATTACHMENT_BYTES: Final = 8 << 20
NO_OUTPUT: Final = (
    "[WARN] No output available. Use print() to output anything to stdout to receive the output"
)
"""What the model was trained to read then (gpt_oss/tools/python_docker/docker_tool.py)."""

_KEPT_CHARS: Final = 1 << 19  # of each stream, at either end
# ECMA-48 control sequences, operating system commands and single escapes.
_ESCAPES: Final = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[@-_]?|\x9b[0-?]*[ -/]*[@-~]"
)
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_IMAGES: Final = {"image/png": "png", "image/jpeg": "jpg", "image/svg+xml": "svg"}
_MAGIC: Final = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}


class BoundedText:
    """Text that grows without end and keeps its two ends."""

    def __init__(self, most: int = _KEPT_CHARS) -> None:
        self._most = most
        self._head = ""
        self._tail = ""
        self._lost = 0

    def add(self, text: str) -> None:
        """Append some."""
        room = self._most - len(self._head)
        self._head += text[:room]
        self._tail += text[room:]
        if len(self._tail) > 2 * self._most:
            self._lost += len(self._tail) - self._most
            self._tail = self._tail[-self._most :]

    def clear(self) -> None:
        """Forget all."""
        self._head, self._tail, self._lost = "", "", 0

    def __str__(self) -> str:
        gap = f"\n[... {self._lost:,} characters left out ...]\n" if self._lost else ""
        return self._head + gap + self._tail


@dataclass(frozen=True, slots=True)
class Produced:
    """The output of a call.

    Attributes:
        text: for the model, bounded; never empty.
        failed: the code ended in an error.
    """

    text: str
    attachments: tuple[Attachment, ...]
    failed: bool


class Output:
    """Gathers the messages of one call.  Never raises, whatever they hold."""

    def __init__(self) -> None:
        self._out, self._err, self._results = BoundedText(), BoundedText(), BoundedText()
        self._attachments: list[Attachment] = []
        self._left_out = 0
        self._clears_next = False
        self.received_bytes = 0
        self.failed = False

    def take(self, message: Incoming) -> None:
        """Take a message of the call; kinds that say nothing are passed over."""
        self.received_bytes += message.size
        content = message.content
        if message.kind == "clear_output":
            self._clears_next = True
            if not content.get("wait"):
                self._clear()
        elif message.kind in {"stream", "display_data", "execute_result", "error"}:
            self._clear()
            self._add(message.kind, content)

    def so_far(self, most: int = 4000) -> str:
        """The end of what was printed until now, for people who watch."""
        text = plain_text(f"{self._out}{self._err}{self._results}"[-2 * most :])
        return text[-most:]

    def produced(self, said: str = "") -> Produced:
        """All of it.

        Args:
            said: what Sotto adds, e.g. that time was up; comes last and is never cut.
        """
        parts = (str(self._out), str(self._err), str(self._results))
        text = "\n".join(part.rstrip("\n") for part in map(plain_text, parts) if part.strip())
        if self._left_out:
            text += f"\n[{self._left_out} more outputs were too many or too large to be kept]"
        text = middle_cut(text, MAX_TEXT_CHARS)
        return Produced(
            "\n".join(part for part in (text, said) if part) or NO_OUTPUT,
            tuple(self._attachments),
            self.failed,
        )

    def _clear(self) -> None:
        if self._clears_next:
            self._clears_next = False
            for one in (self._out, self._err, self._results):
                one.clear()
            self._attachments.clear()

    def _add(self, kind: str, content: dict[str, Any]) -> None:
        if kind == "stream":
            stream = self._err if content.get("name") == "stderr" else self._out
            stream.add(_text(content.get("text")))
        elif kind == "error":
            self.failed = True
            self._err.add(_traceback(content))
        elif isinstance(data := content.get("data"), dict):
            if plain := _text(data.get("text/plain")):
                self._results.add(plain + "\n")
            self._attach(data, plain)

    def _attach(self, data: dict[str, Any], plain: str) -> None:
        found = _attachment(data, plain, len(self._attachments) + 1)
        if found is None:
            return
        kept = sum(len(one.data) for one in self._attachments)
        is_many = len(self._attachments) >= MAX_ATTACHMENTS
        if is_many or kept + len(found.data) > MAX_ATTACHMENT_BYTES:
            self._left_out += 1
        else:
            self._attachments.append(found)


def plain_text(text: str) -> str:
    """Without colours and other signs to a terminal; lines that were written over are gone."""
    text = _ESCAPES.sub("", text).replace("\r\n", "\n")
    if "\r" in text:
        text = "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))
    return _CONTROLS.sub("", text)


def middle_cut(text: str, most: int) -> str:
    """A text no longer than about `most` characters, its middle left out and counted."""
    if len(text) <= most:
        return text
    half = most // 2
    left_out = len(text) - 2 * half
    return f"{text[:half]}\n[... {left_out:,} characters left out ...]\n{text[-half:]}"


def _text(value: object) -> str:
    if isinstance(value, list):  # the notebook format also has texts as lists of lines
        value = "".join(one for one in value if isinstance(one, str))
    # Half a pair of surrogates can be written in JSON and in nothing else.
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _traceback(content: dict[str, Any]) -> str:
    lines = content.get("traceback")
    told = "\n".join(_text(one) for one in lines) if isinstance(lines, list) else ""
    return (told or f"{_text(content.get('ename'))}: {_text(content.get('evalue'))}") + "\n"


def _attachment(data: dict[str, Any], plain: str, number: int) -> Attachment | None:
    """The best of what an output offers to be seen: an image, else a table."""
    for media_type, ending in _IMAGES.items():
        if media_type in data and (image := _image(media_type, _text(data[media_type]))):
            # `<Figure size 640x480 with 1 Axes>` tells nobody what can be seen.
            told = "" if plain.startswith("<") and plain.endswith(">") else plain
            return Attachment(f"image-{number}.{ending}", media_type, image, told)
    html = _text(data.get("text/html"))
    if "<table" in html:
        return Attachment(f"table-{number}.html", "text/html", html.encode(), plain)
    return None


def _image(media_type: str, text: str) -> bytes:
    if media_type == "image/svg+xml":
        return text.encode() if "<svg" in text else b""
    try:
        image = base64.b64decode(text.replace("\n", ""), validate=True)
    except (binascii.Error, ValueError):
        return b""
    return image if image.startswith(_MAGIC[media_type]) else b""
