from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from ui.lock.idle import IdleWatch


def test_the_time_runs_from_the_last_touch(qapp: QApplication, qtbot: QtBot) -> None:
    now = [0.0]
    heard: list[float] = []
    watch = IdleWatch(qapp, lambda: now[0])
    watch.idle.connect(lambda: heard.append(now[0]))
    field = QLineEdit()
    qtbot.addWidget(field)
    field.show()
    now[0] = 1000.0
    watch.look()
    assert heard == []
    watch.set_minutes(5)
    now[0] = 1299.0
    watch.look()
    assert heard == []
    qtbot.keyClick(field, Qt.Key.Key_A)
    now[0] = 1500.0
    watch.look()
    assert heard == []
    now[0] = 1600.0
    watch.look()
    watch.look()
    assert heard == [1600.0]
    watch.set_minutes(0)
    now[0] = 9999.0
    watch.look()
    assert heard == [1600.0]
