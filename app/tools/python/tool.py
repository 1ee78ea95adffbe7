"""The tool `python`: code in a chat's notebook.  See `app.tools.tool.Tool` for threads."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import Future
from typing import Final

from app.tools.python.arguments import code_of
from app.tools.python.chat_folders import ChatFolders
from app.tools.python.kernel import Ending, Execution, NotebookError
from app.tools.python.notebooks import Notebooks
from app.tools.sandbox.box import Sandbox
from app.tools.sandbox.policy import Limits, SandboxKind
from app.tools.tool import Declaration, RunContext
from app.tools.values import (
    CallTarget,
    CallView,
    OutcomeStatus,
    Progress,
    TargetKind,
    ToolCall,
    ToolFamily,
    ToolOutcome,
)
from engine.errors import UserFacingError

ADDRESS: Final = "python"
RUN_SECONDS: Final = 120.0
"""As the model was told when it was trained."""

RESTARTED_NOTE: Final = "The notebook was restarted: what it knew is lost."
NOT_KEPT_NOTE: Final = "The files of this chat could not be saved."
NO_SANDBOX_NOTE: Final = "Python is off: this computer has nothing to hold code in a closed box."

_FILES_KEPT: Final = "Files in /mnt/data are still there."
_STATUS: Final = {Ending.DONE: OutcomeStatus.DONE, Ending.TIMED_OUT: OutcomeStatus.TIMED_OUT}


class PythonTool:
    """Runs code in the notebook of the call's chat.

    Args:
        sandbox: what boxes are made of, once that is known (`find_sandbox`).
        notebooks: that live.
        folders: the chats' files; also for the window, on the asyncio thread.
        runs_unheld: whether the user has accepted, in words, that code runs with all their
            rights where there is no sandbox.
        limits: of the boxes, to be named where they are reached.
        seconds: a call may take.
    """

    def __init__(
        self,
        sandbox: Future[Sandbox],
        notebooks: Notebooks,
        folders: ChatFolders,
        runs_unheld: Callable[[], bool],
        limits: Limits,
        seconds: float = RUN_SECONDS,
    ) -> None:
        self._sandbox = sandbox
        self._notebooks = notebooks
        self.folders = folders
        self._runs_unheld = runs_unheld
        self._limits = limits
        self._seconds = seconds
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    @property
    def is_offered(self) -> bool:
        """Whether code may run here at all; while the sandbox is still looked for, it may."""
        return not self._is_unheld() or self._runs_unheld()

    @property
    def declaration(self) -> Declaration:
        """What the model is told of it."""
        return Declaration(python=self.is_offered)

    @property
    def addresses(self) -> tuple[str, ...]:
        """What the model may call."""
        return (ADDRESS,) if self.is_offered else ()

    def view(self, call: ToolCall) -> CallView:
        """The call as a person judges it.

        Raises:
            CallRefusedError: it has no code.
        """
        return CallView(
            tool=ADDRESS,
            family=ToolFamily.PYTHON,
            target=CallTarget(TargetKind.CODE),
            body=code_of(call.arguments),
            language="python",
            runs_outside=self._is_unheld(),
        )

    async def run(self, call: ToolCall, context: RunContext) -> ToolOutcome:
        """Run a call that was allowed; cancelling it stops the code."""
        code = code_of(call.arguments)
        sandbox = await asyncio.shield(asyncio.wrap_future(self._sandbox))
        if sandbox.kind is SandboxKind.NONE and not self._runs_unheld():
            return ToolOutcome(
                f"[ERROR] {NO_SANDBOX_NOTE}", OutcomeStatus.FAILED, note=NO_SANDBOX_NOTE
            )
        async with self._locks[call.chat]:
            try:
                return await self._run(call.chat, code, sandbox, context)
            except NotebookError as error:
                text = f"[ERROR] Python could not be started. {error.detail}".strip()
                return ToolOutcome(text, OutcomeStatus.FAILED, note=error.title)

    async def forget(self, chat: str) -> None:
        """End the notebook of a chat; its files go when the history lets go of the chat."""
        await self._notebooks.end(chat)

    async def restart(self, chat: str) -> None:
        """End the notebook of a chat; the next call starts a new one."""
        async with self._locks[chat]:
            await self._notebooks.end(chat)

    async def close(self) -> None:
        """End all notebooks."""
        await self._notebooks.close()
        self.folders.end()

    async def _run(
        self, chat: str, code: str, sandbox: Sandbox, context: RunContext
    ) -> ToolOutcome:
        ready = await self._notebooks.begin(chat, sandbox)

        def report(text: str) -> None:
            context.report(Progress(text=text))

        try:
            execution = await ready.kernel.execute(code, self._seconds, report)
        except asyncio.CancelledError:
            await asyncio.shield(asyncio.ensure_future(self._tidy_up(chat, Ending.TIMED_OUT)))
            raise
        is_lost = not ready.kernel.is_alive
        files, are_kept = await self._tidy_up(chat, execution.ending)
        return self._outcome(execution, ready.is_anew, is_lost, files, are_kept)

    async def _tidy_up(self, chat: str, ending: Ending) -> tuple[tuple[str, ...], bool]:
        """Keep what a call wrote, and take a notebook away that has ended."""
        files: tuple[str, ...] = ()
        are_kept = True
        try:
            if ending is Ending.DISK:
                await self._notebooks.end(chat, is_kept=False)
            else:
                files = await self.folders.save(chat)
        except UserFacingError:
            are_kept = False
        self._notebooks.rest(chat)
        return files, are_kept

    def _outcome(
        self,
        execution: Execution,
        is_anew: bool,
        is_lost: bool,
        files: tuple[str, ...],
        are_kept: bool,
    ) -> ToolOutcome:
        said = _said(execution.ending, is_lost, self._seconds, self._limits)
        produced = execution.output.produced(said)
        text = (
            f"[WARN] {RESTARTED_NOTE} {_FILES_KEPT}\n{produced.text}" if is_anew else produced.text
        )
        status = _STATUS.get(execution.ending, OutcomeStatus.FAILED)
        if status is OutcomeStatus.DONE and produced.failed:
            status = OutcomeStatus.FAILED
        note = RESTARTED_NOTE if is_anew or is_lost else ""
        return ToolOutcome(
            text,
            status,
            produced.attachments,
            note=note if are_kept else NOT_KEPT_NOTE,
            files=files,
        )

    def _is_unheld(self) -> bool:
        if not self._sandbox.done() or self._sandbox.cancelled() or self._sandbox.exception():
            return False  # nothing runs before it is known
        return self._sandbox.result().kind is SandboxKind.NONE


def _said(ending: Ending, is_lost: bool, seconds: float, limits: Limits) -> str:
    """What the model is told besides the output; "" where a call simply came to its end."""
    what = {
        Ending.TIMED_OUT: f"the code took longer than {seconds:g} seconds and was stopped.",
        Ending.FLOODED: "the code printed far too much and was stopped.",
        Ending.CRASHED: "the notebook crashed.",
        Ending.MEMORY: f"the code used more memory than {limits.memory_bytes >> 20:,} MB.",
        Ending.PROCESSES: f"the code started more than {limits.processes} processes.",
        Ending.DISK: f"the files took more room than {limits.disk_bytes >> 20:,} MB or were more "
        f"than {limits.files:,}. What this call wrote was removed.",
    }
    if ending not in what:
        return f"[WARN] {RESTARTED_NOTE} {_FILES_KEPT}" if is_lost else ""
    after = (
        f"{RESTARTED_NOTE} {_FILES_KEPT}" if is_lost else "What the notebook knows is still there."
    )
    return f"[ERROR] {what[ending][0].upper()}{what[ending][1:]} {after}"
