"""SIGKILL in the middle of a call: nothing of it goes on, and nothing runs by itself later."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from app.chats.database import open_database
from app.chats.store import ChatStore
from app.chats.values import Message, MessageStatus
from app.paths import Paths
from app.secrets import KeyVault
from app.tools.records import CallStatus
from tests.app.cli.at_terminal import PATIENCE, AtTerminal, at_terminal
from tests.app.cli.conftest import Run

QUESTION = "What is the weather in Tokyo?"
FUNCTION = '''
import time

def get_current_weather(location: str) -> str:
    """Gets the current weather in the provided location.

    Args:
        location: The city
    """
    while True:
        time.sleep(60)
'''


@pytest.fixture(autouse=True)
def endless(environ: dict[str, str]) -> None:
    """The user has a function that never ends."""
    folder = Path(environ["SOTTO_DATA_DIR"], "functions")
    folder.mkdir(parents=True)
    (folder / "weather.py").write_text(FUNCTION, encoding="utf-8")


def kill(asked: AtTerminal) -> list[psutil.Process]:
    """SIGKILL; gives the processes that it had."""
    children = psutil.Process(asked.process.pid).children(recursive=True)
    asked.process.send_signal(signal.SIGKILL)
    asked.process.wait(PATIENCE)
    return children


def wait_until_it_runs(asked: AtTerminal) -> None:
    """Until the function itself runs: the box around it holds its end to the program's by then."""
    deadline = time.monotonic() + PATIENCE
    program = psutil.Process(asked.process.pid)
    while True:
        assert time.monotonic() < deadline
        with suppress(psutil.Error):
            found = [one.cmdline() for one in program.children(recursive=True)]
            if any(
                "app.tools.own.runner" in " ".join(line) and "bwrap" not in line[0]
                for line in found
                if line
            ):
                return


def history(environ: dict[str, str]) -> tuple[Message, ...]:
    """The chat as the next start of the program finds it."""
    paths = Paths.from_environment(environ)
    store = ChatStore(
        open_database(paths.database, KeyVault(paths.data, environ).open_unattended())
    )
    try:
        store.mark_interrupted()
        chat = store.find_chat_by_title("kills")
        return store.branch(chat.id) if chat else ()
    finally:
        store.close()


def kinds(run: Run) -> set[str]:
    return {line["type"] for line in run.lines}


def test_a_running_call_ends_with_the_program_and_is_told_as_stopped(
    environ: dict[str, str], sotto: Callable[..., Run]
) -> None:
    options = ("--chat", "kills", "--allow", "own/*")
    with at_terminal(environ, QUESTION, *options) as asked:
        asked.wait_for_line("permission")
        wait_until_it_runs(asked)
        left = kill(asked)
    assert psutil.wait_procs(left, PATIENCE)[1] == []
    answer = history(environ)[-1]
    assert answer.status is MessageStatus.INTERRUPTED
    assert [call.status for call in answer.calls] == [CallStatus.STOPPED]
    assert answer.calls[0].answered is not None
    later = sotto("ask", "Thanks", "--chat", "kills", "--json", "--effort", "low", *options[2:])
    assert "finished" in kinds(later)
    assert "tool_call" not in kinds(later)


def test_a_call_that_waited_for_an_answer_never_runs(
    environ: dict[str, str], sotto: Callable[..., Run]
) -> None:
    with at_terminal(environ, QUESTION, "--chat", "kills") as asked:
        asked.wait_for("e = edit: ")
        kill(asked)
    answer = history(environ)[-1]
    assert answer.status is MessageStatus.INTERRUPTED
    # The card may be killed before it is on the disk; it is written when the question is shown.
    assert [call.status for call in answer.calls] in ([], [CallStatus.STOPPED])
    assert all((call.started_ms, call.answered) == (0, None) for call in answer.calls)
    later = sotto("ask", "Thanks", "--chat", "kills", "--json", "--effort", "low")
    assert "tool_call" not in kinds(later)
