"""Figures of the tools: what stands between a call of the model and its result."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from typing import Any

from app.assembly import clock_ms, open_storage
from app.chats.answer_style import AnswerStyle
from app.chats.ids import ChatId
from app.chats.service import ChatService
from app.chats.storage_thread import StorageThread
from app.cli.loop import CallLoop
from app.paths import Paths
from app.permissions.disk import is_folder, resolve
from app.permissions.judging import Judge
from app.permissions.matching import Surroundings as Around
from app.permissions.rule_text import parse_rule
from app.permissions.rules import Rule
from app.secrets import DatabaseKey
from app.settings import Settings
from app.tool_assembly import Surroundings, ToolRoom
from app.tools.tool import RunContext, Tool
from app.tools.toolbox import BROWSER, MCP, PYTHON, Toolbox
from app.tools.values import (
    CallTarget,
    CallView,
    SourcePage,
    TargetKind,
    ToolCall,
    ToolFamily,
    ToolOutcome,
)
from app.tools.workshop import Workshop
from app.vocabulary import SharedVocabulary
from engine.events import ToolCalled
from engine.harmony.messages import Channel, Effort
from engine.requests import LoadRequest
from tests.app.service.conftest import ScriptedEngine
from tests.app.tooling import Notebook

SERVER = Path(__file__).parents[1] / "app" / "tools" / "mcp" / "raw_server.py"
PAGE = (
    "<html><head><title>The sea</title></head><body><article><h1>The sea</h1>"
    + "<p>The sea is wide, and <a href='/far'>far away</a> it meets the sky.</p>" * 800
    + "</article></body></html>"
)
CALLS = 50
RULES = 100
PATIENCE = 120.0


def run(folder: Path) -> dict[str, Any]:
    """Milliseconds, but for the decision."""
    paths = _paths(folder / "tools")
    storage = open_storage(paths, DatabaseKey(bytes(range(32))))
    chores = ThreadPoolExecutor(1)
    site = _Site()
    around = Surroundings(paths, os.environ, storage, Settings, SharedVocabulary(), chores)
    here = frozenset({("127.0.0.1", site.server_port)})
    room = ToolRoom(replace(around, reachable=here))
    try:
        figures = {**_python(room, storage), **_pages(room, site), **_server(room, paths)}
    finally:
        site.shutdown()
        site.server_close()
        room.workshop.close()
        chores.shutdown()
        storage.close()
    return {**figures, **_overhead(_paths(folder / "overhead")), "decision_us": _decision()}


def _paths(folder: Path) -> Paths:
    names = ("DATA", "CONFIG", "CACHE", "STATE")
    return Paths.from_environment({f"SOTTO_{n}_DIR": str(folder / n.lower()) for n in names})


def _python(room: ToolRoom, storage: StorageThread) -> dict[str, float]:
    """A notebook from nothing to its first result, and a call of one that is there."""
    chat = storage.submit(lambda store: store.create_chat("bench", 1)).result()
    tool = room.workshop.toolbox.tools()[PYTHON]
    _wait(room.prepare((PYTHON,)))
    found = _milliseconds(lambda: room.sandbox.result(PATIENCE))
    call = ToolCall(str(chat.id), 0, "python", "print(1)", Channel.ANALYSIS)
    ready = _milliseconds(lambda: _call(room, tool, call, "1"))
    calls = [_milliseconds(lambda: _call(room, tool, call, "1")) for _ in range(CALLS)]
    return {
        "sandbox_found_ms": found,
        "kernel_ready_ms": ready,
        "python_call_ms": median(calls),
        "python_call_max_ms": max(calls),
    }


class _Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = PAGE.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Site(ThreadingHTTPServer):
    """A web site of one page on this machine."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        threading.Thread(target=self.serve_forever, daemon=True).start()


def _pages(room: ToolRoom, site: _Site) -> dict[str, float]:
    """A page of about 60 KB: fetched through the guard, read in its box, shown to the model."""
    tool = room.workshop.toolbox.tools()[BROWSER]
    _wait(room.prepare((BROWSER,)))

    def open_page(number: int) -> None:
        url = f"http://127.0.0.1:{site.server_port}/{number}"
        call = ToolCall("1", number, "browser.open", json.dumps({"id": url}), Channel.ANALYSIS)
        _call(room, tool, call, "The sea is wide")

    first = _milliseconds(lambda: open_page(0))
    opened = [_milliseconds(lambda: open_page(1)) for _ in range(CALLS // 2)]
    return {
        "first_page_ms": first,
        "page_open_ms": median(opened),
        "page_open_max_ms": max(opened),
    }


def _server(room: ToolRoom, paths: Paths) -> dict[str, float]:
    """A server on this machine, from its start to its list of tools, and a call of it."""
    entry = {"command": sys.executable, "args": ["-I", str(SERVER), "plain", str(paths.data)]}
    paths.config.mkdir(parents=True, exist_ok=True)
    (paths.config / "mcp.json").write_text(json.dumps({"mcpServers": {"raw": entry}}))
    ready = _milliseconds(lambda: _wait(room.prepare((f"{MCP}raw",))))
    tool = room.workshop.toolbox.tools()[f"{MCP}raw"]
    call = ToolCall("1", 0, "functions.raw__echo", '{"text": "hello"}')
    calls = [_milliseconds(lambda: _call(room, tool, call, "hello")) for _ in range(CALLS)]
    return {
        "mcp_ready_ms": ready,
        "mcp_call_ms": median(calls),
        "mcp_call_max_ms": max(calls),
    }


def _wait(ready: Any) -> None:
    if ready is not None:
        ready.result(PATIENCE)


def _call(room: ToolRoom, tool: Tool, call: ToolCall, expected: str) -> None:
    async def no_pages() -> tuple[SourcePage, ...]:
        return ()

    context = RunContext(lambda _: None, no_pages)
    outcome: ToolOutcome = room.workshop.thread.submit(lambda: tool.run(call, context)).result(
        PATIENCE
    )
    if expected not in outcome.text:
        raise RuntimeError(f"{call.recipient} said {outcome.text[:200]}")


def _overhead(paths: Paths) -> dict[str, float]:
    """All that is done for a call but the tool's own work.

    The call is understood, let through by a rule, written into the record and the encrypted
    history (synced to the disk at each step), run, and its result handed to the engine.
    """
    loop = CallLoop()
    engine = ScriptedEngine(lambda event: loop.post(lambda: service.handle(event)))
    engine.scripts = [lambda _engine, _request: []]
    notebook = Notebook()
    workshop = Workshop(
        Toolbox([lambda: {PYTHON: notebook}]),
        defaults=lambda: (PYTHON,),
        allowed=(parse_rule("python"),),
    )
    service = ChatService(
        engine,
        open_storage(paths, DatabaseKey(bytes(range(32)))),
        ThreadPoolExecutor(1),
        dispatch=loop.post,
        clock_ms=clock_ms,
        find_model=lambda _: LoadRequest(Path("none.gguf")),
        is_practice=lambda: True,
        style_of=lambda _: AnswerStyle(),
        workshop=workshop,
    )
    service.start()
    service.send("Count", Effort.LOW)
    _run_until(loop, lambda: bool(engine.requests))
    turn_id = engine.requests[0].turn_id
    taken: list[float] = []
    while len(taken) < CALLS // 3:  # within the cap of a turn
        began = time.perf_counter()
        engine.play(ToolCalled(turn_id, "python", "1", Channel.ANALYSIS))
        _run_until(loop, lambda: len(engine.results) > len(taken))
        taken.append((time.perf_counter() - began) * 1e3)
    service.close()
    return {"call_overhead_ms": median(taken), "call_overhead_max_ms": max(taken)}


def _run_until(loop: CallLoop, condition: Callable[[], bool]) -> None:
    while not condition():
        loop.step(PATIENCE)


def _decision() -> float:
    """Microseconds to hold one call against a hundred rules, none of which is about it."""
    rules = [
        Rule(parse_rule(f"host:site{number}.example.com"), number + 1) for number in range(RULES)
    ]
    target = CallTarget(TargetKind.HOST, "https://example.com/a/page?with=words")
    view = CallView("browser.open", ToolFamily.BROWSER, target, "{}")
    around = Around(ChatId(1), 1, resolve, "", is_folder)
    judge = Judge()
    began = time.perf_counter()
    for _ in range(CALLS):
        judge(view, around, rules)
    return (time.perf_counter() - began) / CALLS * 1e6


def _milliseconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1e3
