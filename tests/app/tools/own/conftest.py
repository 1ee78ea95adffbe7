"""A folder of functions, and calls of them in real boxes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.tools.async_thread import AsyncThread
from app.tools.own.boxed_call import Bounds
from app.tools.own.folder import FunctionsFolder
from app.tools.own.own_tool import DEFAULT_BOUNDS, OwnFunctions
from app.tools.sandbox.box import Sandbox
from app.tools.sandbox.policy import SandboxKind
from app.tools.tool import RunContext
from app.tools.values import Progress, SourcePage, ToolCall, ToolOutcome

SECONDS = 60.0  # far more than anything here takes


async def no_pages() -> tuple[SourcePage, ...]:
    return ()


@dataclass
class Functions:
    """A folder, and a thread to call what is in it."""

    path: Path
    thread: AsyncThread = field(default_factory=AsyncThread)

    @property
    def folder(self) -> FunctionsFolder:
        return FunctionsFolder(lambda: self.path)

    def write(self, name: str, source: str) -> None:
        self.path.mkdir(exist_ok=True)
        (self.path / name).write_text(source, encoding="utf-8")

    def tool(
        self, kind: SandboxKind = SandboxKind.BUBBLEWRAP, bounds: Bounds = DEFAULT_BOUNDS
    ) -> OwnFunctions:
        sandbox: Future[Sandbox] = Future()
        sandbox.set_result(Sandbox(kind))
        return OwnFunctions(self.folder, sandbox, lambda: False, bounds)

    def call(
        self,
        address: str,
        arguments: str = "{}",
        tool: OwnFunctions | None = None,
        report: Callable[[Progress], None] = lambda _: None,
    ) -> ToolOutcome:
        used = tool or self.tool()
        call = ToolCall("chat", 0, f"functions.{address}", arguments)
        context = RunContext(report, no_pages)
        return self.thread.submit(lambda: used.run(call, context)).result(SECONDS)


@pytest.fixture
def functions(tmp_path: Path) -> Iterator[Functions]:
    found = Functions(tmp_path / "functions")
    yield found
    assert found.thread.close()
