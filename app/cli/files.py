"""Files that go with a question of the command line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.attachments.framing import Encode, counted
from app.attachments.parts import FileNote, ReadFile, all_of, attached
from app.attachments.reader import FileReader
from app.attachments.values import Files
from app.chats.background import problem_from
from app.chats.values import Problem
from app.tool_assembly import ToolRoom
from engine.harmony.vocabulary import Vocabulary

_NOTES: Final = {
    FileNote.GUESSED: "the letters of {name} were guessed, see whether they are right.",
    FileNote.REST_UNREAD: "{name} is longer than Sotto reads: only its beginning was attached.",
    FileNote.NO_TEXT_PAGES: "some pages of {name} hold only images, which the model cannot see.",
}


@dataclass(frozen=True, slots=True)
class ReadFiles:
    """Files as they go with the question, and what has to be known of them."""

    files: Files
    notes: tuple[str, ...]


def attach_files(
    paths: Sequence[Path],
    tools: ToolRoom,
    vocabulary: Callable[[], Vocabulary],
    post: Callable[[Callable[[], None]], None],
    on_read: Callable[[ReadFiles], None],
    on_failed: Callable[[Problem], None],
) -> None:
    """Have files read on the thread of tools; one of the callbacks follows by way of `post`."""

    def settled(ended: Future[ReadFiles]) -> None:
        if ended.cancelled():
            return  # the program ends
        error = ended.exception()
        if error is None:
            post(lambda: on_read(ended.result()))
        else:
            problem = problem_from(error)
            post(lambda: on_failed(problem))

    reading = tools.workshop.thread.submit(
        lambda: read_files(paths, tools.reader, lambda: vocabulary().encode)
    )
    reading.add_done_callback(settled)


async def read_files(
    paths: Sequence[Path], reader: FileReader, encode: Callable[[], Encode]
) -> ReadFiles:
    """Read all of these files, in order.  Asyncio thread.

    Raises:
        AttachmentError: one of them cannot be read.
    """
    read = [await reader.read(path) for path in paths]
    files = tuple(counted(attached(one, all_of(one)), encode()) for one in read)
    return ReadFiles(files, tuple(filter(None, map(_note, read))))


def _note(file: ReadFile) -> str:
    return _NOTES.get(file.note, "").format(name=file.name)
