"""A file of chats being written: whole at the end, or not there at all.  One thread at a time."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from app.archive import html_form, json_form, markdown_form
from app.archive.telling import without_thoughts
from app.archive.values import ArchivedChat, ArchiveError, ExportForm, ExportWish
from app.whole_file import PartialFile
from app.words import Words

_NOT_IN_NAMES: Final = re.compile(r'[\x00-\x1f<>:"/\\|?*\x7f]+')
_LONGEST_NAME: Final = 80

ENDINGS: Final = {ExportForm.MARKDOWN: "md", ExportForm.HTML: "html", ExportForm.JSON: "json"}


class ChatWriter:
    """Takes chats one after the other.

    Args:
        path: the file; several chats as Markdown make a zip of files.
        wish: what is written.
        words: in whose language headings are.

    Raises:
        ArchiveError: from every method, when the file cannot be written; then nothing is there.
    """

    def __init__(self, path: Path, wish: ExportWish, words: Words) -> None:
        self._wish, self._form, self._words = wish, wish.form, words
        self._count = 0
        self._names: set[str] = set()
        self._zip: zipfile.ZipFile | None = None
        try:
            self._file = PartialFile(path)
        except OSError as error:
            raise _unwritten(error) from error
        self._told(self._begin)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            self.drop()

    def add(self, chat: ArchivedChat) -> None:
        """Write one more chat."""
        wish = self._wish
        shown = chat
        if not wish.has_thoughts or wish.only_checked_thoughts:
            shown = without_thoughts(chat, but_checked=wish.has_thoughts)
        self._told(lambda: self._add(shown))
        self._count += 1

    def keep(self) -> None:
        """Finish the file and put it in its place."""
        self._told(self._end)

    def drop(self) -> None:
        """Leave everything as it was.  May be called twice."""
        self._file.drop()

    def _begin(self) -> None:
        if self._form is ExportForm.JSON:
            self._file.write(json_form.HEAD)
        elif self._form is ExportForm.HTML:
            self._file.write(html_form.head(self._words("Chats from Sotto"), self._words))
        elif not self._wish.is_single:
            self._zip = zipfile.ZipFile(self._file.file, "w", zipfile.ZIP_DEFLATED)

    def _add(self, chat: ArchivedChat) -> None:
        if self._form is ExportForm.JSON:
            self._file.write("," * (self._count > 0) + "\n" + json_form.written(chat))
        elif self._form is ExportForm.HTML:
            self._file.write(html_form.written(chat, self._words))
        else:
            text = markdown_form.written(chat, self._words)
            if self._zip is None:
                self._file.write(text)
            else:
                name = f"{self._free_name(chat.title)}.md"
                self._zip.writestr(name, text.encode("utf-8", "replace"))

    def _end(self) -> None:
        if self._form is ExportForm.JSON:
            self._file.write("\n" + json_form.TAIL)
        elif self._form is ExportForm.HTML:
            self._file.write(html_form.TAIL)
        if self._zip is not None:
            self._zip.close()
        self._file.keep()

    def _free_name(self, title: str) -> str:
        name = file_name(title)
        found, number = name, 2
        while found.casefold() in self._names:
            found, number = f"{name} ({number})", number + 1
        self._names.add(found.casefold())
        return found

    def _told(self, work: Callable[[], None]) -> None:
        try:
            work()
        except OSError as error:
            self.drop()
            raise _unwritten(error) from error
        except BaseException:
            self.drop()
            raise


def file_name(title: str) -> str:
    """A title as the name of a file on any system, without an ending."""
    words = " ".join(_NOT_IN_NAMES.sub(" ", title).split()).strip(". ")
    return words[:_LONGEST_NAME].rstrip(". ") or "chat"


def ending(form: ExportForm, *, is_single: bool) -> str:
    """The ending of the file's name."""
    return "zip" if form is ExportForm.MARKDOWN and not is_single else ENDINGS[form]


def _unwritten(error: OSError) -> ArchiveError:
    return ArchiveError(
        "The file could not be written.",
        "Choose another folder, or check that the disk is not full.",
        detail=type(error).__name__,
    )
