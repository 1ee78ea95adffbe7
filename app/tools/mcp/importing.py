"""Servers of other apps: where their files are, and what of a file can be taken over."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from app.tools.mcp import tolerant_json
from app.tools.mcp.configuration import free_name, read_servers
from app.tools.mcp.servers import ImportPreview, KnownFile
from engine.errors import UserFacingError

_CLINE: Final = "User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json"

# Places as the makers' own pages and issue trackers tell them.  A path begins with the folder of
# apps' settings ("apps": ~/.config, ~/Library/Application Support, %APPDATA%), of their data
# ("data": ~/.local/share, else as "apps") or with the user's home ("home").
_PLACES: Final = (
    ("Claude Desktop", "apps", "Claude/claude_desktop_config.json"),
    ("Claude Code", "home", ".claude.json"),
    ("Cursor", "home", ".cursor/mcp.json"),
    ("VS Code", "apps", "Code/User/mcp.json"),
    ("VS Code", "apps", "Code/User/settings.json"),
    ("Cline", "apps", f"Code/{_CLINE}"),
    ("LM Studio", "home", ".lmstudio/mcp.json"),
    ("LM Studio", "home", ".cache/lm-studio/mcp.json"),
    ("Jan", "data", "Jan/data/mcp_config.json"),
    ("Windsurf", "home", ".codeium/windsurf/mcp_config.json"),
    ("Gemini CLI", "home", ".gemini/settings.json"),
    ("Zed", "apps", "zed/settings.json"),
)


class ImportFileError(UserFacingError):
    """A file holds no servers that could be taken over."""


def known_files(environ: Mapping[str, str], platform: str = sys.platform) -> tuple[KnownFile, ...]:
    """Files of other apps that are there and hold servers.

    Args:
        environ: this process's environment, or a test's.
        platform: as in `sys.platform`.
    """
    found = []
    for app, base, place in _PLACES:
        path = _base(base, environ, platform) / place
        try:
            tells = bool(preview(path).servers)
        except ImportFileError:
            continue
        if tells:
            found.append(KnownFile(app, str(path)))
    return tuple(found)


def preview(path: Path, origin: str = "", taken: Iterable[str] = ()) -> ImportPreview:
    """What a file would bring; nothing is kept yet.

    Args:
        path: a file of another app, or any that the user chose.
        origin: the app's name; "" is the file's.
        taken: names of servers that are there already.

    Raises:
        ImportFileError: it cannot be read or holds no servers.
    """
    try:
        with path.open("rb") as file:
            data = file.read(tolerant_json.MAX_BYTES + 1)
        found, refused = read_servers(tolerant_json.parse(data))
    except OSError as error:
        raise ImportFileError(
            "The file {file} cannot be read.",
            "Check the name and the permissions of the file.",
            type(error).__name__,
            {"file": path.name},
        ) from error
    except ValueError as error:
        raise ImportFileError(
            "The file {file} does not hold any servers.",
            "Choose a file with a part called mcpServers or servers.",
            str(error)[:500],
            {"file": path.name},
        ) from error
    used = list(taken)
    servers = []
    for server in found:
        name = free_name(server.entry.name, used)
        used.append(name)
        servers.append(replace(server, entry=replace(server.entry, name=name)))
    return ImportPreview(origin or path.name, str(path), tuple(servers), refused)


def _base(base: str, environ: Mapping[str, str], platform: str) -> Path:
    home = Path(environ.get("HOME") or environ.get("USERPROFILE") or Path.home())
    if base == "home":
        return home
    if platform == "win32":
        return Path(environ.get("APPDATA") or home / "AppData" / "Roaming")
    if platform == "darwin":
        return home / "Library" / "Application Support"
    variable, folder = (
        ("XDG_DATA_HOME", ".local/share")
        if base == "data"
        else (
            "XDG_CONFIG_HOME",
            ".config",
        )
    )
    named = Path(environ.get(variable, ""))
    return named if named.is_absolute() else home / folder
