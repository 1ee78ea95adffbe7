from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.tools.mcp import tolerant_json
from app.tools.mcp.configuration import ServersFile, read_servers
from app.tools.mcp.entry_reading import EntryError, plain_name, read_entry
from app.tools.mcp.importing import ImportFileError, known_files, preview
from app.tools.mcp.placeholders import MissingValueError, filled
from app.tools.mcp.secret_values import is_secret
from app.tools.mcp.servers import FoundServer, ServerEntry, secret_mark

CLAUDE = b"""\xef\xbb\xbf{
  // Claude Desktop
  "globalShortcut": "Ctrl+Space",
  "mcpServers": {
    "filesystem": {
      "command": "npx",
      /* a // comment */
      "args": ["-y", "@modelcontextprotocol/server-filesystem", "/home/me/notes",],
    },
    "github": {
      "command": "docker",
      "args": ["run", "-i", "--rm", "-e", "GITHUB_PERSONAL_ACCESS_TOKEN", "image"],
      "env": {
        "GITHUB_PERSONAL_ACCESS_TOKEN": "ghp_abcdefghijklmnopqrstuvwxyz012345",
        "DEBUG": true,
      },
      "disabled": true,
      "autoApprove": ["create_issue"],
    },
  },
}
"""
VS_CODE = {
    "inputs": [{"type": "promptString", "id": "api-key", "password": True}],
    "servers": {
        "remote": {
            "type": "http",
            "url": "https://example.com/mcp?region=eu&api_key=abcdef",
            "headers": {"Authorization": "Bearer ${input:api-key}", "X-Team": "seven"},
        },
        "local": {
            "type": "stdio",
            "command": "python",
            "args": ["server.py", "--token=secret-word", "--api-key", "other-word", "--port", "80"],
            "cwd": "${workspaceFolder}/tools",
            "envFile": "${workspaceFolder}/.env",
        },
        "old": {"type": "sse", "url": "http://localhost:8000/sse"},
        "empty": {},
        "odd": "npx server",
        "ftp": {"url": "ftp://example.com"},
    },
}


def entry_of(raw: Any, name: str = "s") -> FoundServer:
    return read_entry(name, raw)


def test_a_file_of_claude_desktop_is_read_with_its_comments_and_commas() -> None:
    found, refused = read_servers(tolerant_json.parse(CLAUDE))
    assert refused == ()
    files, github = found
    assert files.entry == ServerEntry(
        "filesystem", "npx", ("-y", "@modelcontextprotocol/server-filesystem", "/home/me/notes")
    )
    mark = secret_mark("GITHUB_PERSONAL_ACCESS_TOKEN")
    assert dict(github.entry.env) == {"GITHUB_PERSONAL_ACCESS_TOKEN": mark, "DEBUG": "true"}
    assert not github.entry.is_enabled
    assert github.secrets.values == (
        ("GITHUB_PERSONAL_ACCESS_TOKEN", "ghp_abcdefghijklmnopqrstuvwxyz012345"),
    )
    assert "ghp_" not in repr(github)
    assert [note.title for note in github.notes] == [
        "Kept in the system keyring: {names}.",
        "Its calls were allowed without asking there; Sotto asks.",
    ]


def test_a_file_of_vs_code_is_read_and_what_is_not_taken_is_told() -> None:
    found, refused = read_servers(VS_CODE)
    remote, local = found
    assert remote.entry.url == f"https://example.com/mcp?region=eu&api_key={secret_mark('api_key')}"
    assert dict(remote.entry.headers) == {
        "Authorization": f"Bearer {secret_mark('api-key')}",
        "X-Team": "seven",
    }
    assert remote.missing == ("api-key",)
    assert remote.secrets.values == (("api_key", "abcdef"),)
    assert remote.entry.secret_names == ("api_key", "api-key")
    assert local.entry.args == (
        "server.py",
        f"--token={secret_mark('token')}",
        "--api-key",
        secret_mark("api-key"),
        "--port",
        "80",
    )
    assert [note.title for note in local.notes][1:] == [
        "Its file of variables is not read.",
        "It names the folder of a project, which Sotto does not have.",
    ]
    assert {one.fields["server"]: one.title for one in refused} == {
        "old": "{server} uses an older way to talk over the network.",
        "empty": "{server} has neither a program nor an address.",
        "odd": "{server} is not described as a server.",
        "ftp": "The address of {server} is no web address.",
    }


@pytest.mark.parametrize(
    ("parsed", "command"),
    [
        ({"context_servers": {"z": {"command": {"path": "zed", "args": ["a"]}}}}, ("zed", ("a",))),
        ({"mcp": {"servers": {"v": {"command": "code"}}}}, ("code", ())),
        ({"servers": [{"key": "k", "command": "five", "isActive": False}]}, ("five", ())),
        (
            {"mcpServers": {"o": {"command": ["open", "code"], "args": [3]}}},
            ("open", ("code", "3")),
        ),
    ],
)
def test_other_apps_write_it_otherwise(parsed: Any, command: tuple[str, tuple[str, ...]]) -> None:
    ((server,), refused) = read_servers(parsed)
    assert (server.entry.command, server.entry.args) == command
    assert server.entry.is_enabled == ("servers" not in parsed)
    assert refused == ()


@pytest.mark.parametrize("parsed", [None, [], {}, {"mcpServers": 3}, {"mcp": {"mcp": {}}}])
def test_a_file_without_servers_is_none(parsed: Any) -> None:
    with pytest.raises(ValueError, match="no mcpServers"):
        read_servers(parsed)


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["command", "args", "env", "url", "headers", "type", "disabled", "cwd"])
            | st.text(max_size=5),
            inner,
            max_size=6,
        )
    ),
    max_leaves=20,
)


@settings(deadline=None)
@given(st.text(max_size=60), ODD)
def test_no_entry_is_too_odd_and_its_name_can_always_be_used(name: str, raw: Any) -> None:
    assert plain_name(plain_name(name)) == plain_name(name)
    try:
        entry = entry_of(raw, name).entry
    except EntryError:
        return
    assert entry.name == plain_name(name)
    assert "/" not in entry.name
    assert bool(entry.command) != bool(entry.url)


@pytest.mark.parametrize("name", ["own", "OWN", " own ", "o/wn/../own"])
def test_the_name_of_the_users_own_functions_is_taken(name: str) -> None:
    assert plain_name(name).casefold() != "own"
    assert "/" not in plain_name(name)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OPENAI_API_KEY", "x"),
        ("apiKey", "x"),
        ("DB_PASSWD", "x"),
        ("Authorization", "Basic x"),
        ("X-Auth-Token", "x"),
        ("AWS_ACCESS_KEY_ID", "AKIAABCDEFGHIJKLMNOP"),
        ("ANYTHING", "sk-proj-abcdefghijklmnop"),
        ("DATABASE_URL", "postgres://me:word@host/db"),
    ],
)
def test_secrets_are_known_by_name_or_look(name: str, value: str) -> None:
    assert is_secret(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MONKEY", "banana"),
        ("KEYBOARD", "us"),
        ("TOKEN_FILE", "/run/token"),
        ("MAX_TOKENS", "100"),
        ("AUTHOR", "me"),
        ("API_KEY", "${env:API_KEY}"),
        ("API_KEY", ""),
        ("PATH", "/usr/bin"),
    ],
)
def test_what_is_no_secret_stays_where_it_is(name: str, value: str) -> None:
    assert not is_secret(name, value)


def test_placeholders_are_filled_everywhere() -> None:
    entry = ServerEntry(
        "s",
        "${env:RUNNER:-node}",
        ("${userHome}/s.js", "--key=${secret:key}", "$HOME {x}"),
        "${HOME}",
        (("A", "${MISSING:-plain}"),),
    )
    ready = filled(entry, {"key": "k"}.get, {"HOME": "/home/me"})
    found = ready.entry
    assert ready.secrets == ("k",)
    assert "--key" not in repr(ready)
    assert found.command == "node"
    assert found.args == ("/home/me/s.js", "--key=k", "$HOME {x}")
    assert (found.cwd, found.env) == ("/home/me", (("A", "plain"),))


@pytest.mark.parametrize("text", ["${secret:none}", "${env:NONE}", "${workspaceFolder}", "${a b}"])
def test_a_placeholder_for_nothing_is_told(text: str) -> None:
    with pytest.raises(MissingValueError):
        filled(ServerEntry("s", text), lambda _: None, {})


def test_the_list_is_kept_and_read_again(tmp_path: Path) -> None:
    entries = (
        ServerEntry("a", "node", ("x",), "/home/me", (("K", "${secret:K}"),), is_enabled=False),
        ServerEntry("b", url="http://127.0.0.1:1/mcp", headers=(("X", "y"),), call_seconds=5),
        ServerEntry("다", "prog", hidden_tools=("one", "two")),
    )
    file = ServersFile(tmp_path / "config")
    assert file.load() == ()
    file.save(entries)
    assert tuple(server.entry for server in file.load()) == entries
    assert file.problem is None
    assert (tmp_path / "config" / "mcp.json").stat().st_mode & 0o077 == 0


def test_a_damaged_list_is_kept_aside_and_what_can_be_read_counts(tmp_path: Path) -> None:
    path = tmp_path / "mcp.json"
    path.write_text('{"mcpServers": {"good": {"command": "x"}, "bad": 3}}', encoding="utf-8")
    file = ServersFile(tmp_path)
    assert [server.entry.name for server in file.load()] == ["good"]
    assert file.problem is not None
    assert "bad" in file.problem.detail
    path.write_text("{", encoding="utf-8")
    assert file.load() == ()
    assert (tmp_path / "mcp.json.bad").read_text(encoding="utf-8") == "{"


def test_two_servers_of_one_name_get_names_of_their_own() -> None:
    found, _ = read_servers(
        {"mcpServers": {n: {"command": "x"} for n in ("A/b", "a B", "서버", "도구")}}
    )
    assert [server.entry.name for server in found] == ["A-b", "a B 2", "서버", "도구"]


def test_files_of_other_apps_are_found_where_they_keep_them(tmp_path: Path) -> None:
    environ = {"HOME": str(tmp_path), "APPDATA": str(tmp_path / "Roaming")}
    text = json.dumps({"mcpServers": {"s": {"command": "x"}}})
    for place in (
        ".config/Claude/claude_desktop_config.json",
        "Library/Application Support/Claude/claude_desktop_config.json",
        "Roaming/Claude/claude_desktop_config.json",
        ".cursor/mcp.json",
        ".lmstudio/mcp.json",
        ".local/share/Jan/data/mcp_config.json",
    ):
        file = tmp_path / place
        file.parent.mkdir(parents=True)
        file.write_text(text, encoding="utf-8")
    empty = tmp_path / ".config" / "Code" / "User" / "settings.json"
    empty.parent.mkdir(parents=True)
    empty.write_text('{"editor.fontSize": 12}', encoding="utf-8")
    on_linux = ["Claude Desktop", "Cursor", "LM Studio", "Jan"]
    assert [one.app for one in known_files(environ, "linux")] == on_linux
    assert [one.app for one in known_files(environ, "darwin")] == on_linux[:-1]
    assert known_files(environ, "win32")[0].path.endswith(
        "Roaming/Claude/claude_desktop_config.json"
    )


def test_a_preview_keeps_names_apart_and_nothing_yet(tmp_path: Path) -> None:
    file = tmp_path / "mcp.json"
    file.write_bytes(CLAUDE)
    found = preview(file, taken=["GitHub"])
    assert (found.origin, found.path) == ("mcp.json", str(file))
    assert [one.entry.name for one in found.servers] == ["filesystem", "github 2"]


@pytest.mark.parametrize("data", [b"", b"{}", b"\xff", b"[" * 100_000, b'{"mcpServers": [}'])
def test_a_file_that_holds_nothing_is_told(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "x.json"
    file.write_bytes(data)
    with pytest.raises(ImportFileError, match=r"x\.json does not hold any servers"):
        preview(file)
    with pytest.raises(ImportFileError, match="cannot be read"):
        preview(tmp_path)


@pytest.mark.parametrize(
    ("url", "leaves"),
    [
        ("", False),
        ("http://127.0.0.1:80/mcp", False),
        ("http://[::1]/mcp", False),
        ("http://LOCALHOST/mcp", False),
        ("https://example.com/mcp", True),
        ("http://192.168.1.2/mcp", True),
        ("http://[::1/mcp", True),
        ("http://localhost.example.com", True),
    ],
)
def test_whether_calls_leave_the_computer_is_known(url: str, leaves: bool) -> None:
    entry = ServerEntry("s", "" if url else "node", url=url)
    assert entry.is_over_network is leaves
