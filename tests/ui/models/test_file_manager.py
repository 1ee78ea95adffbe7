from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QUrl

from ui.models.file_manager import FileManager

FILE = Path("/models/gpt oss.gguf")


@pytest.mark.parametrize(
    ("platform", "command"),
    [
        ("win32", ["explorer", "/select,", str(FILE)]),
        ("darwin", ["open", "-R", str(FILE)]),
    ],
)
def test_the_system_marks_the_file(platform: str, command: list[str]) -> None:
    ran: list[list[str]] = []
    FileManager({}, platform, ran.append).show(FILE)
    assert ran == [command]


def test_without_a_bus_the_folder_is_shown() -> None:
    opened: list[QUrl] = []
    FileManager({}, "linux", open_folder=opened.append).show(FILE)
    assert opened == [QUrl.fromLocalFile("/models")]


def test_where_the_program_is_missing_the_folder_is_shown() -> None:
    def fails(command: list[str]) -> None:
        raise FileNotFoundError(command[0])

    opened: list[QUrl] = []
    FileManager({}, "darwin", fails, opened.append).show(FILE)
    assert opened == [QUrl.fromLocalFile("/models")]
