"""The window together with its engine, its history and the doors between their threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from PySide6.QtCore import QObject

from app.assembly import (
    chosen_style,
    clock_ms,
    is_practice_chosen,
    make_engine,
    model_finder,
    open_storage,
)
from app.chats.service import ChatService
from app.current_settings import CurrentSettings
from app.paths import Paths
from app.secrets import DatabaseKey
from app.settings import SettingsFile
from app.words import Words
from ui.bridge.dispatcher import Dispatcher
from ui.bridge.engine_bridge import EngineBridge
from ui.theme.theme import Theme
from ui.window import MainWindow


class WindowSession(QObject):
    """One window over one history, from its first frame until it is closed.

    Args:
        paths: the user's folders.
        key: opens the chat history.
        settings: the settings file, already loaded.
        words: the user's language.
        theme: colours and fonts.
        model: a GGUF file that goes before the one in the settings.
    """

    def __init__(
        self,
        paths: Paths,
        key: DatabaseKey,
        settings: SettingsFile,
        words: Words,
        theme: Theme,
        model: Path | None = None,
    ) -> None:
        super().__init__()
        self.settings = current = CurrentSettings(settings, model)
        self._dispatcher = Dispatcher(self)
        self._bridge = EngineBridge(self)
        self.service = ChatService(
            make_engine(self._bridge.post),
            open_storage(paths, key),
            ThreadPoolExecutor(1, "chores"),
            dispatch=self._dispatcher.post,
            clock_ms=clock_ms,
            find_model=model_finder(lambda: current.value, paths),
            is_practice=lambda: is_practice_chosen(current.value),
            style_of=lambda effort: chosen_style(current.value, effort),
        )
        self._bridge.arrived.connect(self.service.handle)
        self.window = MainWindow(self.service, theme, words, settings)
        self._is_closed = False

    def start(self) -> None:
        """Show the window, then begin to load the model."""
        self.window.show()
        self.service.start()

    def close(self) -> None:
        """Keep what is being written and end the background threads.  May be called twice."""
        if self._is_closed:
            return
        self._is_closed = True
        self.service.close()
        self.window.close()
        self.window.panel.close_threads()
