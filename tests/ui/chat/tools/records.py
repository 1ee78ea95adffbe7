"""Calls of tools as they stand in answers, for tests of what is drawn of them."""

from __future__ import annotations

import json
from typing import Any

from app.tools.records import CallRecord, CallStatus, PageRef
from app.tools.values import AttachmentRef, CallTarget, CallView, TargetKind, ToolFamily

PYTHON = CallView(
    "python",
    ToolFamily.PYTHON,
    CallTarget(TargetKind.CODE),
    "import numpy as np\nprint(np.arange(3).sum())",
    "python",
)


def browser(act: str, kind: TargetKind, value: str, **arguments: object) -> CallView:
    return CallView(
        f"browser.{act}",
        ToolFamily.BROWSER,
        CallTarget(kind, value),
        json.dumps(arguments, indent=2, ensure_ascii=False),
    )


SEARCH = browser("search", TargetKind.SEARCH, "searxng", query="heat equation")
OPEN = browser("open", TargetKind.HOST, "https://docs.example.org/heat", id=1)
FIND = browser("find", TargetKind.PAGE, "https://docs.example.org/heat", pattern="stability")
FILES = CallView(
    "functions.files__read_file",
    ToolFamily.MCP,
    CallTarget(TargetKind.FUNCTION, "files/read_file"),
    '{\n  "path": "/home/me/notes.txt"\n}',
    server="files",
    function="read_file",
)
OWN = CallView(
    "functions.get_weather",
    ToolFamily.OWN,
    CallTarget(TargetKind.FUNCTION, "own/get_weather"),
    '{\n  "city": "Seoul"\n}',
    function="get_weather",
)
UNKNOWN = CallView("functions.fly", ToolFamily.UNKNOWN, CallTarget(), "{}")
PAGE = PageRef(3, "https://docs.example.org/heat", "The heat equation")
PLOT = AttachmentRef(11, "plot.png", "image/png", 2048, "Temperature at t = 0")
TABLE = AttachmentRef(12, "table.html", "text/html", 512)
SOUND = AttachmentRef(13, "beep.wav", "audio/wav", 512)


def call(
    view: CallView = PYTHON, status: CallStatus = CallStatus.DONE, number: int = 0, **more: Any
) -> CallRecord:
    if status in {CallStatus.DONE, CallStatus.FAILED, CallStatus.TIMED_OUT}:
        more.setdefault("started_ms", 1_000)
        more.setdefault("ended_ms", 2_400)
    return CallRecord(number, view.tool, view, status, **more)
