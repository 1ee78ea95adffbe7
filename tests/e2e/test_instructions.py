"""Instructions of a chat, written in the real window and read by the real engine."""

from __future__ import annotations

from tests.e2e.conftest import OpenWindow


def test_what_is_written_for_a_chat_is_read_by_the_model_and_kept_with_it(
    open_window: OpenWindow,
) -> None:
    driver = open_window()
    driver.wait_until_ready()
    chip = driver.session.window.panel.composer.instructions
    chip.click()
    dialog = chip.dialog
    assert dialog is not None
    with driver.qtbot.waitSignal(dialog.editor.judged):
        driver.qtbot.keyClicks(dialog.editor.box, "Call me Kim and answer in one sentence.")
    assert dialog.editor.said.text() == "9 of 2,000 tokens"
    dialog.use.click()
    assert chip.isChecked()
    told = driver.say("Hello").usage
    plain = driver.session.service
    plain.new_chat()
    assert not chip.isCheckable()
    usual = driver.say("Hello").usage
    assert told.read_tokens + told.reused_tokens > usual.read_tokens + usual.reused_tokens + 9

    first = driver.session.service._list.chats[-1]
    driver.settle()
    driver.session.close()
    again = open_window()
    again.session.service.open_chat(first.id)
    kept = again.session.window.panel.composer.instructions
    again.wait(lambda: kept.own == "Call me Kim and answer in one sentence.")
    assert kept.isChecked()
