"""The user's own functions, as the agent loop sees them (`app.tools.tool.Tool`)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from typing import Final

from app.tools.arguments import paths_in, read_arguments, written
from app.tools.bounded_text import middle_cut
from app.tools.own.boxed_call import Answer, Bounds, call_in_box
from app.tools.own.folder import FunctionsFolder
from app.tools.own.functions import OwnFunction
from app.tools.sandbox.box import Sandbox
from app.tools.sandbox.policy import SandboxKind
from app.tools.sandbox.watch import Excess
from app.tools.tool import CallRefusedError, Declaration, RunContext
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
from engine.harmony.messages import FunctionTool

DEFAULT_BOUNDS: Final = Bounds()
MAX_TEXT: Final = 24_000
MAX_SHOWN_PRINTS: Final = 4000
_TOO_MUCH: Final = {
    Excess.MEMORY: "It was ended: it took too much memory.",
    Excess.PROCESSES: "It was ended: it started too many processes.",
    Excess.DISK: "It was ended: it wrote too much.",
}
_CANNOT_START: Final = "The function could not be started."


class OwnFunctions:
    """The functions of the folder, each call in a box of its own.

    Args:
        folder: where they are.
        sandbox: what boxes are made of, once that is known (`find_sandbox`).
        runs_unheld: whether the user has accepted, in words, that code runs with all their
            rights where there is no sandbox.
        bounds: how much a call may take.
    """

    def __init__(
        self,
        folder: FunctionsFolder,
        sandbox: Future[Sandbox],
        runs_unheld: Callable[[], bool],
        bounds: Bounds = DEFAULT_BOUNDS,
    ) -> None:
        self._folder = folder
        self._sandbox = sandbox
        self._runs_unheld = runs_unheld
        self._bounds = bounds

    @property
    def declaration(self) -> Declaration:
        """The functions without problems."""
        return Declaration(functions=tuple(map(_declared, self._offered())))

    @property
    def addresses(self) -> tuple[str, ...]:
        """`functions.NAME` of each."""
        return tuple(function.address for function in self._offered())

    def view(self, call: ToolCall) -> CallView:
        """The call with its arguments as they will be given.

        Raises:
            CallRefusedError: there is no such function, or its arguments do not fit its hints.
        """
        function = self._function(call.recipient)
        arguments = read_arguments(call.arguments, function.schema)
        return CallView(
            tool=function.address,
            family=ToolFamily.OWN,
            target=CallTarget(TargetKind.FUNCTION, f"own/{function.name}"),
            body=written(arguments),
            function=function.name,
            paths=paths_in(arguments),
            runs_outside=self._is_unheld(),
        )

    async def run(self, call: ToolCall, context: RunContext) -> ToolOutcome:
        """Run a function in its box; cancelling ends the box."""
        function = self._function(call.recipient)
        arguments = read_arguments(call.arguments, function.schema)
        sandbox = await asyncio.shield(asyncio.wrap_future(self._sandbox))
        if sandbox.kind is SandboxKind.NONE and not self._runs_unheld():
            return ToolOutcome(_CANNOT_START, OutcomeStatus.FAILED)

        def report(printed: str) -> None:
            context.report(Progress(text=printed[-MAX_SHOWN_PRINTS:]))

        try:
            answer = await call_in_box(
                function, arguments, self._folder, self._bounds, sandbox, report
            )
        except OSError as error:
            text = f"{_CANNOT_START} {type(error).__name__}"
            return ToolOutcome(text, OutcomeStatus.FAILED)
        return self._outcome(answer)

    async def forget(self, chat: str) -> None:
        """Nothing is kept by chat."""

    async def close(self) -> None:
        """Boxes end with their calls."""

    def _outcome(self, answer: Answer) -> ToolOutcome:
        parts = [answer.text] if answer.text else []
        status = OutcomeStatus.DONE
        if answer.is_late:
            status = OutcomeStatus.TIMED_OUT
            parts = [f"It was ended after {self._bounds.seconds:g} seconds."]
        elif answer.excess is not None:
            status = OutcomeStatus.FAILED
            parts = [_TOO_MUCH[answer.excess]]
        elif answer.is_error:
            status = OutcomeStatus.FAILED
        if printed := answer.printed.strip():
            parts.append(f"Printed:\n{printed}")
        text = middle_cut("\n\n".join(parts) or "Done; it returned nothing.", MAX_TEXT)
        return ToolOutcome(text, status)

    def _offered(self) -> tuple[OwnFunction, ...]:
        if self._is_unheld() and not self._runs_unheld():
            return ()
        return self._folder.read().functions

    def _is_unheld(self) -> bool:
        """Whether it is known that there is no sandbox."""
        found = self._sandbox
        if not found.done() or found.cancelled() or found.exception() is not None:
            return False
        return found.result().kind is SandboxKind.NONE

    def _function(self, address: str) -> OwnFunction:
        for function in self._offered():
            if function.address == address:
                return function
        raise CallRefusedError(f"There is no function {address[:200]} now.")


def _declared(function: OwnFunction) -> FunctionTool:
    name = function.address.rpartition(".")[2]
    return FunctionTool(name, function.description, function.schema)
