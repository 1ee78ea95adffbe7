from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from engine.gguf import read_facts
from tools.practice_model.checkpoint import Checkpoint
from tools.practice_model.export import export
from tools.practice_model.shape import NAME
from tools.practice_model.vocabulary import TOKENS, VocabularyTables


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@pytest.fixture(scope="module")
def tables(vocabulary_path: Path) -> VocabularyTables:
    return VocabularyTables.read(vocabulary_path)


def test_the_shipped_model_is_a_checkpoint_that_exports_to_the_very_same_bytes(
    practice_model_path: Path, tables: VocabularyTables, tmp_path: Path
) -> None:
    checkpoint = Checkpoint.read(practice_model_path)
    checkpoint.save(tmp_path / "again.npz")
    export(Checkpoint.read(tmp_path / "again.npz"), tables, tmp_path / "again.gguf")
    assert digest(tmp_path / "again.gguf") == digest(practice_model_path)


def test_the_shipped_model_is_what_the_app_calls_the_practice_model(
    practice_model_path: Path,
) -> None:
    facts = read_facts(practice_model_path)
    assert facts.is_practice
    assert facts.name == NAME
    assert facts.quantisation == "MXFP4"
    assert facts.vocabulary_tokens == TOKENS
    assert facts.sliding_window_tokens == 128
