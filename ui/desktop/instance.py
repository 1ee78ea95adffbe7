"""One Sotto for each history: a second start hands its wish to the one that runs, and ends."""

from __future__ import annotations

import hashlib
import sys
import tempfile
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from app.chats.ids import ChatId
from app.paths import Paths
from ui.desktop.address import chat_in, told, told_model

PATIENCE_MS: Final = 2_000
_LONGEST_PATH: Final = 100
"""The name of a socket may have 108 bytes on Linux and 104 on macOS (`sockaddr_un`)."""
_MOST_BYTES: Final = 16_384
"""The longest path that Linux opens has 4,096 bytes; told, each of them may take three."""
_TAKEN: Final = b"taken\n"


class Wish(StrEnum):
    """What a start of Sotto is for."""

    SHOW = "show"
    NEW_WINDOW = "new-window"
    QUICK = "quick"


Wanted = Wish | ChatId | Path
"""A wish, a chat to be shown, or a model file to be offered."""


def server_name(paths: Paths, environ: Mapping[str, str], platform: str = sys.platform) -> str:
    """Where the Sotto of this history listens: a pipe's name on Windows, else a file's.

    The file lies where only its owner may enter; without such a folder, or where the name would
    be too long, there is none ("").

    Args:
        paths: the user's folders; another data folder is another Sotto.
        environ: the process's environment.
        platform: as in `sys.platform`.
    """
    name = "sotto-" + hashlib.sha256(str(paths.data).encode()).hexdigest()[:16]
    if platform == "win32":
        return name
    runtime = environ.get("XDG_RUNTIME_DIR") or (
        tempfile.gettempdir() if platform == "darwin" else ""  # it is the user's own there
    )
    folder = Path(runtime) if runtime else paths.data
    path = str(folder / f"{name}.socket")
    return path if folder.is_dir() and len(path.encode()) <= _LONGEST_PATH else ""


def hand_over(name: str, wish: Wanted) -> bool:
    """Give what is wanted to the Sotto that runs; False where none does.

    Blocks for a moment at most.
    """
    if not name:
        return False
    socket = QLocalSocket()
    socket.connectToServer(name)
    if not socket.waitForConnected(PATIENCE_MS):
        return False
    line = wish.value if isinstance(wish, Wish) else told(wish)
    socket.write(line.encode() + b"\n")
    is_heard = socket.waitForBytesWritten(PATIENCE_MS) and socket.waitForReadyRead(PATIENCE_MS)
    answer = bytes(socket.readAll().data()) if is_heard else b""
    socket.abort()
    return answer == _TAKEN


class Instance(QObject):
    """Listens for other starts.  UI thread.

    What is wished before `serve` waits until then: a passphrase may still be asked for.

    Args:
        name: as `server_name` gives it; "" listens to nobody.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self._grant: Callable[[Wanted], None] | None = None
        self._waiting: list[Wanted] = []
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_connected)
        if name:
            # What a killed process left behind; one that lives would have taken the wish.
            QLocalServer.removeServer(name)
            self._server.listen(name)

    @property
    def is_listening(self) -> bool:
        """Whether other starts are heard."""
        return self._server.isListening()

    def serve(self, grant: Callable[[Wanted], None]) -> None:
        """Do what is wished from now on, and what was wished before."""
        self._grant = grant
        waiting, self._waiting = self._waiting, []
        for wish in waiting:
            grant(wish)

    def close(self) -> None:
        """Listen no more."""
        self._server.close()

    def _on_connected(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.disconnected.connect(socket.deleteLater)
            socket.readyRead.connect(lambda socket=socket: self._read(socket))
            self._read(socket)

    def _read(self, socket: QLocalSocket) -> None:
        if not socket.canReadLine():
            if socket.bytesAvailable() > _MOST_BYTES:
                socket.abort()
            return
        text = bytes(socket.readLine(_MOST_BYTES).data()).decode("ascii", "replace").strip()
        wish = Wish(text) if text in list(Wish) else chat_in(text) or told_model(text)
        if wish is None:
            socket.abort()
            return
        socket.write(_TAKEN)
        socket.flush()
        if self._grant is None:
            self._waiting.append(wish)
        else:
            self._grant(wish)
