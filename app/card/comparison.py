"""Holds a model file against the card, fact by fact."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.card.values import Fact, FactGroup, FactValue, Kind, ModelCard
from engine.gguf_details import ModelDetails

USUAL_MODEL: Final = "20b"
_BILLION: Final = 1_000_000_000
_GIB: Final = 1 << 30
_DECIMALS: Final = {Kind.DECIMAL: 2, Kind.BILLIONS: 2, Kind.GIBIBYTES: 1}


class Verdict(StrEnum):
    """What a file says of a fact."""

    AGREES = "agrees"
    DIFFERS = "differs"
    NOT_IN_FILE = "not_in_file"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One fact beside the same of a file.

    Attributes:
        card: the card's value.
        file: the file's in the same unit, not rounded; None where the file does not say.
    """

    fact: Fact
    card: FactValue
    file: FactValue | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class ComparedGroup:
    """A group of facts, compared."""

    group: FactGroup
    rows: tuple[Comparison, ...]


@dataclass(frozen=True, slots=True)
class ComparedModel:
    """A model file beside the card.

    Attributes:
        details: what the file says.
        model: the member of the family it is compared with, a key of `ModelCard.models`.
        groups: every fact of the card, in its order.
    """

    details: ModelDetails
    model: str
    groups: tuple[ComparedGroup, ...]

    @property
    def rows(self) -> tuple[Comparison, ...]:
        """All facts."""
        return tuple(row for group in self.groups for row in group.rows)

    def count(self, verdict: Verdict) -> int:
        """How many facts have this verdict."""
        return sum(row.verdict is verdict for row in self.rows)


READERS: Final[Mapping[str, Callable[[ModelDetails], FactValue | None]]] = {
    "layers": lambda file: file.facts.layers,
    "experts": lambda file: file.facts.experts,
    "experts_used": lambda file: file.facts.geometry.experts_used,
    "width": lambda file: file.facts.embedding_width,
    "vocabulary": lambda file: file.facts.vocabulary_tokens,
    "context": lambda file: file.facts.trained_context_tokens,
    "window": lambda file: file.facts.sliding_window_tokens,
    "window_period": lambda file: file.window_period,
    "heads": lambda file: file.facts.geometry.heads,
    "kv_heads": lambda file: file.kv_heads,
    "head_width": lambda file: file.head_width,
    "position_scaling": lambda file: file.position_scaling,
    "sinks": lambda file: file.has_sinks,
    "total": lambda file: file.counts.total / _BILLION,
    "active": lambda file: file.counts.active / _BILLION,
    "mlp": lambda file: file.counts.mlp / _BILLION,
    "attention": lambda file: file.counts.attention / _BILLION,
    "embedding": lambda file: (file.counts.embedding + file.counts.unembedding) / _BILLION,
    "quantisation": lambda file: file.facts.quantisation,
    "expert_bits": lambda file: file.expert_bits,
    "size": lambda file: file.facts.size_bytes / _GIB,
    "licence": lambda file: file.licence,
    "knowledge": lambda _: None,
}
"""How each fact of the card is found in a file; None where it does not say."""


def compare(card: ModelCard, details: ModelDetails) -> ComparedModel:
    """Hold a file against the member of the family that it is, or else against gpt-oss-20b."""
    model = _nearest(card, details)
    groups = tuple(
        ComparedGroup(group, tuple(_compared(fact, model, details) for fact in group.facts))
        for group in card.groups
    )
    return ComparedModel(details, model, groups)


def _nearest(card: ModelCard, details: ModelDetails) -> str:
    facts = {fact.id: fact.values for group in card.groups for fact in group.facts}
    for model in card.models:
        shape = (facts["layers"][model], facts["experts"][model])
        if shape == (details.facts.layers, details.facts.experts):
            return model
    return USUAL_MODEL


def _compared(fact: Fact, model: str, details: ModelDetails) -> Comparison:
    card, file = fact.values[model], READERS[fact.id](details)
    if file is None:
        return Comparison(fact, card, None, Verdict.NOT_IN_FILE)
    is_same = _alike(fact.kind, card) == _alike(fact.kind, file)
    return Comparison(fact, card, file, Verdict.AGREES if is_same else Verdict.DIFFERS)


def _alike(kind: Kind, value: FactValue) -> FactValue:
    """The value as far as the card gives it."""
    if isinstance(value, str):
        return value.casefold()
    decimals = _DECIMALS.get(kind)
    return value if decimals is None else round(value, decimals)
