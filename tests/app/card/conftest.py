"""Headers of full-size files, written once, and the card."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.card.reading import read_card
from app.card.values import ModelCard
from tools.random_model.header import GPT_OSS_20B, GPT_OSS_120B, write_header


@pytest.fixture(scope="session")
def card() -> ModelCard:
    return read_card()


@pytest.fixture(scope="session")
def full_20b(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A sparse file of gpt-oss-20b's size; a few megabytes on disk."""
    file = tmp_path_factory.mktemp("full") / "gpt-oss-20b.gguf"
    write_header(file, GPT_OSS_20B, None)
    yield file
    file.unlink()


@pytest.fixture(scope="session")
def full_120b(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    file = tmp_path_factory.mktemp("full") / "gpt-oss-120b.gguf"
    write_header(file, GPT_OSS_120B, None)
    yield file
    file.unlink()
