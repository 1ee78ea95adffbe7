"""The look, the words and a service with behaviour, for all tests of widgets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from app import resources
from app.words import Words
from ui.theme.theme import Theme


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    """The light look at 100 %, with nothing moving."""
    made = Theme(qapp, "light")
    made.set_reduced_motion(True)
    yield made
    made.set_text_scale(1.0)


@pytest.fixture
def words() -> Words:
    """English."""
    return Words("en", resources.path("translations"))


@pytest.fixture
def korean(tmp_path: Path) -> Words:
    """Korean, from the merged catalogue and from the parts that are not merged yet."""
    folder = resources.path("translations")
    parts = [folder / "ko.po", *sorted((folder / "parts").glob("*.ko.po"))]
    texts = [part.read_text("utf-8") for part in parts if part.exists()]
    (tmp_path / "ko.po").write_text("\n\n".join(texts), "utf-8")
    return Words("ko", tmp_path)
