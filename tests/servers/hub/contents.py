"""What lies on the Hub: repositories with their commits, and how the Hub tells of them.

The shapes of its JSON are those of `GET /api/models/{repo}/tree/{revision}` and `.../revision/...`
(https://huggingface.co/docs/huggingface.js/hub/interfaces/ListFileEntry, and what huggingface_hub
reads in `HfApi.list_repo_tree` and `HfApi.model_info`).
"""

from __future__ import annotations

import hashlib
import mmap
from dataclasses import dataclass, field
from pathlib import Path

LARGE_BYTES = 1024
"""From here on files are kept apart (LFS) and fetched by a redirect."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of one commit.

    Attributes:
        data: its bytes.
        sha256: of them, in hexadecimal.
        etag: what the server of the bytes calls it, which is not its digest.
    """

    data: memoryview
    sha256: str
    etag: str

    @classmethod
    def of(cls, content: bytes | Path) -> StoredFile:
        """Bytes, or a file on disk, which is only mapped."""
        if isinstance(content, Path):
            with content.open("rb") as file:
                mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            data = memoryview(mapped)
        else:
            data, digest = memoryview(content), hashlib.sha256(content).hexdigest()
        return cls(data, digest, hashlib.sha256(digest.encode()).hexdigest())

    @property
    def is_large(self) -> bool:
        """Whether it is kept apart."""
        return len(self.data) >= LARGE_BYTES


@dataclass
class Repository:
    """A repository on the Hub.

    Attributes:
        commits: the files of each, by its 40 digits, oldest first.
        branches: the commit that each branch is at.
        token: who gives it may have the files; "" for everybody.
        page_rows: how much of a list of files comes at once.
        architecture: of its GGUF files, where the Hub is to have looked into one.
    """

    id: str
    commits: dict[str, dict[str, StoredFile]] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)
    token: str = ""
    licence: str = "apache-2.0"
    architecture: str = ""
    page_rows: int = 1000

    def commit(self, files: dict[str, StoredFile], branch: str = "main") -> str:
        """Put files beside and over those of the branch; returns the commit."""
        told = self.id + branch + "".join(f"{name}{one.sha256}" for name, one in files.items())
        name = hashlib.sha1(f"{len(self.commits)}{told}".encode()).hexdigest()  # noqa: S324 - as git
        before = self.commits.get(self.branches.get(branch, ""), {})
        self.commits[name] = {**before, **files}
        self.branches[branch] = name
        return name

    def at(self, revision: str) -> str | None:
        """The commit that a branch or commit names."""
        found = self.branches.get(revision, revision)
        return found if found in self.commits else None

    def facts(self, commit: str) -> dict[str, object]:
        """As `/api/models/{repo}/revision/{revision}` tells."""
        return {
            "id": self.id,
            "modelId": self.id,
            "sha": commit,
            "private": False,
            "gated": "manual" if self.token else False,
            "tags": ["gguf", f"license:{self.licence}"],
            "cardData": {"license": self.licence},
            **({"gguf": {"architecture": self.architecture}} if self.architecture else {}),
            "siblings": [{"rfilename": name} for name in self.commits[commit]],
        }

    def tree(self, commit: str) -> list[dict[str, object]]:
        """As `/api/models/{repo}/tree/{revision}?recursive=true` tells."""
        files = self.commits[commit]
        folders = sorted({name.rpartition("/")[0] for name in files} - {""})
        rows: list[dict[str, object]] = [
            {"type": "directory", "oid": _oid(one), "size": 0, "path": one} for one in folders
        ]
        for name, file in files.items():
            row: dict[str, object] = {"type": "file", "oid": _oid(name), "size": len(file.data)}
            if file.is_large:
                row["lfs"] = {"oid": file.sha256, "size": len(file.data), "pointerSize": 134}
                row["xetHash"] = file.etag
            rows.append({**row, "path": name})
        return rows


def _oid(text: str) -> str:
    return hashlib.sha1(text.encode()).hexdigest()  # noqa: S324 - as git
