"""A file that chats are brought in from: which program wrote it, and its chats one by one."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import BinaryIO, Final, Self

from app.archive import chatgpt, json_form
from app.archive.elements import MOST_CHARACTERS, elements
from app.archive.values import FORM, ArchiveError, LeftOut, Parsed

_HEAD: Final = 2**16
_OURS: Final = re.compile(r'\{\s*"sotto_chats"\s*:\s*(\d+)\s*,\s*"chats"\s*:\s*(?=\[)')
_MEMBER: Final = re.compile(r"(.*/)?conversations[^/]*\.json")


class ChatFile:
    """An open file of chats; to be closed.  One thread at a time.

    Args:
        path: JSON of Sotto's own, `conversations.json` of a ChatGPT export, or the zip of one.

    Raises:
        ArchiveError: it cannot be read, or is none of these.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._archive: zipfile.ZipFile | None = None
        self._open: list[BinaryIO] = []
        self._done = 0
        try:
            self._sizes = self._members()
        except (OSError, zipfile.BadZipFile) as error:
            raise _unreadable(type(error).__name__) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def fraction(self) -> float:
        """How much of it was read, 0.0 to 1.0."""
        at = self._done + (self._open[-1].tell() if self._open else 0)
        return min(1.0, at / max(1, sum(self._sizes.values())))

    def chats(self) -> Generator[Parsed, None, None]:
        """What the file holds, from its beginning.

        Raises:
            ArchiveError: it is none of the files that are known, or ends in the middle.
        """
        self._done = 0
        for name, size in self._sizes.items():
            try:
                with self._member(name) as raw:
                    self._open = [raw]
                    with io.TextIOWrapper(raw, "utf-8", "replace") as stream:
                        yield from _parsed(stream)
            except (OSError, zipfile.BadZipFile, RuntimeError, EOFError) as error:
                raise _unreadable(type(error).__name__) from error
            finally:
                self._open = []
            self._done += size

    def close(self) -> None:
        """Let go of the file.  May be called twice."""
        if self._archive is not None:
            self._archive.close()

    def _members(self) -> dict[str, int]:
        if not zipfile.is_zipfile(self._path):
            return {"": self._path.stat().st_size}
        self._archive = zipfile.ZipFile(self._path)
        found = {
            one.filename: one.file_size
            for one in sorted(self._archive.infolist(), key=lambda one: one.filename)
            if _MEMBER.fullmatch(one.filename)
        }
        if not found:
            self._archive.close()
            raise ArchiveError(
                "There are no chats in this file.",
                "Choose the zip file of a ChatGPT export, or a JSON file that Sotto exported.",
            )
        return found

    def _member(self, name: str) -> BinaryIO:
        if self._archive is None:
            return self._path.open("rb")
        return self._archive.open(name)  # type: ignore[return-value]  # an IO[bytes]


def _parsed(stream: io.TextIOWrapper) -> Iterator[Parsed]:
    head = stream.read(_HEAD).lstrip("\ufeff \t\r\n")
    ours = _OURS.match(head)
    if ours is not None:
        if int(ours[1]) > FORM:
            raise ArchiveError(
                "This file was written by a newer version of Sotto.",
                "Install the newest version of Sotto, then try again.",
            )
        yield from (_own(one) for one in elements(stream, head[ours.end() :]))
    elif head.startswith("["):
        yield from (chatgpt.parsed(one) for one in elements(stream, head))
    elif head.startswith("{"):
        # A single conversation, as some tools cut them out of an export.
        yield from _single(head + stream.read(MOST_CHARACTERS))
    else:
        raise _unknown()


def _single(text: str) -> Iterator[Parsed]:
    found = chatgpt.parsed(text)
    if found.chat is None and LeftOut.DAMAGED in found.left_out:
        raise _unknown()
    yield found


def _own(text: str) -> Parsed:
    try:
        chat = json_form.read(text)
    except ArchiveError:
        return Parsed(None, {LeftOut.DAMAGED: 1})
    return Parsed(chat)


def _unreadable(detail: str) -> ArchiveError:
    return ArchiveError(
        "The file cannot be read.", "Check that it is there and whole.", detail=detail
    )


def _unknown() -> ArchiveError:
    return ArchiveError(
        "Sotto does not know what is in this file.",
        "Choose the zip file of a ChatGPT export, its conversations.json, or a JSON file that "
        "Sotto exported.",
    )
