"""What is made of a notebook's messages: bounded text and things to look at."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.tools.python import messages
from app.tools.python.arguments import MAX_CODE_CHARS, code_of
from app.tools.python.messages import Incoming, read, request, sign
from app.tools.python.output import (
    MAX_ATTACHMENT_BYTES,
    MAX_ATTACHMENTS,
    MAX_TEXT_CHARS,
    NO_OUTPUT,
    BoundedText,
    Output,
    middle_cut,
    plain_text,
)
from app.tools.tool import CallRefusedError

PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 100
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def told(*said: tuple[str, dict[str, object]]) -> Output:
    output = Output()
    for kind, content in said:
        output.take(Incoming(kind, "", content, 10))
    return output


def stream(text: str, name: str = "stdout") -> tuple[str, dict[str, object]]:
    return "stream", {"name": name, "text": text}


def display(**data: object) -> tuple[str, dict[str, object]]:
    return "display_data", {"data": {key.replace("_", "/"): one for key, one in data.items()}}


def test_output_comes_first_then_errors_then_results() -> None:
    output = told(
        ("execute_result", {"data": {"text/plain": "42"}}),
        stream("warning\n", "stderr"),
        stream("hello\n"),
        ("error", {"traceback": ["\x1b[31mTraceback\x1b[0m", "ValueError: no"]}),
    )
    assert output.produced().text == "hello\nwarning\nTraceback\nValueError: no\n42"
    assert output.produced().failed


def test_nothing_said_is_told_in_the_trained_words() -> None:
    assert told().produced().text == NO_OUTPUT
    assert told(stream(" \n ")).produced().text == NO_OUTPUT
    assert told().produced("[ERROR] x").text == "[ERROR] x"


def test_long_output_has_its_middle_cut_and_counted() -> None:
    text = told(stream("a" * 50_000 + "z" * 50_000)).produced("[ERROR] late").text
    assert text.startswith("aaa")
    assert "zzz\n[ERROR] late" in text
    assert "[... 80,000 characters left out ...]" in text
    assert len(text) < MAX_TEXT_CHARS + 200


@given(st.lists(st.text(max_size=50)), st.integers(min_value=1, max_value=40))
def test_bounded_text_keeps_both_ends(pieces: list[str], most: int) -> None:
    kept = BoundedText(most)
    for piece in pieces:
        kept.add(piece)
    whole = "".join(pieces)
    assert str(kept).startswith(whole[:most])
    assert str(kept).endswith(whole[-1:])
    assert len(str(kept)) <= 3 * most + 60
    if len(whole) <= 3 * most:
        assert str(kept) == whole


@given(st.text(), st.integers(min_value=2, max_value=50))
def test_a_cut_text_is_not_much_longer_than_allowed(text: str, most: int) -> None:
    assert len(middle_cut(text, most)) <= max(most, most + 60)


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("10%\r50%\r100%\n", "100%\n"),
        ("a\r\nb", "a\nb"),
        ("bell\x07 back\x08 null\x00", "bell back null"),
        ("tab\tstays", "tab\tstays"),
    ],
)
def test_signs_for_a_terminal_are_taken_out(raw: str, plain: str) -> None:
    assert plain_text(raw) == plain


def test_images_are_taken_for_what_they_are_only() -> None:
    png = base64.b64encode(PNG).decode()
    output = told(
        display(image_png=png, text_plain="<Figure>", text_html="<table></table>"),
        display(image_png=base64.b64encode(b"MZ not an image").decode()),
        display(image_png="not base64!"),
        display(image_jpeg=base64.b64encode(b"\xff\xd8\xff\xe0").decode()),
        ("display_data", {"data": {"image/svg+xml": "<svg></svg>"}}),
        ("display_data", {"data": {"image/svg+xml": "<html></html>"}}),
        ("display_data", {"data": {"text/html": "<script>x</script>"}}),
        ("display_data", {"data": {"application/javascript": "x", "text/plain": "js"}}),
    )
    made = [(one.name, one.media_type) for one in output.produced().attachments]
    assert made == [
        ("image-1.png", "image/png"),
        ("image-2.jpg", "image/jpeg"),
        ("image-3.svg", "image/svg+xml"),
    ]
    assert output.produced().text == "<Figure>\njs"


def test_an_image_is_described_by_words_only() -> None:
    png = base64.b64encode(PNG).decode()
    output = told(
        display(image_png=png, text_plain="<Figure size 640x480 with 1 Axes>"),
        display(image_png=png, text_plain="A cat"),
    )
    assert [one.text for one in output.produced().attachments] == ["", "A cat"]


def test_attachments_are_bounded_in_number_and_size() -> None:
    png = base64.b64encode(PNG).decode()
    many = told(*[display(image_png=png)] * (MAX_ATTACHMENTS + 5)).produced()
    assert len(many.attachments) == MAX_ATTACHMENTS
    assert "[5 more outputs were too many or too large to be kept]" in many.text
    large = base64.b64encode(PNG + bytes(MAX_ATTACHMENT_BYTES)).decode()
    assert told(display(image_png=large)).produced().attachments == ()


def test_output_that_is_cleared_is_gone_when_the_next_one_comes() -> None:
    output = told(stream("1%"), ("clear_output", {"wait": True}))
    assert output.so_far() == "1%"
    output.take(Incoming("stream", "", {"text": "2%"}, 1))
    assert output.so_far() == "2%"
    output.take(Incoming("clear_output", "", {}, 1))
    assert output.so_far() == ""


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["stream", "display_data", "execute_result", "error", "clear_output"]),
            st.dictionaries(st.sampled_from(["text", "name", "data", "traceback"]), json_values),
        ),
        max_size=5,
    )
)
def test_whatever_a_message_holds_it_is_taken_quietly(
    said: list[tuple[str, dict[str, object]]],
) -> None:
    produced = told(*said).produced()
    assert produced.text
    produced.text.encode()


@given(st.lists(st.binary(max_size=40), max_size=10), st.booleans())
def test_frames_that_are_no_message_are_none(frames: list[bytes], is_signed: bool) -> None:
    if is_signed:
        parts = (frames + [b"{}"] * 4)[:4]
        frames = [b"<IDS|MSG>", sign(parts, b"key"), *parts]
        found = read(frames, b"key")
        assert found is None or isinstance(found.content, dict)
    else:
        assert read(frames, b"key") is None


def test_a_message_is_read_with_its_key_and_with_no_other() -> None:
    frames = request("stream", {"text": "hello"}, "id", b"key")
    found = read([b"topic", *frames], b"key")
    assert found is not None
    assert (found.kind, found.parent, found.content) == ("stream", "", {"text": "hello"})
    assert read(frames, b"another") is None
    assert read([*frames[:-1], frames[-1] + b" "], b"key") is None
    assert found.size < messages.MAX_BYTES


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("print(1)", "print(1)"),
        ('{"code": "print(1)\\nx"}', "print(1)\nx"),
        ('  {"code": "x"} ', "x"),
        ('{"code": "x", "more": 1}', '{"code": "x", "more": 1}'),
        ('{"code": 5}', '{"code": 5}'),
        ("{1: 2}", "{1: 2}"),
        ("{x for x in y}", "{x for x in y}"),
        ("```python\nx = 1\n```", "x = 1"),
        ("```\nx = 1\ny\n```\n", "x = 1\ny"),
        ("{" * 100_000, "{" * 100_000),
    ],
)
def test_code_is_found_in_whatever_it_was_wrapped(body: str, code: str) -> None:
    assert code_of(body) == code


@pytest.mark.parametrize(
    "body", ["", "  \n", '{"code": ""}', "```python\n```", "x" * (MAX_CODE_CHARS + 1)]
)
def test_a_call_without_code_or_with_too_much_is_refused(body: str) -> None:
    with pytest.raises(CallRefusedError, match="code"):
        code_of(body)
