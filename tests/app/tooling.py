"""Tools for tests of what is around tools: they do what a test says, and keep what happened."""

from __future__ import annotations

import asyncio
import json
import threading
from dataclasses import dataclass, field

from app.tools.tool import CallRefusedError, Declaration, RunContext
from app.tools.values import (
    CallTarget,
    CallView,
    Progress,
    SourcePage,
    TargetKind,
    ToolCall,
    ToolFamily,
    ToolOutcome,
)
from engine.harmony.messages import FunctionTool

WEATHER = FunctionTool(
    "get_current_weather",
    "Gets the current weather in the provided location.",
    {
        "type": "object",
        "properties": {"location": {"type": "string", "description": "The city"}},
        "required": ["location"],
    },
)


@dataclass
class Recorder:
    """What a tool did.

    Attributes:
        outcomes: of the calls, in order; then "done" for ever.
        is_held: calls wait until `release`, or until they are cancelled.
        progress: told by each call before it waits.
    """

    outcomes: list[ToolOutcome | Exception] = field(default_factory=list)
    is_held: bool = False
    progress: list[Progress] = field(default_factory=list)
    ran: list[ToolCall] = field(default_factory=list)
    cancelled: list[ToolCall] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)
    began: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)
    is_closed: bool = False
    pages: tuple[SourcePage, ...] = ()
    _over: int = 0
    _gate: asyncio.Event | None = None
    _loop: asyncio.AbstractEventLoop | None = None

    def holds(self) -> bool:
        """Whether a call is held; any thread."""
        return len(self.ran) > self._over and self._gate is not None and not self._gate.is_set()

    def release(self) -> None:
        """Let the call that is held go on; any thread, once it began."""
        assert self._gate is not None
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._gate.set)

    async def forget_nothing(self) -> None:
        """Something to wait for, behind what was asked of the thread before."""

    async def run(self, call: ToolCall, context: RunContext) -> ToolOutcome:
        self.ran.append(call)
        for progress in self.progress:
            context.report(progress)
        try:
            if self.is_held:
                self._gate, self._loop = asyncio.Event(), asyncio.get_running_loop()
                self.began.set()
                await self._gate.wait()
            self.began.set()
            self.pages = await context.pages()
        except asyncio.CancelledError:
            self.cancelled.append(call)
            raise
        finally:
            self._over += 1
            self.ended.set()
        outcome = self.outcomes.pop(0) if self.outcomes else ToolOutcome("done")
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def forget(self, chat: str) -> None:
        self.forgotten.append(chat)

    async def close(self) -> None:
        self.is_closed = True


@dataclass
class Notebook(Recorder):
    """As the python tool: any text is code."""

    @property
    def declaration(self) -> Declaration:
        return Declaration(python=True)

    @property
    def addresses(self) -> tuple[str, ...]:
        return ("python",)

    def view(self, call: ToolCall) -> CallView:
        if not call.arguments.strip():
            raise CallRefusedError("there is no code in this call; write some.")
        target = CallTarget(TargetKind.CODE)
        return CallView("python", ToolFamily.PYTHON, target, call.arguments, "python")


@dataclass
class Station(Recorder):
    """As a server with one function: arguments are a JSON object with a `location`."""

    @property
    def declaration(self) -> Declaration:
        return Declaration(functions=(WEATHER,))

    @property
    def addresses(self) -> tuple[str, ...]:
        return ("functions.get_current_weather",)

    def view(self, call: ToolCall) -> CallView:
        try:
            arguments = json.loads(call.arguments)
            body = json.dumps({"location": str(arguments["location"])}, indent=2)
        except (ValueError, KeyError, TypeError) as error:
            raise CallRefusedError('give the city, e.g. {"location": "Oslo"}.') from error
        return CallView(
            call.recipient,
            ToolFamily.MCP,
            CallTarget(TargetKind.FUNCTION, "sky/get_current_weather"),
            body,
            server="sky",
            function="get_current_weather",
        )


@dataclass
class Browser(Recorder):
    """As a browser that opens hosts by name."""

    recalled: list[tuple[str, tuple[SourcePage, ...]]] = field(default_factory=list)

    @property
    def declaration(self) -> Declaration:
        return Declaration(browser=True)

    @property
    def addresses(self) -> tuple[str, ...]:
        return ("browser.search", "browser.open", "browser.find")

    def view(self, call: ToolCall) -> CallView:
        arguments = json.loads(call.arguments)
        target = CallTarget(TargetKind.HOST, str(arguments.get("id")))
        if "query" in arguments:
            target = CallTarget(TargetKind.SEARCH, "a search")
        body = json.dumps(arguments, indent=2)
        return CallView(call.recipient, ToolFamily.BROWSER, target, body)

    def recall(self, chat: str, pages: tuple[SourcePage, ...]) -> None:
        self.recalled.append((chat, pages))
