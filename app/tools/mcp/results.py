"""What a server answered to a call, as text for the model and things to show.  Pure.

A server may send anything: sizes, numbers and names are bounded here.
"""

from __future__ import annotations

import base64
import binascii
import json
import mimetypes
import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

from mcp_types import (
    AudioContent,
    BlobResourceContents,
    CallToolResult,
    ContentBlock,
    EmbeddedResource,
    ImageContent,
    ResourceLink,
    TextContent,
    TextResourceContents,
)

from app.tools.bounded_text import middle_cut
from app.tools.values import Attachment, OutcomeStatus, ToolOutcome
from engine.harmony.schemas import one_line, whole_characters

MAX_TEXT: Final = 24_000
"""Characters of one result for the model, about 6,000 tokens."""

MAX_BLOCKS: Final = 200
MAX_ATTACHMENTS: Final = 16
MAX_ATTACHMENT_BYTES: Final = 8 * 1024 * 1024
MAX_TOTAL_BYTES: Final = 24 * 1024 * 1024
_NAME_CHARACTERS: Final = 120
_MEDIA_TYPE: Final = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]{0,80}")
_NOT_IN_FILE_NAMES: Final = re.compile(r'[\\/:*?"<>|]')
_BLOB: Final = "application/octet-stream"
# Those that `mimetypes` does not know on every version of Python and on every system.
_ENDINGS: Final = {
    "audio/mpeg": ".mp3",
    "audio/wav": ".wav",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/svg+xml": ".svg",
    "image/webp": ".webp",
    _BLOB: ".bin",
}


def outcome_of(result: CallToolResult, server: str) -> ToolOutcome:
    """A server's answer as the outcome of a call.

    Args:
        result: as the server sent it.
        server: its name in the user's words.
    """
    reader = _Reader()
    for block in result.content[:MAX_BLOCKS]:
        reader.read(block)
    if len(result.content) > MAX_BLOCKS:
        reader.say(f"[{len(result.content) - MAX_BLOCKS} more parts are left out]")
    has_words = any(isinstance(block, TextContent) for block in result.content)
    if result.structured_content is not None and not has_words:
        reader.say(json.dumps(result.structured_content, ensure_ascii=False, indent=1))
    text = middle_cut(whole_characters("\n".join(reader.lines)).strip(), MAX_TEXT)
    if not text:
        text = "The call failed; the server did not say why." if result.is_error else "Done."
    return ToolOutcome(
        text,
        OutcomeStatus.FAILED if result.is_error else OutcomeStatus.DONE,
        attachments=tuple(reader.attachments),
        origins=(origin(server),),
    )


def origin(server: str) -> str:
    """How a server stands among the origins of an outcome."""
    return f"server {server}"


class _Reader:
    """Collects the words and the attachments of one answer."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.attachments: list[Attachment] = []
        self._bytes = 0

    def say(self, line: str) -> None:
        self.lines.append(line)

    def read(self, block: ContentBlock) -> None:
        """Take one part of the answer."""
        match block:
            case TextContent(text=text):
                self.say(text)
            case ImageContent(data=data, mime_type=media_type):
                self._attach("image", media_type, data)
            case AudioContent(data=data, mime_type=media_type):
                self._attach("audio", media_type, data)
            case EmbeddedResource(resource=TextResourceContents() as resource):
                self.say(f"[resource {_shown(resource.uri)}]\n{resource.text}")
            case EmbeddedResource(resource=BlobResourceContents() as resource):
                self._attach(_shown(resource.uri), resource.mime_type or _BLOB, resource.blob)
            case ResourceLink():
                self.say(" ".join(_link_words(block)))

    def _attach(self, name: str, media_type: str, data: str) -> None:
        media_type = _plain_media_type(media_type)
        what = f"{name}, {media_type}" if name not in {"image", "audio"} else media_type
        if len(self.attachments) >= MAX_ATTACHMENTS:
            self.say(f"[{what}: left out, too many]")
            return
        # Four characters of base64 are three bytes, the last four perhaps one.
        if len(data) // 4 * 3 - 2 > min(MAX_ATTACHMENT_BYTES, MAX_TOTAL_BYTES - self._bytes):
            self.say(f"[{what}: left out, too large]")
            return
        try:
            raw = base64.b64decode(data, validate=True)
        except (binascii.Error, ValueError):
            self.say(f"[{what}: left out, damaged]")
            return
        self._bytes += len(raw)
        file_name = _file_name(name, media_type, len(self.attachments) + 1)
        self.attachments.append(Attachment(file_name, media_type, raw))
        self.say(f"[{what}, {len(raw)} bytes, shown to the user as {file_name}]")


def _link_words(link: ResourceLink) -> Iterator[str]:
    yield f"[link to {_shown(link.uri)}]"
    yield _shown(link.title or link.name)
    if link.description:
        yield f"- {one_line(link.description)[:500]}"


def _shown(text: object) -> str:
    return one_line(str(text))[:_NAME_CHARACTERS]


def _plain_media_type(media_type: str) -> str:
    plain = media_type.partition(";")[0].strip().lower()
    return plain if _MEDIA_TYPE.fullmatch(plain) else _BLOB


def _file_name(name: str, media_type: str, number: int) -> str:
    """A name without folders that people can tell apart; the ending follows the type."""
    last = unquote(re.split(r"[?#]", name)[0].rsplit("/", 1)[-1]) if ":" in name else name
    bare = "".join(c for c in _NOT_IN_FILE_NAMES.sub("_", last) if c.isprintable()).strip(". ")
    if "." in bare:
        return bare
    ending = _ENDINGS.get(media_type) or mimetypes.guess_extension(media_type) or ""
    return f"{bare or 'file'}-{number}{ending}"
