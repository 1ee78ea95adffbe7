"""Where other programs keep their models.  Reads their settings; changes nothing.

Each place with the source of the fact.  Those of Windows and macOS are as documented, but no one
has tried them there yet.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.models.values import Keeper

_MOST_SETTINGS_BYTES: Final = 1 << 20
_GPT4ALL_PATH: Final = re.compile(r"^modelPath=(.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Place:
    """A folder where a program keeps models; it need not be there."""

    keeper: Keeper
    folder: Path


@dataclass(frozen=True, slots=True)
class _User:
    """Whose folders: the environment of a process, its home and its system."""

    environ: Mapping[str, str]
    home: Path
    platform: str

    def data(self) -> Path:
        """Where programs keep what is theirs: XDG, `Application Support`, local `AppData`."""
        if self.platform == "darwin":
            return self.home / "Library" / "Application Support"
        if self.platform == "win32":
            return self.variable("LOCALAPPDATA") or self.home / "AppData" / "Local"
        return self.variable("XDG_DATA_HOME") or self.home / ".local" / "share"

    def config(self) -> Path:
        """Where programs keep settings."""
        if self.platform == "darwin":
            return self.home / "Library" / "Application Support"
        if self.platform == "win32":
            return self.variable("APPDATA") or self.home / "AppData" / "Roaming"
        return self.variable("XDG_CONFIG_HOME") or self.home / ".config"

    def cache(self) -> Path:
        """Where programs keep what can be had again."""
        if self.platform == "darwin":
            return self.home / "Library" / "Caches"
        if self.platform == "win32":
            return self.variable("LOCALAPPDATA") or self.home / "AppData" / "Local"
        return self.variable("XDG_CACHE_HOME") or self.home / ".cache"

    def variable(self, name: str) -> Path | None:
        """The folder that a variable names; None where it names none."""
        value = self.environ.get(name, "").strip()
        path = self.home / value[2:] if value.startswith("~/") else Path(value or ".")
        return path if path.is_absolute() else None


def places(environ: Mapping[str, str], home: Path, platform: str) -> tuple[Place, ...]:
    """Every folder that is worth a look, each once; those that are not there too.

    Args:
        environ: the process's environment, or a test's.
        home: the user's home folder.
        platform: as in `sys.platform`.
    """
    user = _User(environ, home, platform)
    found = [
        *(Place(Keeper.LM_STUDIO, one) for one in _lm_studio(user)),
        *(Place(Keeper.OLLAMA, one) for one in _ollama(user)),
        *(Place(Keeper.JAN, one) for one in _jan(user)),
        *(Place(Keeper.GPT4ALL, one) for one in _gpt4all(user)),
        *(Place(Keeper.HUB_CACHE, one) for one in _hub_cache(user)),
        *(Place(Keeper.LLAMA_CPP, one) for one in _llama_cpp(user)),
    ]
    return tuple(dict.fromkeys(found))


def _lm_studio(user: _User) -> Iterator[Path]:
    """lmstudio.ai/docs ("Import models"); the pointer file as its own Python client reads it."""
    homes = [user.home / ".lmstudio", user.home / ".cache" / "lm-studio"]
    pointer = _text(user.home / ".lmstudio-home-pointer").strip()
    if pointer:
        homes.insert(0, Path(pointer.splitlines()[0].strip()))
    settings = [one / "settings.json" for one in homes]
    settings.append(user.config() / "LM Studio" / "settings.json")
    for file in settings:
        moved = _json(file).get("downloadsFolder")
        if isinstance(moved, str) and Path(moved).is_absolute():
            yield Path(moved)
    yield from (one / "models" for one in homes)


def _ollama(user: _User) -> Iterator[Path]:
    """docs.ollama.com/faq ("Where are models stored?"); /var/lib is where packages put it."""
    named = user.variable("OLLAMA_MODELS")
    if named is not None:
        yield named
    yield user.home / ".ollama" / "models"
    if user.platform.startswith("linux"):
        yield Path("/usr/share/ollama/.ollama/models")
        yield Path("/var/lib/ollama/.ollama/models")
        yield Path("/var/lib/ollama/models")
        yield Path("/var/lib/ollama")
        yield Path("/var/snap/ollama/common/models")


def _jan(user: _User) -> Iterator[Path]:
    """jan.ai/docs ("Jan data folder"); `~/jan` is that of versions before 0.5."""
    roots = {user.config() / "Jan", user.data() / "Jan"}
    folders = []
    for root in sorted(roots):
        moved = _json(root / "settings.json").get("data_folder")
        if isinstance(moved, str) and Path(moved).is_absolute():
            folders.append(Path(moved))
        folders.append(root / "data")
    folders.append(user.home / "jan")
    for folder in folders:
        yield folder / "llamacpp" / "models"
        yield folder / "models"


def _gpt4all(user: _User) -> Iterator[Path]:
    """docs.gpt4all.io ("Settings", Download Path); Qt keeps its settings in an ini file."""
    moved = _GPT4ALL_PATH.search(_text(user.config() / "nomic.ai" / "GPT4All.ini"))
    if moved is not None and Path(moved[1].strip().strip('"')).is_absolute():
        yield Path(moved[1].strip().strip('"'))
    yield user.data() / "nomic.ai" / "GPT4All"
    yield user.home / ".cache" / "gpt4all"


def _hub_cache(user: _User) -> Iterator[Path]:
    """huggingface.co/docs/huggingface_hub ("Environment variables"): never below Caches."""
    named = user.variable("HF_HUB_CACHE") or user.variable("HUGGINGFACE_HUB_CACHE")
    if named is not None:
        yield named
    own = user.variable("HF_HOME")
    if own is not None:
        yield own / "hub"
    base = user.variable("XDG_CACHE_HOME") or user.home / ".cache"
    yield base / "huggingface" / "hub"


def _llama_cpp(user: _User) -> Iterator[Path]:
    """llama.cpp, common/common.cpp (`fs_get_cache_directory`)."""
    named = user.variable("LLAMA_CACHE")
    if named is not None:
        yield named
    yield user.cache() / "llama.cpp"


def _text(file: Path) -> str:
    """A small file of another program's; "" where there is none that can be read."""
    try:
        with file.open(encoding="utf-8", errors="replace") as opened:
            return opened.read(_MOST_SETTINGS_BYTES)
    except (OSError, ValueError):
        return ""


def _json(file: Path) -> Mapping[str, object]:
    try:
        value = json.loads(_text(file))
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
