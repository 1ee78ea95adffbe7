from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from pytestqt.qtbot import QtBot

from app.models.desk import ModelDesk
from tests.servers.hub.server import HubServer
from tests.ui.models.conftest import Asked
from tests.ui.settings.conftest import Room
from ui.models.page import ModelsPage

LEFT = Qt.MouseButton.LeftButton


def offered(page: ModelsPage) -> list[str]:
    return [row.model.name for row in page.offered.rows]


def test_the_catalogue_is_offered_with_what_each_would_be_like_here(
    page: ModelsPage, qtbot: QtBot
) -> None:
    assert offered(page) == ["gpt-oss-20b", "gpt-oss-120b"]
    twenty = page.offered.rows[0]
    assert twenty.fetch.text() == "Download 12.1 GB"
    qtbot.waitUntil(lambda: "24 layers" in twenty.facts.text())
    assert "Apache-2.0" in twenty.facts.text()
    assert twenty.outlook.bar.isVisible()


def test_a_model_without_room_on_the_disk_is_not_begun(page: ModelsPage) -> None:
    row = page.offered.rows[0]
    row.show_room(8_000_000_000)
    assert not row.fetch.isEnabled()
    assert "8.0 GB are free" in row.room.text()
    row.show_room(80_000_000_000)
    assert row.fetch.isEnabled()
    assert not row.room.isVisible()


def test_a_repository_is_looked_up_downloaded_and_in_the_library(
    page: ModelsPage, hub: HubServer, gguf: Path, models: ModelDesk, qtbot: QtBot
) -> None:
    hub.put("me/small-GGUF", {"small.gguf": gguf})
    page.offered.field.setText("me/small-GGUF")
    qtbot.keyClick(page.offered.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(page.offered.rows) == 3, timeout=10_000)
    row = page.offered.rows[-1]
    assert row.fetch.text() == "Download 64 MB"
    assert "is on the list now" in page.offered.said.text()

    qtbot.mouseClick(row.fetch, LEFT)
    qtbot.waitUntil(lambda: row.model.id in page.library.cards, timeout=20_000)
    assert len(page.offered.rows) == 2
    assert models.library.find(row.model.id) is not None
    qtbot.waitUntil(lambda: not page.downloads.isVisible())


def test_a_download_rests_is_cancelled_and_taken_up_again(
    page: ModelsPage, hub: HubServer, gguf: Path, room: Room, qtbot: QtBot
) -> None:
    hub.put("me/small-GGUF", {"small.gguf": gguf})
    room.current.change(download_kib_per_second=64)  # so that it does not end meanwhile
    page.offered.field.setText("me/small-GGUF")
    qtbot.mouseClick(page.offered.look_up, LEFT)
    qtbot.waitUntil(lambda: len(page.offered.rows) == 3, timeout=10_000)
    model = page.offered.rows[-1].model
    qtbot.mouseClick(page.offered.rows[-1].fetch, LEFT)
    qtbot.waitUntil(lambda: model.id in page.downloads.rows)
    row = page.downloads.rows[model.id]
    assert page.downloads.isVisible()

    qtbot.waitUntil(row.pause.isVisible)
    qtbot.mouseClick(row.pause, LEFT)
    qtbot.waitUntil(row.resume.isVisible)
    assert row.said.text().endswith("paused")

    qtbot.mouseClick(row.cancel, LEFT)
    qtbot.waitUntil(row.undo.isVisible)
    qtbot.mouseClick(row.undo, LEFT)
    qtbot.waitUntil(row.pause.isVisible)
    qtbot.mouseClick(row.cancel, LEFT)
    page.refresh()
    qtbot.waitUntil(lambda: not page.downloads.isVisible())


def test_what_does_not_exist_is_said_below_the_field(page: ModelsPage, qtbot: QtBot) -> None:
    page.offered.field.setText("nobody/nothing")
    qtbot.mouseClick(page.offered.look_up, LEFT)
    qtbot.waitUntil(lambda: page.offered.said._role == "danger", timeout=10_000)
    assert page.offered.look_up.text() == "Look up"


def test_of_several_files_one_is_chosen(
    page: ModelsPage, hub: HubServer, gguf: Path, qtbot: QtBot
) -> None:
    hub.put("me/two-GGUF", {"two-MXFP4.gguf": gguf, "two-Q8_0.gguf": gguf})
    page.offered.field.setText("me/two-GGUF")
    qtbot.mouseClick(page.offered.look_up, LEFT)
    qtbot.waitUntil(lambda: len(page.offered.choices) == 2, timeout=10_000)
    add = page.offered.choices[1].findChildren(type(page.offered.look_up))[0]
    qtbot.mouseClick(add, LEFT)
    assert len(page.offered.rows) == 3
    assert page.offered.choices == ()


def test_an_added_model_is_taken_off_the_list_and_put_back(
    page: ModelsPage, hub: HubServer, gguf: Path, qtbot: QtBot
) -> None:
    hub.put("me/small-GGUF", {"small.gguf": gguf})
    page.offered.field.setText("me/small-GGUF")
    qtbot.mouseClick(page.offered.look_up, LEFT)
    qtbot.waitUntil(lambda: len(page.offered.rows) == 3, timeout=10_000)
    qtbot.mouseClick(page.offered.rows[-1].remove, LEFT)
    assert len(page.offered.rows) == 2
    undo = page.offered.choices[0].findChildren(type(page.offered.look_up))[0]
    qtbot.mouseClick(undo, LEFT)
    assert len(page.offered.rows) == 3


def test_models_of_other_programs_come_in_and_are_taken(
    page: ModelsPage, gguf: Path, qtbot: QtBot
) -> None:
    folder = Path.home() / ".lmstudio" / "models" / "me" / "small-GGUF"
    folder.mkdir(parents=True)
    shutil.copyfile(gguf, folder / "small.gguf")
    qtbot.mouseClick(page.found.panel.search, LEFT)
    qtbot.waitUntil(lambda: len(page.found.panel.rows) == 1, timeout=10_000)
    qtbot.waitUntil(lambda: "One model was found." in page.found.panel.said.text())
    row = page.found.panel.rows[0]
    qtbot.waitUntil(row.take.isVisible)
    assert "LM Studio" in row.facts.text()
    assert (row.take.text(), row.take.accessibleName()) == ("Add", f"Add {row.found.name}")

    qtbot.mouseClick(row.take, LEFT)
    qtbot.waitUntil(lambda: len(page.library.cards) == 2, timeout=10_000)
    assert row.said.text() == "In your library now. It was not copied."
    assert not row.take.isVisible()


def test_where_nothing_is_found_that_is_said(page: ModelsPage, qtbot: QtBot) -> None:
    qtbot.mouseClick(page.found.panel.search, LEFT)
    qtbot.waitUntil(lambda: "No other program keeps" in page.found.panel.said.text())
    assert page.found.panel.search.isVisible()


def test_chosen_files_are_examined_first(
    page: ModelsPage, gguf: Path, asked: Asked, tmp_path: Path, qtbot: QtBot
) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(gguf.read_bytes()[:1_000_000])
    asked.files = (gguf, broken)
    qtbot.mouseClick(page.found.panel.choose, LEFT)
    qtbot.waitUntil(lambda: len(page.library.cards) == 2, timeout=10_000)
    assert len(page.found.panel.rows) == 2
    bad = next(row for row in page.found.panel.rows if row.found.problem is not None)
    assert not bad.take.isVisible()
    assert "broken.gguf" in bad.place.text().replace("\u200b", "")
    assert "damaged or not finished" in bad.said.text()


def test_dropped_files_are_taken(page: ModelsPage, gguf: Path, qtbot: QtBot) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(gguf))])
    none, copy = Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction
    enter = QDragEnterEvent(QPoint(200, 200), copy, mime, LEFT, none)
    page.dragEnterEvent(enter)
    assert enter.isAccepted()
    page.dropEvent(QDropEvent(QPointF(200, 200), copy, mime, LEFT, none))
    qtbot.waitUntil(lambda: len(page.library.cards) == 2, timeout=10_000)


def test_the_limit_is_written_in_megabytes(page: ModelsPage, room: Room, qtbot: QtBot) -> None:
    speed = page.keeping.speed
    qtbot.keyClicks(speed, "5")
    qtbot.keyClick(speed, Qt.Key.Key_Return)
    assert room.file.load().download_kib_per_second == 4883
    assert speed.number == 5.0
    speed.clear()
    qtbot.keyClick(speed, Qt.Key.Key_Return)
    assert room.file.load().download_kib_per_second == 0


def test_the_folder_and_the_time_of_rest_are_chosen(
    page: ModelsPage, room: Room, asked: Asked, tmp_path: Path, qtbot: QtBot
) -> None:
    asked.folder = tmp_path / "big disk"
    qtbot.mouseClick(page.keeping.change, LEFT)
    assert room.file.load().models_folder == str(asked.folder)
    qtbot.waitUntil(lambda: "free" in page.keeping.folder.hint.text())
    page.keeping.minutes.choose(2)
    assert room.file.load().unload_minutes == 15


def test_a_mirror_that_is_no_address_is_refused(
    page: ModelsPage, room: Room, hub: HubServer, qtbot: QtBot
) -> None:
    field = page.keeping.mirror.field
    field.setText("not an address")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert room.current.value.hub_endpoint == hub.endpoint
    assert page.keeping.mirror.hint._role == "danger"


def test_a_token_is_kept_and_forgotten_without_being_shown(
    page: ModelsPage, models: ModelDesk, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    kept: dict[str, str] = {}

    class Keyring:
        def get(self, name: str) -> str | None:
            return kept.get(name)

        def set(self, name: str, secret: str) -> None:
            kept[name] = secret

        def delete(self, name: str) -> None:
            kept.pop(name, None)

    monkeypatch.setattr(models.hub, "_secrets", Keyring())
    row = page.keeping.token
    qtbot.keyClicks(row.field, "hf_secret")
    assert row.field.displayText() != "hf_secret"
    qtbot.mouseClick(row.save, LEFT)
    qtbot.waitUntil(lambda: list(kept.values()) == ["hf_secret"])
    qtbot.waitUntil(lambda: row.hint.text().startswith("It is kept in the keyring"))
    assert row.field.text() == ""

    qtbot.mouseClick(row.forget, LEFT)
    qtbot.waitUntil(lambda: row.hint.text() == "No token is kept now.")
    assert kept == {}
