"""What the page of models works with besides the settings."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QInputDialog, QWidget

from app.words import Words
from ui.models.file_manager import FileManager

AskFolder = Callable[[QWidget, str, Path], Path | None]
AskFiles = Callable[[QWidget, Words, str], tuple[Path, ...]]
AskName = Callable[[QWidget, str, str], str]


def ask_folder(parent: QWidget, title: str, begin: Path) -> Path | None:
    """Ask for a folder; None where none was chosen."""
    chosen = QFileDialog.getExistingDirectory(parent, title, str(begin))
    return Path(chosen) if chosen else None


def ask_files(parent: QWidget, words: Words, title: str) -> tuple[Path, ...]:
    """Ask for model files."""
    kinds = words("GGUF files (*.gguf)") + ";;" + words("All files (*)")
    chosen, _ = QFileDialog.getOpenFileNames(parent, title, str(Path.home()), kinds)
    return tuple(Path(one) for one in chosen)


def ask_name(parent: QWidget, title: str, now: str) -> str:
    """Ask for a name; "" where it stays."""
    name, is_wanted = QInputDialog.getText(parent, title, title, text=now)
    return name.strip() if is_wanted else ""


@dataclass(frozen=True, slots=True)
class ModelDoors:
    """Questions to the user, and the desktop.

    Attributes:
        ask_folder: asks for a folder.
        ask_files: asks for model files.
        ask_name: asks for a name.
        reveal: shows a file in the file manager.
    """

    ask_folder: AskFolder = field(default=ask_folder)
    ask_files: AskFiles = field(default=ask_files)
    ask_name: AskName = field(default=ask_name)
    reveal: Callable[[Path], None] = field(default_factory=lambda: FileManager(os.environ).show)
