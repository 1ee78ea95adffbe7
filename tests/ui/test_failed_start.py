from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from app.paths import FolderError, Paths
from engine.errors import UserFacingError
from ui.failed_start import make_data_folder, told
from ui.unlock.dialogs import ProblemDialog


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "file" / "data", tmp_path, tmp_path, tmp_path)


@pytest.fixture
def application(qapp: QApplication) -> QApplication:
    return qapp


def block(paths: Paths) -> Path:
    """Put a file where the folder has to be."""
    file = paths.data.parent
    file.write_text("", encoding="utf-8")
    return file


def test_a_folder_that_can_be_made_asks_nobody(paths: Paths, application: QApplication) -> None:
    make_data_folder(paths, application)
    assert paths.data.is_dir()


def test_it_is_tried_again_as_often_as_the_user_wants(
    paths: Paths, application: QApplication
) -> None:
    file, asked = block(paths), []

    def mend(there: QApplication, error: UserFacingError) -> bool:
        asked.append(error.title)
        if len(asked) == 2:
            file.unlink()
        return there is application

    make_data_folder(paths, application, mend)
    assert len(asked) == 2
    assert paths.data.is_dir()


def test_who_does_not_want_it_tried_again_ends_the_start(
    paths: Paths, application: QApplication
) -> None:
    block(paths)
    with pytest.raises(FolderError):
        make_data_folder(paths, application, lambda *_: False)


@pytest.mark.parametrize("retries", [True, False])
def test_the_dialog_says_why_and_asks(
    paths: Paths,
    application: QApplication,
    retries: bool,
) -> None:
    seen: list[str] = []

    def answer() -> None:
        (dialog,) = (one for one in application.topLevelWidgets() if isinstance(one, ProblemDialog))
        seen.append(dialog.windowTitle())
        button = dialog.retry_button if retries else dialog.quit_button
        button.click()
        dialog.deleteLater()

    QTimer.singleShot(0, answer)
    error = FolderError("The folder {folder} cannot be made.", fields={"folder": "/x"})
    assert told(application, error, paths) is retries
    assert len(seen) == 1
