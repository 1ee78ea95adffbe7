"""What cards of calls ask of the rest of the program."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from app.chats.ids import MessageId
from app.permissions.values import Decision
from app.tools.values import SourcePage
from ui.chat.tools.saving import save_as

LoadAttachment = Callable[[int, Callable[[bytes], None]], object]
"""Hands out the bytes of a stored attachment by its id, later, on the UI thread."""

LoadPage = Callable[[MessageId, int, Callable[[SourcePage | None], None]], object]
"""Hands out the page that call `number` of a message left; None where there is none any more."""


def _nothing(*_: object) -> None:
    """Where nothing stands behind a door, e.g. in a test of something else."""


@dataclass(frozen=True, slots=True)
class ToolDoors:
    """Ways from the cards to the chat service and to the disk.  UI thread.

    Attributes:
        load_attachment: fetches bytes from the store.
        load_page: fetches the lines of a page from the store.
        go_on: lets a turn that has reached a cap go on.
        save: asks where to, and writes: the widget asking, a file name, the bytes; False where
            that failed.
        read_file: fetches a file of the chat's folder by its name; None where it is gone.
        open_folder: shows the chat's folder.
        objection: why a call cannot run with an edited body; "" where it can.
        decide: answers the question of an id.
        decide_all: answers several alike.
        appeal: the user wants what a check withholds all the same.
    """

    load_attachment: LoadAttachment = _nothing
    load_page: LoadPage = _nothing
    go_on: Callable[[], object] = _nothing
    save: Callable[[QWidget, str, bytes], bool] = field(default=save_as)
    read_file: Callable[[str, Callable[[bytes | None], None]], object] = _nothing
    open_folder: Callable[[], object] = _nothing
    objection: Callable[[int, str], str] = lambda _id, _body: ""
    decide: Callable[[int, Decision], object] = _nothing
    decide_all: Callable[[Collection[int], Decision], object] = _nothing
    appeal: Callable[[MessageId], object] = _nothing


def while_alive(widget: QWidget, call: Callable[..., object]) -> Callable[..., None]:
    """A callback that does nothing once the widget is gone: the answer came too late."""

    def told(*arguments: object) -> None:
        if isValid(widget):
            call(*arguments)

    return told
