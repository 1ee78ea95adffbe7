"""Uses a running Sotto through AT-SPI alone and prints what it met as one JSON object.

Runs inside a session bus of its own.  Arguments: the question, and words of its answer.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Final

from tests.e2e.at_spi.tree import ENABLED, Desktop

_TO_BE_NAMED: Final = {
    "push button",
    "toggle button",
    "radio button",
    "check box",
    "text",
    "list",
    "combo box",
    "slider",
    "menu item",
}

_WRITTEN: Final = {"text", "label"}


def main(question: str, awaited: str) -> None:
    """Start Sotto, look around, ask, read the answer, end Sotto."""
    environ = os.environ | {"QT_QPA_PLATFORM": "xcb", "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1"}
    desktop = Desktop()
    program = subprocess.Popen([sys.executable, "-m", "ui.entry"], env=environ)
    try:
        desktop.wait_for_program()
        desktop.wait(lambda: desktop.find("label", "ready") is not None)
        before = desktop.showing()
        (message,) = (one for one in before if (one.role, one.name) == ("text", "Message"))
        desktop.write(message, question)
        desktop.wait(lambda: _can_send(desktop))
        send = desktop.find("push button", "Send")
        assert send is not None
        desktop.press(send)
        desktop.wait(lambda: any(awaited in text for text in _texts(desktop)))
        after, texts = desktop.showing(), _texts(desktop)
    finally:
        program.terminate()
        program.wait()
    nameless = [one.role for one in (*before, *after) if one.role in _TO_BE_NAMED and not one.name]
    json.dump(
        {
            "nameless": nameless,
            "texts": texts,
            "before": [[one.role, one.name] for one in before if one.name],
            "after": [[one.role, one.name] for one in after if one.name],
        },
        sys.stdout,
    )


def _texts(desktop: Desktop) -> list[str]:
    return [desktop.read(one) for one in desktop.showing() if one.role in _WRITTEN]


def _can_send(desktop: Desktop) -> bool:
    send = desktop.find("push button", "Send")
    return send is not None and ENABLED in send.states


if __name__ == "__main__":
    main(*sys.argv[1:])
