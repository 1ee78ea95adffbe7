from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from app.chats.changes import ChatOpened
from app.tools.records import CallRecord
from tests.ui.chat.stage import CHAT, Stage, answer, user
from tests.ui.chat.tools.conftest import Store
from tests.ui.chat.tools.records import PLOT, SOUND, TABLE, call
from ui.chat.tools.card import ToolCard
from ui.chat.tools.pictures import HEIGHT, Picture, read_image
from ui.chat.tools.saving import safe_name
from ui.chat.tools.tables import Table


def show(stage: Stage, record: CallRecord) -> ToolCard:
    message = answer(2, "Done.", calls=(record,))
    stage.panel.apply(ChatOpened(CHAT, (user(1, "q"), message)))
    return stage.answer(2).flow.cards[0]


def test_a_picture_comes_later_and_moves_nothing(stage: Stage, store: Store) -> None:
    card = show(stage, call(attachments=(PLOT,)))
    (picture,) = card.findChildren(Picture)
    height = card.height()
    assert not picture.save_button.isEnabled()
    store.answer_all()
    assert card.height() == height
    assert picture.thumbnail.image.width() == 640
    assert picture.thumbnail.width() == round(HEIGHT * 640 / 480)
    assert picture.thumbnail.accessibleName() == "Picture: Temperature at t = 0"
    picture.save_button.click()
    assert store.saved == [("plot.png", store.kept[PLOT.id])]
    picture.copy_button.click()
    assert QApplication.clipboard().image().width() == 640
    grabbed = picture.thumbnail.grab().toImage()
    assert grabbed.pixelColor(50, 50).name() == "#336699"


def test_a_picture_that_is_none_can_still_be_saved(stage: Stage, store: Store) -> None:
    store.kept[PLOT.id] = b"<svg xmlns='http://www.w3.org/2000/svg'/>"
    card = show(stage, call(attachments=(PLOT,)))
    store.answer_all()
    (picture,) = card.findChildren(Picture)
    assert not picture.thumbnail.isEnabled()
    assert picture.save_button.isEnabled()
    assert read_image(store.kept[PLOT.id], "image/svg+xml").isNull()


def test_bytes_that_come_after_the_card_is_gone_do_no_harm(stage: Stage, store: Store) -> None:
    show(stage, call(attachments=(PLOT, TABLE)))
    assert len(store.asked) == 2
    stage.panel.apply(ChatOpened(CHAT, ()))
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    store.answer_all()


def test_a_table_is_a_real_table(stage: Stage, store: Store) -> None:
    card = show(stage, call(attachments=(TABLE,)))
    (table,) = card.findChildren(Table)
    store.answer_all()
    model = table.view.model()
    assert (model.rowCount(), model.columnCount()) == (2, 2)
    assert model.index(1, 1).data() == "2"
    assert table.facts.text() == "2 rows × 2 columns"
    table.copy_button.click()
    assert QApplication.clipboard().text() == "\tn\n0\t1\n1\t2"


def test_files_and_other_things_can_be_saved(stage: Stage, store: Store) -> None:
    store.files["out.csv"] = b"1,2"
    card = show(stage, call(files=("out.csv", "gone.csv"), attachments=(SOUND,)))
    files = card.results.files
    assert [button.text() for button in files.buttons] == ["out.csv", "gone.csv", "beep.wav"]
    files.save("out.csv")
    files.buttons[2].click()
    store.answer_all()
    assert store.saved == [("out.csv", b"1,2"), ("beep.wav", b"RIFF")]
    files.save("gone.csv")
    assert files.problem.text() == "gone.csv is not there any more."


def test_what_cannot_be_saved_is_told(stage: Stage, store: Store) -> None:
    store.is_full = True
    store.files["out.csv"] = b"1,2"
    card = show(stage, call(files=("out.csv",), attachments=(PLOT, TABLE)))
    store.answer_all()
    (picture,), (table,) = card.findChildren(Picture), card.findChildren(Table)
    picture.save_button.click()
    table.save_button.click()
    card.results.files.save("out.csv")
    said = (picture.facts.text(), table.facts.text(), card.results.files.problem.text())
    assert said == ("It could not be saved there.",) * 3
    assert card.results.files.problem.isVisible()


def test_a_file_name_has_no_folders_and_hides_nothing() -> None:
    assert safe_name("../../etc/passwd") == "passwd"
    assert safe_name("C:\\x\\a?b.txt") == "a_b.txt"
    assert safe_name("photo\u202egnp.exe") == "photo_gnp.exe"
    assert safe_name("..") == "file"
    assert len(safe_name("x" * 500 + ".csv")) == 120
