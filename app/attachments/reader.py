"""Reads files that a user attaches.  Asyncio thread.

Text is read on a thread of its own; what needs a parser of a strange format is read in a process
of its own, in a box where this computer can make one, which is ended when it takes too long.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from app.attachments.framing import Encode
from app.attachments.kinds import MOST_BYTES, kind_of, shown_name
from app.attachments.parts import FileNote, FilePart, ReadFile
from app.attachments.problems import AttachmentError, refused
from app.attachments.refusals import Refusal, RefusedError
from app.attachments.values import FileKind, PartUnit
from app.tools.browser.side_thread import on_side_thread
from app.tools.sandbox.box import Sandbox

if TYPE_CHECKING:
    from app.tools.boxed_reader import BoxedReader

_MODULE: Final = "app.attachments.reading_process"
_FLAG: Final = "--read-files"
_SECONDS: Final = 60.0
_MIB: Final = 1 << 20
_BOXED: Final = (FileKind.PDF, FileKind.DOCUMENT, FileKind.PAGE)


class FileReader:
    """Turns files into text with parts, and counts their tokens.

    Args:
        sandbox: what holds the reading process; may be slow the first time.
        encode: gives the encoder of the vocabulary; may be slow the first time.
        seconds: that one file may take, with the process's start.
    """

    def __init__(
        self,
        sandbox: Callable[[], Sandbox],
        encode: Callable[[], Encode],
        seconds: float = _SECONDS,
    ) -> None:
        self._sandbox = sandbox
        self._encode = encode
        self._seconds = seconds
        self._boxed: BoxedReader | None = None

    async def read(self, path: Path) -> ReadFile:
        """Read a file of this computer; cancelled, it lets go of it at once.

        Raises:
            AttachmentError: there is nothing in it to read.
        """
        data = await on_side_thread(lambda: _bytes_of(path), "attachments")
        return await self.read_bytes(path.name, data)

    async def read_bytes(self, name: str, data: bytes) -> ReadFile:
        """Read what a file of this name holds.

        Raises:
            AttachmentError: there is nothing in it to read.
        """
        name = shown_name(name)
        try:
            kind = kind_of(name, data)
            if kind in _BOXED:
                file = await self._in_box(name, kind, data)
            else:
                file = await on_side_thread(lambda: _text(name, kind, data), "attachments")
        except RefusedError as error:
            raise refused(error.refusal, name) from error
        return await self._counted(file)

    async def read_pasted(self, text: str) -> ReadFile:
        """A long text from the clipboard as a file without a name.

        Raises:
            AttachmentError: it is blank.
        """
        data = text.encode("utf-8", "replace")
        try:
            file = await on_side_thread(lambda: _text("", FileKind.PASTED, data), "attachments")
        except RefusedError as error:
            raise refused(error.refusal, "") from error
        return await self._counted(file)

    async def close(self) -> None:
        """End the reading process."""
        if self._boxed is not None:
            await self._boxed.close()

    async def _in_box(self, name: str, kind: FileKind, data: bytes) -> ReadFile:
        # What it stands on takes a while to load, and most messages have no files.
        from app.tools.boxed_reader import (  # noqa: PLC0415 - see above
            BoxedReader,
            ReadTooLongError,
            UnreadableError,
        )

        if self._boxed is None:
            self._boxed = BoxedReader(self._sandbox, self._seconds, module=_MODULE, flag=_FLAG)
        try:
            answer = await self._boxed.exchange({"name": name, "kind": kind.value}, data)
            return _file(answer)
        except ReadTooLongError as error:
            raise RefusedError(Refusal.TOO_LONG) from error
        except (UnreadableError, KeyError, TypeError, ValueError) as error:
            raise RefusedError(Refusal.DAMAGED) from error

    async def _counted(self, file: ReadFile) -> ReadFile:
        def count() -> ReadFile:
            encode = self._encode()
            parts = (replace(part, tokens=len(encode(part.text))) for part in file.parts)
            return replace(file, parts=tuple(parts))

        return await on_side_thread(count, "attachments")


def _bytes_of(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise refused(Refusal.FOLDER, shown_name(path.name))
        if not path.is_file():  # a pipe or a device would never end
            raise refused(Refusal.UNREADABLE, shown_name(path.name))
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise too_large(path.name, path.stat().st_size)
    except OSError as error:
        raise refused(Refusal.UNREADABLE, shown_name(path.name), type(error).__name__) from error
    return data


def too_large(name: str, size: int) -> AttachmentError:
    """What to say of a file with more bytes than are read."""
    sizes = {"size": f"{size / _MIB:,.0f}", "most": f"{MOST_BYTES // _MIB}"}
    return refused(Refusal.TOO_LARGE, shown_name(name), **sizes)


def _text(name: str, kind: FileKind, data: bytes) -> ReadFile:
    from app.attachments.decoding import decode  # noqa: PLC0415 - with the first file
    from app.attachments.text_parts import text_file  # noqa: PLC0415 - the same

    return text_file(name, kind, decode(data))


def _file(answer: Mapping[str, Any]) -> ReadFile:
    """A file from a process that a hostile one may have taken over: only data, and checked."""
    if "error" in answer:
        raise RefusedError(Refusal(answer["error"]))
    parts = tuple(
        FilePart(_str(one["text"]), int(one["first"]), int(one["last"]), _str(one["title"]))
        for one in answer["parts"]
    )
    if not parts or not any(part.text.strip() for part in parts):
        raise RefusedError(Refusal.EMPTY)
    return ReadFile(
        shown_name(_str(answer["name"])),
        FileKind(answer["kind"]),
        PartUnit(answer["unit"]),
        int(answer["total"]),
        parts,
        FileNote(answer["note"]),
        _str(answer["head"]),
    )


def _str(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("a text is a str")
    return value
