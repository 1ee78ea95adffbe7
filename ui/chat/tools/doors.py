"""What cards of calls ask of the rest of the program."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from app.chats.ids import MessageId
from app.permissions.values import PermissionRequest
from app.tools.values import SourcePage
from ui.chat.tools.saving import save_as
from ui.controls.label import Label
from ui.markdown.context import MarkdownContext

LoadAttachment = Callable[[int, Callable[[bytes], None]], object]
"""Hands out the bytes of a stored attachment by its id, later, on the UI thread."""

LoadPage = Callable[[MessageId, int, Callable[[SourcePage | None], None]], object]
"""Hands out the page that call `number` of a message left; None where there is none any more."""


def _nothing(*_: object) -> None:
    """Where nothing stands behind a door, e.g. in a test of something else."""


def _no_question(context: MarkdownContext, request: PermissionRequest) -> QWidget:
    """Where nobody decides, the card says which call waits, and that is all."""
    return Label(context.theme, request.view.tool, wrap=True)


@dataclass(frozen=True, slots=True)
class ToolDoors:
    """Ways from the cards to the chat service and to the disk.  UI thread.

    Attributes:
        load_attachment: fetches bytes from the store.
        load_page: fetches the lines of a page from the store.
        go_on: lets a turn that has reached a cap go on.
        save: asks where to, and writes: the widget asking, a file name, the bytes.
        read_file: fetches a file of the chat's folder by its name; None where it is gone.
        open_folder: shows the chat's folder.
        make_question: makes the card that asks whether a call may run.
    """

    load_attachment: LoadAttachment = _nothing
    load_page: LoadPage = _nothing
    go_on: Callable[[], object] = _nothing
    save: Callable[[QWidget, str, bytes], object] = field(default=save_as)
    read_file: Callable[[str, Callable[[bytes | None], None]], object] = _nothing
    open_folder: Callable[[], object] = _nothing
    make_question: Callable[[MarkdownContext, PermissionRequest], QWidget] = _no_question


def while_alive(widget: QWidget, call: Callable[..., object]) -> Callable[..., None]:
    """A callback that does nothing once the widget is gone: the answer came too late."""

    def told(*arguments: object) -> None:
        if isValid(widget):
            call(*arguments)

    return told
