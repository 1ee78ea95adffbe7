"""Asks for a GGUF file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from app.words import Words


def choose_file(parent: QWidget, words: Words, title: str) -> str:
    """Ask for a file; "" when none was chosen."""
    kinds = words("GGUF files (*.gguf)")
    path, _ = QFileDialog.getOpenFileName(parent, title, str(Path.home()), kinds)
    return path
