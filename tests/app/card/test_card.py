from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from app import resources
from app.card.comparison import READERS
from app.card.reading import read_card
from app.card.values import Fact, ModelCard
from engine.errors import UserFacingError

CARD = json.loads(resources.MODEL_CARD.read_text("utf-8"))
SECTION = re.compile(r"[1-7](\.\d+)?(, [1-7](\.\d+)?)*")
HANGUL = re.compile("[가-힣]")
SAME_IN_BOTH = re.compile(r"[\w.-]+|(\{value\} ?(%|GiB)?)")


def nodes(part: Any) -> list[dict[str, Any]]:
    """Every object of the file."""
    if isinstance(part, list):
        return [node for one in part for node in nodes(one)]
    if isinstance(part, dict):
        return [part, *(node for one in part.values() for node in nodes(one))]
    return []


@pytest.fixture(scope="module")
def card() -> ModelCard:
    return read_card()


def facts(card: ModelCard) -> list[Fact]:
    return [fact for group in card.groups for fact in group.facts]


def test_everything_the_card_says_names_its_section(card: ModelCard) -> None:
    said = [
        *(fact.section for fact in facts(card)),
        *(one.section for section in card.sections for one in section.statements),
        *(one.section for section in card.sections for one in section.figures),
    ]
    assert len(said) > 50
    assert [one for one in said if not SECTION.fullmatch(one)] == []
    assert card.address == "https://arxiv.org/abs/2508.10925"


def test_every_text_is_there_in_english_and_korean() -> None:
    texts = [node for node in nodes(CARD) if "en" in node or "ko" in node]
    assert len(texts) > 100
    for text in texts:
        assert text["en"].strip()
        assert text["ko"].strip()
        assert not HANGUL.search(text["en"])
        is_translated = HANGUL.search(text["ko"]) is not None
        assert is_translated or SAME_IN_BOTH.fullmatch(text["ko"]), text


def test_every_kind_of_fact_that_was_asked_for_can_be_read_from_a_file(card: ModelCard) -> None:
    asked = {"layers", "experts", "active", "window", "heads", "kv_heads", "vocabulary"}
    asked |= {"context", "quantisation", "total", "size"}
    known = [fact.id for fact in facts(card)]
    assert asked <= set(known)
    assert sorted(known) == sorted(READERS)
    assert all(set(fact.values) == set(card.models) for fact in facts(card))


def test_the_parts_follow_the_order_of_a_model_card(card: ModelCard) -> None:
    order = ["details", "use", "training", "evaluation", "limits", "ethics"]
    assert [section.id for section in card.sections] == order
    assert all(section.statements for section in card.sections)


def test_no_bar_is_longer_than_its_figure(card: ModelCard) -> None:
    figures = [figure for section in card.sections for figure in section.figures]
    assert len(figures) >= 4
    assert all(0 < bar.value <= figure.most for figure in figures for bar in figure.bars)


def test_numbers_in_the_texts_are_the_same_in_both_languages() -> None:
    number = re.compile(r"(?<![\w.])\d[\d.,]*\d|(?<![\w.])\d")
    for node in nodes(CARD):
        if "section" in node and "en" in node and "H100" not in node["en"]:
            english = {one for one in number.findall(node["en"]) if "." in one or int(one) > 10}
            assert english <= set(number.findall(node["ko"])), node["en"]


@pytest.mark.parametrize("content", ["", "{}", CARD["title"]["en"], None])
def test_a_damaged_card_is_told_in_one_sentence(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "card.json"
    if content is not None:
        file.write_text(content, "utf-8")
    with pytest.raises(UserFacingError) as caught:
        read_card(file)
    assert caught.value.title == "The model card that comes with Sotto is damaged."
