"""`sotto models show`: everything that is known of one model."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from app.cli.model_rows import Row, state_text
from app.cli.progress_line import size_text, width_of
from app.words import N_, Words


def facts_text(words: Words, row: Row) -> str:
    """The facts for people, each with its label."""
    lines = [(words(label) if label else "", text) for label, text in _facts(words, row)]
    wide = max(width_of(label) for label, _ in lines)
    told = [f"{label}{' ' * (wide - width_of(label))}  {text}".rstrip() for label, text in lines]
    return "\n".join((row.id, *(f"  {line}" for line in told)))


def _facts(words: Words, row: Row) -> Iterator[tuple[str, str]]:
    """Labels and texts; a line that goes on with the one before has no label."""
    here, offered = row.here, row.offered
    yield N_("State"), state_text(words, row)
    if row.size_bytes:
        yield N_("Size"), size_text(row.size_bytes)
    if row.quantisation:
        yield N_("Format"), row.quantisation
    if offered is not None and offered.licence:
        yield N_("Licence"), offered.licence
    if offered is not None:
        place = f"{offered.repository} {offered.commit[:12]}".strip()
        yield N_("Source"), place or offered.address
    elif here is not None and here.source:
        yield N_("Source"), here.source
    yield from _outlook(words, row)
    yield from _files(row)
    if offered is not None:
        for label, (name, told) in zip(
            _labels(N_("Found in")), sorted(offered.sources.items()), strict=False
        ):
            yield label, f"{name}: {unicodedata.normalize('NFC', told)}"


def _outlook(words: Words, row: Row) -> Iterator[tuple[str, str]]:
    if row.outlook is None:
        return
    plan = row.outlook.planned.plan
    said = (plan.explanation, *plan.shortages)
    for label, sentence in zip(_labels(N_("Here")), said, strict=False):
        yield label, words(sentence.title, **sentence.fields)
    speed = row.here.speed if row.here else None
    if speed is not None:
        told = words(
            "{speed} tokens/s, measured on {device}",
            speed=f"{speed.tokens_per_second:.1f}",
            device=speed.device,
        )
        yield N_("Speed"), told
    elif row.outlook.speed is not None and plan.fits:
        guess = row.outlook.speed.sentence
        yield N_("Speed"), words(guess.title, **guess.fields)


def _files(row: Row) -> Iterator[tuple[str, str]]:
    if row.here is not None:
        for label, path in zip(_labels(N_("Files")), row.here.paths, strict=False):
            yield label, str(path)
    elif row.offered is not None:
        for label, part in zip(_labels(N_("Files")), row.offered.parts, strict=False):
            size = f"{part.size_bytes:,} B" if part.size_bytes else "?"
            digest = f"  sha256 {part.sha256}" if part.sha256 else ""
            yield label, f"{part.name}  {size}{digest}"


def _labels(first: str) -> Iterator[str]:
    """A label for the first of some lines."""
    yield first
    while True:
        yield ""
