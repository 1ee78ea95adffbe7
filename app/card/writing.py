"""The card and a comparison as lines for people and as values for programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.card.comparison import ComparedModel, Comparison
from app.card.sentences import file_text, published, source_text, summary, verdict_text
from app.card.values import Both, Figure, ModelCard, Section, write_bar
from app.words import Words

_BAR_SIGNS = 30


def as_lines(card: ModelCard, compared: ComparedModel, words: Words) -> Iterator[str]:
    """The whole card, for a terminal or a clipboard."""
    language = words.language
    yield card.title.of(language)
    yield f"{card.author}, {card.date}, {card.address}"
    yield ""
    facts = compared.details.facts
    yield words("File: {name} ({path})", name=facts.name, path=facts.path)
    yield summary(words, card, compared)
    for group in compared.groups:
        yield ""
        yield group.group.title.of(language)
        for row in group.rows:
            yield from _row_lines(card, row, words)
    for section in card.sections:
        yield ""
        yield from _section_lines(section, words)


def _row_lines(card: ModelCard, row: Comparison, words: Words) -> Iterator[str]:
    language = words.language
    said = words(
        "card {card}, file {file}: {verdict}",
        card=card.write(row.fact, row.card, language),
        file=file_text(words, card, row),
        verdict=verdict_text(words, row.verdict),
    )
    yield f"  {row.fact.name.of(language)}: {said}  [{row.fact.section}]"


def _section_lines(section: Section, words: Words) -> Iterator[str]:
    language = words.language
    yield section.title.of(language)
    for one in section.statements:
        yield f"  - {one.of(language)}  [{one.section}]"
        if one.sotto is not None:
            yield f"    Sotto: {one.sotto.of(language)}"
    for figure in section.figures:
        yield from _figure_lines(figure, words)
    if section.figures:
        yield f"  {published(words)}"


def _figure_lines(figure: Figure, words: Words) -> Iterator[str]:
    language = words.language
    yield f"  {figure.title.of(language)}  [{source_text(words, figure.section)}]"
    for bar in figure.bars:
        signs = "#" * max(1, round(_BAR_SIGNS * bar.value / figure.most))
        value = write_bar(figure, bar, language)
        yield f"    {bar.name.of(language)}: {value}  {signs}"
    yield f"    {figure.meaning.of(language)}"


def as_json(card: ModelCard, compared: ComparedModel) -> dict[str, Any]:
    """The whole card in both languages, the file's values in the units of the card."""
    facts = compared.details.facts
    return {
        "card": {
            "title": card.title.en,
            "author": card.author,
            "date": card.date,
            "address": card.address,
        },
        "file": {
            "path": str(facts.path),
            "name": facts.name,
            "is_practice": facts.is_practice,
            "size_bytes": facts.size_bytes,
        },
        "compared_with": card.models[compared.model],
        "facts": [_row_json(row) for row in compared.rows],
        "sections": [_section_json(section) for section in card.sections],
    }


def _row_json(row: Comparison) -> dict[str, Any]:
    return {
        "id": row.fact.id,
        "name": _both(row.fact.name),
        "unit": row.fact.kind.value,
        "card": row.card,
        "file": row.file,
        "verdict": row.verdict.value,
        "section": row.fact.section,
    }


def _section_json(section: Section) -> dict[str, Any]:
    return {
        "id": section.id,
        "title": _both(section.title),
        "statements": [
            {
                "en": one.en,
                "ko": one.ko,
                "section": one.section,
                "sotto": _both(one.sotto) if one.sotto is not None else None,
            }
            for one in section.statements
        ],
        "figures": [
            {
                "title": _both(figure.title),
                "meaning": _both(figure.meaning),
                "values": {bar.name.en: bar.value for bar in figure.bars},
                "section": figure.section,
                "measured_here": False,
            }
            for figure in section.figures
        ],
    }


def _both(text: Both) -> dict[str, str]:
    return {"en": text.en, "ko": text.ko}
