from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.words import Words
from ui.markdown.context import MarkdownContext
from ui.markdown.document_style import DocumentStyle
from ui.markdown.parser import MarkdownParser
from ui.markdown.typesetter import Typesetter
from ui.theme.theme import Theme


@pytest.fixture
def parser() -> MarkdownParser:
    return MarkdownParser()


@pytest.fixture
def followed() -> list[str]:
    """Addresses that a reader wanted to open."""
    return []


@pytest.fixture
def copied() -> list[str]:
    """Texts that were put on the clipboard."""
    return []


@pytest.fixture
def context(
    theme: Theme, words: Words, followed: list[str], copied: list[str]
) -> Iterator[MarkdownContext]:
    typesetter = Typesetter()
    yield MarkdownContext(
        theme, words, DocumentStyle(theme), typesetter, followed.append, copied.append
    )
    typesetter.close()
