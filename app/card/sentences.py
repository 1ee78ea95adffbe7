"""What page and command line both say of a comparison."""

from __future__ import annotations

from app.card.comparison import ComparedModel, Comparison, Verdict
from app.card.values import ModelCard
from app.words import Words


def verdict_text(words: Words, verdict: Verdict) -> str:
    """A verdict in a word or two."""
    match verdict:
        case Verdict.AGREES:
            return words("agrees")
        case Verdict.DIFFERS:
            return words("differs")
        case Verdict.NOT_IN_FILE:
            return words("not in the file")


def file_text(words: Words, card: ModelCard, row: Comparison) -> str:
    """What the file says of a fact, as it is read."""
    return "–" if row.file is None else card.write(row.fact, row.file, words.language)


def summary(words: Words, card: ModelCard, compared: ComparedModel) -> str:
    """How far the file is what the card describes, in a sentence or two."""
    counts = words(
        "Facts as on the card of {model}: {agrees}. Different: {differs}. "
        "Not in the file: {missing}.",
        agrees=compared.count(Verdict.AGREES),
        differs=compared.count(Verdict.DIFFERS),
        missing=compared.count(Verdict.NOT_IN_FILE),
        model=card.models[compared.model],
    )
    if compared.details.facts.is_practice:
        practice = words(
            "This is the practice model: it is built like gpt-oss but very much smaller, so its "
            "sizes differ from the card."
        )
        return f"{practice} {counts}"
    return counts


def published(words: Words) -> str:
    """Whose the numbers of the evaluations are."""
    return words("Published by OpenAI. Sotto has not measured any of these numbers itself.")


def source_text(words: Words, section: str) -> str:
    """Where in the card something stands."""
    return words("Model card, section {section}", section=section)
