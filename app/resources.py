"""The one door to the files in `resources/`."""

from __future__ import annotations

from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent / "resources"


def path(*parts: str) -> Path:
    """Path of a file or folder that ships with the app, e.g. `path("icons", "plus.svg")`."""
    return _ROOT.joinpath(*parts)


VOCABULARY = path("vocabulary", "o200k_base.tiktoken")
MODEL_CARD = path("model_card.json")
UPDATE_KEY = path("update_key.json")
PACKAGE = path("package.txt")
"""Written by the builds of packages, one word (`app.updates.installation`)."""
MODELS = path("models.json")
