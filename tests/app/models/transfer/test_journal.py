from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.models.transfer.journal import (
    Identity,
    Journal,
    digest,
    head_line,
    parse,
    piece_line,
)
from app.models.transfer.pieces import Layout

PIECES = 40
LAYOUT = Layout(PIECES * 10 - 3, 10)
IDENTITY = Identity(LAYOUT.size_bytes, '"etag"', "c" * 40, "a" * 64)
HEAD = head_line(IDENTITY, LAYOUT)

notes = st.lists(st.tuples(st.integers(0, PIECES - 1), st.integers(0, 2**32 - 1)), max_size=60)


def text(told: list[tuple[int, int]]) -> bytes:
    return HEAD + b"".join(piece_line(index, one) for index, one in told)


@given(notes)
def test_what_was_written_is_read_and_the_last_word_counts(told: list[tuple[int, int]]) -> None:
    assert parse(text(told)) == Journal(IDENTITY, LAYOUT, dict(told))


@given(notes, st.integers(0, 3000))
def test_a_journal_that_ends_anywhere_says_nothing_wrong(
    told: list[tuple[int, int]], length: int
) -> None:
    cut = text(told)[:length]
    found = parse(cut)

    if length < len(HEAD) - 1:
        assert found is None
        return
    assert found is not None
    whole_lines = cut[len(HEAD) :].count(b"\n")
    assert len(dict(told[:whole_lines])) <= len(found.digests) <= len(dict(told))
    # A line may be whole without its end, but never other than it was written.
    assert found.digests in (dict(told[:whole_lines]), dict(told[: whole_lines + 1]))


@given(notes, notes, st.integers(1, 12))
def test_what_is_written_behind_a_torn_line_counts(
    before: list[tuple[int, int]], after: list[tuple[int, int]], torn: int
) -> None:
    data = text([*before, (0, 0)])[:-torn]
    data += b"\n" + b"".join(piece_line(index, one) for index, one in after)

    found = parse(data)

    assert found is not None
    for index, one in dict(after).items():
        assert found.digests[index] == one


@given(notes, st.integers(0, 4000), st.integers(1, 255))
def test_a_damaged_byte_costs_its_line_at_most(
    told: list[tuple[int, int]], place: int, change: int
) -> None:
    data = bytearray(text(told))
    place = len(HEAD) + place % max(1, len(data) - len(HEAD))
    if place >= len(data):
        return
    data[place] ^= change

    found = parse(bytes(data))

    assert found is not None
    by_index: dict[int, set[int]] = {}
    for index, one in told:
        by_index.setdefault(index, set()).add(one)
    assert all(one in by_index[index] for index, one in found.digests.items())


@given(st.binary(max_size=200))
def test_no_bytes_whatever_are_too_much_for_it(data: bytes) -> None:
    parse(data)
    parse(HEAD + data)


def test_pieces_that_the_file_does_not_have_do_not_count() -> None:
    found = parse(HEAD + piece_line(PIECES, 7) + piece_line(PIECES - 1, 7))

    assert found is not None
    assert found.digests == {PIECES - 1: 7}


def test_a_head_of_another_form_or_without_sense_is_no_journal() -> None:
    assert parse(HEAD.replace(b"etag", b"atag")) is None  # its check no longer fits
    assert parse(head_line(Identity(0), Layout(0, 10))) is None
    assert parse(b"") is None


def test_a_version_is_another_one_by_its_name_or_else_by_its_size() -> None:
    known = Identity(10, "a", "1")

    assert not Identity(10, "a", "2").is_other_than(known)
    assert Identity(10, "b").is_other_than(known)
    assert not Identity(11, "a").is_other_than(known)  # then the server errs, and is asked again
    assert Identity(11).is_other_than(known)
    assert not Identity(10).is_other_than(known)


def test_a_digest_tells_what_a_disk_does_to_a_piece() -> None:
    piece = bytes(range(256)) * 4

    assert digest(piece) == digest(bytearray(piece))
    assert digest(piece) not in {digest(bytes(1024)), digest(piece[:-1]), digest(piece[:-1] + b"x")}
