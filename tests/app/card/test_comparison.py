from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import pytest

from app import resources
from app.card.comparison import ComparedModel, Verdict, compare
from app.card.sentences import summary
from app.card.values import ModelCard
from app.card.writing import as_lines
from app.words import Words
from engine.gguf_details import ModelDetails, read_details
from tools.random_model.header import GPT_OSS_20B, tensors


def verdicts(compared: ComparedModel) -> dict[str, Verdict]:
    return {row.fact.id: row.verdict for row in compared.rows}


def with_verdict(compared: ComparedModel, verdict: Verdict) -> set[str]:
    return {name for name, one in verdicts(compared).items() if one is verdict}


def test_a_file_of_gpt_oss_20b_agrees_in_all_but_its_size(card: ModelCard, full_20b: Path) -> None:
    compared = compare(card, read_details(full_20b))
    assert compared.model == "20b"
    assert with_verdict(compared, Verdict.DIFFERS) == {"size"}
    assert with_verdict(compared, Verdict.NOT_IN_FILE) == {"window_period", "licence", "knowledge"}


def test_a_file_of_gpt_oss_120b_is_held_against_its_own_numbers(
    card: ModelCard, full_120b: Path
) -> None:
    compared = compare(card, read_details(full_120b))
    assert compared.model == "120b"
    assert with_verdict(compared, Verdict.DIFFERS) == {"size"}


def test_every_weight_of_a_file_is_counted_once(full_20b: Path) -> None:
    counts = read_details(full_20b).counts
    sizes = {one.name: math.prod(one.shape) for one in tensors(GPT_OSS_20B)}
    norms = sum(size for name, size in sizes.items() if "norm" in name)
    assert counts.total == sum(sizes.values())
    parts = counts.mlp + counts.attention + counts.embedding + counts.unembedding
    assert counts.total == parts + norms


def test_the_practice_model_differs_in_size_and_not_in_kind(
    card: ModelCard, practice_model_path: Path
) -> None:
    compared = compare(card, read_details(practice_model_path))
    found = verdicts(compared)
    differing = {"layers", "experts", "width", "heads", "kv_heads", "total", "active", "size"}
    assert all(found[name] is Verdict.DIFFERS for name in differing)
    alike = {"experts_used", "window", "context", "vocabulary", "quantisation", "head_width"}
    assert all(found[name] is Verdict.AGREES for name in alike)


def test_it_says_in_one_sentence_why_the_practice_model_differs(
    card: ModelCard, practice_model_path: Path, full_20b: Path
) -> None:
    words = Words("en", resources.path("translations"))
    practice = summary(words, card, compare(card, read_details(practice_model_path)))
    real = summary(words, card, compare(card, read_details(full_20b)))
    assert "practice model" in practice
    assert real == "Facts as on the card of gpt-oss-20b: 19. Different: 1. Not in the file: 3."


def changed(details: ModelDetails, **facts: object) -> ModelDetails:
    return dataclasses.replace(details, facts=dataclasses.replace(details.facts, **facts))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "value", "fact"),
    [
        ("quantisation", "Q4_K", "quantisation"),
        ("sliding_window_tokens", 127, "window"),
        ("trained_context_tokens", 131_071, "context"),
        ("size_bytes", 12_850_000_000, "size"),
    ],
)
def test_a_little_off_is_not_the_same(
    card: ModelCard, full_20b: Path, name: str, value: object, fact: str
) -> None:
    details = changed(read_details(full_20b), **{name: value})
    assert verdicts(compare(card, details))[fact] is Verdict.DIFFERS


def test_the_size_of_openai_s_own_files_agrees(card: ModelCard, full_20b: Path) -> None:
    details = changed(read_details(full_20b), size_bytes=round(12.83 * (1 << 30)))
    assert verdicts(compare(card, details))["size"] is Verdict.AGREES


def test_values_are_compared_as_exactly_as_the_card_gives_them(
    card: ModelCard, full_20b: Path
) -> None:
    details = read_details(full_20b)
    more = dataclasses.replace(details.counts, total=details.counts.total + 10_000_000)
    compared = compare(card, dataclasses.replace(details, counts=more))
    assert verdicts(compared)["total"] is Verdict.DIFFERS
    assert verdicts(compared)["mlp"] is Verdict.AGREES


def test_what_is_written_in_korean_holds_no_english_sentence(
    card: ModelCard, full_20b: Path
) -> None:
    words = Words("ko", resources.path("translations"))
    lines = list(as_lines(card, compare(card, read_details(full_20b)), words))
    sentences = [line for line in lines[1:] if len(line.split()) > 6]
    assert len(sentences) > 30
    assert [line for line in sentences if not any("가" <= sign <= "힣" for sign in line)] == []
    assert any("209.1억 개" in line for line in lines)
