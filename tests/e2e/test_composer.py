"""The composer over the real engine: context, efforts, prompts and drafts, also after a restart."""

from __future__ import annotations

from PySide6.QtCore import Qt

from app.chats.context_values import ContextPart
from engine.harmony.messages import Effort
from tests.e2e.conftest import OpenWindow
from ui.chat.composer import Composer


def test_the_ring_the_efforts_and_the_draft_are_right_and_outlive_a_restart(
    open_window: OpenWindow,
) -> None:
    driver = open_window()
    driver.wait_until_ready()
    composer = driver.session.window.panel.composer
    ring = driver.session.composer_doors.context.ring
    driver.wait(lambda: ring.size_shown.limit == driver.status.context_limit_tokens)
    empty = ring.size_shown
    assert set(empty.parts) == {ContextPart.SYSTEM}
    answer = driver.say("Hello")
    driver.wait(lambda: ContextPart.HISTORY in ring.size_shown.parts)
    driver.qtbot.keyClicks(composer.edit, "And what now?")
    driver.wait(lambda: ring.size_shown.draft > 0)
    size = ring.size_shown
    assert size.left == size.limit - size.used
    assert composer.row.time.text().startswith("about ")
    driver.settle()
    driver.session.close()

    again = open_window()
    again.wait_until_ready()
    again.settle()
    composer = again.session.window.panel.composer
    again.wait(lambda: bool(composer.effort.time_of(Effort.HIGH)))
    again.session.service.open_chat(answer.chat_id)
    again.wait(lambda: composer.text == "And what now?")
    ring = again.session.composer_doors.context.ring
    again.wait(lambda: ring.size_shown == size)


def test_a_prompt_is_written_once_and_sent_after_a_restart(open_window: OpenWindow) -> None:
    driver = open_window()
    driver.wait_until_ready()
    doors = driver.session.composer_doors
    doors._desk.prompts.add("Greet", "Hello {{name}}")
    driver.settle()
    driver.session.close()

    again = open_window()
    again.wait_until_ready()
    door = again.session.composer_doors.prompts
    composer = again.session.window.panel.composer
    composer.edit.setFocus()
    again.qtbot.keyClick(composer.edit, Qt.Key.Key_Slash)
    assert door.picker is not None
    picker = door.picker
    again.qtbot.keyClicks(picker.search, "greet")
    again.wait(lambda: picker.current is not None and picker.current.name == "Greet")
    again.qtbot.keyClick(picker.search, Qt.Key.Key_Return)
    again.wait(lambda: door.form is not None)
    form = door.form
    assert form is not None
    box = form.findChild(type(composer.edit))
    again.qtbot.keyClicks(box, "Sam")
    again.qtbot.keyClick(box, Qt.Key.Key_Return)
    assert composer.text == "Hello Sam"
    composer.submit()
    again.wait(lambda: len(again.ended) == 1)
    assert again.ended[0].text


def test_a_further_window_has_prompts_and_the_spell_check_as_long_as_it_is_there(
    open_window: OpenWindow,
) -> None:
    driver = open_window()
    driver.wait_until_ready()
    session = driver.session
    window = session.window
    other = Composer(window._theme, window._words)
    prompts, spelling = session.composer_doors.equip(other)
    other.show()
    driver.qtbot.keyClick(other.edit, Qt.Key.Key_Slash)
    assert prompts.picker is not None
    assert prompts.picker.isVisible()
    prompts.picker.close()
    assert window.panel.composer.text == ""
    driver.qtbot.keyClicks(other.edit, "hello ")
    with driver.qtbot.waitSignal(spelling.destroyed):
        other.deleteLater()
    session.settings.change(checks_spelling=False)
    session.composer_doors._desk.prompts.refresh()
    driver.settle()
    assert window.panel.composer.edit.extraSelections() == []
