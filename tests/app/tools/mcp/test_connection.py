from __future__ import annotations

import asyncio
import base64
import json
import os
import sys
from pathlib import Path

import psutil
import pytest

from app.tools.mcp.connection import ServerConnection
from app.tools.mcp.servers import LogSource, ServerEntry, ServerState
from app.tools.values import OutcomeStatus, Progress
from tests.app.tools.mcp.conftest import MODERN, Host, package, raw_entry

READY, FAILED, OFF = ServerState.READY, ServerState.FAILED, ServerState.OFF
STARTING = ServerState.STARTING


def nothing(_: Progress) -> None:
    """Hear progress."""


def log_of(connection: ServerConnection, source: LogSource) -> str:
    return "\n".join(line.text for line in connection.log.lines() if line.source is source)


def test_a_server_from_npm_says_what_it_can_do(everything: ServerConnection) -> None:
    status = everything.status
    tools = {tool.name: tool for tool in status.tools}
    assert status.version.startswith("mcp-servers/everything 2")
    assert tools["echo"].address == "functions.everything__echo"
    assert tools["get-sum"].address == "functions.everything__get_sum"
    assert tools["echo"].says_read_only
    assert not tools["gzip-file-as-resource"].says_read_only
    assert status.left_out == 0
    assert "Starting default (STDIO) server" in log_of(everything, LogSource.SERVER)


def test_texts_images_and_resources_come_back(host: Host, everything: ServerConnection) -> None:
    echo = host.call(everything, "echo", message="안녕 🐟 <|end|>")
    assert (echo.text, echo.status) == ("Echo: 안녕 🐟 <|end|>", OutcomeStatus.DONE)
    assert echo.origins == ("server everything",)

    image = host.call(everything, "get-tiny-image")
    (picture,) = image.attachments
    assert (picture.name, picture.media_type) == ("image-1.png", "image/png")
    assert picture.data.startswith(b"\x89PNG")
    assert "image-1.png" in image.text

    resource = host.call(everything, "get-resource-reference", resourceType="Text", resourceId=1)
    assert "[resource demo://resource/dynamic/text/1]\nResource 1:" in resource.text
    blob = host.call(everything, "get-resource-reference", resourceType="Blob", resourceId=2)
    assert b"Resource 2" in blob.attachments[0].data
    links = host.call(everything, "get-resource-links", count=2)
    assert links.text.count("[link to demo://") == 2
    weather = host.call(everything, "get-structured-content", location="Chicago")
    assert set(json.loads(weather.text)) == {"temperature", "conditions", "humidity"}


def test_an_error_of_the_tool_is_an_outcome(host: Host, everything: ServerConnection) -> None:
    outcome = host.call(everything, "get-sum", a="many", b=1)
    assert outcome.status is OutcomeStatus.FAILED
    assert "number" in outcome.text


def test_progress_is_reported(host: Host, everything: ServerConnection) -> None:
    heard: list[Progress] = []
    outcome = host.call(
        everything, "trigger-long-running-operation", heard.append, duration=0.2, steps=4
    )
    assert outcome.status is OutcomeStatus.DONE
    assert [progress.fraction for progress in heard] == [0.25, 0.5, 0.75, 1.0]


def test_progress_that_makes_no_sense_is_kept_in_bounds(host: Host, tmp_path: Path) -> None:
    heard: list[Progress] = []
    raw = host.connection(raw_entry("plain", tmp_path))
    assert host.call(raw, "progress", heard.append, text="").text == "done"
    assert heard == [Progress(0.5, "a b"), Progress(0.0, "a b"), Progress(1.0, "a b")]


def test_a_call_that_takes_too_long_is_given_up_and_the_server_lives_on(
    host: Host, tmp_path: Path
) -> None:
    raw = host.connection(raw_entry("plain", tmp_path, call_seconds=1))
    outcome = host.call(raw, "hang", text="")
    assert outcome.status is OutcomeStatus.TIMED_OUT
    assert host.call(raw, "echo", text="still here").text == "still here"
    assert (tmp_path / "cancelled").exists()
    assert host.states == [STARTING, READY]


def test_stop_cancels_the_call_at_the_server_and_the_session_lives_on(
    host: Host, tmp_path: Path
) -> None:
    raw = host.connection(raw_entry("plain", tmp_path))

    async def stopped() -> None:
        call = asyncio.create_task(raw.call("hang", {"text": ""}, nothing))
        while not (tmp_path / "hanging").exists():
            await asyncio.sleep(0)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call

    host.run(stopped)
    assert host.call(raw, "echo", text="still here").text == "still here"
    told = json.loads((tmp_path / "cancelled").read_text(encoding="utf-8"))
    assert told["method"] == "notifications/cancelled"
    assert host.states == [STARTING, READY]


def test_a_server_that_crashes_is_told_and_started_again(host: Host, tmp_path: Path) -> None:
    raw = host.connection(raw_entry("plain", tmp_path), pauses=(0.0,))
    outcome = host.call(raw, "crash", text="")
    assert outcome.status is OutcomeStatus.FAILED
    assert "stopped before it answered" in outcome.text
    host.wait_until(lambda: host.states[-2:] == [STARTING, READY])
    assert host.call(raw, "echo", text="back").text == "back"
    assert len((tmp_path / "starts").read_text().split()) == 2


def test_a_server_that_is_down_is_started_by_the_next_call(host: Host, tmp_path: Path) -> None:
    raw = host.connection(raw_entry("plain", tmp_path))
    host.call(raw, "crash", text="")
    host.wait_until(lambda: raw.status.state is FAILED)
    assert raw.status.problem is not None
    assert raw.status.problem.title == "The server stopped."
    assert "functions.raw__echo" in {tool.address for tool in raw.status.tools}
    assert host.call(raw, "echo", text="back").text == "back"


def test_a_server_that_dies_at_once_is_tried_so_often_and_no_more(
    host: Host, tmp_path: Path
) -> None:
    raw = host.connection(raw_entry("dies", tmp_path), pauses=(0.0, 0.0))
    host.wait_until(lambda: host.states == [STARTING, FAILED] * 3)
    assert raw.status.problem is not None
    assert "no configuration" in log_of(raw, LogSource.SERVER)
    outcome = host.call(raw, "echo", text="x")
    assert outcome.status is OutcomeStatus.FAILED
    assert "is not running" in outcome.text
    assert len((tmp_path / "starts").read_text().split()) == 4


@pytest.mark.parametrize(
    ("entry", "title"),
    [
        (ServerEntry("s", "no-such-program"), "The program or folder no-such-program was not"),
        (
            ServerEntry("s", sys.executable, cwd="/no/such"),
            "The program or folder /no/such was not",
        ),
        (ServerEntry("s", url="http://127.0.0.1:9/mcp"), "The server cannot be used."),
    ],
)
def test_what_keeps_a_server_from_starting_is_told(
    host: Host, entry: ServerEntry, title: str
) -> None:
    problem = host.connection(entry).status.problem
    assert problem is not None
    assert problem.title.format(**problem.fields).startswith(title)


def test_a_file_that_is_no_program_is_told(host: Host, tmp_path: Path) -> None:
    file = tmp_path / "server"
    file.write_text("words", encoding="utf-8")
    file.chmod(0o755)
    problem = host.connection(ServerEntry("s", str(file))).status.problem
    assert problem is not None
    assert problem.title == "The program may not be started."


def test_a_server_that_never_answers_is_given_up(host: Host, tmp_path: Path) -> None:
    raw = host.connection(raw_entry("silent", tmp_path), start_seconds=1.0)
    assert raw.status.problem is not None
    assert raw.status.problem.title == "The server did not answer in time."
    assert not psutil.pid_exists(int((tmp_path / "starts").read_text()))


def test_what_is_no_message_goes_to_the_log_without_secrets(host: Host, tmp_path: Path) -> None:
    entry = raw_entry("noise", tmp_path, env=(("KEY", "${secret:KEY}"),))
    raw = host.connection(entry)
    assert host.call(raw, "echo", text="fine").text == "fine"
    assert raw.status.version == "raw server 1"
    lines = log_of(raw, LogSource.SERVER)
    assert "red" in lines
    assert "\x1b" not in lines
    assert "the key is •••" in lines
    assert "Not a message: Welcome to the server!" in log_of(raw, LogSource.SOTTO)


@pytest.mark.parametrize("mode", ["flood", "garbage", "huge"])
def test_a_server_that_sends_without_end_is_ended(host: Host, tmp_path: Path, mode: str) -> None:
    raw = host.connection(raw_entry(mode, tmp_path))
    host.wait_until(lambda: raw.status.state is FAILED)
    assert raw.status.problem is not None
    assert raw.status.problem.title == "The server sent more than it may, so it was ended."
    assert not psutil.pid_exists(int((tmp_path / "starts").read_text()))


def test_pages_of_tools_without_end_are_read_no_further(host: Host, tmp_path: Path) -> None:
    raw = host.connection(raw_entry("endless", tmp_path))
    assert raw.status.state is READY
    assert [tool.name for tool in raw.status.tools][:2] == ["echo", "env"]


def test_a_list_of_tools_that_changes_is_followed(host: Host, tmp_path: Path) -> None:
    raw = host.connection(raw_entry("changing", tmp_path))
    assert [tool.name for tool in raw.status.tools] == ["tool1", "change"]
    host.call(raw, "change", text="")
    host.wait_until(lambda: raw.status.tools[0].name == "tool2")


def test_a_server_sees_little_of_the_environment(
    host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOTTO_PASSPHRASE", "mine")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "mine")
    entry = raw_entry("plain", tmp_path, env=(("KEY", "${secret:KEY}"), ("PLAIN", "${userHome}")))
    seen = json.loads(host.call(host.connection(entry), "env", text="").text)
    assert seen["KEY"] == "s3cr3t-value"
    assert seen["PLAIN"] == os.environ["HOME"]
    usual = {"HOME", "LANG", "LC_ALL", "LC_CTYPE", "LOGNAME", "PATH", "SHELL", "TERM", "TMPDIR"}
    assert set(seen) <= {"KEY", "PLAIN", "USER", *usual}


def test_a_server_that_will_not_go_is_ended_with_its_children(host: Host, tmp_path: Path) -> None:
    raw = host.connection(raw_entry("stubborn", tmp_path))
    pids = [int(pid) for pid in (tmp_path / "pids").read_text().split()]
    assert all(psutil.pid_exists(pid) for pid in pids)
    host.run(raw.stop)
    assert raw.status.state is OFF
    assert not any(_lives(pid) for pid in pids)


def _lives(pid: int) -> bool:
    """Whether a process does more than wait for whoever adopted it to take note of its end."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_hiding_a_tool_needs_no_new_start(host: Host, tmp_path: Path) -> None:
    raw = host.connection(raw_entry("plain", tmp_path, hidden_tools=("env",)))
    offered = {tool.name: tool.is_offered for tool in raw.status.tools}
    assert (offered["env"], offered["echo"]) == (False, True)

    async def hide() -> None:
        raw.hide(("echo",))

    host.run(hide)
    offered = {tool.name: tool.is_offered for tool in raw.status.tools}
    assert (offered["env"], offered["echo"]) == (True, False)
    assert len((tmp_path / "starts").read_text().split()) == 1


def test_files_are_read_inside_the_allowed_folder_only(host: Host, tmp_path: Path) -> None:
    folder = tmp_path / "allowed"
    folder.mkdir()
    (folder / "메모.txt").write_text("안녕 🐟", encoding="utf-8")
    (folder / "dot.png").write_bytes(base64.b64decode(DOT))
    (tmp_path / "outside.txt").write_text("private", encoding="utf-8")
    entry = ServerEntry("files", "node", (package("server-filesystem"), str(folder)))
    files = host.connection(entry)

    def read(path: Path) -> str:
        return host.call(files, "read_text_file", path=str(path)).text

    assert read(folder / "메모.txt") == "안녕 🐟"
    for outside in (tmp_path / "outside.txt", folder / ".." / "outside.txt", Path("/etc/passwd")):
        outcome = host.call(files, "read_text_file", path=str(outside))
        assert outcome.status is OutcomeStatus.FAILED
        assert "private" not in outcome.text
    picture = host.call(files, "read_media_file", path=str(folder / "dot.png"))
    assert [one.media_type for one in picture.attachments] == ["image/png"]


DOT = (  # a picture of one point
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def test_the_newest_protocol_is_spoken_and_its_changes_are_followed(host: Host) -> None:
    modern = host.connection(ServerEntry("modern", sys.executable, ("-I", str(MODERN))))
    assert "protocol 2026-07-28" in log_of(modern, LogSource.SOTTO), modern.log.lines()
    tools = {tool.name: tool for tool in modern.status.tools}
    assert tools["add"].says_read_only
    assert host.call(modern, "add", a=40).text == "42"
    host.call(modern, "grow")
    host.wait_until(lambda: "grown" in {tool.name for tool in modern.status.tools})
    assert host.call(modern, "grown").text == "new"
