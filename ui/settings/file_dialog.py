"""Asks for files: which to read, where to write."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from app.words import Words


def choose_file(parent: QWidget, words: Words, title: str) -> str:
    """Ask for a file; "" when none was chosen."""
    kinds = words("GGUF files (*.gguf)")
    path, _ = QFileDialog.getOpenFileName(parent, title, str(Path.home()), kinds)
    return path


def choose_chats(parent: QWidget, words: Words, title: str) -> str:
    """Ask for a file of chats; "" when none was chosen."""
    kinds = words("Files of chats (*.json *.zip)")
    path, _ = QFileDialog.getOpenFileName(parent, title, str(Path.home()), kinds)
    return path


def choose_backup(parent: QWidget, words: Words, title: str) -> str:
    """Ask for a backup; "" when none was chosen."""
    kinds = words("Backups of Sotto (*.sotto-backup)") + ";;" + words("All files (*)")
    path, _ = QFileDialog.getOpenFileName(parent, title, str(Path.home()), kinds)
    return path


def choose_target(parent: QWidget, words: Words, name: str) -> str:
    """Ask where to write a file of this name; "" for nowhere."""
    title = words("Save as")
    path, _ = QFileDialog.getSaveFileName(parent, title, str(Path.home() / name))
    return path
