from __future__ import annotations

import pytest

from engine.harmony.header import Header, HeaderText, understand
from engine.harmony.messages import Channel

WEATHER = "functions.get_weather"
TOOLS = frozenset({WEATHER, "python"})


def whole(text: str, *, is_framed: bool = True) -> Header:
    return understand(HeaderText(is_framed, text), TOOLS, is_complete=True)


def broken(text: str, *, is_framed: bool = True) -> Header:
    return understand(HeaderText(is_framed, text), TOOLS, is_complete=False)


@pytest.mark.parametrize(
    "text",
    [
        "<|channel|>analysis",
        "<|channel|>final",
        "<|channel|>final json",
        "<|channel|>final <|constrain|>json",
        "<|channel|>analysis to=python code",
        "<|channel|>commentary to=functions.get_weather <|constrain|>json",
        "<|channel|>commentary to=functions.get_weather<|constrain|>json",
        " to=functions.get_weather<|channel|>commentary json",
    ],
)
def test_a_sound_header_needs_no_repair(text: str) -> None:
    assert whole(text).is_sound
    assert whole(f"assistant{text}", is_framed=False).is_sound


@pytest.mark.parametrize(
    ("text", "channel"),
    [
        ("<|channel|>analysis", Channel.ANALYSIS),
        ("<|channel|>Analysis", Channel.ANALYSIS),
        ("<|channel|>analysing", Channel.ANALYSIS),
        ("<|channel|>commentary?", Channel.COMMENTARY),
        ("<|channel|>comment", Channel.COMMENTARY),
        ("<|channel|>finalx", Channel.FINAL),
        ("<|channel|>analy\u017fis", Channel.ANALYSIS),
        ("<|channel|>f\u0131nal", None),
        ("<|channel|>??", None),
        ("<|channel|>", None),
        ("", None),
        ("final", Channel.FINAL),
        ("analysis", Channel.ANALYSIS),
        ("finally", None),
        ("<|channel|>commentary<|channel|>final", Channel.FINAL),
        ("<|channel|>final<|channel|>??", Channel.FINAL),
        ("<|channel|>analysis<|channel|>final", Channel.ANALYSIS),
        ("<|channel|>final<|channel|>analysis", Channel.ANALYSIS),
        (" to=assistant<|channel|>analysis", Channel.ANALYSIS),
        ("assistant<|channel|>final", Channel.FINAL),
    ],
)
def test_the_channel_is_the_one_that_was_meant(text: str, channel: Channel | None) -> None:
    assert whole(text).channel is channel


@pytest.mark.parametrize(
    ("text", "recipient"),
    [
        ("<|channel|>commentary to=functions.get_weather json", WEATHER),
        ("<|channel|>commentary to= functions.get_weather", WEATHER),
        ("<|channel|>commentary to=functions.get_weather.", WEATHER),
        ("<|channel|>commentary to=functions.get_weatherjson", WEATHER),
        ("<|channel|>analysis to=pythoncode", "python"),
        ("<|channel|>commentary to=get_weather", WEATHER),
        ("<|channel|>commentaryto=functions.get_weather", WEATHER),
        ("<|channel|>commentary functions.get_weather json", WEATHER),
        ("<|channel|>functions.get_weather", WEATHER),
        ("<|channel|>to=functions.get_weather", WEATHER),
        ("<|channel|>commentary <|constrain|>to=functions.get_weather", WEATHER),
        ("<|channel|>final <|constrain|>functions.get_weather", WEATHER),
        ("<|channel|>final <|constrain|>python", "python"),
        (" to=assistant<|channel|>commentary to=functions.get_weather", WEATHER),
        (" well then to=functions.get_weather<|channel|>commentary json", WEATHER),
        ("<|channel|>commentary to=container.exec", "container.exec"),
        ("<|channel|>commentary to=assistant", None),
        ("<|channel|>commentary to=user", None),
        ("<|channel|>commentary to=", None),
        ("<|channel|>final to=all", None),
    ],
)
def test_the_recipient_is_the_tool_that_was_meant(text: str, recipient: str | None) -> None:
    assert whole(text).recipient == recipient


def test_a_call_is_never_on_the_channel_of_the_answer() -> None:
    header = whole("<|channel|>final to=functions.get_weather json")
    assert header.channel is Channel.COMMENTARY
    assert not header.is_sound


@pytest.mark.parametrize(
    ("text", "content_type"),
    [
        ("<|channel|>final <|constrain|>json", "json"),
        ("<|channel|>final<|constrain|> yaml", "yaml"),
        ("<|channel|>analysis to=python code", "code"),
        ("<|channel|>finaljson", "json"),
        ("<|channel|>final <|constrain|>", None),
        ("<|channel|>final", None),
    ],
)
def test_the_content_type_is_kept(text: str, content_type: str | None) -> None:
    assert whole(text).content_type == content_type


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<|channel|>final Sure:", "Sure:"),
        (" Well<|channel|>final", "Well"),
        ("<|channel|>finalx", ""),
        ("<|channel|>?? ", ""),
        ("<|channel|>final ...", ""),
        ("<|channel|>final <|end|>", ""),
        ("Set to=5, then call functions.f", "Set to=5, then call functions.f"),
    ],
)
def test_words_in_a_whole_header_are_kept_and_junk_is_not(text: str, words: str) -> None:
    assert whole(text).text == words
    assert whole(text).recipient is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I cannot <do> that.\n", "I cannot <do> that.\n"),
        ("assistant professors teach", "assistant professors teach"),
        ("final answer: 4", "final answer: 4"),
        ("🙂", "🙂"),
        ("Set to=5, then call functions.get_weather", "Set to=5, then call functions.get_weather"),
        ("<|channel|>final The answer\n is 4 ", "The answer\n is 4 "),
        ("<|channel|>finalThe answer", "The answer"),
        ("<|channel|>The answer", "The answer"),
        ("<|channel|>final 🙂", "🙂"),
        ("hello<|channel|>final there", "hello there"),
        ("<|channel|>??", ""),
        ("<|channel|>final", ""),
        ("<|channel|>final json", ""),
        ("commentary", ""),
        ("assistant", ""),
        ("  ", ""),
    ],
)
def test_words_of_a_header_without_an_end_are_content(text: str, words: str) -> None:
    assert broken(text).text == words
    assert broken(text).recipient is None


def test_the_body_of_a_call_without_a_message_marker_is_its_text() -> None:
    header = broken(' to=functions.get_weather<|channel|>commentary json{"a": 1}')
    assert (header.recipient, header.text) == (WEATHER, '{"a": 1}')


@pytest.mark.parametrize(
    "text",
    ["user", "system", "developer to=x", "tool", "python to=assistant", "functions.f to=assistant"],
)
def test_only_the_assistant_speaks(text: str) -> None:
    assert not whole(f"{text}<|channel|>final", is_framed=False).is_assistant
    assert whole(f"{text}<|channel|>final").is_assistant


@pytest.mark.parametrize(
    ("text", "channel", "recipient"),
    [
        ("assist<|channel|>final", Channel.FINAL, None),
        ("analysis", Channel.ANALYSIS, None),
        ("commentary to=functions.get_weather", Channel.COMMENTARY, WEATHER),
        (" to=functions.get_weather<|channel|>commentary", Channel.COMMENTARY, WEATHER),
        ("<|channel|>final", Channel.FINAL, None),
        ("assistantanalysis", Channel.ANALYSIS, None),
    ],
)
def test_a_missing_or_mangled_role_is_the_assistant(
    text: str, channel: Channel, recipient: str | None
) -> None:
    header = whole(text, is_framed=False)
    assert header.is_assistant
    assert not header.is_sound
    assert (header.channel, header.recipient, header.text) == (channel, recipient, "")
