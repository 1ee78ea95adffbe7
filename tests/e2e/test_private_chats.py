"""A whole private session in a process of its own, killed; then every byte of every file."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.paths import Paths
from app.secrets import KeyVault
from tests.e2e.planted import texts_of_files

ROOT = Path(__file__).parents[2]
CANARY = "zanzibar"

SESSION = f"""
import sys
import time
from pathlib import Path
from PySide6.QtCore import QEventLoop, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
import os
from app import resources
from app.paths import Paths
from app.secrets import KeyVault
from app.logs import set_up_logging
from app.settings import SettingsFile
from app.words import Words
from app.chats.changes import ChatOpened, MessageEnded, ModelState, StatusChanged
from ui.actions import ActionId
from ui.session import WindowSession
from ui.theme.theme import Theme

paths = Paths.from_environment(os.environ)
set_up_logging(paths)
sys.excepthook = lambda *error: (sys.__excepthook__(*error), os._exit(1))
application = QApplication(["sotto"])
settings = SettingsFile(paths.settings)
settings.update(temperature=0.0, first_start="done")
key = KeyVault(paths.data, os.environ).open_unattended()
words = Words("en", resources.path("translations"))
session = WindowSession(paths, key, settings, words, Theme(application, "light"))
told = []
session.service.subscribe(told.append)
session.start()

def wait(condition):
    end = time.monotonic() + 60
    while not condition():
        if time.monotonic() > end:
            os._exit(1)  # the threads would keep it
        application.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)

def say(text):
    count = sum(isinstance(one, MessageEnded) for one in told)
    edit = session.window.panel.composer.edit
    edit.setFocus()
    edit.insertPlainText(text)
    QTest.keyClick(edit, Qt.Key.Key_Return)
    wait(lambda: sum(isinstance(one, MessageEnded) for one in told) > count)
    session.service._background._storage.submit(lambda store: None).result()

wait(lambda: any(isinstance(o, StatusChanged) and o.state is ModelState.READY for o in told))
kind = sys.argv[1]
if kind == "private":
    session.window.actions_here.run(ActionId.NEW_PRIVATE_CHAT)
    wait(lambda: any(isinstance(o, ChatOpened) and o.chat for o in told))
    assert session.window.top_bar.private_sign.isVisible()
say("Hello {CANARY}")
chat_id = session.window.chat_id
session.service.rename_chat(chat_id, "About {CANARY}")
session.service.instructions.choose("Always say {CANARY}")
session.service.shelves.tag((chat_id,), "{CANARY}", is_on=True)
say("Once more, {CANARY}")
session.service.search.find("{CANARY}", lambda found: told.append(found))
wait(lambda: any(type(one).__name__ == "SearchResults" for one in told))
session.window.panel.composer.edit.insertPlainText("a draft about {CANARY}")
session.window.panel.drafts.tell()
for _ in range(3):
    session.service._background._storage.submit(lambda store: None).result()
    QApplication.processEvents()
print("said", flush=True)
wait(lambda: False)
"""


def run_and_kill(kind: str, environ: dict[str, str]) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", SESSION, kind],
        env={**os.environ, **environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "said\n"
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(30)
        process.stdout.close()


@pytest.mark.serial
@pytest.mark.parametrize(("kind", "is_found"), [("private", False), ("ordinary", True)])
def test_a_killed_session_has_left_nothing_of_a_private_chat(
    kind: str, is_found: bool, environ: dict[str, str], tmp_path: Path
) -> None:
    home, temporary = tmp_path / "home", tmp_path / "tmp"
    home.mkdir()
    temporary.mkdir()
    run_and_kill(kind, {**environ, "HOME": str(home), "TMPDIR": str(temporary)})
    # The history row by row, decrypted, and every byte of all else.
    assert (CANARY in "\n".join(texts_of_files(environ))) is is_found
    paths = Paths.from_environment(environ)
    KeyVault(paths.data, environ).open_unattended()
    raw = [one for one in tmp_path.rglob("*") if one.is_file()]
    assert raw
    assert not any(CANARY.encode() in one.read_bytes() for one in raw)
