"""One start of the window in a process of its own, timed from the process's birth."""

from __future__ import annotations

import os
import time

import psutil


def probe(began: float) -> dict[str, float]:
    """Open the window, wait for the practice model, and say how long it took and what it weighs.

    Args:
        began: Unix time in seconds when the process was asked for.
    """
    from app.collector import hold_collector  # noqa: PLC0415 - as `ui.entry` does

    hold_collector()
    from PySide6.QtCore import QEventLoop  # noqa: PLC0415 - importing Qt is part of the start
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415 - as above

    from app.assembly import make_words  # noqa: PLC0415 - as above
    from app.chats.changes import ModelState, StatusChanged  # noqa: PLC0415 - as above
    from app.paths import Paths  # noqa: PLC0415 - as above
    from app.secrets import KeyVault, VaultState  # noqa: PLC0415 - as above
    from app.settings import SettingsFile  # noqa: PLC0415 - as above
    from ui.collecting import collect_on_this_thread  # noqa: PLC0415 - as above
    from ui.session import WindowSession  # noqa: PLC0415 - as above
    from ui.theme.theme import Theme  # noqa: PLC0415 - as above

    application = QApplication(["sotto"])
    collect_on_this_thread(application)
    paths = Paths.from_environment(os.environ)
    settings = SettingsFile(paths.settings)
    current = settings.load()
    theme = Theme(application, current.theme)
    vault = KeyVault(paths.data, os.environ)
    # Not behind a passphrase: its half second is the user's choice, and there is no keyring here.
    is_known = vault.state() is VaultState.UNENCRYPTED
    key = vault.open_unencrypted() if is_known else vault.create_unencrypted()
    words = make_words(current, os.environ)
    session = WindowSession(paths, key, settings, words, theme)
    states: list[ModelState] = []
    session.service.subscribe(
        lambda change: states.append(change.state) if isinstance(change, StatusChanged) else None
    )
    session.window.show()
    application.processEvents()  # the first frame is painted here
    painted = time.time() - began
    session.start()
    while ModelState.READY not in states:
        application.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
    ready = time.time() - began
    memory = psutil.Process().memory_info().rss / 2**20
    session.close()
    return {
        "first_window_seconds": round(painted, 3),
        "model_ready_seconds": round(ready, 3),
        "idle_memory_mib": round(memory, 1),
    }
