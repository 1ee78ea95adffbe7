"""Command line: `python -m tools.screenshots [FOLDER]`; without one, the docs' own pictures."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Final

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from tools.screenshots.scenes import glance, tour
from tools.screenshots.studio import Studio

_DOCS: Final = Path(__file__).parents[2] / "docs" / "pictures"
_SERIES: Final = (
    (".", "en", "light", tour),
    ("dark", "en", "dark", glance),
    ("korean", "ko", "light", glance),
    ("high_contrast", "en", "high_contrast", glance),
)


def main(folder: Path) -> None:
    """Take every picture anew."""
    application = QApplication(["sotto"])
    for name, language, look, walk in _SERIES:
        with tempfile.TemporaryDirectory() as home:
            studio = Studio(application, Path(home), folder / name, language, look)
            try:
                walk(studio)
            finally:
                studio.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else _DOCS)
