"""Unlocks as the window does at its start, and says which question stands.  Argument: a folder.

One line for each dialog that comes up; a passphrase is not chosen but left.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QDialog

from app import resources
from app.secrets import KeyVault
from app.words import Words
from ui.theme.theme import Theme
from ui.unlock.dialogs import FirstStartDialog
from ui.unlock.unlock import unlock


def main(folder: Path) -> None:
    application = QApplication([])
    met: list[QDialog] = []

    def look() -> None:
        dialog = application.activeModalWidget()
        if isinstance(dialog, QDialog) and dialog not in met:
            met.append(dialog)
            sys.stdout.write(dialog.accessibleName() + "\n")
            sys.stdout.flush()
            if isinstance(dialog, FirstStartDialog):
                dialog.reject()

    timer = QTimer(interval=20)
    timer.timeout.connect(look)
    timer.start()
    words = Words("en", resources.path("translations"))
    vault = KeyVault(folder, os.environ, keyring_seconds=None)
    key = unlock(vault, Theme(application, "light"), words)
    sys.stdout.write(f"{key is not None}\n")


main(Path(sys.argv[1]))
