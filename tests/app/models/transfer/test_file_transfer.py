"""One file, with everything that a server and a network can do to it."""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import suppress
from dataclasses import replace

import pytest

from app.models.transfer.outcomes import DownloadError
from app.models.transfer.part_file import part_paths
from app.models.values import DownloadState, ModelPart, OfferedModel
from tests.app.models.transfer.rig import NAME, PIECE, REPOSITORY, Rig, content
from tests.servers.hub.faults import (
    Drop,
    Fault,
    Loop,
    NoRanges,
    Place,
    Refuse,
    Short,
    Stall,
    WrongByte,
    WrongRange,
)

DATA = content()
SHA256 = hashlib.sha256(DATA).hexdigest()
OTHER = content(seed=2)


def put(rig: Rig, data: bytes = DATA) -> str:
    return rig.hub.put(REPOSITORY, {NAME: data})


def plain_model(rig: Rig, data: bytes = DATA) -> OfferedModel:
    """A model at an address of its own, of which nobody published a digest."""
    address = rig.hub.put_plain(NAME, data)
    return OfferedModel("m", "Model", (ModelPart(NAME, 0, ""),), address=address, is_added=True)


def asked(rig: Rig) -> list[range]:
    """Which bytes the server of files was asked for."""
    told = [one.headers["range"] for one in rig.hub.record.asked(Place.CDN)]
    spans = [one.removeprefix("bytes=").split("-") for one in told]
    return [range(int(first), int(last) + 1) for first, last in spans]


def journal_when(rig: Rig, state: DownloadState) -> list[bytes]:
    """Collects what the journal holds each time that something is told in a state."""
    found: list[bytes] = []

    def collect(now: DownloadState) -> None:
        if now is state:
            found.append(part_paths(rig.target)[1].read_bytes())

    rig.on_state = collect
    return found


def assert_whole(rig: Rig, data: bytes = DATA) -> None:
    assert rig.target.read_bytes() == data
    assert [path.name for path in rig.folder.iterdir()] == [NAME]


def stop_in_the_middle(rig: Rig, model: OfferedModel, after: int = 10 * PIECE) -> None:
    """Begin to fetch, and end as if the program had been closed."""
    rig.hub.misbehave(Stall(after))
    asyncio.run(_begun_and_stopped(rig, model, after))
    rig.hub.behave()


async def _begun_and_stopped(rig: Rig, model: OfferedModel, after: int) -> None:
    fetching = asyncio.create_task(rig.fetching(model))
    notes = part_paths(rig.target)[1]
    lines = after // PIECE + 1
    while not notes.exists() or len(notes.read_bytes().splitlines()) < lines:
        await asyncio.sleep(0)
    fetching.cancel()
    with suppress(asyncio.CancelledError):
        await fetching


@pytest.mark.parametrize("lanes", [1, 4])
def test_a_file_comes_whole_and_each_byte_once(rig: Rig, lanes: int) -> None:
    rig.lanes = lanes

    assert rig.fetch(rig.model(DATA, put(rig))) == SHA256

    assert_whole(rig)
    assert rig.hub.record.sent_again(NAME) == 1  # the first is asked for to look at the file
    assert rig.states == [
        DownloadState.CHECKING,
        DownloadState.RUNNING,
        DownloadState.VERIFYING,
    ]


@pytest.mark.parametrize("lanes", [1, 4])
@pytest.mark.parametrize(
    ("fault", "place", "told"),
    [
        (Drop(3 * PIECE + 100), Place.CDN, "The connection to 127.0.0.1 broke off."),
        (Drop(0), Place.CDN, "The connection to 127.0.0.1 broke off."),
        (Short(PIECE // 2), Place.CDN, "The connection to 127.0.0.1 broke off."),
        (Refuse(500), Place.CDN, "127.0.0.1 has a fault of its own."),
        (Refuse(503), Place.RESOLVE, "127.0.0.1 has a fault of its own."),
        (Refuse(429), Place.RESOLVE, "127.0.0.1 wants fewer requests"),
        (WrongRange(16), Place.CDN, "127.0.0.1 does not answer as it should."),
        (Loop(), Place.RESOLVE, "127.0.0.1 leads to no file."),
    ],
    ids=lambda one: type(one).__name__ if not isinstance(one, Place | str) else "",
)
def test_what_passes_is_waited_for_and_nothing_is_fetched_twice(
    rig: Rig, lanes: int, fault: Fault, place: Place, told: str
) -> None:
    rig.lanes = lanes
    model = rig.model(DATA, put(rig))
    for _ in range(3):
        rig.hub.misbehave(fault, place, times=9 if isinstance(fault, Loop) else 1)

    rig.fetch(model)

    assert_whole(rig)
    if lanes == 1:
        assert any(problem.startswith(told) for problem in rig.problems)
    if not isinstance(fault, WrongRange):  # of which nothing is read, however much is sent
        assert rig.hub.record.sent_again(NAME) == 1


def test_a_connection_that_brings_nothing_is_given_up(rig: Rig) -> None:
    rig.silence_seconds = 0.05
    model = rig.model(DATA, put(rig))
    rig.hub.misbehave(Stall(5 * PIECE + 10))

    rig.fetch(model)

    assert_whole(rig)
    assert "127.0.0.1 has stopped sending." in rig.problems


def test_a_server_that_is_not_there_is_tried_again(rig: Rig) -> None:
    model = rig.model(DATA, put(rig))
    there, rig.source.endpoint = rig.source.endpoint, "http://127.0.0.1:9"

    def comes_back(state: DownloadState) -> None:
        if state is DownloadState.WAITING:
            rig.source.endpoint = there

    rig.on_state = comes_back
    rig.fetch(model)

    assert_whole(rig)
    assert rig.problems[0] == "127.0.0.1 cannot be reached."


def test_a_server_without_ranges_gives_the_whole_and_what_is_here_is_kept(rig: Rig) -> None:
    model = rig.model(DATA, put(rig))
    stop_in_the_middle(rig, model, after=10 * PIECE)
    lines = part_paths(rig.target)[1].read_bytes().splitlines()
    kept = journal_when(rig, DownloadState.VERIFYING)
    rig.hub.misbehave(NoRanges(), times=-1)

    rig.fetch(model)

    assert_whole(rig)
    assert kept[0].splitlines()[: len(lines)] == lines
    assert len(kept[0].splitlines()) == 1 + 10 + 1 + 11  # head, before, a line that may be torn


def test_an_expired_link_is_asked_for_anew(rig: Rig) -> None:
    model = rig.model(DATA, put(rig))
    rig.hub.misbehave(Drop(5 * PIECE))
    rig.on_state = lambda state: rig.hub.expire_links() if state is DownloadState.WAITING else None

    rig.fetch(model)

    assert_whole(rig)
    assert len(rig.hub.record.asked(Place.RESOLVE)) >= 2


def test_links_that_never_work_are_told(rig: Rig) -> None:
    model = rig.model(DATA, put(rig))
    rig.hub.misbehave(Refuse(403), times=3)

    rig.fetch(model)

    assert rig.problems[0] == "127.0.0.1 has a fault of its own."
    assert_whole(rig)


def test_what_was_fetched_before_is_not_fetched_again(rig: Rig) -> None:
    model = rig.model(DATA, put(rig))
    stop_in_the_middle(rig, model, after=10 * PIECE)
    before = len(asked(rig))

    rig.fetch(model)

    assert_whole(rig)
    assert asked(rig)[before:] == [range(1), range(10 * PIECE, len(DATA))]


def test_pieces_that_the_disk_lost_are_fetched_again_and_no_others(rig: Rig) -> None:
    model = rig.model(DATA, put(rig))
    stop_in_the_middle(rig, model, after=10 * PIECE)
    before = len(asked(rig))
    with part_paths(rig.target)[0].open("r+b") as part:
        part.seek(4 * PIECE + 7)
        part.write(b"lost")

    rig.fetch(model)

    assert_whole(rig)
    spans = [range(4 * PIECE, 5 * PIECE), range(10 * PIECE, len(DATA))]
    assert asked(rig)[before:] == [range(1), *spans]


def test_a_torn_journal_costs_its_last_line(rig: Rig) -> None:
    model = rig.model(DATA, put(rig))
    stop_in_the_middle(rig, model, after=10 * PIECE)
    before = len(asked(rig))
    notes = part_paths(rig.target)[1]
    notes.write_bytes(notes.read_bytes()[:-3])

    rig.fetch(model)

    assert_whole(rig)
    assert asked(rig)[before:] == [range(1), range(9 * PIECE, len(DATA))]


@pytest.mark.parametrize("lost", [0, 1])
def test_without_its_journal_or_its_bytes_a_file_begins_anew(rig: Rig, lost: int) -> None:
    model = rig.model(DATA, put(rig))
    stop_in_the_middle(rig, model)
    part_paths(rig.target)[lost].unlink()

    rig.fetch(model)

    assert_whole(rig)


def test_a_wrong_byte_is_found_and_only_its_piece_is_replaced(rig: Rig) -> None:
    model = rig.model(DATA, put(rig))
    rig.hub.misbehave(WrongByte(7 * PIECE + 3))
    notes = journal_when(rig, DownloadState.VERIFYING)

    rig.fetch(model)

    assert_whole(rig)
    assert rig.problems[-1] == "A piece of the file was wrong and was fetched again."
    written = [line.split()[1] for line in notes[-1].splitlines()[1:]]
    assert written == [b"%d" % index for index in [*range(21), 7]]


def test_wrong_bytes_are_found_where_the_server_knows_no_ranges(rig: Rig) -> None:
    model = rig.model(DATA, put(rig))
    rig.hub.misbehave(WrongByte(7 * PIECE + 3))
    rig.hub.misbehave(WrongByte(9 * PIECE))
    rig.hub.misbehave(NoRanges(), times=-1)

    rig.fetch(model)

    assert_whole(rig)


def test_a_byte_that_is_wrong_only_the_second_time_is_not_taken(rig: Rig) -> None:
    model = rig.model(DATA, put(rig))
    first, second = 15 * PIECE, 7 * PIECE

    def meets_another(state: DownloadState) -> None:
        if state is DownloadState.VERIFYING and rig.states.count(state) == 1:
            rig.hub.misbehave(WrongByte(second))

    rig.hub.misbehave(WrongByte(first))
    rig.on_state = meets_another

    rig.fetch(model)

    assert_whole(rig)
    assert rig.problems[-1] == "A piece of the file was wrong and was fetched again."


def test_a_source_that_is_wrong_itself_is_told(rig: Rig) -> None:
    model = rig.model(DATA, "", address=rig.hub.put_plain(NAME, OTHER))

    with pytest.raises(DownloadError, match="not the file that was published"):
        rig.fetch(model)

    assert not rig.target.exists()


def test_pieces_of_a_wrong_mirror_are_replaced_by_those_of_the_right_source(rig: Rig) -> None:
    spoilt = bytearray(DATA)
    spoilt[5 * PIECE] ^= 1
    spoilt[12 * PIECE] ^= 1
    model = rig.model(DATA, put(rig), address=rig.hub.put_plain(NAME, bytes(spoilt)))
    with pytest.raises(DownloadError):
        rig.fetch(model)

    rig.fetch(replace(model, address=""))

    assert_whole(rig)
    assert rig.problems[-1] == "2 pieces of the file were wrong and were fetched again."
