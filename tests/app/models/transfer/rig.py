"""A transfer of one small file against the Hub on loopback, with everything quick."""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx2

from app.models.transfer.equipment import Equipment
from app.models.transfer.fetching import make_client
from app.models.transfer.file_transfer import FileTransfer
from app.models.transfer.lanes import Lanes
from app.models.transfer.limit import RateLimit
from app.models.transfer.patience import Patience
from app.models.transfer.standing import Standing
from app.models.values import DownloadState, ModelPart, OfferedModel
from tests.servers.hub.server import HubServer

REPOSITORY = "owner/model-GGUF"
NAME = "model.gguf"
PIECE = 1 << 14


def content(pieces: float = 20.5, seed: int = 1) -> bytes:
    """Bytes that no compression or chance gets right."""
    return random.Random(seed).randbytes(int(pieces * PIECE))


@dataclass
class HubSource:
    """Addresses of a Hub, as `HubClient` gives them."""

    endpoint: str
    token: str = ""
    kept_token: str = ""

    def address(self, model: OfferedModel, part: ModelPart) -> str:
        if model.address:
            return model.address
        return f"{self.endpoint}/{model.repository}/resolve/{model.commit}/{part.name}"

    def headers(self, address: str) -> Mapping[str, str]:
        del address
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    async def find_token(self, address: str) -> bool:
        del address
        self.token = self.kept_token
        return bool(self.token)


@dataclass
class Rig:
    """Runs transfers and keeps what they told."""

    hub: HubServer
    folder: Path
    source: HubSource
    told: list[tuple[DownloadState, str]] = field(default_factory=list)
    changes: dict[str, Any] = field(default_factory=dict)
    lanes: int = 1
    silence_seconds: float = 20.0
    on_state: Callable[[DownloadState], None] = lambda _: None

    @property
    def target(self) -> Path:
        return self.folder / NAME

    @property
    def states(self) -> list[DownloadState]:
        return [state for state, _ in self.told]

    @property
    def problems(self) -> list[str]:
        return [problem for _, problem in self.told if problem]

    def model(self, data: bytes, commit: str, **changes: Any) -> OfferedModel:
        part = ModelPart(NAME, len(data), hashlib.sha256(data).hexdigest())
        return replace(OfferedModel("m", "Model", (part,), REPOSITORY, commit), **changes)

    def fetch(self, model: OfferedModel, **how: bool) -> str:
        """Fetch the model's first file to its end, or raise what ended it."""
        return asyncio.run(self.fetching(model, **how))

    async def fetching(self, model: OfferedModel, **how: bool) -> str:
        async with make_client(self.silence_seconds, trust_env=False) as client:
            with ThreadPoolExecutor(1) as disk:
                equipment = self._equipment(client, disk)
                standing = Standing(lambda _: None)
                standing._on_change = lambda counts: self._note(standing, counts)
                transfer = FileTransfer(
                    model, model.parts[0], self.target, equipment, standing, quick_patience()
                )
                return await transfer.run(**how)

    def _equipment(self, client: httpx2.AsyncClient, disk: ThreadPoolExecutor) -> Equipment:
        equipment = Equipment(
            client,
            self.source,
            disk,
            RateLimit(),
            lanes=lambda: _fixed(self.lanes),
            piece_bytes=PIECE,
            header_bytes=2 * PIECE,
            reserve_bytes=0,
            room_seconds=0.01,
        )
        return replace(equipment, **self.changes)

    def _note(self, standing: Standing, is_more: bool) -> None:
        if is_more:
            problem = standing.problem or standing.mended
            title = problem.title.format(**problem.fields) if problem else ""
            self.told.append((standing.state, title))
            self.on_state(standing.state)


def quick_patience() -> Patience:
    return Patience(first_seconds=0.001)


def _fixed(count: int) -> Lanes:
    lanes = Lanes(count)
    lanes.count = count
    return lanes
