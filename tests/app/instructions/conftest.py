from __future__ import annotations

from pathlib import Path

import pytest

from engine.harmony.vocabulary import Vocabulary


@pytest.fixture(scope="session")
def vocabulary(vocabulary_path: Path) -> Vocabulary:
    return Vocabulary.from_file(vocabulary_path)
