from __future__ import annotations

import pytest

from app.words import Words
from ui.models.wording import amount, file_size, line_speed, time_left, wait_left

GB = 10**9


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (12_109_566_560, "12.1 GB"),
        (63_387_346_464, "63.4 GB"),
        (64_200_000, "64 MB"),
        (13_000, "13 kB"),
        (1, "1 kB"),
        (0, "0 kB"),
    ],
)
def test_sizes_of_files_are_decimal(size: int, said: str) -> None:
    assert file_size(size) == said


def test_an_amount_is_told_in_the_unit_of_the_whole(words: Words) -> None:
    assert amount(words, 5 * GB, 12_109_566_560) == "5.0 of 12.1 GB"
    assert amount(words, 40_000_000, 12_109_566_560) == "0.0 of 12.1 GB"
    assert amount(words, 40_600_000, 64_000_000) == "40 of 64 MB"


def test_the_last_bytes_are_never_rounded_away(words: Words) -> None:
    total = 12_109_566_560
    assert amount(words, total - 1, total) == "12.1 of 12.1 GB"
    assert amount(words, 12_099_999_999, total) == "12.0 of 12.1 GB"
    assert amount(words, total, total) == "12.1 of 12.1 GB"


def test_of_an_unknown_size_only_what_is_here_is_told(words: Words) -> None:
    assert amount(words, 3 * GB, 0) == "3.0 GB"


@pytest.mark.parametrize(
    ("speed", "said"),
    [
        (1_250_000_000, "1.2 GB/s"),
        (118_000_000, "120 MB/s"),
        (38_400_000, "38 MB/s"),
        (4_230_000, "4.2 MB/s"),
        (310_400, "310 kB/s"),
    ],
)
def test_speeds_have_two_digits(speed: float, said: str) -> None:
    assert line_speed(speed) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (20, "less than a minute left"),
        (187, "about 3 min left"),
        (32 * 60, "about 30 min left"),
        (58 * 60, "about 1 h left"),
        (80 * 60, "about 1 h 20 min left"),
        (7.2 * 3600, "about 7 h left"),
        (70 * 3600, "about 3 days left"),
    ],
)
def test_the_time_left_is_coarser_the_longer_it_is(words: Words, seconds: float, said: str) -> None:
    assert time_left(words, seconds) == said


def test_the_next_try_counts_down(words: Words) -> None:
    assert wait_left(words, 12) == "next try in 12 s"
    assert wait_left(words, 300) == "next try in 5 min"
    assert wait_left(words, 0) == "trying again…"
