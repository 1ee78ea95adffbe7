"""What every tool is to the agent loop."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Protocol, runtime_checkable

from app.tools.values import CallView, Progress, SourcePage, ToolCall, ToolOutcome
from engine.harmony.messages import FunctionTool


class CallRefusedError(Exception):
    """A call cannot run as it is written; its text is the answer the model gets.

    It names what was wrong and what would be right, since the model tries again by it.
    """


@dataclass(frozen=True, slots=True)
class RunContext:
    """What a running call may use.  Asyncio thread.

    Attributes:
        report: tell how far it is; may be called often, never blocks.
        pages: pages that earlier calls of this branch of the chat left, oldest first; for a
            browser that has lost its stack, since the program was started anew.
    """

    report: Callable[[Progress], None]
    pages: Callable[[], Awaitable[tuple[SourcePage, ...]]]


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a tool adds to the conversation's system and developer messages."""

    python: bool = False
    browser: bool = False
    functions: tuple[FunctionTool, ...] = ()


NO_TOOLS: Final = Declaration()


class Tool(Protocol):
    """One tool, or the tools of one server.

    `declaration`, `addresses` and `view` are quick and may be called on any thread; `run`,
    `forget` and `close` belong to the asyncio thread.
    """

    @property
    def declaration(self) -> Declaration:
        """What the model is told of it; changes only between turns."""
        ...

    @property
    def addresses(self) -> tuple[str, ...]:
        """Canonical addresses the model may call."""
        ...

    def view(self, call: ToolCall) -> CallView:
        """The call as a person judges it; runs nothing and fetches nothing.

        Raises:
            CallRefusedError: the arguments are not what the tool takes.
        """
        ...

    async def run(self, call: ToolCall, context: RunContext) -> ToolOutcome:
        """Run a call that was allowed.

        Stop cancels the task: what was begun is ended before `CancelledError` goes on.  Errors
        of the tool's trade are outcomes; anything raised is told as a fault of Sotto's.
        """
        ...

    async def forget(self, chat: str) -> None:
        """Let go of all that is kept of a chat, which was deleted."""
        ...

    async def close(self) -> None:
        """End everything; nothing of the tool runs afterwards."""
        ...


@runtime_checkable
class RecallsPages(Protocol):
    """A tool whose calls mean pages that earlier calls opened: the browser."""

    def recall(self, chat: str, pages: tuple[SourcePage, ...]) -> None:
        """Take the pages of the branch of the chat that a turn is about to go on with.

        Called before the first call of each turn is viewed: the program may have been started
        anew since, or the user may have gone over to another branch.  Any thread.

        Args:
            chat: key of the chat.
            pages: what the finished calls of the branch left, oldest first.
        """
        ...
