from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from app.secrets import SecretsError, SecretStore
from app.tools.async_thread import AsyncThread
from app.tools.mcp.configuration import ServersFile
from app.tools.mcp.server_list import ServerList, ServerListError
from app.tools.mcp.servers import (
    MAX_SERVERS,
    LogSource,
    ServerEntry,
    ServerSecrets,
    ServerState,
    secret_mark,
)
from app.tools.mcp.service import McpServers
from app.tools.tool import CallRefusedError, RunContext
from app.tools.values import CallTarget, SourcePage, TargetKind, ToolCall, ToolFamily, ToolOutcome
from tests.app.tools.mcp.conftest import SECONDS, raw_entry


class MemoryKeyring:
    """A keyring in memory that may be locked."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.is_locked = False

    def name(self) -> str | None:
        return "Memory"

    def get(self, user: str) -> str | None:
        self._answer()
        return self.kept.get(user)

    def set(self, user: str, text: str) -> None:
        self._answer()
        self.kept[user] = text

    def delete(self, user: str) -> None:
        self._answer()
        del self.kept[user]

    def _answer(self) -> None:
        if self.is_locked:
            raise OSError("locked")


class Desk:
    """The servers of a user, and what the tests do with them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.keyring = MemoryKeyring()
        self.thread = AsyncThread()
        self.changed = threading.Condition()
        self.is_closed = False
        self.servers = self.again()

    def again(self) -> McpServers:
        """As after a new start of the program."""
        listed = ServerList(ServersFile(self.folder), SecretStore(self.keyring))
        servers = McpServers(listed, self.thread, {"HOME": str(self.folder), "PATH": "/usr/bin"})
        servers.subscribe(self._tell)
        return servers

    def _tell(self) -> None:
        with self.changed:
            self.changed.notify_all()

    def entry(self, mode: str = "plain", **more: Any) -> ServerEntry:
        return raw_entry(mode, self.folder, **more)

    def close(self) -> None:
        """End as the program does."""
        self.is_closed = True
        self.thread.submit(self.servers.close).result(SECONDS)
        assert self.thread.close()

    def settle(self) -> None:
        self.thread.submit(self.servers.settled).result(SECONDS)

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        with self.changed:
            assert self.changed.wait_for(is_so, SECONDS)

    def call(self, address: str, arguments: str) -> ToolOutcome:
        (tool,) = self.servers.tools().values()
        context = RunContext(lambda _: None, no_pages)
        call = ToolCall("chat", 0, address, arguments)
        return self.thread.submit(lambda: tool.run(call, context)).result(SECONDS)

    def starts(self) -> int:
        return len((self.folder / "starts").read_text(encoding="utf-8").split())


async def no_pages() -> tuple[SourcePage, ...]:
    return ()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    if not desk.is_closed:
        desk.close()


def test_a_server_is_added_called_kept_and_removed(desk: Desk) -> None:
    desk.servers.start().result(SECONDS)
    assert desk.servers.statuses() == ()
    entry = desk.entry(env=(("KEY", secret_mark("KEY")),))
    desk.servers.put(entry, ServerSecrets((("KEY", "first"),))).result(SECONDS)
    desk.settle()
    (status,) = desk.servers.statuses()
    assert status.state is ServerState.READY
    assert list(desk.servers.tools()) == ["mcp/raw"]
    assert desk.call("functions.raw__echo", '{"text": "안녕"}').text == "안녕"
    assert json.loads(desk.call("functions.raw__env", '{"text": ""}').text)["KEY"] == "first"
    assert "first" not in (desk.folder / "mcp.json").read_text(encoding="utf-8")
    assert any(line.source is LogSource.SOTTO for line in desk.servers.log("raw"))

    desk.servers.remove("raw").result(SECONDS)
    assert desk.servers.statuses() == ()
    assert desk.servers.tools() == {}
    assert desk.keyring.kept == {}
    assert desk.servers.log("raw") == ()


def test_after_a_new_start_all_is_as_it_was(desk: Desk) -> None:
    desk.servers.put(
        desk.entry(env=(("KEY", secret_mark("KEY")),)), ServerSecrets((("KEY", "kept"),))
    ).result(SECONDS)
    desk.thread.submit(desk.servers.close).result(SECONDS)
    desk.servers = desk.again()
    desk.servers.start().result(SECONDS)
    desk.settle()
    assert json.loads(desk.call("functions.raw__env", '{"text": ""}').text)["KEY"] == "kept"


def test_switching_off_ends_the_server_and_on_starts_it(desk: Desk) -> None:
    desk.servers.put(desk.entry()).result(SECONDS)
    desk.settle()
    desk.servers.enable("raw", False).result(SECONDS)
    assert desk.servers.statuses()[0].state is ServerState.OFF
    assert desk.servers.tools() == {}
    desk.servers.enable("raw", True).result(SECONDS)
    desk.settle()
    assert desk.servers.statuses()[0].state is ServerState.READY
    assert desk.starts() == 2


def test_hidden_tools_are_offered_no_more_and_nothing_is_started_anew(desk: Desk) -> None:
    desk.servers.put(desk.entry()).result(SECONDS)
    desk.settle()
    desk.servers.hide_tools("raw", ("env", "hang")).result(SECONDS)
    (tool,) = desk.servers.tools().values()
    assert "functions.raw__env" not in tool.addresses
    assert "functions.raw__echo" in tool.addresses
    assert len(tool.declaration.functions) == len(tool.addresses)
    assert desk.starts() == 1


def test_another_name_keeps_the_secrets_and_another_secret_starts_anew(desk: Desk) -> None:
    entry = desk.entry(env=(("KEY", secret_mark("KEY")),))
    desk.servers.put(entry, ServerSecrets((("KEY", "one"),))).result(SECONDS)
    desk.servers.put(replace(entry, name="new"), replacing="raw").result(SECONDS)
    desk.settle()
    assert json.loads(desk.call("functions.new__env", '{"text": ""}').text)["KEY"] == "one"
    assert desk.keyring.kept == {"mcp/new/KEY": "one"}
    before = desk.starts()
    desk.servers.put(
        replace(entry, name="new"), ServerSecrets((("KEY", "two"),)), replacing="new"
    ).result(SECONDS)
    desk.settle()
    assert json.loads(desk.call("functions.new__env", '{"text": ""}').text)["KEY"] == "two"
    assert desk.starts() == before + 1


def test_a_secret_that_is_asked_for_no_more_is_forgotten(desk: Desk) -> None:
    entry = desk.entry(args=("${secret:A}", "${secret:B}"), is_enabled=False)
    desk.servers.put(entry, ServerSecrets((("A", "a"), ("B", "b")))).result(SECONDS)
    desk.servers.put(replace(entry, args=("${secret:B}",)), replacing="raw").result(SECONDS)
    assert desk.keyring.kept == {"mcp/raw/B": "b"}


def test_a_server_is_started_anew_when_the_user_says_so(desk: Desk) -> None:
    desk.servers.put(desk.entry()).result(SECONDS)
    desk.settle()
    desk.servers.restart("raw").result(SECONDS)
    desk.settle()
    assert desk.servers.statuses()[0].state is ServerState.READY
    assert desk.starts() == 2


def test_a_secret_that_nobody_gave_is_asked_for_in_words(desk: Desk) -> None:
    desk.servers.put(desk.entry(env=(("KEY", secret_mark("KEY")),))).result(SECONDS)
    desk.settle()
    problem = desk.servers.statuses()[0].problem
    assert problem is not None
    assert problem.title.format(**problem.fields) == (
        "Nothing is known for KEY, which the server needs."
    )


def test_a_locked_keyring_keeps_nothing_and_says_so(desk: Desk) -> None:
    desk.keyring.is_locked = True
    entry = desk.entry(env=(("KEY", secret_mark("KEY")),))
    with pytest.raises(SecretsError, match="keyring does not answer"):
        desk.servers.put(entry, ServerSecrets((("KEY", "one"),)))
    assert desk.servers.statuses() == ()
    assert not (desk.folder / "mcp.json").exists()


def test_what_a_person_typed_into_the_file_moves_to_the_keyring(desk: Desk) -> None:
    entry = desk.entry()
    raw = {"command": entry.command, "args": list(entry.args), "env": {"API_KEY": "by hand"}}
    file = desk.folder / "mcp.json"
    file.write_text(json.dumps({"mcpServers": {"raw": raw}}), encoding="utf-8")
    desk.servers.start().result(SECONDS)
    desk.settle()
    assert json.loads(desk.call("functions.raw__env", '{"text": ""}').text)["API_KEY"] == "by hand"
    desk.servers.hide_tools("raw", ("hang",)).result(SECONDS)
    assert "by hand" not in file.read_text(encoding="utf-8")
    assert desk.keyring.kept == {"mcp/raw/API_KEY": "by hand"}


def test_servers_of_another_app_are_taken_over(desk: Desk, tmp_path: Path) -> None:
    entry = desk.entry()
    raw = {"command": entry.command, "args": list(entry.args)}
    other = {
        "Raw": {**raw, "env": {"API_KEY": "abc"}},
        "asks": {**raw, "env": {"API_KEY": "${input:key}"}},
    }
    file = tmp_path / ".cursor" / "mcp.json"
    file.parent.mkdir()
    file.write_text(json.dumps({"mcpServers": other}), encoding="utf-8")
    desk.servers.put(desk.entry()).result(SECONDS)
    (known,) = desk.servers.known_files()
    found = desk.servers.preview(known.path, known.app)
    assert (found.origin, len(desk.servers.statuses())) == ("Cursor", 1)
    desk.servers.take(found.servers).result(SECONDS)
    statuses = {one.entry.name: one.entry.is_enabled for one in desk.servers.statuses()}
    assert statuses == {"raw": True, "Raw 2": True, "asks": False}
    assert desk.keyring.kept == {"mcp/Raw 2/API_KEY": "abc"}


def test_a_call_is_shown_as_it_will_run(desk: Desk) -> None:
    desk.servers.put(desk.entry()).result(SECONDS)
    desk.settle()
    (tool,) = desk.servers.tools().values()
    view = tool.view(ToolCall("c", 0, "functions.raw__echo", '{"text":"/etc/../x"}'))
    assert view.family is ToolFamily.MCP
    assert view.target == CallTarget(TargetKind.FUNCTION, "raw/echo")
    assert (view.server, view.function) == ("raw", "echo")
    assert view.body == '{\n  "text": "/etc/../x"\n}'
    assert view.paths == ("/etc/../x",)
    assert not view.runs_outside  # else no answer could be remembered
    assert not view.is_read_only
    with pytest.raises(CallRefusedError, match='"text" is missing; it must be a text'):
        tool.view(ToolCall("c", 0, "functions.raw__echo", "{}"))
    with pytest.raises(CallRefusedError, match=r"no function functions\.raw__nothing"):
        tool.view(ToolCall("c", 0, "functions.raw__nothing", "{}"))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "own"}, "cannot be called own"),
        ({"name": "a/b"}, "cannot be called a/b"),
        ({"name": "RAW"}, "is a server called RAW already"),
        ({"name": "raw."}, "too much like"),
        ({"name": "x", "command": ""}, "needs a program or an address"),
        ({"name": "x", "url": "http://127.0.0.1"}, "needs a program or an address"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(
    desk: Desk, changes: dict[str, str], words: str
) -> None:
    entry = desk.entry(is_enabled=False)
    desk.servers.put(entry).result(SECONDS)
    with pytest.raises(ServerListError, match=words):
        desk.servers.put(replace(entry, **changes))  # type: ignore[arg-type] # texts only
    assert len(desk.servers.statuses()) == 1


def test_there_are_so_many_servers_and_no_more(desk: Desk) -> None:
    for number in range(MAX_SERVERS):
        desk.servers.put(desk.entry(name=f"s{number}", is_enabled=False)).result(SECONDS)
    with pytest.raises(ServerListError, match="too many"):
        desk.servers.put(desk.entry(name="more", is_enabled=False))


def test_who_listens_no_more_is_told_no_more(desk: Desk) -> None:
    heard: list[int] = []
    end = desk.servers.subscribe(lambda: heard.append(1))
    desk.servers.put(desk.entry(is_enabled=False)).result(SECONDS)
    assert heard
    end()
    end()
    before = len(heard)
    desk.servers.enable("raw", False).result(SECONDS)
    assert len(heard) == before


def test_closing_the_thread_alone_leaves_no_server_behind(desk: Desk) -> None:
    desk.servers.put(desk.entry()).result(SECONDS)
    desk.settle()
    desk.is_closed = True
    assert desk.thread.close()
    assert not psutil.pid_exists(int((desk.folder / "starts").read_text(encoding="utf-8")))


def test_closing_ends_all_servers(desk: Desk) -> None:
    desk.servers.put(desk.entry()).result(SECONDS)
    desk.settle()
    desk.thread.submit(desk.servers.close).result(SECONDS)
    assert desk.servers.tools() == {}
    assert not psutil.pid_exists(int((desk.folder / "starts").read_text(encoding="utf-8")))


def test_the_protocol_is_not_imported_before_a_server_is_wanted() -> None:
    code = (
        "import sys, app.tools.mcp.service; print('mcp' in sys.modules, 'mcp_types' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
