"""One model that was found on this computer: what it is, and the way to use it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.chats.values import Problem
from app.models.kept_files import digest_in
from app.models.values import FoundModel, Origin
from app.words import Words
from ui.controls.announcing import announce
from ui.controls.button import ButtonKind, TextButton
from ui.controls.label import Label, breakable
from ui.controls.progress import Progress
from ui.controls.wrapping_row import WrappingRow
from ui.models.wording import amount, file_size, joined, told
from ui.theme.theme import Theme
from ui.theme.tokens import Space, TypeSize

_DIGEST_SHOWN: Final = 12


class FoundRow(QWidget):
    """Name, facts and place; a button where it can be used, else why it cannot.

    Signals:
        take_requested: have it in the library.
        copy_requested: have a copy of it there that Sotto can use.
        stop_requested: give the copy up.
        resized: it needs another height.

    Args:
        theme: the look.
        words: the user's language.
        found: the model.
        is_known: it is in the library already.
        adds: the button says that it comes into the library, and not that it is used at once.

    Attributes:
        is_known: it is in the library.
        is_at_work: it is being taken or copied.
    """

    take_requested = Signal()
    copy_requested = Signal()
    stop_requested = Signal()
    resized = Signal()

    def __init__(
        self,
        theme: Theme,
        words: Words,
        found: FoundModel,
        *,
        is_known: bool = False,
        adds: bool = False,
    ) -> None:
        super().__init__()
        self._words = words
        self.found = found
        self.is_known = is_known
        self.is_at_work = False
        name = found.name
        self.name = Label(theme, breakable(name), bold=True, wrap=True)
        self.facts = Label(theme, _facts(words, found), size=TypeSize.CONTROL, wrap=True)
        self.place = Label(
            theme, _place(found.paths[0]), size=TypeSize.CODE, role="muted", wrap=True
        )
        self.place.setToolTip(str(found.paths[0]))
        self.said = Label(theme, size=TypeSize.CODE, role="muted", wrap=True)
        self.progress = Progress(theme, words("Copy of {name}", name=name))
        size = file_size(found.size_bytes)
        verb = words("Add") if adds else words("Use")
        self.take = TextButton(theme, verb, icon="plus", compact=True)
        self.copy = TextButton(theme, words("Copy with the right names"), icon="copy", compact=True)
        ghost = ButtonKind.GHOST
        self.stop = TextButton(theme, words("Stop"), kind=ghost, icon="x", compact=True)
        named = words("Add {name}", name=name) if adds else words("Use {name}", name=name)
        self.take.setAccessibleName(named)
        self.copy.setAccessibleName(words("Copy {name}, {size}", name=name, size=size))
        self.stop.setAccessibleName(words("Stop the copy of {name}", name=name))
        self.copy.setToolTip(
            words(
                "Nothing is downloaded and Ollama's file stays as it is. The copy takes {size}, "
                "or nothing on disks that can share files' bytes.",
                size=size,
            )
        )
        self._lay_out()
        self.setAccessibleName(name)
        self.take.clicked.connect(self.take_requested)
        self.copy.clicked.connect(self.copy_requested)
        self.stop.clicked.connect(self.stop_requested)
        self._show_rest(is_known=is_known)

    def show_known(self, origin: Origin | None = None) -> None:
        """It is in the library now.

        Args:
            origin: how it came there, where that is news.
        """
        words = self._words
        self._show_rest(is_known=True)
        if origin is Origin.LINKED:
            self.said.setText(words("In your library now. It was not copied."))
        elif origin is Origin.IN_PLACE:
            self.said.setText(words("In your library now. It stays where it is."))
        elif origin is not None:
            self.said.setText(words("In your library now."))
        if origin is not None:
            announce(self, f"{self.found.name}: {self.said.text()}")
        self.resized.emit()

    def show_busy(self) -> None:
        """It is being taken; that takes a moment."""
        self.is_at_work = True
        self.take.setEnabled(False)

    def show_copying(self, done_bytes: int, total_bytes: int) -> None:
        """A copy is being written."""
        self.is_at_work = True
        is_news = self.progress.isHidden()
        had_focus = self.copy.hasFocus()
        self.progress.set_fraction(done_bytes / total_bytes if total_bytes else 0.0)
        self.said.set_role("muted")
        self.said.setText(
            joined(amount(self._words, done_bytes, total_bytes), self._words("copying…"))
        )
        if not is_news:
            return
        self.progress.show()
        self.said.show()
        self.stop.show()
        self.copy.hide()
        if had_focus:
            self.stop.setFocus()
        self.resized.emit()

    def show_stopped(self) -> None:
        """It is not in the library, or not any more; it can be taken, or copied anew."""
        had_focus = self.stop.hasFocus()
        self._show_rest(is_known=False)
        if had_focus:
            self.copy.setFocus()
        self.resized.emit()

    def show_problem(self, problem: Problem) -> None:
        """It could not be taken; another try may do."""
        self._show_rest(is_known=False)
        self.said.set_role("danger")
        self.said.setText(told(self._words, problem))
        self.said.show()
        announce(self, f"{self.found.name}: {self.said.text()}")
        self.resized.emit()

    def _show_rest(self, *, is_known: bool) -> None:
        """How it looks while nothing is being done with it."""
        found = self.found
        self.is_known, self.is_at_work = is_known, False
        is_usable = found.problem is None
        self.progress.hide()
        self.stop.hide()
        self.take.setEnabled(True)
        self.take.setVisible(is_usable and not is_known)
        self.copy.setVisible(found.can_be_rewritten and not is_known)
        said = self._words("In your library") if is_known else ""
        if found.problem is not None and not is_known:
            said = told(self._words, found.problem)
        self.said.set_role("muted")
        self.said.setText(said)
        self.said.setVisible(bool(said))

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(Space.ROOM)
        top.addWidget(self.name, stretch=1)
        top.addWidget(WrappingRow(self.take, self.copy, self.stop))
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.PAD, Space.ROOM, Space.PAD, Space.ROOM)
        column.setSpacing(Space.TINY)
        column.addLayout(top)
        for one in (self.facts, self.place, self.progress, self.said):
            column.addWidget(one)


def _place(path: Path) -> str:
    """A path for reading: `~` for the home folder, and no more of a digest than tells it apart."""
    with suppress(ValueError):
        path = Path("~") / path.relative_to(Path.home())
    digest = digest_in(path.name)
    if digest:
        path = path.with_name(path.name.replace(digest, f"{digest[:_DIGEST_SHOWN]}…"))
    return breakable(str(path))


def _facts(words: Words, found: FoundModel) -> str:
    layers = words("{count} layers", count=found.layers) if found.layers else ""
    keeper = found.keeper.value or ""
    return joined(file_size(found.size_bytes), found.quantisation, layers, keeper)
