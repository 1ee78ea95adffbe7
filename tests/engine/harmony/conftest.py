from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from engine.harmony.reader import HarmonyReader
from engine.harmony.vocabulary import Vocabulary
from engine.harmony.writer import HarmonyWriter


@pytest.fixture(scope="session")
def vocabulary(vocabulary_path: Path) -> Vocabulary:
    return Vocabulary.from_file(vocabulary_path)


@pytest.fixture(scope="session")
def writer(vocabulary: Vocabulary) -> HarmonyWriter:
    return HarmonyWriter(vocabulary)


@pytest.fixture
def reader(vocabulary: Vocabulary) -> HarmonyReader:
    return HarmonyReader(vocabulary, tools={"functions.get_weather", "python"})


@pytest.fixture(scope="session")
def oracle(vocabulary_path: Path) -> Any:
    """openai-harmony's own encoding, offline."""
    os.environ["TIKTOKEN_ENCODINGS_BASE"] = str(vocabulary_path.parent)
    import openai_harmony  # noqa: PLC0415 - it reads the variable above when it loads

    return openai_harmony.load_harmony_encoding("HarmonyGptOss")
