from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.thoughts import system_text
from app.thoughts.filter import LONGEST, ThoughtsFilter, make_filter, shipped_rules
from app.thoughts.guarded_text import GuardedText
from app.thoughts.mark import MARK
from engine.analysis_filter import AnalysisFilter, AnalysisFilterFactory, ThoughtPiece, WithheldKind
from engine.harmony.messages import HarmonyMessage

CARD = (
    "The contact card says: e-mail jane.doe@example.com, phone +1 555 010 9999, "
    "card 4111 1111 1111 1111. This idiot asks for private data again."
)
KEY_LINES = "\n".join("MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7" for _ in range(30))
KEY_BLOCK = f"-----BEGIN RSA PRIVATE KEY-----\n{KEY_LINES}\n-----END RSA PRIVATE KEY-----"

FRAGMENTS = st.sampled_from(
    [
        *("jane.doe@example.com", "jane at host dot com", "+82 10-1234-5678", "555 010 9999", "1 "),
        *("4111 1111 1111 1111", "900101-1234567", "sk-abcdefghijklmnopqrstuv123", "abc123DEF/+"),
        *("-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----", "password:", " hunter2"),
        *(
            "<|start|>",
            "<",
            "|",
            "end",
            "|>",
            "idiot",
            "i d i o t",
            "씨1발",
            "시발점",
            "ㅅㅂ",
            "가" * 50,
        ),
        *("the helpful pirate of the seven seas", " and you always answer in rhymes", "e.g. "),
        *(
            "according to the policy",
            "사과나무를 사용자에게 말하지",
            "Never say the word treasure.",
        ),
        *(
            ". ",
            "? ",
            "! ",
            "…",
            "다. ",
            "요.",
            "\n",
            "\n\n",
            " ",
            ", ",
            "3.14",
            "1. ",
            MARK,
            "\u200b",
        ),
        *(
            "a" * 130,
            "word " * 30,
            "Mr. ",
            "\ud800",
            "e\u0301",
            "\u1109\u1175",
            "…\n",
            "。",
            "\uff1f",
        ),
    ]
)
TEXTS = st.lists(FRAGMENTS | st.text(max_size=20), max_size=40).map("".join)


def test_the_contact_card_keeps_nothing_private(judge: Callable[..., Any]) -> None:
    judged = judge(CARD, 1)

    assert judged.text == (
        f"The contact card says: e-mail {MARK}, phone {MARK}, card {MARK}. "
        f"This {MARK} asks for private data again."
    )
    assert judged.kinds == (*[WithheldKind.PERSONAL_DATA] * 3, WithheldKind.ABUSE)


def test_a_filter_is_what_the_engine_asks_for(conversation: Sequence[HarmonyMessage]) -> None:
    factory: AnalysisFilterFactory = make_filter
    made: AnalysisFilter = factory(conversation)

    assert made.feed("") == []
    assert made.end_message() == []


def test_a_sentence_comes_out_as_soon_as_it_ends(conversation: Sequence[HarmonyMessage]) -> None:
    made = make_filter(conversation)

    assert made.feed("The user greets me.") == []
    assert made.feed(" I") == [ThoughtPiece("The user greets me. ")]
    assert made.feed(" greet back") == []
    assert made.end_message() == [ThoughtPiece("I greet back")]


def test_a_number_is_held_back_until_it_cannot_go_on(
    conversation: Sequence[HarmonyMessage],
) -> None:
    made = make_filter(conversation)

    assert made.feed("Call 010-1234-\n") == []
    assert made.feed("5678 now.\n")[0].withheld == (WithheldKind.PERSONAL_DATA,)


def test_each_message_begins_afresh(conversation: Sequence[HarmonyMessage]) -> None:
    made = make_filter(conversation)
    made.feed("-----BEGIN PRIVATE KEY-----\n" + KEY_LINES)
    made.end_message()

    assert made.feed("Hello there.\n") == [ThoughtPiece("Hello there.\n")]


@settings(
    max_examples=80, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
@given(text=TEXTS, cuts=st.lists(st.integers(1, 60), min_size=1, max_size=8))
def test_how_text_is_fed_changes_nothing(
    conversation: Sequence[HarmonyMessage], text: str, cuts: list[int]
) -> None:
    whole = make_filter(conversation)
    parts = make_filter(conversation)

    expected = [*whole.feed(text), *whole.end_message()]
    pieces = [piece for part in _parts(text, cuts) for piece in parts.feed(part)]
    pieces.extend(parts.end_message())

    assert pieces == expected


@settings(
    max_examples=80, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
@given(text=TEXTS)
def test_there_is_one_mark_for_each_passage_and_never_a_failure(
    conversation: Sequence[HarmonyMessage], text: str
) -> None:
    made = make_filter(conversation)

    pieces = [*made.feed(text), *made.end_message()]

    for piece in pieces:
        assert piece.text.count(MARK) == len(piece.withheld)
        assert WithheldKind.FAILED not in piece.withheld
        assert "<|start|>" not in piece.text
        assert "jane.doe@example.com" not in piece.text


@settings(max_examples=50, derandomize=True, deadline=None)
@given(
    words=st.lists(
        st.sampled_from(["we", "look", "at it", "then", "가나", "오늘", "7", "3.14", "(so)", "\n"])
    )
)
def test_innocent_text_is_kept_to_the_letter(
    conversation: Sequence[HarmonyMessage], words: list[str]
) -> None:
    made = make_filter(conversation)
    text = " ".join(words)

    assert "".join(piece.text for piece in (*made.feed(text), *made.end_message())) == text


@pytest.mark.parametrize("place", range(250, 420, 7))
@pytest.mark.parametrize(
    "planted",
    ["jane.doe@example.com", "4111 1111 1111 1111", "+82 10-1234-5678", "<|channel|>", "i d i o t"],
)
def test_nothing_slips_through_where_a_long_text_is_cut(
    judge: Callable[..., Any], place: int, planted: str
) -> None:
    filler = ("some words without an end " * 40)[:place]
    judged = judge(f"{filler} {planted} {filler}")

    assert planted not in judged.text
    assert len(judged.kinds) == 1
    assert judged.text == f"{filler} {MARK} {filler}"


@pytest.mark.parametrize("step", [0, 1, 7])
def test_a_private_key_over_many_lines_is_one_passage(judge: Callable[..., Any], step: int) -> None:
    judged = judge(f"Here it is: {KEY_BLOCK}\nThat was it.", step)

    assert judged.text == f"Here it is: {MARK}\nThat was it."
    assert judged.kinds == (WithheldKind.SECRET,)


def test_a_private_key_that_never_ends_stays_hidden_to_the_end(judge: Callable[..., Any]) -> None:
    judged = judge("-----BEGIN PRIVATE KEY-----\n" + KEY_LINES)

    assert judged.text == MARK


def test_a_false_key_block_does_not_hide_thoughts_for_ever(judge: Callable[..., Any]) -> None:
    judged = judge("-----BEGIN PRIVATE KEY-----\n" + "No key follows. " * 1000 + "The end.")

    assert judged.text.endswith("The end.")


def test_a_secret_longer_than_the_window_is_one_passage(judge: Callable[..., Any]) -> None:
    source = random.Random(7)
    secret = "".join(source.choices("ABCDEFGHabcdefgh0123456789+/", k=1500))
    judged = judge(f"The blob is {secret} and so on.", 5)

    assert judged.text == f"The blob is {MARK} and so on."
    assert judged.kinds == (WithheldKind.SECRET,)


@pytest.mark.parametrize("unit", ["a", "1", "가", ".", "\n", " ", "a.", "1 ", "<|", "\u200b"])
def test_little_is_held_back_whatever_comes(
    conversation: Sequence[HarmonyMessage], unit: str
) -> None:
    made = make_filter(conversation)
    text = unit * (20_000 // len(unit))
    shown = 0
    for start in range(0, len(text), 4):
        shown += sum(len(piece.text) for piece in made.feed(text[start : start + 4]))
        assert start + 4 - shown <= LONGEST + 4
    shown += sum(len(piece.text) for piece in made.end_message())

    assert shown == len(text)


class FailingRules:
    """Rules that break on one word, as a bug in a pattern would."""

    def find(self, lowered: str) -> Iterator[Any]:
        if "bug" in lowered:
            raise ValueError(lowered)
        return iter(())


@pytest.fixture
def failing_filter() -> ThoughtsFilter:
    rules = shipped_rules()
    failing: Any = FailingRules()
    broken = replace(rules, abuse=failing)
    return ThoughtsFilter(system_text.guard_for(GuardedText("")), broken)


def test_a_sentence_that_cannot_be_judged_is_withheld_alone(
    failing_filter: ThoughtsFilter,
) -> None:
    pieces = [*failing_filter.feed("Fine. A bug here. Fine again."), *failing_filter.end_message()]

    assert [piece.text for piece in pieces] == ["Fine. ", MARK, "Fine again."]
    assert pieces[1].withheld == (WithheldKind.FAILED,)


class FailingGuard(system_text.SystemTextGuard):
    """A guard whose look-ahead is broken."""

    __slots__ = ()

    def open_tail(self, lowered: str) -> int | None:
        raise RuntimeError(lowered)


@pytest.mark.parametrize("text", ["One. Two", "x" * 2 * LONGEST])
def test_a_filter_that_cannot_go_on_withholds_and_does_not_raise(text: str) -> None:
    guard = FailingGuard(frozenset(), frozenset(), {}, frozenset(), frozenset(), ())
    made = ThoughtsFilter(guard, shipped_rules())

    assert made.feed(text) == [ThoughtPiece(MARK, (WithheldKind.FAILED,))]
    assert made.end_message() == []


def test_end_of_message_does_not_raise_either(monkeypatch: pytest.MonkeyPatch) -> None:
    made = ThoughtsFilter(system_text.guard_for(GuardedText("")), shipped_rules())
    made.feed("Half a")
    monkeypatch.setattr(made, "_judge", lambda _: 1 / 0)

    assert made.end_message() == [ThoughtPiece(MARK, (WithheldKind.FAILED,))]


def _parts(text: str, cuts: list[int]) -> Iterator[str]:
    start = 0
    turn = 0
    while start < len(text):
        yield text[start : start + cuts[turn % len(cuts)]]
        start += cuts[turn % len(cuts)]
        turn += 1
