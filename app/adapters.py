"""LoRA adapters as the user names them: in the settings and on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from engine.adapters import MAX_SCALE, AdapterFacts, read_adapter
from engine.gguf import read_facts
from engine.requests import Adapter

MAX_ADAPTERS: Final = 8


class AdapterChoice(BaseModel):
    """One adapter of the settings.

    Attributes:
        path: a GGUF file; whether it fits the model, the load will tell.
        scale: how strongly it acts; 1.0 is as it was trained.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Annotated[str, Field(min_length=1)]
    scale: Annotated[float, Field(ge=0.0, le=MAX_SCALE, allow_inf_nan=False)] = 1.0

    @property
    def adapter(self) -> Adapter:
        """What the engine is asked for."""
        return Adapter(Path(self.path), self.scale)


def parse_adapter(text: str) -> Adapter:
    """An adapter from `FILE` or `FILE:SCALE`.

    Raises:
        ValueError: the scale is out of range, or there is no file's name.
    """
    name, colon, tail = text.rpartition(":")
    try:
        scale = float(tail)
    except ValueError:
        name, scale = text, 1.0
    if not colon:
        name, scale = text, 1.0
    if not name or not 0.0 <= scale <= MAX_SCALE:
        raise ValueError(text)
    return Adapter(Path(name), scale)


def examine_adapter(model: Path, adapter: Adapter) -> AdapterFacts:
    """Read and check an adapter for a model, from their headers; blocks.

    Raises:
        UserFacingError: the model or the adapter cannot be used, or not together.
    """
    return read_adapter(adapter, read_facts(model))
