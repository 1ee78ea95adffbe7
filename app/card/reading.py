"""Reads `resources/model_card.json`."""

from __future__ import annotations

from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from app import resources
from app.card.values import ModelCard
from engine.errors import UserFacingError


def read_card(path: Path = resources.MODEL_CARD) -> ModelCard:
    """The card that comes with Sotto.

    Raises:
        UserFacingError: the file is missing or not what it was.
    """
    try:
        return TypeAdapter(ModelCard).validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise UserFacingError(
            "The model card that comes with Sotto is damaged.", "Install Sotto again.", str(error)
        ) from error
