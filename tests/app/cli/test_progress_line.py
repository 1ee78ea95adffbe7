from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import resources
from app.cli.progress_line import (
    ProgressLine,
    amounts,
    bar,
    fitted,
    size_text,
    time_text,
    width_of,
)
from app.models.values import Download, DownloadState, ModelPart, OfferedModel
from app.words import Words
from tests.app.cli.terminal import Terminal

ENGLISH = Words("en", resources.path("translations"))
KOREAN = Words("ko", resources.path("translations"))
MODEL = OfferedModel("gpt-oss-20b", "gpt-oss-20b", (ModelPart("a.gguf", 0, ""),), "a/b")


def download(state: DownloadState = DownloadState.RUNNING, **fields: Any) -> Download:
    return Download(MODEL, Path(), state, 5_045_652_733, 12_109_566_560, **fields)


@pytest.fixture(autouse=True)
def _eighty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def shown(state: Download, words: Words = ENGLISH, **environ: str) -> str:
    terminal = Terminal()
    ProgressLine(terminal, words, {"NO_COLOR": "1", **environ}).show_download(state)
    return terminal.lines[-1].rstrip()


def test_a_running_download_says_how_far_it_is_how_fast_and_how_long() -> None:
    line = shown(download(bytes_per_second=38e6, seconds_left=186.0))

    assert line == "gpt-oss-20b  [███████▍          ]   41 %  5.0 of 12.1 GB  38.0 MB/s  3 min left"


def test_it_speaks_korean_and_counts_wide_letters() -> None:
    line = shown(download(bytes_per_second=38e6, seconds_left=186.0), KOREAN)

    assert "남음" in line
    assert width_of(line) < 80


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (DownloadState.QUEUED, "waits for its turn"),
        (DownloadState.CHECKING, "what is here is checked"),
        (DownloadState.VERIFYING, "is checked"),
        (DownloadState.PAUSED, "paused"),
        (DownloadState.DONE, "done"),
        (DownloadState.FAILED, "stopped"),
    ],
)
def test_every_other_state_is_told_in_words(state: DownloadState, word: str) -> None:
    assert shown(download(state)).endswith(word)


def test_a_download_that_waits_says_for_how_long() -> None:
    assert shown(download(DownloadState.WAITING, retry_seconds=7.4)).endswith("again in 7 s")


@given(
    columns=st.integers(1, 200),
    name=st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=60),
    pieces=st.lists(st.text(st.characters(categories=["L"]), max_size=30), max_size=4),
    part=st.floats(0, 1) | st.none(),
)
def test_the_line_fits_every_width(
    columns: int, name: str, pieces: list[str], part: float | None
) -> None:
    line = fitted(name, part, tuple(pieces), columns, is_plain=False)

    assert width_of(line) < max(columns, 1)
    assert "\n" not in line


def test_what_matters_least_is_left_out_first() -> None:
    pieces = ("5.0 of 12.1 GB", "38.0 MB/s", "3 min left")
    narrow = [
        fitted("gpt", 0.41, pieces, columns, is_plain=True) for columns in (79, 55, 45, 34, 9)
    ]

    assert narrow[0].endswith("3 min left")
    assert narrow[1].endswith("38.0 MB/s")
    assert narrow[2].endswith("12.1 GB")
    assert narrow[3] == "gpt  [#######------------]   41 %"
    assert narrow[4] == "41 %"


def test_a_shorter_line_wipes_out_the_longer_one_before() -> None:
    terminal = Terminal()
    line = ProgressLine(terminal, ENGLISH, {"NO_COLOR": ""})
    line.show_download(download(DownloadState.WAITING, retry_seconds=100000.0))
    line.show_work("a", 1, 2)

    first, second = (
        width_of(one.replace("\x1b[36m", "").replace("\x1b[0m", "")) for one in terminal.lines
    )
    assert second == first
    line.end()
    line.end()
    assert terminal.getvalue().endswith("\n")
    assert not terminal.getvalue().endswith("\n\n")


@pytest.mark.parametrize(("environ", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_colours_are_left_out_where_nobody_wants_them(
    environ: dict[str, str], *, coloured: bool
) -> None:
    terminal = Terminal()
    ProgressLine(terminal, ENGLISH, environ).show_work("a", 1, 2)

    assert ("\x1b" in terminal.getvalue()) is coloured


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "no such"])
def test_a_terminal_without_blocks_gets_plain_letters(encoding: str) -> None:
    terminal = Terminal(encoding)
    ProgressLine(terminal, ENGLISH, {"NO_COLOR": "1"}).show_work("a", 1, 2)

    assert "#-" in terminal.getvalue()
    assert terminal.getvalue().isascii()


@pytest.mark.parametrize("out", [io.StringIO(), Terminal()])
def test_where_no_line_can_be_written_over_each_tenth_gets_one(out: io.StringIO) -> None:
    line = ProgressLine(out, ENGLISH, {"TERM": "dumb"})
    for done in range(0, 1001, 5):
        line.show_work("a", done, 1000)
    line.end()

    assert len(out.getvalue().splitlines()) == 11
    assert out.getvalue().splitlines()[0] == "a: 0.0 of 1.0 kB"


def test_a_size_nobody_knows_is_no_part_of_anything() -> None:
    state = Download(MODEL, Path(), DownloadState.RUNNING, 5_000_000)

    assert shown(state) == "gpt-oss-20b  5.0 MB"
    assert amounts(ENGLISH, 0, 0) == ""


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (12_109_566_560, "12.1 GB"),
        (2**50, "1125.9 TB"),
    ],
)
def test_sizes_are_those_of_download_pages(count: int, text: str) -> None:
    assert size_text(count) == text


def test_small_beginnings_keep_the_unit_of_the_whole() -> None:
    assert amounts(ENGLISH, 900, 12_000_000_000) == "0.0 of 12.0 GB"
    assert amounts(ENGLISH, 0, 500) == "0 of 500 B"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "1 s"), (89, "89 s"), (90, "2 min"), (5000, "83 min"), (7200, "2 h 0 min")],
)
def test_times_are_no_finer_than_anybody_needs(seconds: float, text: str) -> None:
    assert time_text(ENGLISH, seconds) == text


@given(st.floats(-1, 2), st.integers(1, 60), st.booleans())
def test_a_bar_is_as_wide_as_it_is_to_be(part: float, width: int, plain: bool) -> None:
    assert len(bar(part, width, is_plain=plain)) == width
