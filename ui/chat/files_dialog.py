"""The files of a chat: what the model's code reads and writes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFileDialog, QFrame, QMenu, QScrollArea, QWidget

from app.chats.chat_files import ChatFile
from app.chats.values import Problem
from app.words import Words
from ui.chat.tools.doors import while_alive
from ui.chat.tools.saving import save_as
from ui.chat.tools.wording import one_line
from ui.chat.wording import hint_of, title_of
from ui.controls.button import IconButton, TextButton
from ui.controls.dialog import PlainDialog
from ui.controls.label import Label, breakable
from ui.controls.row_card import PlainRows
from ui.controls.setting_row import SettingRow
from ui.theme.theme import Theme
from ui.theme.tokens import Size, Space, TypeSize

_HEIGHT: Final = 280
_KIB: Final = 1024
MOST_BYTES: Final = 128 << 20


class ChatFileDoor(Protocol):
    """What the dialog asks of `ui.chat_files.OpenChatFiles`."""

    def list(
        self,
        on_done: Callable[[tuple[ChatFile, ...]], None],
        on_failed: Callable[[Problem], None],
    ) -> None:
        """Say what is in the folder."""
        ...

    def read(self, name: str, on_done: Callable[[bytes | None], None]) -> None:
        """Fetch a file."""
        ...

    def put(
        self,
        name: str,
        data: bytes,
        on_done: Callable[[str], None],
        on_failed: Callable[[Problem], None],
    ) -> None:
        """Add a file."""
        ...

    def delete(
        self, name: str, on_done: Callable[[None], None], on_failed: Callable[[Problem], None]
    ) -> None:
        """Remove a file."""
        ...


class FilesDialog(PlainDialog):
    """List the files; save one, remove one, add one.

    Args:
        theme: the look.
        words: the user's language.
        files: the folder of the open chat.
        parent: the window.
        ask_file: asks for a file to add; "" for none.
        save: asks where a file is to go, and writes it.
    """

    def __init__(
        self,
        theme: Theme,
        words: Words,
        files: ChatFileDoor,
        parent: QWidget,
        *,
        ask_file: Callable[[QWidget], str] | None = None,
        save: Callable[[QWidget, str, bytes], bool] = save_as,
    ) -> None:
        super().__init__(theme, words("Files of this chat"), parent)
        self._words = words
        self._files = files
        self._ask_file = ask_file or _ask_native
        self._save = save
        self.rows: dict[str, SettingRow] = {}
        about = words(
            "The tools Python and Files see these in /mnt/data. They are kept encrypted with "
            "the chat and go with it."
        )
        note = Label(theme, about, size=TypeSize.CODE, role="muted", wrap=True)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFixedHeight(theme.scaled(_HEIGHT))
        self.add_button = TextButton(theme, words("Add a file…"), icon="paperclip")
        close = TextButton(theme, words("Close"))
        self.lay_out((note, self._area), (self.add_button, close))
        self.add_button.clicked.connect(self._add)
        close.clicked.connect(self.accept)
        self._show(())
        self.refresh()

    def refresh(self) -> None:
        """Look into the folder again."""
        self._files.list(while_alive(self, self._show), while_alive(self, self._complain))

    def make_menu(self, name: str) -> QMenu:
        """What can be done with a file."""
        menu = QMenu(name, self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self._words("Save as…"), lambda: self._fetch(name))
        menu.addAction(self._words("Remove"), lambda: self._remove(name))
        return menu

    def _show(self, files: tuple[ChatFile, ...]) -> None:
        self.rows = {file.name: self._row(file) for file in files}
        rows: list[QWidget] = list(self.rows.values())
        if not rows:
            none = Label(self._theme, self._words("No files yet."), role="muted", wrap=True)
            none.setMargin(Space.PAD)
            rows = [none]
        self._area.setWidget(PlainRows(self._theme, *rows))

    def _row(self, file: ChatFile) -> SettingRow:
        words = self._words
        name = one_line(file.name)
        more = IconButton(
            self._theme, "ellipsis", words("More about {name}", name=name), size=Size.BUTTON_COMPACT
        )
        size = words("{size} KB", size=f"{max(1, round(file.size / _KIB)):,}")
        row = SettingRow(self._theme, breakable(name), size, more)
        below = QPoint(0, more.sizeHint().height() + Space.TINY)
        more.clicked.connect(lambda: self.make_menu(file.name).popup(more.mapToGlobal(below)))
        return row

    def _fetch(self, name: str) -> None:
        def take(data: bytes | None) -> None:
            if data is None:
                said = self._words("{name} is not there any more.", name=one_line(name))
                self.say(said, is_wrong=True)
            elif not self._save(self, name, data):
                self.say(self._words("It could not be saved there."), is_wrong=True)

        self._files.read(name, while_alive(self, take))

    def _remove(self, name: str) -> None:
        done = while_alive(self, lambda _: self.refresh())
        self._files.delete(name, done, while_alive(self, self._complain))

    def _add(self) -> None:
        path = self._ask_file(self)
        if not path:
            return
        words = self._words
        try:
            if Path(path).stat().st_size > MOST_BYTES:
                most = words("A file may have at most {size} MB.", size=MOST_BYTES >> 20)
                self.say(most, is_wrong=True)
                return
            data = Path(path).read_bytes()
        except OSError:
            self.say(words("The file cannot be read."), is_wrong=True)
            return
        self.say("")
        done = while_alive(self, lambda _: self.refresh())
        self._files.put(Path(path).name, data, done, while_alive(self, self._complain))

    def _complain(self, problem: Problem) -> None:
        said = [title_of(self._words, problem), hint_of(self._words, problem)]
        self.say(" ".join(part for part in said if part), is_wrong=True)


def _ask_native(parent: QWidget) -> str:
    path, _ = QFileDialog.getOpenFileName(parent, "", str(Path.home()))
    return path
