"""Models of this computer through visible widgets: found, chosen, dropped, taken, copied."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.model_assembly import make_desk
from app.models.desk import ModelDesk
from app.models.room import ModelSurroundings
from app.models.values import FoundModel, Keeper, LibraryModel, Origin
from app.paths import Paths
from app.words import Words
from tests.app.models.shelf import Home
from tests.engine.gguf_draft import Draft
from tests.engine.ollama_file import as_ollama_names_it
from tests.ui.conftest import ShowTogether
from ui.controls.button import TextButton
from ui.models.finding_panel import FindingPanel
from ui.models.found_row import FoundRow
from ui.theme.theme import Theme


class Room:
    """A desk with its real threads; what they tell comes to the test whenever it waits."""

    def __init__(self, folder: Path, home: Path, qtbot: QtBot) -> None:
        self.home = home
        self._qtbot = qtbot
        self.panel: FindingPanel | None = None
        self._calls: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        paths = Paths(folder / "data", folder / "config", folder / "cache", folder / "state")
        around = ModelSurroundings(paths, Home(folder).current, self._calls.put, lambda: None)
        self.desk: ModelDesk = make_desk(around)

    def until(self, what: Callable[[], bool]) -> None:
        def look() -> bool:
            while not self._calls.empty():
                self._calls.get()()
            rows = self.panel.rows if self.panel is not None else []
            return what() and all(row.isVisible() for row in rows)

        self._qtbot.waitUntil(look, timeout=20_000)


@pytest.fixture
def room(tmp_path: Path, own_folders: Path, qtbot: QtBot) -> Iterator[Room]:
    made = Room(tmp_path, own_folders, qtbot)
    yield made
    made.desk.close()


@pytest.fixture
def panel(theme: Theme, words: Words, room: Room, show_together: ShowTogether) -> FindingPanel:
    room.panel = made = FindingPanel(theme, words, room.desk)
    show_together(made).resize(720, 600)
    return made


def press(qtbot: QtBot, button: TextButton) -> None:
    assert button.isVisible()
    assert button.isEnabled()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def lm_studio_model(home: Path, name: str = "gpt-oss-20b.gguf") -> Path:
    path = home / ".lmstudio" / "models" / "o" / "n" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return Draft().write(path)


def shown(row: FoundRow) -> list[str]:
    return [one.text() for one in (row.take, row.copy, row.stop) if one.isVisible()]


def test_a_model_of_another_program_is_found_and_used(
    panel: FindingPanel, room: Room, qtbot: QtBot
) -> None:
    file = lm_studio_model(room.home)
    taken: list[LibraryModel] = []
    panel.taken.connect(taken.append)
    press(qtbot, panel.search)
    assert panel.said.text() == "Looking through the folders of other programs…"
    assert panel.stop.isVisible()
    room.until(lambda: panel.said.text() == "One model was found.")
    (row,) = panel.rows
    assert row.name.text() == "Tiny"
    assert row.facts.text().endswith("MXFP4  ·  4 layers  ·  LM Studio")
    assert shown(row) == ["Use"]
    press(qtbot, row.take)
    room.until(lambda: bool(taken))
    assert row.said.text() == "In your library now. It was not copied."
    assert shown(row) == []
    assert taken[0].paths[0].samefile(file)

    press(qtbot, panel.search)
    room.until(panel.search.isVisible)
    (again,) = panel.rows
    assert (again.said.text(), shown(again)) == ("In your library", [])


def test_where_there_is_nothing_it_says_so(panel: FindingPanel, room: Room, qtbot: QtBot) -> None:
    press(qtbot, panel.search)
    room.until(panel.search.isVisible)
    assert panel.said.text() == "No other program keeps a gpt-oss model here."
    assert panel.rows == []


def test_the_keyboard_stays_where_it_was(panel: FindingPanel, room: Room, qtbot: QtBot) -> None:
    panel.search.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(panel.search, Qt.Key.Key_Return)
    assert panel.stop.hasFocus()
    qtbot.keyClick(panel.stop, Qt.Key.Key_Return)
    room.until(panel.search.isVisible)
    assert panel.search.hasFocus()
    assert panel.said.text() == "Stopped."


def test_a_model_of_ollama_is_explained_and_copied(
    panel: FindingPanel, room: Room, qtbot: QtBot, practice_model_path: Path
) -> None:
    as_ollama_names_it(practice_model_path, room.home / "blob")
    panel.examine([room.home / "blob"])
    room.until(lambda: bool(panel.rows))
    (row,) = panel.rows
    assert shown(row) == ["Copy with the right names"]
    assert row.said.text().startswith("Ollama made this file for its own engine")
    press(qtbot, row.copy)
    assert shown(row) == ["Stop"]
    assert row.progress.isVisible()
    room.until(lambda: row.said.text() == "In your library now.")
    assert shown(row) == []
    assert not row.progress.isVisible()
    assert any(one.origin is Origin.DOWNLOADED for one in room.desk.library.models())
    panel.examine([room.home / "blob", practice_model_path])
    room.until(lambda: len(panel.rows) == 2)
    assert (row.said.text(), shown(row)) == ("In your library now.", [])


def test_a_copy_can_be_stopped_and_begun_again(
    panel: FindingPanel, room: Room, qtbot: QtBot, practice_model_path: Path
) -> None:
    as_ollama_names_it(practice_model_path, room.home / "blob")
    panel.examine([room.home / "blob"])
    room.until(lambda: bool(panel.rows))
    (row,) = panel.rows
    press(qtbot, row.copy)
    press(qtbot, row.stop)
    room.until(row.copy.isVisible)
    assert shown(row) == ["Copy with the right names"]
    (room.home / "blob").unlink()
    press(qtbot, row.copy)
    room.until(row.copy.isVisible)
    assert row.said.text().startswith("The model could not be copied")


def test_what_cannot_be_used_says_why(panel: FindingPanel, room: Room) -> None:
    file = lm_studio_model(room.home)
    file.write_bytes(file.read_bytes()[:-100])
    panel.look()
    room.until(panel.search.isVisible)
    (row,) = panel.rows
    assert shown(row) == []
    assert row.said.text().startswith("The model file is not complete: its end is missing.")


def test_a_model_that_went_away_meanwhile_is_told(
    panel: FindingPanel, room: Room, qtbot: QtBot
) -> None:
    file = lm_studio_model(room.home)
    panel.look()
    room.until(panel.search.isVisible)
    file.unlink()
    (row,) = panel.rows
    press(qtbot, row.take)
    room.until(row.take.isEnabled)
    assert row.said.text().startswith("The model file is not there any more.")


def test_chosen_files_are_taken_at_once(
    theme: Theme, words: Words, room: Room, show_together: ShowTogether, qtbot: QtBot
) -> None:
    lm_studio_model(room.home)
    mine = Draft().write(room.home / "mine.gguf")
    (room.home / "text.gguf").write_text("hello")
    chosen: Sequence[Path] = [mine, room.home / "text.gguf"]
    room.panel = panel = FindingPanel(theme, words, room.desk, lambda: chosen)
    show_together(panel)
    panel.look()
    room.until(panel.search.isVisible)
    for _ in range(2):
        press(qtbot, panel.choose)
        room.until(lambda: not panel.dots.isVisible() and len(panel.rows) == 3)
        room.until(lambda: panel.rows[1].is_known)
        keepers = [row.found.keeper for row in panel.rows]
        assert keepers == [Keeper.LM_STUDIO, Keeper.OTHER, Keeper.OTHER]
        assert not panel.rows[0].is_known
        assert panel.rows[2].said.text().startswith("This is not a GGUF model file.")
    assert sum(one.name == "Tiny" for one in room.desk.library.models()) == 1
    chosen = []
    press(qtbot, panel.choose)
    assert panel.said.text() == "Files and folders can be dropped here, too."


def test_a_model_that_leaves_the_library_can_be_used_again(panel: FindingPanel, room: Room) -> None:
    panel.examine([lm_studio_model(room.home)])
    room.until(lambda: bool(panel.rows) and panel.rows[0].is_known)
    (row,) = panel.rows
    model = next(one for one in room.desk.library.models() if one.name == "Tiny")
    room.desk.library.delete(model.id)
    room.until(lambda: shown(row) == ["Use"])
    room.desk.library.undo(model.id)
    room.until(lambda: row.said.text() == "In your library")


def test_files_and_folders_are_dropped(
    panel: FindingPanel, room: Room, show_together: ShowTogether
) -> None:
    host = QWidget()
    show_together(host)
    panel.take_drops(host)
    lm_studio_model(room.home)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(room.home / ".lmstudio"))])
    what = (Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton)
    keys = Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(host, QDragEnterEvent(QPoint(1, 1), *what, keys))
    assert panel.drop_place is not None
    assert panel.drop_place.isVisible()
    assert panel.drop_place.accessibleName() == "Drop models to use them"
    QApplication.sendEvent(host, QDropEvent(QPointF(1, 1), *what, keys))
    assert not panel.drop_place.isVisible()
    room.until(lambda: bool(panel.rows))
    assert panel.rows[0].name.text() == "Tiny"


def test_a_panel_that_is_gone_hears_nothing(
    theme: Theme, words: Words, room: Room, qapp: QApplication
) -> None:
    lm_studio_model(room.home)
    panel = FindingPanel(theme, words, room.desk)
    panel.look()
    scan = panel._scan
    panel.deleteLater()
    qapp.sendPostedEvents(panel, 52)  # DeferredDelete
    assert scan is not None
    room.until(lambda: scan.is_set)


FOUND = FoundModel(
    (Path("/home/somebody/.lmstudio/models/ggml-org/gpt-oss-20b-GGUF/gpt-oss-20b-mxfp4.gguf"),),
    Keeper.LM_STUDIO,
    "gpt-oss-20b",
    12_109_566_560,
    "MXFP4",
    24,
)


def test_a_digest_is_not_shown_whole(theme: Theme, words: Words) -> None:
    blob = Path.home() / ".ollama" / "models" / "blobs" / f"sha256-{'ab' * 32}"
    row = FoundRow(theme, words, replace(FOUND, paths=(blob,)))
    assert row.place.text() == "~/.ollama/models/blobs/sha256-abababababab…"
    assert row.place.toolTip() == str(blob)


@pytest.mark.parametrize("width", [300, 900])
def test_nothing_is_cut_at_any_width(
    theme: Theme, korean: Words, show_together: ShowTogether, width: int, qtbot: QtBot
) -> None:
    row = FoundRow(theme, korean, FOUND)
    page = show_together(row)
    page.resize(width, 400)
    qtbot.waitUntil(lambda: page.width() == width)
    row.show_copying(5_000_000_000, 12_109_566_560)
    for part in (row.name, row.facts, row.place, row.said, row.stop, row.progress):
        assert row.rect().contains(part.mapTo(row, part.rect().bottomRight()))
