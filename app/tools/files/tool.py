"""The tool `files`: names and contents of a chat's own files.

It reads what the user attached and what `python` left, where the history keeps it; no path of
this computer is ever made of a name.  See `app.tools.tool.Tool` for threads.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

from app.chats.chat_files import ChatFile
from app.tools.addresses import FUNCTIONS
from app.tools.arguments import read_arguments, written
from app.tools.files.excerpt import NoTextError, Stretch, excerpt, is_pdf, lines_of, media_type_of
from app.tools.files.names import FOLDER, chat_name, is_shown
from app.tools.tool import CallRefusedError, Declaration, RunContext
from app.tools.values import (
    CHAT_SERVER,
    CallTarget,
    CallView,
    OutcomeStatus,
    TargetKind,
    ToolCall,
    ToolFamily,
    ToolOutcome,
)
from engine.errors import UserFacingError
from engine.harmony.messages import FunctionTool

LIST: Final = "list_files"
READ: Final = "read_file"
MOST_LISTED: Final = 200
USUAL_LINES: Final = 200
MOST_LINES: Final = 2000

_READ_SCHEMA: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {
        "path": {"type": "string", "description": f"Path of the file in {FOLDER}"},
        "first_line": {"type": "integer", "minimum": 1, "default": 1},
        "lines": {
            "type": "integer",
            "minimum": 1,
            "maximum": MOST_LINES,
            "default": USUAL_LINES,
        },
    },
    "required": ["path"],
}
_FUNCTIONS: Final = (
    FunctionTool(
        READ,
        "Reads lines of a file of this chat: text, tables, code, and the text of PDF files.",
        _READ_SCHEMA,
    ),
    FunctionTool(LIST, f"Lists the files of this chat, which lie in {FOLDER}."),
)


class ReadableFiles(Protocol):
    """The files of chats (`app.tools.python.chat_folders.ChatFolders`).  Asyncio thread."""

    async def list(self, chat: str) -> tuple[ChatFile, ...]:
        """The files of a chat, by name."""
        ...

    async def read(self, chat: str, name: str) -> bytes:
        """What is in a file."""
        ...


class PdfLines(Protocol):
    """Reads PDF files out of reach of what they may do to their reader.  Asyncio thread."""

    async def read(self, data: bytes) -> Sequence[str]:
        """The text as lines.

        Raises:
            NoTextError: it cannot be read.
        """
        ...

    async def close(self) -> None:
        """End what reads."""
        ...


class ChatFilesTool:
    """Lists and reads a chat's files.

    Args:
        files: where they are.
        pdf: reads those that are PDF files.
    """

    def __init__(self, files: ReadableFiles, pdf: PdfLines) -> None:
        self._files = files
        self._pdf = pdf

    @property
    def declaration(self) -> Declaration:
        """Both functions."""
        return Declaration(functions=_FUNCTIONS)

    @property
    def addresses(self) -> tuple[str, ...]:
        """What the model may call."""
        return tuple(FUNCTIONS + one.name for one in _FUNCTIONS)

    def view(self, call: ToolCall) -> CallView:
        """The call as a person judges it; the paths are the chat's own, not this computer's.

        Raises:
            CallRefusedError: it names no file that can be there.
        """
        name = call.recipient.removeprefix(FUNCTIONS)
        arguments = _arguments(call)
        place = f"{FOLDER}/{arguments['path']}" if name == READ else FOLDER
        return CallView(
            tool=call.recipient,
            family=ToolFamily.FILES,
            target=CallTarget(TargetKind.FUNCTION, f"{CHAT_SERVER}/{name}"),
            body=written({**arguments, "path": place} if arguments else {}),
            function=name,
            paths=(place,),
            is_read_only=True,
        )

    async def run(self, call: ToolCall, context: RunContext) -> ToolOutcome:
        """List or read."""
        del context
        arguments = _arguments(call)
        try:
            if call.recipient == FUNCTIONS + LIST:
                return ToolOutcome(_listed(await self._files.list(call.chat)))
            return await self._read(call.chat, arguments)
        except NoTextError as error:
            hint = "The python tool can work with it, where that is on."
            return ToolOutcome(f"{error} {hint}", OutcomeStatus.FAILED)
        except UserFacingError as error:
            told = error.title.format(**error.fields)
            return ToolOutcome(f"Error: {told}", OutcomeStatus.FAILED)

    async def forget(self, chat: str) -> None:
        """Nothing is kept here."""

    async def close(self) -> None:
        """End the reading of PDF files."""
        await self._pdf.close()

    async def _read(self, chat: str, arguments: Mapping[str, Any]) -> ToolOutcome:
        name = arguments["path"]
        there = await self._files.list(chat)
        if all(one.name != name for one in there):
            text = f"Error: this chat has no file {name!r}.\n{_listed(there)}"
            return ToolOutcome(text, OutcomeStatus.FAILED)
        data = await self._files.read(chat, name)
        if is_pdf(data):
            lines = list(await self._pdf.read(data))
        else:
            lines = await asyncio.to_thread(lines_of, name, data)
        stretch = Stretch(arguments.get("first_line", 1), arguments.get("lines", USUAL_LINES))
        return ToolOutcome(excerpt(name, lines, stretch), origins=(f"file {name}",))


def _arguments(call: ToolCall) -> dict[str, Any]:
    """The arguments as they will count, the file's name in one spelling."""
    if call.recipient == FUNCTIONS + LIST:
        read_arguments(call.arguments, None)
        return {}  # whatever the model added means nothing
    found = read_arguments(call.arguments, _READ_SCHEMA)
    known: dict[str, Any] = {
        key: found[key] for key in ("path", "first_line", "lines") if key in found
    }
    first, lines = known.get("first_line", 1), known.get("lines", 1)
    if first < 1 or not 1 <= lines <= MOST_LINES:
        raise CallRefusedError(
            f"Error: first_line counts from 1, and lines is between 1 and {MOST_LINES:,}."
        )
    return {**known, "path": chat_name(known["path"])}


def _listed(files: Sequence[ChatFile]) -> str:
    if not files:
        return "This chat has no files."
    shown = [one for one in files if is_shown(one.name)]
    lines = [_line(one) for one in shown[:MOST_LISTED]]
    left_out = len(files) - len(lines)
    if left_out:
        lines.append(f"[{left_out:,} more are left out.]")
    return "\n".join(["Files of this chat:", *lines])


def _line(file: ChatFile) -> str:
    kind = media_type_of(file.name)
    return f"{file.name} ({file.size:,} bytes{f', {kind}' if kind else ''})"
