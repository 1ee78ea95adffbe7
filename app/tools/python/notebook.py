"""The notebook itself, as it runs in the box: an IPython kernel that keeps its words short.

Started by `app.tools.python.kernel` through the sandbox's launcher.  It may be taken over by
the code it runs, so nothing here protects Sotto; it only makes ordinary work go well.
"""

from __future__ import annotations

import builtins
import io
import logging
import os
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import zmq
from ipykernel import kernelapp
from ipykernel.iostream import IOPubThread
from ipykernel.kernelapp import IPKernelApp
from IPython.core import interactiveshell
from jupyter_client.session import Session
from traitlets.config import Config
from zmq.eventloop.zmqstream import ZMQStream

from app.tools.python.layout import CONNECTION_FILE, DATA, FONTS, RUN

MAX_STREAM_CHARS: Final = 1 << 20
MAX_MESSAGE_BYTES: Final = 8 << 20


class ShortSession(Session):
    """Signs messages, and makes short ones of those that nobody would take."""

    def serialize(self, msg: dict[str, Any], ident: Any = None) -> list[bytes]:
        """The frames of a message."""
        content = msg.get("content")
        if msg.get("msg_type") == "stream" and isinstance(content, dict):
            content["text"] = str(content.get("text", ""))[:MAX_STREAM_CHARS]
        frames: list[bytes] = super().serialize(msg, ident)
        if sum(len(one) for one in frames) > MAX_MESSAGE_BYTES:
            msg["content"] = _shortened(msg.get("msg_type", ""))
            frames = super().serialize(msg, ident)
        return frames


class ForkedOutput(IOPubThread):
    """Lets processes that the notebook forks print: by a socket in its folder, not by TCP."""

    place = ""
    """Of the socket; "" where nothing in the box may connect, and children stay silent."""

    def _setup_pipe_in(self) -> None:
        self._pipe_uuid = os.urandom(16)
        self._pipe_flag = bool(self.place)
        if self.place:
            pipe = self.socket.context.socket(zmq.PULL)
            pipe.linger = 0
            pipe.bind(f"ipc://{self.place}")
            self._pipe_in = ZMQStream(pipe, self.io_loop)
            self._pipe_in.on_recv(self._handle_pipe_msg)

    def _setup_pipe_out(self) -> tuple[Any, Any]:
        context: zmq.Context[Any] = zmq.Context()  # what was forked cannot be used
        pipe = context.socket(zmq.PUSH)
        pipe.linger = 3000
        pipe.connect(f"ipc://{self.place}")
        return context, pipe


class NotebookApp(IPKernelApp):
    """The kernel, without what nobody uses here: a debugger, a history on disk."""

    def _session_default(self) -> Session:
        return ShortSession(parent=self, username="notebook")

    def _try_bind_socket(self, s: Any, port: int) -> int:
        if s.type == zmq.XPUB:
            # Sotto reads only so much ahead; what it has not read yet waits here and is not lost.
            s.setsockopt(zmq.SNDHWM, 0)
        return int(super()._try_bind_socket(s, port))  # type: ignore[no-untyped-call]  # ipykernel's

    def init_control(self, context: Any) -> None:
        """Make the control channel and leave the debugger's socket alone."""
        super().init_control(context)  # type: ignore[no-untyped-call]  # ipykernel's
        self.debug_shell_socket.disconnect(self.shell_socket.getsockopt(zmq.LAST_ENDPOINT))


def main(arguments: Sequence[str], places: dict[str, str]) -> None:
    """Open the sockets, say so and serve until killed.

    Args:
        arguments: the number of a pipe that a byte is written to when the sockets are open.
        places: where `RUN`, `DATA` and maybe `FONTS` are.
    """
    if places[DATA] == DATA:
        ForkedOutput.place = f"{places[RUN]}/forked"
    else:
        _show_data_at_its_place(places[DATA])
    if FONTS in places:
        with suppress(OSError):
            shutil.copytree(places[FONTS], Path.home() / ".cache" / "matplotlib")
    setattr(kernelapp, "IOPubThread", ForkedOutput)  # noqa: B010 - not declared to be set
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.cache_size = 100  # results kept for `_` and `Out`
    logging.disable(logging.WARNING)
    connection = Path(places[RUN], CONNECTION_FILE)
    app = NotebookApp.instance(config=config, connection_file=str(connection))
    app.initialize([])  # type: ignore[no-untyped-call]  # ipykernel's
    # `!command` would ask for a terminal, which is not to be had behind Landlock.
    shell: Any = app.shell
    shell.system = shell.system_raw
    ready = int(arguments[0])
    # Not by closing it: bubblewrap holds the same end.
    os.write(ready, b"1")
    os.close(ready)
    app.start()  # type: ignore[no-untyped-call]  # ipykernel's


def _shortened(kind: str) -> dict[str, Any]:
    told = "[too large to be shown]"
    if kind == "error":
        return {"ename": "Error", "evalue": told, "traceback": [told]}
    if kind == "execute_reply":
        return {"status": "ok", "execution_count": 0, "user_expressions": {}, "payload": []}
    return {"data": {"text/plain": told}, "metadata": {}, "execution_count": 0}


def _show_data_at_its_place(real: str) -> None:
    """Let code find /mnt/data where there is no namespace to put it in.

    Goes as far as Python's own functions do; a library that opens files by itself needs
    relative paths, which work, since the notebook starts in the folder.
    """

    def moved(path: Any) -> Any:
        text = os.fspath(path) if isinstance(path, os.PathLike) else path
        if isinstance(text, str) and (text == DATA or text.startswith(f"{DATA}/")):
            return real + text[len(DATA) :]
        return path

    def wrapped(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            return function(*(moved(one) for one in arguments), **named)

        return call

    one_path = "access chdir listdir lstat mkdir open remove rmdir scandir stat unlink"
    for name in f"{one_path} rename replace symlink link".split():
        setattr(os, name, wrapped(getattr(os, name)))
    builtins.open = io.open = wrapped(io.open)
    setattr(interactiveshell, "io_open", io.open)  # noqa: B010 - not declared; IPython's own `open` for what people type
