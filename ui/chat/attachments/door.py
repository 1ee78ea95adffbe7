"""The way of files from the disk, the clipboard and the desktop into a message."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from app.attachments.kinds import shown_name
from app.attachments.parts import DraftFile, FileChoice
from app.attachments.values import AttachedFile, Files
from app.chats.changes import ChatChange, SendRefused, StatusChanged
from app.chats.ids import ChatId
from app.chats.values import Problem
from app.words import Words
from engine.harmony.messages import Effort
from ui.chat.attachments.pasting import PasteTaker
from ui.chat.attachments.room import Room, room_of
from ui.chat.attachments.wording import name_of
from ui.chat.wording import hint_of, title_of
from ui.theme.theme import Theme

if TYPE_CHECKING:
    from app.attachments.desk import AttachmentDesk, Cancel
    from app.side_desk import SideDesk
    from ui.chat.attachments.dialogs import FileDialogs
    from ui.chat.panel import ChatPanel


class Sends(Protocol):
    """What sends messages: the chat service, or a view beside the open chat.  UI thread."""

    def send(self, text: str, effort: Effort, *, files: Files = ()) -> None:
        """Send a message with its files."""
        ...


MOST_FILES: Final = 20
"""Of one message; more are a folder, which is for the tools."""


class AttachDoor(QObject):
    """Has files read, shows them in the composer and sends them with the message.

    Signals:
        changed: (chat: ChatId | None, files: tuple[DraftFile, ...]) what waits in a chat is
            other files now; worth keeping.

    Args:
        service: sends.
        panel: where the composer is; owns this.
        theme: the look.
        words: the user's language.

    Attributes:
        desk: has files read; nothing can be attached without one.
        ask_files: asks for files: the widget asking; () for none.
        sides: has the model sum files up.
    """

    changed = Signal(object, object)

    def __init__(self, service: Sends, panel: ChatPanel, theme: Theme, words: Words) -> None:
        super().__init__(panel)
        self._service = service
        self._theme = theme
        self._panel = panel
        self._composer = panel.composer
        self._row = panel.composer.files
        self._words = words
        self._chat_id: ChatId | None = None
        self._kept: dict[ChatId | None, tuple[DraftFile, ...]] = {}
        self._sent: tuple[DraftFile, ...] = ()
        self._reading: dict[int, Cancel] = {}
        self._away: dict[int, ChatId | None] = {}  # being read for a chat that is not shown
        self._status = StatusChanged()
        self._room = Room()
        self.desk: AttachmentDesk | None = None
        self.ask_files: Callable[[QWidget], Sequence[str]] = self._ask_native
        self.sides: SideDesk | None = None
        self._dialogs: FileDialogs | None = None
        self._connect()

    def use(self, other: AttachDoor) -> None:
        """Have files read and summed up where another door does."""
        self.desk, self.sides = other.desk, other.sides

    # ---- from outside

    def apply(self, change: ChatChange) -> None:
        """Take what the chat service tells; other changes are ignored."""
        match change:
            case StatusChanged():
                self._status = change
                self._measure()
            case SendRefused(files=files) if files:
                self._take_back(files)

    def send(self, text: str, effort: Effort) -> None:
        """Send a message with the files that wait."""
        files = self._row.files
        if not files:
            self._service.send(text, effort)
            return
        self._sent = files
        self._row.replace_all(())
        self._service.send(text, effort, files=tuple(one.attached for one in files))
        self._tell()

    def open(self) -> None:
        """Ask for files and attach them."""
        self.attach(Path(path) for path in self.ask_files(self._panel))

    def attach(self, paths: Iterable[Path]) -> None:
        """Have files read, each in a card of its own."""
        desk = self.desk
        if desk is None:
            return
        self._row.hush()
        for path in paths:
            if len(self._row.keys) >= MOST_FILES:
                self.complain(
                    self._words("A message may have at most {count} files.", count=MOST_FILES)
                )
                return
            key = self._row.add(shown_name(path.name))
            self._follow(key, desk.read(path, *self._callbacks(key)))

    def attach_text(self, text: str) -> int:
        """Have a pasted text read as a file; returns the key of its card."""
        key = self._row.add("")
        if self.desk is not None:
            self._follow(key, self.desk.read_pasted(text, *self._callbacks(key)))
        return key

    def forget(self, key: int) -> DraftFile | None:
        """Take a file away without a word; returns it, if it was read."""
        self._stop_reading(key)
        file = self._row.remove(key)
        self._tell()
        return file

    def complain(self, text: str) -> None:
        """Say why something cannot be attached, below what was said before."""
        said = self._row.said
        is_more = not said.isHidden() and bool(said.text()) and not self._row.action.isVisible()
        before = f"{said.text()}\n" if is_more else ""
        self._row.say(f"{before}{text}", is_wrong=True)

    def put_back(self, kept: Mapping[ChatId | None, tuple[DraftFile, ...]]) -> None:
        """Show what waited when Sotto last ended; what was attached since goes first."""
        self._kept = {**kept, **self._kept}
        if not self._row.has_files:
            self._row.replace_all(self._kept.pop(self._chat_id, ()))

    def choose(self, key: int, choice: FileChoice) -> None:
        """Take other parts of a file, or a summary of it."""
        if self.desk is not None:
            self._follow(key, self.desk.choose(choice, lambda file: self._on_read(key, file)))

    def show_file(self, key: int) -> None:
        """Show a file that waits, to choose parts of it or have it summed up."""
        self.dialogs.open(key, self.sides if self._status.can_answer else None)

    @property
    def dialogs(self) -> FileDialogs:
        """The dialogs of files; loaded with the first."""
        if self._dialogs is None:
            from ui.chat.attachments.dialogs import FileDialogs as Dialogs  # noqa: PLC0415

            self._dialogs = Dialogs(self._theme, self._words, self, self._panel)
        return self._dialogs

    def file(self, key: int) -> DraftFile | None:
        """A file that waits; None while it is being read, or is gone."""
        return self._row.file(key)

    @property
    def room(self) -> Room:
        """How much the model can still read."""
        return self._room

    def other_tokens(self, key: int) -> int:
        """What the other files of the message cost."""
        file = self._row.file(key)
        return self._row.tokens - (file.attached.tokens if file is not None else 0)

    # ---- what happens

    def _callbacks(self, key: int) -> tuple[Callable[[DraftFile], None], Callable[[Problem], None]]:
        return lambda file: self._on_read(key, file), lambda problem: self._on_failed(key, problem)

    def _follow(self, key: int, cancel: Cancel) -> None:
        self._stop_reading(key)
        self._reading[key] = cancel

    def _stop_reading(self, key: int) -> None:
        cancel = self._reading.pop(key, None)
        if cancel is not None:
            cancel()

    def _on_read(self, key: int, file: DraftFile) -> None:
        self._reading.pop(key, None)
        if key in self._away:
            self._add_away(self._away.pop(key), file)
            return
        was_unread = self._row.file(key) is None
        self._row.set_file(key, file)
        self._tell()
        most = self._room.most_tokens
        if was_unread and most is not None and file.attached.tokens > most:
            self.show_file(key)

    def _on_failed(self, key: int, problem: Problem) -> None:
        self._reading.pop(key, None)
        self._away.pop(key, None)
        self._row.remove(key)
        said = (title_of(self._words, problem), hint_of(self._words, problem))
        self.complain(" ".join(part for part in said if part))

    def _add_away(self, chat_id: ChatId | None, file: DraftFile) -> None:
        """A file was read for a chat that another one was shown instead of meanwhile."""
        if chat_id == self._chat_id:
            self._restore(file)
            return
        self._kept[chat_id] = (*self._kept.get(chat_id, ()), file)
        self.changed.emit(chat_id, self._kept[chat_id])

    def _on_remove(self, key: int) -> None:
        file = self.forget(key)
        if file is None:
            self._row.hush()
            self._panel.focus_composer()
            return
        self._row.say(
            self._words("Removed {name}", name=name_of(self._words, file.attached)),
            action=self._words("Undo"),
            act=lambda: self._restore(file),
        )
        if not self._row.has_files:
            self._panel.focus_composer()

    def _restore(self, file: DraftFile) -> None:
        self._row.add(name_of(self._words, file.attached), file)
        self._tell()

    def _take_back(self, files: tuple[AttachedFile, ...]) -> None:
        """They were not sent: they wait again, before any that came since."""
        known = {one.attached: one for one in self._sent}
        back = tuple(known.get(one) or DraftFile(one) for one in files)
        self._row.replace_all((*back, *self._row.files))
        self._tell()

    def _on_moved(self, chat_id: ChatId | None, is_same: bool) -> None:
        """Another chat is shown; `is_same` says that the shown one only got its id."""
        if is_same:
            self._chat_id = chat_id
            return
        self._away |= dict.fromkeys(self._reading.keys() - self._away.keys(), self._chat_id)
        if self._row.files:
            self._kept[self._chat_id] = self._row.files
        self._chat_id = chat_id
        self._row.replace_all(self._kept.pop(chat_id, ()))

    def _measure(self) -> None:
        self._room = room_of(self._status, self._composer.chosen_effort, self._room)
        self._row.set_room(self._room)

    def _tell(self) -> None:
        self.changed.emit(self._chat_id, self._row.files)

    def _ask_native(self, parent: QWidget) -> Sequence[str]:
        title = self._words("Attach files")
        return QFileDialog.getOpenFileNames(parent, title, str(Path.home()))[0]

    def _connect(self) -> None:
        self._composer.attach_button.clicked.connect(self.open)
        self._composer.edit.take_paste = PasteTaker(self, self._panel, self._words).take
        self._composer.effort_changed.connect(self._measure, Qt.ConnectionType.QueuedConnection)
        self._row.open_requested.connect(self.show_file)
        self._row.remove_requested.connect(self._on_remove)
        self._panel.drop_place.dropped.connect(self.attach)
        self._panel.drop_place.begin()
        self._panel.drafts.moved.connect(self._on_moved)
