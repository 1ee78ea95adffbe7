"""One notebook as Sotto sees it: a process in a box, and three sockets.  Asyncio thread."""

from __future__ import annotations

import asyncio
import json
import secrets
import stat
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from app.tools.python import messages
from app.tools.python.boxed_process import BoxedProcess, NotReadyError
from app.tools.python.layout import (
    CONNECTION_FILE,
    CONTROL,
    DATA,
    HEARTBEAT,
    IOPUB,
    RUN,
    SHELL,
    SOCKETS,
    STDIN,
)
from app.tools.python.output import MAX_RECEIVED_BYTES, Output
from app.tools.python.workplace import Workplace
from app.tools.sandbox.box import Sandbox
from app.tools.sandbox.policy import Limits, Mount, Policy
from app.tools.sandbox.watch import SECONDS_BETWEEN, Excess
from engine.errors import UserFacingError

if TYPE_CHECKING:  # with the first notebook
    import zmq.asyncio

START_SECONDS: Final = 60.0
STOP_SECONDS: Final = 2.0
"""How long code that is asked to stop may take before the notebook is ended."""

_MODULE: Final = "app.tools.python.notebook"
_REPORT_SECONDS: Final = 0.2
_IDLE_SECONDS: Final = 1.0
"""Output comes by a way of its own, after the reply; it is over after so long a silence."""

_HEARING_SECONDS: Final = 0.5
_WATCH_IDLE_SECONDS: Final = 1.0
_QUEUED_MESSAGES: Final = 16


class NotebookError(UserFacingError):
    """A notebook could not be started."""


class Ending(StrEnum):
    """How a call ended."""

    DONE = "done"
    TIMED_OUT = "timed_out"
    FLOODED = "flooded"
    CRASHED = "crashed"
    MEMORY = "memory"
    PROCESSES = "processes"
    DISK = "disk"


@dataclass(frozen=True, slots=True)
class Execution:
    """What came of a call; `Kernel.is_alive` says whether its state is still there."""

    ending: Ending
    output: Output


class _Run:
    """The call in progress."""

    def __init__(self, report: Callable[[str], None]) -> None:
        self.id = uuid.uuid4().hex
        self.output = Output()
        self.heard = 0
        self.has_reply = asyncio.Event()
        self.is_idle = asyncio.Event()
        self.failure: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()
        self._report = report
        self._timer: asyncio.TimerHandle | None = None

    def fail(self, ending: Ending) -> None:
        if not self.failure.done():
            self.failure.set_result(ending)

    def take(self, message: messages.Incoming) -> None:
        self.heard += 1
        if message.kind == "status":
            if message.content.get("execution_state") == "idle":
                self.is_idle.set()
            return
        self.output.take(message)
        if self.output.received_bytes > MAX_RECEIVED_BYTES:
            self.fail(Ending.FLOODED)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_REPORT_SECONDS, self._tell)

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _tell(self) -> None:
        self._timer = None
        self._report(self.output.so_far())


class Kernel:
    """A running notebook.  One call at a time.

    Made by `start`.
    """

    def __init__(self, process: BoxedProcess, key: bytes) -> None:
        import zmq.asyncio  # noqa: PLC0415 - with the first notebook, not with the window

        self._process = process
        self._key = key
        self._context = zmq.asyncio.Context()
        self._run: _Run | None = None
        self._began = asyncio.Event()
        self._is_heard = asyncio.Event()
        self._tasks: list[asyncio.Task[Any]] = []
        self._is_ended = False
        self.lost_by: Ending | None = None
        """Why the notebook ended by itself, between calls."""

    @classmethod
    async def start(
        cls,
        sandbox: Sandbox,
        workplace: Workplace,
        limits: Limits,
        mounts: tuple[Mount, ...] = (),
    ) -> Kernel:
        """Start a notebook in a box.

        Args:
            sandbox: what the box is made of.
            workplace: folders of its own, removed by the caller when it has ended.
            limits: of the box.
            mounts: what the box sees besides.

        Raises:
            NotebookError: it does not come up.
        """
        key = secrets.token_hex(32)
        policy = Policy(
            (Mount(workplace.run, RUN, True), Mount(workplace.data, DATA, True), *mounts),
            limits,
            directory=DATA,
            scratch=workplace.scratch,
        )
        try:
            _write_connection(workplace.run, sandbox.place_of(RUN, policy), key)
            process = await BoxedProcess.start(sandbox, _MODULE, policy, START_SECONDS)
            kernel = cls(process, key.encode())
            try:
                async with asyncio.timeout(START_SECONDS):
                    await kernel._connect_to(workplace.run)
            except BaseException:
                await kernel.end()
                raise
        except (OSError, NotReadyError, TimeoutError) as error:
            detail = f"{type(error).__name__}: {error}"
            raise NotebookError("Python could not be started.", "Try again.", detail) from error
        return kernel

    @property
    def is_alive(self) -> bool:
        """Whether what the notebook knows is still there."""
        return not self._is_ended and self._process.is_running

    async def execute(self, code: str, seconds: float, report: Callable[[str], None]) -> Execution:
        """Run code to its end, or to the end of its time.

        Where it has to be stopped it is interrupted, and the notebook ended if that does not
        help.  Cancelling does the same.

        Args:
            code: of one cell.
            seconds: it may take.
            report: gets the end of what was printed so far, now and then.
        """
        run = self._run = _Run(report)
        self._began.set()
        over = asyncio.create_task(self._to_the_end(run, code))
        ending = Ending.DONE
        try:
            waits: list[asyncio.Future[Any]] = [over, run.failure]
            await asyncio.wait(waits, timeout=seconds, return_when="FIRST_COMPLETED")
            if not over.done() or over.exception():
                ending = run.failure.result() if run.failure.done() else Ending.TIMED_OUT
                await self._stop(over, ending)
        except asyncio.CancelledError:
            # Shielded: however often it is cancelled, nothing goes on running.
            await asyncio.shield(asyncio.create_task(self._stop(over, Ending.TIMED_OUT)))
            raise
        finally:
            over.cancel()
            run.close()
            self._run = None
            self._began.clear()
        return Execution(ending, run.output)

    async def end(self) -> None:
        """Kill everything in the box.  May be called twice."""
        self._is_ended = True
        await self._process.end()
        current = asyncio.current_task()
        for task in self._tasks:
            if task is not current:
                task.cancel()
        self._context.destroy(linger=0)

    async def _connect_to(self, folder: Path) -> None:
        import zmq  # noqa: PLC0415 - see __init__

        # No code of the model's has run yet, so these sockets are the notebook's own.  Later
        # they might be anything, e.g. links: connections are made once and never again.
        self._shell, self._control = (
            self._connect(zmq.DEALER, folder, port) for port in (SHELL, CONTROL)
        )
        iopub = self._connect(zmq.SUB, folder, IOPUB)
        self._tasks = [
            asyncio.create_task(work)
            for work in (
                self._listen(iopub, self._take_output),
                self._listen(self._shell, self._take_reply),
                self._listen(self._control, lambda _: None),
                self._notice_a_cut(iopub),
                self._watch(),
                self._notice_the_end(),
            )
        ]
        # What is said before the subscription has come through is lost, and the notebook may
        # forget to tell that it has; so it is asked until it is heard.
        while not self._is_heard.is_set():
            await self._ask(self._shell, "kernel_info_request", {}, uuid.uuid4().hex)
            with suppress(TimeoutError):
                async with asyncio.timeout(_HEARING_SECONDS):
                    await self._is_heard.wait()

    def _connect(self, kind: int, folder: Path, port: int) -> zmq.asyncio.Socket:
        import zmq  # noqa: PLC0415 - see __init__

        path = folder / f"{SOCKETS}-{port}"
        if not stat.S_ISSOCK(path.lstat().st_mode):
            raise OSError("not a socket")
        socket = self._context.socket(kind)
        socket.setsockopt(zmq.LINGER, 0)
        socket.setsockopt(zmq.RECONNECT_IVL, -1)
        socket.setsockopt(zmq.MAXMSGSIZE, messages.MAX_BYTES)
        socket.setsockopt(zmq.RCVHWM, _QUEUED_MESSAGES)
        if kind == zmq.SUB:
            socket.subscribe(b"")
        socket.connect(f"ipc://{path}")
        return socket

    async def _listen(
        self, socket: zmq.asyncio.Socket, take: Callable[[messages.Incoming], None]
    ) -> None:
        while True:
            frames = await socket.recv_multipart()
            message = messages.read(frames, self._key)
            if message is not None:
                take(message)
            # With a message waiting already, `recv_multipart` lets nobody else run.
            await asyncio.sleep(0)

    def _take_output(self, message: messages.Incoming) -> None:
        self._is_heard.set()
        if self._run is not None and message.parent == self._run.id:
            self._run.take(message)

    def _take_reply(self, message: messages.Incoming) -> None:
        is_reply = message.kind == "execute_reply"
        if is_reply and self._run is not None and message.parent == self._run.id:
            self._run.has_reply.set()

    async def _to_the_end(self, run: _Run, code: str) -> None:
        content = {
            "code": code,
            "silent": False,
            "store_history": True,
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": False,
        }
        await self._ask(self._shell, "execute_request", content, run.id)
        await run.has_reply.wait()
        heard = -1
        while heard < run.heard and not run.is_idle.is_set():
            heard = run.heard
            with suppress(TimeoutError):
                async with asyncio.timeout(_IDLE_SECONDS):
                    await run.is_idle.wait()

    async def _stop(self, over: asyncio.Task[None], ending: Ending) -> None:
        if ending in {Ending.TIMED_OUT, Ending.FLOODED} and self.is_alive:
            for _ in range(2):  # an `except` around a loop's body takes the first
                with suppress(TimeoutError):
                    async with asyncio.timeout(STOP_SECONDS / 2):
                        await self._ask(self._control, "interrupt_request", {}, uuid.uuid4().hex)
                        await asyncio.wait({over})
                        return
        await self.end()

    async def _ask(
        self, socket: zmq.asyncio.Socket, kind: str, content: dict[str, Any], message_id: str
    ) -> None:
        frames = messages.request(kind, content, message_id, self._key)
        await socket.send_multipart(frames)

    async def _watch(self) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(_WATCH_IDLE_SECONDS):
                    await self._began.wait()
            await asyncio.sleep(SECONDS_BETWEEN)
            found = self._process.excess()
            if found is not None:
                await self._lose(_ENDING_OF[found])

    async def _notice_a_cut(self, socket: zmq.asyncio.Socket) -> None:
        """A message beyond all bounds has cost the connection, and without it all is silent."""
        import zmq  # noqa: PLC0415 - see __init__

        monitor = socket.get_monitor_socket(zmq.EVENT_DISCONNECTED)
        await monitor.recv_multipart()
        # The end of the process cuts it, too, and is told elsewhere.
        await asyncio.wait({self._process.ended}, timeout=_IDLE_SECONDS)
        if self._process.is_running:
            await self._lose(Ending.FLOODED)

    async def _notice_the_end(self) -> None:
        await asyncio.wait({self._process.ended})
        await self._lose(Ending.MEMORY if self._process.has_starved else Ending.CRASHED)

    async def _lose(self, ending: Ending) -> None:
        if self._is_ended:
            return
        self.lost_by = ending
        if self._run is not None:
            self._run.fail(ending)
        await self.end()


_ENDING_OF: Final = {
    Excess.MEMORY: Ending.MEMORY,
    Excess.PROCESSES: Ending.PROCESSES,
    Excess.DISK: Ending.DISK,
}


def _write_connection(folder: Path, inside: str, key: str) -> None:
    ports = {
        "shell_port": SHELL,
        "iopub_port": IOPUB,
        "stdin_port": STDIN,
        "control_port": CONTROL,
        "hb_port": HEARTBEAT,
    }
    told = {
        "transport": "ipc",
        "ip": f"{inside}/{SOCKETS}",
        "key": key,
        "signature_scheme": "hmac-sha256",
        **ports,
    }
    (folder / CONNECTION_FILE).write_text(json.dumps(told))
