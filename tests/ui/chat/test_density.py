from __future__ import annotations

from pytestqt.qtbot import QtBot

from app.chats.changes import ChatOpened
from app.chats.ids import MessageId
from tests.ui.chat.stage import CHAT, Stage, answer, user

TEXT = "One paragraph that is long enough for two lines. " * 4 + "\n\nAnother one.\n\n- a\n- b"


def test_compact_shows_more_of_a_chat_at_once(stage: Stage, qtbot: QtBot) -> None:
    panel = stage.panel
    panel.apply(ChatOpened(CHAT, (user(1, "Q"), answer(2, TEXT), user(3, "Q"), answer(4, TEXT))))
    view = panel.view
    roomy = [stage.answer(number).height() for number in (2, 4)]
    whole = view._rows.total

    panel._theme.set_density("compact")
    qtbot.waitUntil(lambda: view._rows.total < whole)
    compact = [stage.answer(number).height() for number in (2, 4)]
    assert all(small < large for small, large in zip(compact, roomy, strict=True))
    above = view.answer(MessageId(2))
    bubble = stage.panel.view._widgets.get(2)
    assert above is not None
    assert bubble is not None
    assert bubble.y() - (above.y() + above.height()) == 14

    panel._theme.set_density("comfortable")
    qtbot.waitUntil(lambda: view._rows.total == whole)
