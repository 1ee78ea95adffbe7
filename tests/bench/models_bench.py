"""Getting a model: the downloader against curl, reading against hashlib, a scan of headers.

The Hub is the tests' own, in a process of its own on loopback, so that neither its work nor a line
hides what the downloader costs.  Rounds take turns, since machines are noisy.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from statistics import median
from typing import Any, Final

from app.models.download import Downloads
from app.models.download_job import Workplace
from app.models.download_list import DownloadList
from app.models.file_work import Steps, StopSign
from app.models.finding import ModelFinder
from app.models.hub import HubClient
from app.models.piece_sums import read_through
from app.models.places import Place
from app.models.transfer.equipment import Equipment, examine_nothing
from app.models.transfer.fetching import make_client
from app.models.values import DownloadState, Keeper, ModelPart, OfferedModel
from app.resources import VOCABULARY
from app.tools.async_thread import AsyncThread
from tools.practice_model.vocabulary import VocabularyTables
from tools.random_model.header import GPT_OSS_20B, write_header

BYTES: Final = 1 << 29
BRIEF_BYTES: Final = 1 << 26
ROUNDS: Final = 5
HEADERS: Final = 200
BRIEF_HEADERS: Final = 10

LEAST_MB_PER_S: Final = 125.0
"""A line of one gigabit a second: below that, the downloader would be what is waited for."""

LEAST_HASH_PART: Final = 0.5
"""Reading and a checksum of each piece come on top, which another core does if one is free."""

MOST_SCAN_SECONDS: Final = 1.0

_REPOSITORY: Final = "bench/model"
_NAME: Final = "model.gguf"
_CHUNK: Final = 1 << 22


def run(folder: Path, *, is_brief: bool) -> dict[str, Any]:
    """Measure all three.

    Returns:
        `download`: seconds of each round and ratios of medians; `hash`: MB/s; `scan`: seconds.
    """
    place = folder / "models"
    place.mkdir()
    file = place / _NAME
    digest = _write_random(file, BRIEF_BYTES if is_brief else BYTES)
    figures = {
        "download": _download(place, file, digest, 2 if is_brief else ROUNDS),
        "hash": _hash(file, 2 if is_brief else ROUNDS),
    }
    file.unlink()
    figures["scan"] = _scan(place, BRIEF_HEADERS if is_brief else HEADERS)
    return {**figures, "checks": _checks(figures)}


def _checks(figures: dict[str, Any]) -> list[dict[str, Any]]:
    download, read, scan = figures["download"], figures["hash"], figures["scan"]
    return [
        {
            "what": "a download on loopback, MB/s: no less than a gigabit line",
            "budget": f">= {LEAST_MB_PER_S:g}",
            "measured": download["sotto_mb_per_s"],
            "kept": download["sotto_mb_per_s"] >= LEAST_MB_PER_S,
        },
        {
            "what": "reading and checking a model against sha256 alone",
            "budget": f">= {LEAST_HASH_PART:g}",
            "measured": read["part"],
            "kept": read["part"] >= LEAST_HASH_PART,
        },
        {
            "what": f"a scan of {scan['files']} headers of gpt-oss-20b, s",
            "budget": f"<= {MOST_SCAN_SECONDS:g}",
            "measured": scan["s"],
            "kept": scan["s"] <= MOST_SCAN_SECONDS,
        },
    ]


# ---- downloads


def _download(place: Path, file: Path, digest: str, rounds: int) -> dict[str, Any]:
    size = file.stat().st_size
    ours, curls, checked = [], [], []
    with _hub(file) as (endpoint, commit):
        model = OfferedModel(
            "bench", "bench", (ModelPart(_NAME, size, digest),), _REPOSITORY, commit
        )
        address = f"{endpoint}/{_REPOSITORY}/resolve/{commit}/{_NAME}"
        for number in range(rounds + 1):
            seconds = _fetched(place / f"ours-{number}", endpoint, model)
            alone, with_check = _curled(place / "curl", address, digest)
            if number:  # the first round only wakes everything up
                ours.append(seconds)
                curls.append(alone)
                checked.append(with_check)
    return {
        "mb": round(size / 1e6, 1),
        "sotto_s": _rounded(ours),
        "curl_s": _rounded(curls),
        "curl_and_sha256sum_s": _rounded(checked),
        "sotto_mb_per_s": round(size / 1e6 / median(ours), 1),
        "curl_mb_per_s": round(size / 1e6 / median(curls), 1),
        "ratio_to_curl": _ratio(ours, curls),
        "ratio_to_curl_and_sha256sum": _ratio(ours, checked),
    }


@contextmanager
def _hub(file: Path) -> Iterator[tuple[str, str]]:
    """A Hub in a process of its own; its address and the commit of the file."""
    command = [sys.executable, "-m", "tests.servers.hub", _REPOSITORY, str(file)]
    pipe, none = subprocess.PIPE, subprocess.DEVNULL  # it tells of every connection that ends
    process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=none, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        endpoint, commit = process.stdout.readline().split()
        yield endpoint, commit
    finally:
        process.stdin.close()
        process.wait()


def _fetched(folder: Path, endpoint: str, model: OfferedModel) -> float:
    """Seconds until the desk of downloads says that a model is here."""
    thread = AsyncThread()
    calls: SimpleQueue[Callable[[], None]] = SimpleQueue()

    def equip(equipment: Equipment) -> Equipment:
        return replace(equipment, examine=examine_nothing)  # random bytes are no model

    def at(place: Workplace) -> Workplace:
        return replace(place, client=lambda: make_client(trust_env=False), equip=equip)

    downloads = Downloads(
        DownloadList(folder / "downloads.json"),
        thread,
        lambda client: HubClient(endpoint, lambda: None, client),
        calls.put,
        lambda _download, _fetched: None,
        lambda: 0,
        at,
    )
    began = time.perf_counter()
    downloads.start(model, folder)
    while (state := downloads.all()[0].state) is not DownloadState.DONE:
        assert state is not DownloadState.FAILED, downloads.all()
        calls.get()()
    seconds = time.perf_counter() - began
    downloads.close()
    thread.close()
    (folder / _NAME).unlink()
    return seconds


def _curled(target: Path, address: str, digest: str) -> tuple[float, float]:
    """Seconds that curl takes, and curl with a check of what it fetched."""
    began = time.perf_counter()
    subprocess.run(["curl", "-sfL", "--noproxy", "*", "-o", target, address], check=True)
    fetched = time.perf_counter()
    told = subprocess.run(["sha256sum", target], check=True, capture_output=True, text=True).stdout
    ended = time.perf_counter()
    assert told.startswith(digest)
    target.unlink()
    return fetched - began, ended - began


# ---- reading


def _hash(file: Path, rounds: int) -> dict[str, Any]:
    """MB/s of what verifies a model, and of sha256 over as many bytes that are in memory."""
    size = file.stat().st_size
    chunk = os.urandom(_CHUNK)
    ours, alone = [], []
    for _ in range(rounds):
        began = time.perf_counter()
        read_through(file, Steps(size, lambda _done, _total: None, StopSign()))
        read = time.perf_counter()
        bare = hashlib.sha256()
        for _ in range(size // _CHUNK):
            bare.update(chunk)
        ours.append(read - began)
        alone.append(time.perf_counter() - read)
    return {
        "verify_mb_per_s": round(size / 1e6 / median(ours), 1),
        "sha256_mb_per_s": round(size / 1e6 / median(alone), 1),
        "part": round(median(alone) / median(ours), 3),
    }


# ---- headers


def _scan(place: Path, count: int) -> dict[str, Any]:
    """Seconds to look through folders with so many models, all of them found."""
    folder = place / "lm-studio"
    first = folder / "someone" / "model-0" / "model-0.gguf"
    first.parent.mkdir(parents=True)
    header_bytes = write_header(first, GPT_OSS_20B, VocabularyTables.read(VOCABULARY))
    size = first.stat().st_size
    with first.open("rb") as opened:
        header = opened.read(header_bytes)
    for number in range(1, count):
        other = folder / "someone" / f"model-{number}" / f"model-{number}.gguf"
        other.parent.mkdir()
        with other.open("wb") as written:
            written.write(header)
        os.truncate(other, size)
    finder = ModelFinder((Place(Keeper.LM_STUDIO, folder),))
    times = []
    for _ in range(3):
        began = time.perf_counter()
        found = list(finder.scan(StopSign()))
        times.append(time.perf_counter() - began)
        assert len(found) == count
        assert all(one.problem is None for one in found)
    return {"files": count, "header_mb": round(header_bytes / 1e6, 1), "s": round(median(times), 2)}


def _write_random(file: Path, size: int) -> str:
    digest = hashlib.sha256()
    with file.open("wb") as written:
        for _ in range(size // _CHUNK):
            chunk = os.urandom(_CHUNK)
            digest.update(chunk)
            written.write(chunk)
    return digest.hexdigest()


def _rounded(times: list[float]) -> list[float]:
    return [round(one, 2) for one in times]


def _ratio(ours: list[float], theirs: list[float]) -> float:
    return round(median(ours) / median(theirs), 2)
