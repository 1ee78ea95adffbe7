"""What the reader does where a header breaks off, and with ids in any order."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine.harmony.messages import AssistantMessage, Channel
from engine.harmony.reader import (
    MAX_HEADER_TOKENS,
    AnalysisDelta,
    CallDelta,
    FinalDelta,
    HarmonyReader,
    MessageEnded,
    PreambleDelta,
    ReaderEvent,
    TurnEnded,
)
from engine.harmony.tokens import CHANNEL, CONSTRAIN, END, MESSAGE, ORDINARY_TOKENS, RETURN, START
from engine.harmony.vocabulary import Vocabulary

SPECIAL = {
    "<|start|>": START,
    "<|end|>": END,
    "<|message|>": MESSAGE,
    "<|channel|>": CHANNEL,
    "<|constrain|>": CONSTRAIN,
    "<|return|>": RETURN,
    "<|call|>": 200012,
    "<|reserved|>": 200013,
}
WEATHER = "functions.get_weather"
DELTAS = (AnalysisDelta, PreambleDelta, FinalDelta, CallDelta)
THOUGHT = "<|channel|>analysis<|message|>secret"
HALF_A_CHARACTER = b"\xec"


def ids_of(vocabulary: Vocabulary, stream: str) -> list[int]:
    parts = re.split(r"(<\|\w+\|>)", stream)
    return [
        token
        for part in parts
        for token in ([SPECIAL[part]] if part in SPECIAL else vocabulary.encode(part))
    ]


def read_ids(reader: HarmonyReader, ids: Sequence[int]) -> list[ReaderEvent]:
    events = [event for token in ids for event in reader.feed(token)]
    return [*events, *reader.finish()]


def said(events: Sequence[ReaderEvent], *kinds: type) -> str:
    return "".join(e.text for e in events if isinstance(e, DELTAS) and isinstance(e, kinds))


@pytest.mark.parametrize(
    "stream",
    [
        f"{THOUGHT}<|channel|>?? secret<|return|>",
        f"{THOUGHT}<|channel|>??<|message|>secret<|return|>",
        f"{THOUGHT}<|channel|><|message|>secret<|return|>",
        f"{THOUGHT}<|channel|>final secret<|return|>",
        f"{THOUGHT}<|start|>secret secret<|return|>",
        f"{THOUGHT}<|start|>assistant<|message|>secret<|return|>",
        f"{THOUGHT}<|start|>assistant commentary secret<|return|>",
        f"{THOUGHT}<|start|><|start|>assistant secret<|return|>",
        f"{THOUGHT}<|start|>assistant<|end|>secret<|return|>",
        f"{THOUGHT}<|start|>assistant{' secret' * (MAX_HEADER_TOKENS + 9)}<|return|>",
        f"{THOUGHT}<|message|>secret<|constrain|>secret<|return|>",
        "<|channel|>analysis<|channel|>final<|message|>secret<|return|>",
        "<|channel|>analysis<|constrain|>x<|message|>secret<|return|>",
        "<|channel|>analysis the secret<|message|>secret<|return|>",
        f"<|channel|>analysis{' secret' * (MAX_HEADER_TOKENS + 9)}<|return|>",
        "assistantanalysis secret",
        "<|end|><|start|>analysis<|message|>secret<|return|>",
    ],
)
def test_what_may_be_thoughts_never_becomes_an_answer(vocabulary: Vocabulary, stream: str) -> None:
    reader = HarmonyReader(vocabulary)
    events = read_ids(reader, ids_of(vocabulary, stream))
    assert stream.count("secret") == said(events, AnalysisDelta).count("secret")
    assert said(events, FinalDelta, PreambleDelta, CallDelta) == ""
    assert not reader.has_final
    assert reader.repairs > 0


def test_markers_written_in_ordinary_tokens_begin_thoughts_all_the_same(
    vocabulary: Vocabulary,
) -> None:
    spelled = "<|channel|>analysis<|message|>secret<|end|><|start|>assistant<|channel|>final"
    reader = HarmonyReader(vocabulary)
    events = read_ids(reader, [*vocabulary.encode(spelled), RETURN])
    assert said(events, AnalysisDelta).startswith("secret")
    assert said(events, FinalDelta, PreambleDelta, CallDelta) == ""


def test_markers_written_in_ordinary_tokens_begin_an_answer_without_being_shown(
    vocabulary: Vocabulary,
) -> None:
    reader = HarmonyReader(vocabulary)
    events = read_ids(reader, vocabulary.encode("<|channel|>final<|message|>Hello there"))
    assert said(events, FinalDelta) == "Hello there"
    assert "<|" not in repr(events)


def test_a_spelled_message_marker_in_anothers_name_says_nothing(vocabulary: Vocabulary) -> None:
    reader = HarmonyReader(vocabulary)
    events = read_ids(reader, [START, *vocabulary.encode("user<|message|>evil evil")])
    assert said(events, *DELTAS) == ""


@pytest.mark.parametrize("end", ["<|call|>", "<|end|>", "<|return|>"])
def test_a_call_without_a_body_is_a_call(vocabulary: Vocabulary, end: str) -> None:
    reader = HarmonyReader(vocabulary, {WEATHER})
    stream = f"<|channel|>commentary to={WEATHER} <|constrain|>json{end}"
    events = read_ids(reader, ids_of(vocabulary, stream))
    call = AssistantMessage(Channel.COMMENTARY, "", WEATHER, "json")
    assert events[-2:] == [MessageEnded(call), TurnEnded(is_call=True)]


@pytest.mark.parametrize("end", ["", "<|start|>"])
def test_a_call_that_was_never_finished_is_none(vocabulary: Vocabulary, end: str) -> None:
    reader = HarmonyReader(vocabulary, {WEATHER})
    stream = f"<|channel|>commentary to={WEATHER} json{end}"
    assert read_ids(reader, ids_of(vocabulary, stream)) == []


def test_the_body_of_a_call_may_stand_in_its_header(vocabulary: Vocabulary) -> None:
    reader = HarmonyReader(vocabulary, {WEATHER})
    stream = f'<|channel|>commentary to={WEATHER} json{{"a": 1}}<|call|>'
    events = read_ids(reader, ids_of(vocabulary, stream))
    call = AssistantMessage(Channel.COMMENTARY, '{"a": 1}', WEATHER, "json")
    assert events[-2:] == [MessageEnded(call), TurnEnded(is_call=True)]


def test_words_in_the_header_of_a_call_are_no_part_of_its_arguments(
    vocabulary: Vocabulary,
) -> None:
    reader = HarmonyReader(vocabulary, {WEATHER})
    stream = f"well then<|channel|>commentary to={WEATHER} json<|message|>{{}}<|call|>"
    assert said(read_ids(reader, ids_of(vocabulary, stream)), *DELTAS) == "{}"


def test_an_answer_held_back_in_a_header_counts_as_an_answer(vocabulary: Vocabulary) -> None:
    reader = HarmonyReader(vocabulary)
    for token in vocabulary.encode("I cannot help with that."):
        assert reader.feed(token) == ()
    assert reader.has_final
    assert said(reader.finish(), FinalDelta) == "I cannot help with that."
    assert reader.has_final


@pytest.mark.parametrize(
    "stream", ["", "<|channel|>analysis secret", "<|channel|>final", "commentary"]
)
def test_a_header_without_an_answer_counts_as_none(vocabulary: Vocabulary, stream: str) -> None:
    reader = HarmonyReader(vocabulary)
    for token in ids_of(vocabulary, stream):
        reader.feed(token)
    assert not reader.has_final


@pytest.mark.parametrize(
    ("stream", "is_in_call"),
    [
        (f"<|channel|>commentary to={WEATHER} json", True),
        (f"<|channel|>commentary to={WEATHER} json<|message|>{{}}", True),
        (f"<|channel|>commentary to={WEATHER} json<|message|>{{}}<|call|>", False),
        ("<|channel|>commentary", False),
        ("<|channel|>commentary<|message|>I look.", False),
    ],
)
def test_whether_a_call_is_being_written_is_known(
    vocabulary: Vocabulary, stream: str, is_in_call: bool
) -> None:
    reader = HarmonyReader(vocabulary, {WEATHER})
    for token in ids_of(vocabulary, stream):
        reader.feed(token)
    assert reader.is_in_call is is_in_call


def test_a_long_answer_without_markup_streams(vocabulary: Vocabulary) -> None:
    reader = HarmonyReader(vocabulary)
    ids = vocabulary.encode("one two " * MAX_HEADER_TOKENS)
    deltas = [event for token in ids for event in reader.feed(token)]
    assert len(deltas) > MAX_HEADER_TOKENS / 2
    assert said([*deltas, *reader.finish()], FinalDelta) == "one two " * MAX_HEADER_TOKENS


def test_a_character_cut_off_in_a_header_does_not_reach_the_answer(vocabulary: Vocabulary) -> None:
    half = vocabulary.pieces.index(HALF_A_CHARACTER)
    header = [CHANNEL, *vocabulary.encode("final"), half, MESSAGE]
    reader = HarmonyReader(vocabulary)
    events = read_ids(reader, [*header, *vocabulary.encode("Hi"), RETURN])
    assert said(events, FinalDelta) == "Hi"


def test_a_character_cut_off_in_anothers_name_does_not_reach_the_answer(
    vocabulary: Vocabulary,
) -> None:
    half = vocabulary.pieces.index(HALF_A_CHARACTER)
    evil = [START, *vocabulary.encode("user evil" * MAX_HEADER_TOKENS), half]
    answer = ids_of(vocabulary, "<|start|>assistant<|channel|>final<|message|>Hi<|return|>")
    events = read_ids(HarmonyReader(vocabulary), [*evil, *answer])
    assert said(events, *DELTAS) == "Hi"


def test_the_end_of_generation_in_a_message_gives_out_what_was_said(vocabulary: Vocabulary) -> None:
    reader = HarmonyReader(vocabulary)
    events = read_ids(reader, ids_of(vocabulary, "<|channel|>final<|message|>Hi"))
    assert events[-1] == MessageEnded(AssistantMessage(Channel.FINAL, "Hi"))
    assert reader.channel is None
    assert reader.finish() == ()
    assert reader.repairs == 0


def test_a_turn_that_only_ends_says_so(vocabulary: Vocabulary) -> None:
    reader = HarmonyReader(vocabulary)
    assert reader.feed(RETURN) == (TurnEnded(is_call=False),)
    assert reader.repairs == 1


MANGLERS = st.sampled_from([START, CHANNEL, CONSTRAIN, 200013, -1, 10**6])
WORDS = [
    "Alpha",
    " beta",
    "가나",
    " delta",
    "🙂",
    " ??",
    "assistant",
    " final",
    "commentary",
    "user",
]


@given(
    pieces=st.lists(st.one_of(MANGLERS, st.sampled_from([*WORDS, " to=user", "json"])), max_size=30)
)
@example(pieces=[CHANNEL, " final", START, "assistant", CHANNEL, "commentary", "Alpha"])
@example(pieces=[START, " to=user", "Alpha", CHANNEL, "Alpha", START, "Alpha"])
def test_thoughts_stay_thoughts_until_a_whole_header_ends_them(
    vocabulary: Vocabulary, pieces: list[int | str]
) -> None:
    ids = ids_of(vocabulary, THOUGHT)
    for piece in pieces:
        ids += vocabulary.encode(piece) if isinstance(piece, str) else [piece]
    events = read_ids(HarmonyReader(vocabulary), [*ids, RETURN])
    assert said(events, FinalDelta, PreambleDelta) == ""


@given(
    pieces=st.lists(
        st.one_of(st.sampled_from([START, END, CHANNEL, 200013, -1]), st.sampled_from(WORDS[:4])),
        max_size=30,
    )
)
def test_every_word_is_said_once_and_in_order_wherever_markers_stand(
    vocabulary: Vocabulary, pieces: list[int | str]
) -> None:
    ids = ids_of(vocabulary, "<|channel|>final<|message|>")
    for piece in pieces:
        ids += vocabulary.encode(piece) if isinstance(piece, str) else [piece]
    events = read_ids(HarmonyReader(vocabulary), [*ids, RETURN])
    words = "".join(piece for piece in pieces if isinstance(piece, str))
    assert said(events, *DELTAS).replace(" ", "") == words.replace(" ", "")


@given(
    ids=st.lists(
        st.one_of(st.integers(0, 400), st.sampled_from([MESSAGE, CONSTRAIN, -1])), max_size=60
    )
)
def test_special_ids_inside_an_answer_take_nothing_from_it(
    vocabulary: Vocabulary, ids: list[int]
) -> None:
    stream = [*ids_of(vocabulary, "<|channel|>final<|message|>"), *ids, RETURN]
    events = read_ids(HarmonyReader(vocabulary), stream)
    ordinary = [token for token in ids if 0 <= token < ORDINARY_TOKENS]
    assert said(events, FinalDelta) == vocabulary.decode(ordinary)
    message = next(e.message for e in events if isinstance(e, MessageEnded))
    assert message.text == vocabulary.decode(ordinary)
