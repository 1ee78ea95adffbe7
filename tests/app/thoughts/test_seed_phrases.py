from __future__ import annotations

import pytest

from app.thoughts.filter import shipped_rules

TWELVE = "legal winner thank year wave sausage worth useful legal winner thank yellow"


@pytest.mark.parametrize(
    "written",
    [TWELVE, TWELVE.replace(" ", ", "), TWELVE.replace(" ", "\n"), TWELVE + " " + TWELVE],
)
def test_twelve_words_of_the_list_in_a_row_are_a_seed_phrase(written: str) -> None:
    before = "it is: "
    spans = list(shipped_rules().seed_words.find(f"{before}{written}. done"))

    assert [(span.start, span.end) for span in spans] == [(len(before), len(before + written))]


def test_numbered_words_are_one_too() -> None:
    numbered = " ".join(f"{at}. {word}" for at, word in enumerate(TWELVE.split(), 1))

    assert len(list(shipped_rules().seed_words.find(numbered))) == 1


@pytest.mark.parametrize(
    "written",
    [
        " ".join(TWELVE.split()[:11]),
        TWELVE.replace("sausage", "sausages"),
        TWELVE.replace("year wave", "year. wave"),
        "the " * 40,
    ],
)
def test_fewer_words_other_words_and_sentences_are_none(written: str) -> None:
    assert list(shipped_rules().seed_words.find(written)) == []


def test_the_list_is_that_of_bip_39() -> None:
    words = shipped_rules().seed_words.words

    assert len(words) == 2048
    assert len({word[:4] for word in words}) == 2048
