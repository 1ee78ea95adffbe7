"""The grammar's tables, made once."""

from __future__ import annotations

import pytest

from engine.harmony.vocabulary import Vocabulary
from engine.structured.grammar import GrammarVocabulary


@pytest.fixture(scope="session")
def grammars(vocabulary: Vocabulary) -> GrammarVocabulary:
    return GrammarVocabulary(vocabulary)
