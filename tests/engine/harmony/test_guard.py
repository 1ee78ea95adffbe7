from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import openai_harmony
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.harmony.guard import HeaderGuard
from engine.harmony.messages import Channel
from engine.harmony.reader import HarmonyReader, MessageEnded
from engine.harmony.tokens import (
    CALL,
    CHANNEL,
    CONSTRAIN,
    END,
    END_OF_TEXT,
    MESSAGE,
    ORDINARY_TOKENS,
    RETURN,
    START,
    TURN_ENDS,
    VOCABULARY_TOKENS,
)
from engine.harmony.vocabulary import Vocabulary
from engine.llama.restriction import AllButThese
from tests.engine.stage import MARKERS
from tools.practice_model.encoding import load_encoding

TOOLS = ("functions.get", "functions.get_weather", "python", "browser.search", "browser.open")
SPECIAL = range(ORDINARY_TOKENS, VOCABULARY_TOKENS)


@pytest.fixture(scope="module")
def encoding(vocabulary_path: Path) -> openai_harmony.HarmonyEncoding:
    return load_encoding(vocabulary_path)


def ids_of(vocabulary: Vocabulary, markup: str) -> list[int]:
    return [
        token
        for part in re.split(r"(<\|\w+\|>)", markup)
        for token in ([MARKERS[part]] if part in MARKERS else vocabulary.encode(part))
    ]


def guard_after(
    vocabulary: Vocabulary, markup: str, tools: tuple[str, ...] = TOOLS, *, is_json: bool = False
) -> HeaderGuard:
    """A guard that let a beginning pass."""
    guard = HeaderGuard(vocabulary.encode, tools, has_response_format=is_json)
    for place, token in enumerate(ids_of(vocabulary, markup)):
        assert guard.restriction().allows(token), f"token {place} of {markup!r}"
        guard.take(token)
    return guard


def words_after(
    vocabulary: Vocabulary, markup: str, tools: tuple[str, ...] = TOOLS, *, is_json: bool = False
) -> set[str]:
    """What may follow a beginning, where that is a few ids."""
    allowed = guard_after(vocabulary, markup, tools, is_json=is_json).restriction()
    assert not isinstance(allowed, AllButThese)
    names = {token: marker for marker, token in MARKERS.items()}
    return {names.get(token) or vocabulary.decode([token]) for token in allowed.ids.tolist()}


TYPES = {" json", " code", " ", "<|constrain|>"}


@pytest.mark.parametrize(
    ("beginning", "allowed"),
    [
        ("", {"<|channel|>", " to"}),
        ("<|channel|>", {"analysis", "final", "comment"}),
        ("<|channel|>commentary", {"<|message|>", " to"}),
        ("<|channel|>analysis", {"<|message|>", " to"}),
        ("<|channel|>final", {"<|message|>"}),
        ("<|channel|>commentary to", {"="}),
        ("<|channel|>commentary to=", {"functions", "python", "browser"}),
        ("<|channel|>commentary to=functions", {".get"}),
        ("<|channel|>commentary to=functions.get", {"<|message|>", "_weather", *TYPES}),
        ("<|channel|>commentary to=functions.get_weather", {"<|message|>", *TYPES}),
        ("<|channel|>commentary to=functions.get json", {"<|message|>"}),
        ("<|channel|>commentary to=functions.get ", {"<|constrain|>"}),
        ("<|channel|>commentary to=functions.get <|constrain|>", {"json", "code"}),
        ("<|channel|>commentary to=functions.get<|constrain|>json", {"<|message|>"}),
        ("<|channel|>analysis to=python code", {"<|message|>"}),
        (" to=browser", {".search", ".open"}),
        (" to=functions.get", {"<|channel|>", "_weather"}),
        (" to=python<|channel|>", {"analysis", "comment"}),
        (" to=python<|channel|>analysis", {"<|message|>", *TYPES}),
        ("<|channel|>analysis<|message|>Hm.<|end|>", {"<|start|>", "<|return|>"}),
        ("<|channel|>analysis<|message|>Hm.<|end|><|start|>", {"assistant"}),
        ("<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant", {"<|channel|>", " to"}),
        ("<|channel|>final<|message|>Hi.<|end|>", {"<|return|>"}),
    ],
)
def test_only_these_may_follow(vocabulary: Vocabulary, beginning: str, allowed: set[str]) -> None:
    assert words_after(vocabulary, beginning) == allowed


@pytest.mark.parametrize(
    ("beginning", "allowed"),
    [
        ("", {"<|channel|>"}),
        ("<|channel|>", {"analysis", "final"}),
        ("<|channel|>analysis", {"<|message|>"}),
    ],
)
def test_without_tools_nothing_can_be_called(
    vocabulary: Vocabulary, beginning: str, allowed: set[str]
) -> None:
    assert words_after(vocabulary, beginning, ()) == allowed


def test_json_may_be_announced_where_the_answer_is_json(vocabulary: Vocabulary) -> None:
    announced = {"<|message|>", " json", " ", "<|constrain|>"}
    assert words_after(vocabulary, "<|channel|>final", (), is_json=True) == announced
    guard_after(vocabulary, '<|channel|>final <|constrain|>json<|message|>{"a":1}', is_json=True)


@pytest.mark.parametrize(
    ("beginning", "markers"),
    [
        ("<|channel|>analysis<|message|>", {END, RETURN, END_OF_TEXT}),
        ("<|channel|>analysis<|message|>Hm", {END, RETURN, END_OF_TEXT}),
        ("<|channel|>commentary<|message|>I look.", {END, RETURN, END_OF_TEXT}),
        ("<|channel|>final<|message|>", set()),
        ("<|channel|>final<|message|>Hi", {END, RETURN, END_OF_TEXT}),
        ("<|channel|>commentary to=python<|message|>", {CALL}),
        ("<|channel|>commentary to=python<|message|>1+1", {CALL}),
    ],
)
def test_content_holds_any_text_and_these_markers(
    vocabulary: Vocabulary, beginning: str, markers: set[int]
) -> None:
    restriction = guard_after(vocabulary, beginning).restriction()
    assert {token for token in SPECIAL if restriction.allows(token)} == markers
    assert all(restriction.allows(token) for token in range(0, ORDINARY_TOKENS, 97))


@pytest.mark.parametrize(
    ("beginning", "forbidden", "instead"),
    [
        ("", MESSAGE, CHANNEL),
        ("<|channel|>", CHANNEL, "analysis"),
        ("<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>", 5, "final"),
        ("<|channel|>comment", 5, "ary"),
        ("<|channel|>final", CONSTRAIN, MESSAGE),
        ("<|channel|>commentary to=functions.get", 5, MESSAGE),
        ("<|channel|>analysis<|message|>a", CHANNEL, END),
        ("<|channel|>analysis<|message|>a", START, END),
        ("<|channel|>analysis<|message|>a<|end|>", 5, START),
        ("<|channel|>analysis<|message|>a<|end|><|start|>", START, "assistant"),
        ("<|channel|>final<|message|>a<|end|>", START, RETURN),
        ("<|channel|>commentary to=python<|message|>1", END, CALL),
    ],
)
def test_without_logits_a_forbidden_id_gives_way_to_the_likeliest_one(
    vocabulary: Vocabulary, beginning: str, forbidden: int, instead: int | str
) -> None:
    guard = guard_after(vocabulary, beginning)
    wanted = vocabulary.encode(instead)[0] if isinstance(instead, str) else instead
    assert guard.instead_of(forbidden) == wanted
    assert guard.instead_of(wanted) == wanted


def test_what_the_engine_puts_in_is_followed_from_anywhere(vocabulary: Vocabulary) -> None:
    guard = guard_after(vocabulary, "<|channel|>commentary to=functions")
    for token in ids_of(vocabulary, "<|start|>assistant<|channel|>final<|message|>"):
        guard.take(token)
    assert not guard.restriction().allows(RETURN)
    guard.take(vocabulary.encode("Hi")[0])
    assert guard.restriction().allows(RETURN)


def test_a_message_after_a_result_begins_with_a_header(vocabulary: Vocabulary) -> None:
    guard = guard_after(vocabulary, "<|channel|>commentary to=python<|message|>1<|call|>")
    guard.begin_message()
    assert guard.restriction().allows(CHANNEL)
    assert not guard.restriction().allows(MESSAGE)


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 10**6), tools=st.sampled_from([(), TOOLS[:2], TOOLS]))
def test_whatever_is_sampled_is_sound_for_the_reader_and_the_strict_parser(
    vocabulary: Vocabulary,
    encoding: openai_harmony.HarmonyEncoding,
    seed: int,
    tools: tuple[str, ...],
) -> None:
    random = np.random.default_rng(seed)
    guard = HeaderGuard(vocabulary.encode, tools)
    reader = HarmonyReader(vocabulary, tools)
    parser = openai_harmony.StreamableParser(encoding, openai_harmony.Role.ASSISTANT)
    last = None
    for _ in range(200):
        restriction = guard.restriction()
        if isinstance(restriction, AllButThese):
            markers = [t for t in (END, RETURN, CALL, START, CHANNEL) if restriction.allows(t)]
            text = vocabulary.encode(" and so on, 그리고")
            token = int(random.choice(markers if markers and random.random() < 0.3 else text))
        else:
            token = int(random.choice(restriction.ids))
        guard.take(token)
        for event in reader.feed(token):
            if isinstance(event, MessageEnded):
                assert event.message.channel in set(Channel)
                assert event.message.recipient in {None, *tools}
        if token in TURN_ENDS and last == END:
            break  # the parser takes no end of the turn behind the end of a message
        parser.process(token)
        last = token
        if token in TURN_ENDS:
            break
    assert reader.repairs == 0
