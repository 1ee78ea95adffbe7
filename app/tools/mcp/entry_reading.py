"""One server as it stands in a `mcpServers` file, read into an entry.  Pure.

The fields are those that Claude Desktop, Claude Code, Cursor, VS Code, LM Studio, Windsurf, Cline,
Gemini CLI and Zed write; where they differ in names, all names are read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from app.chats.values import Problem
from app.tools.identifiers import identifiers
from app.tools.mcp.secret_values import is_secret, secret_in_option, split_scheme
from app.tools.mcp.servers import (
    DEFAULT_CALL_SECONDS,
    MAX_CALL_SECONDS,
    FoundServer,
    ServerEntry,
    ServerSecrets,
    secret_mark,
)

MAX_NAME: Final = 40
MAX_TEXT: Final = 8192
MAX_ITEMS: Final = 200

_INPUT: Final = re.compile(r"\$\{(?:input|promptString):([^{}]{1,64})\}")
_NOT_IN_SECRET_NAMES: Final = re.compile(r"[^A-Za-z0-9_.-]+")
_HEADER_NAME: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_VARIABLE_NAME: Final = re.compile(r"[^=\0]+")
_URL_KEYS: Final = ("url", "httpUrl", "serverUrl", "baseUrl")
_FOLDERS: Final = ("${workspaceFolder", "${workspaceRoot", "${file", "${cwd")
_ASKING_KEYS: Final = ("alwaysAllow", "autoApprove", "alwaysAllowTools", "trust")
_SIGN_IN_KEYS: Final = ("oauth", "auth", "authorization", "authProviderType", "headersHelper")


class EntryError(Exception):
    """A server cannot be taken over; `problem` tells the user why."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.title)


def plain_name(name: str) -> str:
    """A server's name as Sotto keeps it: one line, no "/", and not the name of the user's own."""
    bare = "".join(mark if mark.isprintable() else " " for mark in name.replace("/", "-"))
    short = " ".join(bare.split())[:MAX_NAME].strip() or "server"
    return f"{short} server" if short.casefold() == "own" else short


def address_key(name: str) -> str:
    """What servers' names must differ in, so that the model can tell their functions apart."""
    pair = (name, "f")
    return identifiers([pair])[pair].casefold()


def read_entry(name: str, raw: object) -> FoundServer:
    """A server of a file, its secrets taken out of the entry.

    Args:
        name: as the file calls it.
        raw: what the file says of it.

    Raises:
        EntryError: it cannot be used.
    """
    if not isinstance(raw, Mapping):
        raise EntryError(
            Problem("{server} is not described as a server.", fields={"server": plain_name(name)})
        )
    reader = _Reader(name, raw)
    entry = reader.entry()
    return FoundServer(
        entry, ServerSecrets(tuple(reader.secrets.items())), tuple(reader.missing), reader.notes()
    )


class _Reader:
    """Reads one server; collects the secrets and what there is to tell."""

    def __init__(self, name: str, raw: Mapping[str, Any]) -> None:
        self._name = name
        self._fields = {"server": plain_name(name)}
        self._raw = _flat(raw)
        self.secrets: dict[str, str] = {}
        self.missing: dict[str, None] = {}

    def entry(self) -> ServerEntry:
        url = next((str(self._raw[key]) for key in _URL_KEYS if self._raw.get(key)), "")
        command, args = self._command()
        if not url and not command:
            raise EntryError(
                Problem("{server} has neither a program nor an address.", fields=self._fields)
            )
        if url and not command:
            self._check_address(url)
        return ServerEntry(
            name=plain_name(self._name),
            command=self._asked(command),
            args=() if url and not command else tuple(self._arguments(args)),
            cwd=self._asked(_text(self._raw.get("cwd"))),
            env=tuple(self._pairs("env", _VARIABLE_NAME)) if command else (),
            url="" if command else self._address(url),
            headers=() if command else tuple(self._pairs("headers", _HEADER_NAME)),
            is_enabled=_is_enabled(self._raw),
            hidden_tools=tuple(map(_text, _items(self._raw.get("disabledTools")))),
            call_seconds=_seconds(self._raw.get("callSeconds")),
        )

    def notes(self) -> tuple[Problem, ...]:
        """What was changed or left behind."""
        found = []
        if self.secrets:
            names = ", ".join(self.secrets)
            found.append(
                Problem("Kept in the system keyring: {names}.", fields={"names": names[:300]})
            )
        if any(self._raw.get(key) for key in _ASKING_KEYS):
            found.append(Problem("Its calls were allowed without asking there; Sotto asks."))
        if any(self._raw.get(key) for key in _SIGN_IN_KEYS):
            found.append(
                Problem("It signs in in a way that Sotto cannot yet, so it may not let Sotto in.")
            )
        if self._raw.get("envFile"):
            found.append(
                Problem("Its file of variables is not read.", "Add the variables that it needs.")
            )
        if any(folder in text for text in self._texts() for folder in _FOLDERS):
            found.append(
                Problem(
                    "It names the folder of a project, which Sotto does not have.",
                    "Change it to a folder of yours.",
                )
            )
        return tuple(found)

    def _texts(self) -> list[str]:
        env = self._raw.get("env")
        values = list(env.values()) if isinstance(env, Mapping) else []
        return [
            str(part) for part in (*_items(self._raw.get("args")), *values, self._raw.get("cwd"))
        ]

    def _command(self) -> tuple[str, list[Any]]:
        command, args = self._raw.get("command"), _items(self._raw.get("args"))
        if isinstance(command, list) and command:  # opencode writes the whole line as one list
            return _text(command[0]), [*command[1:], *args]
        return (_text(command) if isinstance(command, str) else ""), args

    def _check_address(self, url: str) -> None:
        kind = str(self._raw.get("type") or self._raw.get("transport") or "").lower()
        if kind == "sse":
            raise EntryError(
                Problem(
                    "{server} uses an older way to talk over the network.",
                    "Ask its maker for an address for streamable HTTP.",
                    fields=self._fields,
                )
            )
        try:
            parts = urlsplit(url)
            is_usable = parts.scheme in {"http", "https"} and bool(parts.hostname)
        except ValueError:
            is_usable = False
        if not is_usable and "${" not in url:
            raise EntryError(
                Problem("The address of {server} is no web address.", fields=self._fields)
            )

    def _address(self, url: str) -> str:
        """The address; a secret in its query goes to the keyring."""
        head, mark, query = url.partition("?")
        if not mark:
            return self._asked(url)
        parts = []
        for part in query.split("&"):
            key, equals, value = part.partition("=")
            if is_secret(key, value):
                value = self._kept(key, value)
            parts.append(f"{key}{equals}{value}")
        return self._asked(f"{head}?{'&'.join(parts)}")

    def _arguments(self, args: list[Any]) -> list[str]:
        texts = [_text(part) for part in args]
        found: list[str] = []
        is_next_secret = ""
        for number, text in enumerate(texts):
            following = texts[number + 1] if number + 1 < len(texts) else None
            option = secret_in_option(text, following)
            if is_next_secret:
                found.append(self._kept(is_next_secret, text))
                is_next_secret = ""
            elif option is not None and not option[1]:
                head, _, value = text.partition("=")
                found.append(f"{head}={self._kept(option[0], value)}")
            elif is_secret("", text):
                found.append(self._kept(f"argument-{number + 1}", text))
            else:
                is_next_secret = option[0] if option is not None else ""
                found.append(self._asked(text))
        return found

    def _pairs(self, key: str, names: re.Pattern[str]) -> list[tuple[str, str]]:
        raw = self._raw.get(key)
        found = []
        for name, value in list(raw.items() if isinstance(raw, Mapping) else ())[:MAX_ITEMS]:
            if not names.fullmatch(str(name)) or value is None:
                continue
            text = _text(value)
            if is_secret(str(name), text):
                scheme, secret = split_scheme(text) if key == "headers" else ("", text)
                text = scheme + self._kept(str(name), secret)
            found.append((str(name), self._asked(text)))
        return found

    def _kept(self, name: str, value: str) -> str:
        """The mark of a secret that goes to the keyring."""
        plain = _NOT_IN_SECRET_NAMES.sub("-", name).strip("-")[:60] or "secret"
        unique, number = plain, 2
        while self.secrets.get(unique, value) != value:
            unique, number = f"{plain}-{number}", number + 1
        self.secrets[unique] = value
        return secret_mark(unique)

    def _asked(self, text: str) -> str:
        """The text with the mark of a secret where the file would ask the user."""

        def marked(question: re.Match[str]) -> str:
            name = _NOT_IN_SECRET_NAMES.sub("-", question[1]).strip("-") or "secret"
            self.missing[name] = None
            return secret_mark(name)

        return _INPUT.sub(marked, text)


def _flat(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """Zed once wrote the program, its arguments and variables inside `command`."""
    command = raw.get("command")
    if isinstance(command, Mapping):
        return {**raw, **command, "command": command.get("path")}
    return raw


def _is_enabled(raw: Mapping[str, Any]) -> bool:
    if raw.get("disabled") is True:
        return False
    return all(raw.get(key) is not False for key in ("enabled", "isActive", "active"))


def _seconds(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return min(max(value, 1), MAX_CALL_SECONDS)
    return DEFAULT_CALL_SECONDS


def _items(value: object) -> list[Any]:
    return list(value[:MAX_ITEMS]) if isinstance(value, list) else []


def _text(value: object) -> str:
    if value is None:
        return ""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text.replace("\0", "")[:MAX_TEXT]
