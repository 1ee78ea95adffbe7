"""Calls to hold rules against."""

from __future__ import annotations

import json

from app.chats.ids import ChatId
from app.permissions.matching import Surroundings
from app.tools.values import CallTarget, CallView, TargetKind, ToolFamily

CHAT = ChatId(7)
NOTES = "/home/me/notes"
NOW = 1_800_000_000_000


def python() -> CallView:
    return CallView(
        "python", ToolFamily.PYTHON, CallTarget(TargetKind.CODE), "print(1)", language="python"
    )


def page(url: str) -> CallView:
    return CallView(
        "browser.open",
        ToolFamily.BROWSER,
        CallTarget(TargetKind.HOST, url),
        json.dumps({"id": url}),
    )


def search(provider: str) -> CallView:
    return CallView(
        "browser.search",
        ToolFamily.BROWSER,
        CallTarget(TargetKind.SEARCH, provider),
        json.dumps({"query": "weather"}),
    )


def function(
    *paths: str,
    server: str = "files",
    name: str = "read_file",
    family: ToolFamily = ToolFamily.MCP,
    is_read_only: bool = True,
    body: str | None = None,
    target: str | None = None,
) -> CallView:
    """A call of a server's function that names files."""
    return CallView(
        f"functions.{server}__{name}",
        family,
        CallTarget(TargetKind.FUNCTION, target or f"{server}/{name}"),
        json.dumps({"paths": paths}) if body is None else body,
        server="" if family in (ToolFamily.OWN, ToolFamily.FILES) else server,
        function=name,
        paths=paths,
        is_read_only=is_read_only,
    )


def chat_file(path: str, name: str = "read_file") -> CallView:
    """A call that looks at the chat's own files."""
    body = "{}" if name == "list_files" else json.dumps({"path": path})
    return function(path, server="chat", name=name, family=ToolFamily.FILES, body=body)


class Disk:
    """A file system of folders and symlinks."""

    def __init__(self, links: dict[str, str] | None = None, folders: tuple[str, ...] = ()) -> None:
        self.links = links or {}
        self.folders = {NOTES, "/home/me", "/home", *folders}

    def resolve(self, path: str) -> str | None:
        """Replace each link by where it leads; `None` in a circle, as a real one would fail."""
        for _ in range(8):
            link = next((at for at in self.links if path == at or path.startswith(at + "/")), "")
            if not link:
                return path
            path = self.links[link] + path.removeprefix(link)
        return None

    def is_folder(self, path: str) -> bool:
        return path in self.folders


def around(
    disk: Disk | None = None,
    *,
    chat: ChatId = CHAT,
    now_ms: int = NOW,
    chat_folder: str = "/data/chats/7",
) -> Surroundings:
    disk = disk or Disk()
    return Surroundings(chat, now_ms, disk.resolve, chat_folder, disk.is_folder)
