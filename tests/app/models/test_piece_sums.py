from __future__ import annotations

import hashlib
import zlib
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.models.file_work import CHUNK_BYTES, Steps, StopSign
from app.models.library_file import Kept
from app.models.piece_sums import PieceSums, SumsFolder, complete, read_through
from app.models.transfer.pieces import PIECE_BYTES, Layout
from app.models.values import LibraryModel, Origin, Verification, WrongSpan
from app.models.verification import verification

CONTENT = bytes(range(256)) * (5 * PIECE_BYTES // 256) + b"end"


def steps(total: int) -> Steps:
    return Steps(total, lambda _done, _total: None, StopSign())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "model.gguf"
    path.write_bytes(CONTENT)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> SumsFolder:
    return SumsFolder(tmp_path / "sums")


def verified(path: Path, sha256: str, folder: SumsFolder) -> Verification:
    size = path.stat().st_size
    model = LibraryModel("m", "m", (path,), size, Origin.DOWNLOADED, sha256=(sha256,))
    return verification(Kept(model), lambda _done, _total: None, StopSign(), folder)[0]


def test_one_reading_gives_the_digest_and_the_sum_of_each_piece(file: Path) -> None:
    digest, sums = read_through(file, steps(len(CONTENT)))

    assert digest == hashlib.sha256(CONTENT).hexdigest()
    assert sums.layout == Layout(len(CONTENT))
    assert sums.sums == tuple(
        zlib.crc32(CONTENT[at : at + PIECE_BYTES]) for at in range(0, len(CONTENT), PIECE_BYTES)
    )
    assert CHUNK_BYTES % PIECE_BYTES == 0  # else a chunk would end within a piece


def test_what_is_kept_is_found_by_the_digest(file: Path, folder: SumsFolder) -> None:
    digest, sums = read_through(file, steps(len(CONTENT)))

    assert folder.find(digest) is None
    folder.keep(digest, sums)

    assert folder.find(digest) == sums
    assert folder.find("../" + digest) is None


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"size_bytes": 9, "piece_bytes": 1, "crc32": ""}']
)
def test_a_file_that_makes_no_sense_counts_as_none(
    file: Path, folder: SumsFolder, tmp_path: Path, text: str
) -> None:
    digest, sums = read_through(file, steps(len(CONTENT)))
    folder.keep(digest, sums)
    (kept,) = (tmp_path / "sums").iterdir()
    kept.write_text(text, "utf-8")

    assert folder.find(digest) is None


def test_a_folder_that_cannot_be_written_keeps_nothing_and_hurts_nobody(tmp_path: Path) -> None:
    (tmp_path / "sums").write_text("in the way", "utf-8")
    folder = SumsFolder(tmp_path / "sums")

    folder.keep("ab", PieceSums(Layout(1), (0,)))

    assert folder.find("ab") is None


def test_old_ones_make_room(folder: SumsFolder, tmp_path: Path) -> None:
    for number in range(120):
        folder.keep(str(number), PieceSums(Layout(1), (number,)))

    assert len(list((tmp_path / "sums").iterdir())) == 100


def test_sums_are_whole_or_none() -> None:
    layout = Layout(2 * PIECE_BYTES)

    assert complete(layout, {0: 7}) is None
    assert complete(layout, {1: 8, 0: 7}) == PieceSums(layout, (7, 8))


@given(
    count=st.integers(1, 12),
    wrong=st.sets(st.integers(0, 11)),
    lacks=st.integers(0, 3),
)
def test_wrong_pieces_are_spans_that_hold_them_all_and_no_right_one(
    count: int, wrong: set[int], lacks: int
) -> None:
    layout = Layout(count * PIECE_BYTES - 5)
    right = PieceSums(layout, tuple(range(count)))
    held = max(0, count - lacks)
    found = PieceSums(
        Layout(min(held * PIECE_BYTES, layout.size_bytes)),
        tuple(-1 if index in wrong else index for index in range(held)),
    )

    spans = list(right.wrong_spans(found))

    differ = {index for index in range(count) if index in wrong or index >= held}
    covered = {
        at // PIECE_BYTES for span in spans for at in range(span.start, span.stop, PIECE_BYTES)
    }
    assert covered == differ
    assert all(one.stop < other.start for one, other in pairwise(spans))
    assert all(span.stop <= layout.size_bytes for span in spans)


def test_a_right_file_teaches_where_a_wrong_one_is_wrong(file: Path, folder: SumsFolder) -> None:
    digest, _ = read_through(file, steps(len(CONTENT)))
    assert verified(file, digest, folder) == Verification("m")
    damaged = bytearray(CONTENT)
    damaged[3 * PIECE_BYTES + 17] ^= 1
    file.write_bytes(damaged)

    found = verified(file, digest, folder)

    assert found.wrong == (file,)
    assert found.spans == (WrongSpan(file, 3 * PIECE_BYTES, 4 * PIECE_BYTES),)
    assert found.problem is not None
    assert found.problem.fields["places"] == "3,145,728–4,194,303"


def test_a_file_that_is_too_short_is_wrong_at_its_end(file: Path, folder: SumsFolder) -> None:
    digest, _ = read_through(file, steps(len(CONTENT)))
    verified(file, digest, folder)
    file.write_bytes(CONTENT[: 2 * PIECE_BYTES + 1])

    (span,) = verified(file, digest, folder).spans

    assert (span.start, span.end) == (2 * PIECE_BYTES, len(CONTENT))


def test_without_sums_a_wrong_file_is_wrong_somewhere(file: Path, folder: SumsFolder) -> None:
    found = verified(file, "ab" * 32, folder)

    assert (found.wrong, found.spans) == ((file,), ())
    assert found.problem is not None
    assert "some of its bytes" in found.problem.title
