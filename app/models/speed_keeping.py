"""How fast the user's own answers came, kept with the model: numbers alone, no text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from app.models.adopting import adopted
from app.models.library_file import PRACTICE_ID, Kept, LibraryFile, Shelf, with_speed
from app.models.values import LibraryModel, MeasuredSpeed, Origin
from engine.events import ModelLoaded, Usage

FEWEST_TOKENS: Final = 16
"""Of so few, the first token's way weighs more than the model."""

_WEIGHT_TOKENS: Final = 1_000
_MOST_WEIGHT: Final = 0.5


class SpeedKeeping:
    """Keeps a running average for each model and device.  Any thread; blocks on the disk.

    Args:
        file: the list of models.
        clock_ms: Unix time in milliseconds.
    """

    def __init__(self, file: LibraryFile, clock_ms: Callable[[], int]) -> None:
        self._file = file
        self._clock_ms = clock_ms

    def note(self, loaded: ModelLoaded, usage: Usage, stored_path: str | None) -> bool:
        """Take one answer into the average; False where it says too little.

        Args:
            loaded: the model that gave it.
            usage: what it took.
            stored_path: the model of the settings, which may not be in the list yet; of others
                that are not, nothing is kept.

        Raises:
            LibraryError: the list cannot be written.
        """
        if usage.reply_tokens < FEWEST_TOKENS or usage.tokens_per_second <= 0:
            return False
        now = self._clock_ms()

        def edit(shelf: Shelf) -> Shelf:
            shelf, id_ = _with_model(shelf, loaded, stored_path)
            return shelf.with_changed(
                id_, lambda kept: _with_answer(kept, loaded.device, usage, now)
            )

        self._file.change(edit)
        return True


def averaged(before: float | None, usage: Usage) -> float:
    """The average with one more answer, which counts by its length."""
    speed = usage.tokens_per_second
    if before is None:
        return speed
    weight = min(_MOST_WEIGHT, usage.reply_tokens / _WEIGHT_TOKENS)
    return before + weight * (speed - before)


def _with_model(shelf: Shelf, loaded: ModelLoaded, stored_path: str | None) -> tuple[Shelf, str]:
    path = loaded.facts.path
    if stored_path is not None and Path(stored_path) == path:
        shelf = adopted(shelf, path)
    if (known := shelf.at(path)) is not None:
        return shelf, known.model.id
    if loaded.facts.is_practice:
        return _with_practice(shelf, loaded), PRACTICE_ID
    return shelf, ""


def _with_practice(shelf: Shelf, loaded: ModelLoaded) -> Shelf:
    """The practice model is always in the library; in the file it is there for its speed alone."""
    if shelf.find(PRACTICE_ID) is not None:
        return shelf
    facts = loaded.facts
    model = LibraryModel(PRACTICE_ID, facts.name, (facts.path,), facts.size_bytes, Origin.SHIPPED)
    return replace(shelf, models=(*shelf.models, Kept(model)))


def _with_answer(kept: Kept, device: str, usage: Usage, now_ms: int) -> Kept:
    before = next((one for one in kept.speeds if one.device == device), None)
    average = averaged(before.tokens_per_second if before else None, usage)
    speeds = with_speed(kept.speeds, MeasuredSpeed(average, device, now_ms))
    return replace(kept, model=replace(kept.model, speed=speeds[-1]), speeds=speeds)
