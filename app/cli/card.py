"""`sotto card`: prints the model card beside what a model file says of itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

from app.assembly import chosen_model, make_words
from app.card.comparison import compare
from app.card.reading import read_card
from app.card.writing import as_json, as_lines
from app.paths import Paths
from app.settings import SettingsFile
from engine.gguf_details import read_details


def print_card(
    out: TextIO, environ: Mapping[str, str], file: Path | None, *, as_json_object: bool
) -> None:
    """Print the card and how a file compares with it.

    Args:
        out: where to.
        environ: the process's environment, or a test's.
        file: a model file; that of the settings if None, and so the practice model at first.
        as_json_object: one JSON object in place of lines for people.

    Raises:
        UserFacingError: the file is no gpt-oss model, or cannot be read.
    """
    paths = Paths.from_environment(environ)
    settings = SettingsFile(paths.settings).load()
    card = read_card()
    compared = compare(card, read_details(file or chosen_model(settings, paths).path))
    if as_json_object:
        out.write(json.dumps(as_json(card, compared), ensure_ascii=False, indent=2) + "\n")
    else:
        out.write("\n".join(as_lines(card, compared, make_words(settings, environ))) + "\n")
