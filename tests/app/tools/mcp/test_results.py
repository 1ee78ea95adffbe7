from __future__ import annotations

import base64
from typing import Any

import pytest
from mcp_types import (
    AudioContent,
    BlobResourceContents,
    CallToolResult,
    EmbeddedResource,
    ImageContent,
    ResourceLink,
    TextContent,
    TextResourceContents,
)

from app.tools.bounded_text import middle_cut
from app.tools.mcp.results import (
    MAX_ATTACHMENT_BYTES,
    MAX_ATTACHMENTS,
    MAX_BLOCKS,
    MAX_TEXT,
    outcome_of,
)
from app.tools.mcp.server_log import MAX_CHARACTERS, MAX_LINES, ServerLog
from app.tools.mcp.servers import LogSource
from app.tools.values import OutcomeStatus, ToolOutcome


def packed(data: bytes) -> str:
    return base64.b64encode(data).decode()


def image(data: bytes = b"x", media_type: str = "image/png") -> ImageContent:
    return ImageContent(data=packed(data), mime_type=media_type)


def blob(uri: str, media_type: str | None = None) -> EmbeddedResource:
    contents = BlobResourceContents(uri=uri, mime_type=media_type, blob=packed(b"x"))
    return EmbeddedResource(resource=contents)


def outcome(*blocks: Any, **more: Any) -> ToolOutcome:
    return outcome_of(CallToolResult(content=list(blocks), **more), "s")


def test_texts_come_one_below_the_other_in_their_order() -> None:
    resource = TextResourceContents(uri="demo://a\nb", text="inside")
    found = outcome(
        TextContent(text="one"),
        EmbeddedResource(resource=resource),
        ResourceLink(uri="demo://c", name="C", description="more\nwords"),
    )
    assert found.text == "one\n[resource demo://a b]\ninside\n[link to demo://c] C - more words"
    assert found.origins == ("server s",)


def test_what_is_no_text_is_attached_and_named() -> None:
    found = outcome(
        image(),
        AudioContent(data=packed(b"y"), mime_type="audio/wav; rate=3"),
        blob("file:///etc/../a%2Fb/report.pdf", "application/pdf"),
        blob("demo://resource/1"),
    )
    assert [(one.name, one.media_type) for one in found.attachments] == [
        ("image-1.png", "image/png"),
        ("audio-2.wav", "audio/wav"),
        ("report.pdf", "application/pdf"),
        ("1-4.bin", "application/octet-stream"),
    ]
    assert found.text.splitlines()[0] == "[image/png, 1 bytes, shown to the user as image-1.png]"


@pytest.mark.parametrize(
    ("uri", "name"),
    [
        ("file:///a/..%2F..%2Fetc%2Fpasswd", ".._.._etc_passwd"),
        ("demo://x/a%00b%0ac.txt", "abc.txt"),
        ("demo://x/..", "file-1.bin"),
        ("..\\..\\x.exe", ".._.._x.exe"),
        ("http://[::1/x", "x-1.bin"),
    ],
)
def test_a_name_can_never_lead_to_another_folder(uri: str, name: str) -> None:
    (attachment,) = outcome(blob(uri)).attachments
    assert "/" not in attachment.name
    assert "\\" not in attachment.name
    assert attachment.name.lstrip(".").startswith(name.lstrip("."))


def test_structured_results_are_told_where_there_are_no_words() -> None:
    assert outcome(structured_content={"a": [1]}).text == '{\n "a": [\n  1\n ]\n}'
    both = outcome(TextContent(text="words"), structured_content={"a": 1})
    assert both.text == "words"


def test_an_error_is_a_failure_even_without_words() -> None:
    assert outcome(TextContent(text="no"), is_error=True).status is OutcomeStatus.FAILED
    assert outcome(is_error=True).text == "The call failed; the server did not say why."
    assert outcome().text == "Done."


def test_all_is_kept_in_bounds() -> None:
    long = outcome(TextContent(text="a" * 60_000 + "b" * 60_000))
    assert len(long.text) <= MAX_TEXT
    assert (long.text[0], long.text[-1]) == ("a", "b")
    many = outcome(*[image() for _ in range(MAX_BLOCKS + 5)])
    assert len(many.attachments) == MAX_ATTACHMENTS
    assert many.text.endswith("[5 more parts are left out]")
    large = outcome(image(bytes(MAX_ATTACHMENT_BYTES + 3)))
    assert (large.attachments, large.text) == ((), "[image/png: left out, too large]")
    together = outcome(*[image(bytes(MAX_ATTACHMENT_BYTES)) for _ in range(4)])
    assert len(together.attachments) == 3


def test_what_is_damaged_does_no_harm() -> None:
    damaged = outcome(ImageContent(data="§§§", mime_type="image/<b>"))
    assert damaged.text == "[application/octet-stream: left out, damaged]"
    assert outcome(TextContent(text="a\ud800b")).text == "a\ufffdb"


def test_a_text_is_cut_in_its_middle() -> None:
    text = "".join(chr(97 + n % 26) for n in range(1000))
    cut = middle_cut(text, 300)
    assert len(cut) <= 300
    head, _, rest = cut.partition("\n[… ")
    number, _, tail = rest.partition(" characters left out …]\n")
    assert text.startswith(head)
    assert text.endswith(tail)
    assert len(head) + len(tail) + int(number) == len(text)
    assert middle_cut(text, 1000) == text


def test_a_log_keeps_its_last_lines_without_secrets_and_signs() -> None:
    log = ServerLog(("s3cr3t", "s3", "s3cr3t-long"), now_ms=lambda: 7)
    log.add(LogSource.SERVER, "key s3cr3t-long and s3cr3t\n\n\x1b[1mbold\u202e\r\nnext")
    assert [line.text for line in log.lines()] == ["key ••• and •••", " [1mbold", "next"]
    log.add(LogSource.SERVER, "x" * 5000)
    assert len(log.lines()[-1].text) == MAX_CHARACTERS
    log.add(LogSource.SOTTO, "\n".join(map(str, range(5000))))
    assert len(log.lines()) == MAX_LINES
    assert log.lines()[-1].text == "4999"
