"""Files of the open chat: asked for on the UI thread, worked on where the tools live."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

from app.chats.background import problem_from
from app.chats.chat_files import ChatFile
from app.chats.ids import ChatId
from app.chats.values import Problem
from app.conversation import chat_key
from app.tool_assembly import ToolRoom
from app.tools.async_thread import AsyncThread
from app.tools.python.chat_folders import ChatFolders

_T = TypeVar("_T")
OnProblem = Callable[[Problem], None]

NO_CHAT = Problem("This chat has no folder yet.", "Send a message first.")


class OpenChatFiles:
    """The folder of the chat that is open.  UI thread; callbacks come there, too.

    Args:
        folders: the chats' files.
        thread: where they are worked on.
        post: runs a callable on the UI thread; any thread may call it.
        chat: the open chat; None for a new one, which has no folder yet.
    """

    def __init__(
        self,
        folders: ChatFolders,
        thread: AsyncThread,
        post: Callable[[Callable[[], None]], None],
        chat: Callable[[], ChatId | None],
    ) -> None:
        self._folders = folders
        self._thread = thread
        self._post = post
        self._chat = chat

    def list(self, on_done: Callable[[tuple[ChatFile, ...]], None], on_failed: OnProblem) -> None:
        """Say what is in the folder."""
        if self._chat() is None:
            on_done(())
            return
        self._run(self._folders.list, on_done, on_failed)

    def read(self, name: str, on_done: Callable[[bytes | None], None]) -> None:
        """Fetch a file; None where it is gone or cannot be read."""
        self._run(
            lambda chat: self._folders.read(chat, name), on_done, lambda _problem: on_done(None)
        )

    def put(
        self, name: str, data: bytes, on_done: Callable[[str], None], on_failed: OnProblem
    ) -> None:
        """Add a file; says the name it got."""
        self._run(lambda chat: self._folders.put(chat, name, data), on_done, on_failed)

    def delete(self, name: str, on_done: Callable[[None], None], on_failed: OnProblem) -> None:
        """Remove a file."""
        self._run(lambda chat: self._folders.delete(chat, name), on_done, on_failed)

    def _run(
        self,
        work: Callable[[str], Coroutine[Any, Any, _T]],
        on_done: Callable[[_T], None],
        on_failed: OnProblem,
    ) -> None:
        chat = self._chat()
        if chat is None:
            on_failed(NO_CHAT)
            return
        key = chat_key(chat)

        def settled(ended: Future[_T]) -> None:
            if ended.cancelled():
                return
            error = ended.exception()
            if error is None:
                self._post(lambda: on_done(ended.result()))
            else:
                problem = problem_from(error)
                self._post(lambda: on_failed(problem))

        self._thread.submit(lambda: work(key)).add_done_callback(settled)


def open_chat_files(
    tools: ToolRoom,
    post: Callable[[Callable[[], None]], None],
    chat: Callable[[], ChatId | None],
) -> OpenChatFiles | None:
    """The files of a window's open chat; None where Python, which makes them, cannot be."""
    if tools.python is None:
        return None
    return OpenChatFiles(tools.python.folders, tools.workshop.thread, post, chat)
