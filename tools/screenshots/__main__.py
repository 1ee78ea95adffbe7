"""Command line: `python -m tools.screenshots`.

What the guide shows goes to docs/pictures; other looks and languages go to build/pictures, to be
looked at.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Final

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from tools.screenshots.scenes import glance, tour
from tools.screenshots.studio import Studio

_ROOT: Final = Path(__file__).parents[2]
_LOOKED_AT: Final = _ROOT / "build" / "pictures"
_SERIES: Final = (
    (_ROOT / "docs" / "pictures", "en", "light", tour),
    (_LOOKED_AT / "dark", "en", "dark", glance),
    (_LOOKED_AT / "korean", "ko", "light", glance),
    (_LOOKED_AT / "high_contrast", "en", "high_contrast", glance),
)


def main() -> None:
    """Take every picture anew."""
    application = QApplication(["sotto"])
    for folder, language, look, walk in _SERIES:
        with tempfile.TemporaryDirectory() as home:
            studio = Studio(application, Path(home), folder, language, look)
            try:
                walk(studio)
            finally:
                studio.close()


if __name__ == "__main__":
    main()
