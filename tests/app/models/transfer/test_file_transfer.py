"""One file, with everything that a server and a network can do to it."""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import suppress
from dataclasses import replace

import pytest

from app.models.transfer.examining import examine_model
from app.models.transfer.lanes import Lanes
from app.models.transfer.outcomes import ChangedError, DownloadError
from app.models.transfer.part_file import PartFile, part_paths
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


# Who may have it, and whether it is still the same.


def test_a_token_goes_to_the_hub_alone_and_only_when_it_is_asked_for(rig: Rig) -> None:
    model = rig.model(DATA, put(rig))
    rig.hub.gate(REPOSITORY, "hf_secret")
    rig.source.kept_token = "hf_secret"  # noqa: S105 - opens nothing

    rig.fetch(model)

    assert_whole(rig)
    first, second = rig.hub.record.asked(Place.RESOLVE)[:2]
    assert "authorization" not in first.headers
    assert second.headers["authorization"] == "Bearer hf_secret"
    assert not [one for one in rig.hub.record.asked(Place.CDN) if "authorization" in one.headers]


@pytest.mark.parametrize("token", ["", "hf_wrong"])
def test_without_the_right_token_a_gated_file_is_refused_in_a_sentence(
    rig: Rig, token: str
) -> None:
    model = rig.model(DATA, put(rig))
    rig.hub.gate(REPOSITORY, "hf_secret")
    rig.source.kept_token = token

    with pytest.raises(DownloadError, match="gives this file only to people whom it knows") as told:
        rig.fetch(model)

    assert "access token" in told.value.hint
    assert DownloadState.WAITING not in rig.states


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (Refuse(404), "does not have this file any more"),
        (Refuse(401, {"X-Error-Code": "RepoNotFound"}), "has no such model"),
        (Refuse(407), "The proxy of this network wants a password"),
        (Refuse(418), "does not give the file: it answers 418"),
    ],
)
def test_what_does_not_pass_is_not_tried_again(rig: Rig, fault: Refuse, told: str) -> None:
    model = rig.model(DATA, put(rig))
    rig.hub.misbehave(fault, Place.RESOLVE)

    with pytest.raises(DownloadError, match=told):
        rig.fetch(model)

    assert len(rig.hub.record.asked()) == 1


def test_a_file_that_changed_at_its_source_begins_anew_only_with_a_yes(rig: Rig) -> None:
    model = plain_model(rig)
    stop_in_the_middle(rig, model)
    rig.hub.put_plain(NAME, OTHER)

    with pytest.raises(ChangedError, match="is another one at its source now"):
        rig.fetch(model)
    assert part_paths(rig.target)[0].exists()
    rig.fetch(model, starts_over=True)

    assert_whole(rig, OTHER)


def test_a_file_that_changes_while_it_is_fetched_is_not_mixed(rig: Rig) -> None:
    model = plain_model(rig)
    rig.hub.misbehave(Drop(10 * PIECE))

    def change(state: DownloadState) -> None:
        if state is DownloadState.WAITING:
            rig.hub.put_plain(NAME, OTHER)

    rig.on_state = change

    with pytest.raises(ChangedError):
        rig.fetch(model)

    assert not rig.target.exists()


def test_another_file_under_the_catalogue_s_name_is_an_error_before_a_byte_comes(
    rig: Rig,
) -> None:
    model = rig.model(DATA, put(rig, OTHER + b"longer"))

    with pytest.raises(DownloadError, match="another file than the one that was published"):
        rig.fetch(model)

    assert not rig.target.exists()
    assert asked(rig) == [range(1)]


def test_an_address_without_digest_or_size_is_fetched(rig: Rig) -> None:
    assert rig.fetch(plain_model(rig)) == SHA256
    assert_whole(rig)


def test_connections_come_and_go_while_the_file_comes(rig: Rig) -> None:
    rig.changes |= {"lanes": Lanes, "look_seconds": 0.0}
    data = content(200)

    rig.fetch(rig.model(data, put(rig, data)))

    assert_whole(rig, data)
    starts = {span.start for span in asked(rig)}
    assert len(starts) > 2  # the first run was cut, and others took the rest


# What is in the folder already.


def test_a_right_file_is_taken_without_asking_anybody(rig: Rig) -> None:
    model = rig.model(DATA, put(rig))
    rig.folder.mkdir()
    rig.target.write_bytes(DATA)

    assert rig.fetch(model) == SHA256

    assert rig.hub.record.asked() == []


def test_another_file_of_that_name_is_left_alone(rig: Rig) -> None:
    model = rig.model(DATA, put(rig))
    rig.folder.mkdir()
    rig.target.write_bytes(OTHER)

    with pytest.raises(DownloadError, match="has another file named"):
        rig.fetch(model)

    assert_whole(rig, OTHER)


@pytest.mark.parametrize("is_cut", [True, False])
def test_a_damaged_model_is_mended_in_its_place(rig: Rig, is_cut: bool) -> None:
    model = rig.model(DATA, put(rig))
    rig.folder.mkdir()
    damaged = bytearray(DATA)
    damaged[4 * PIECE] ^= 1
    rig.target.write_bytes(damaged[: 9 * PIECE] if is_cut else damaged)

    rig.fetch(model, mends=True)

    assert_whole(rig)
    assert rig.problems[-1] == "A piece of the file was wrong and was fetched again."


def test_two_sottos_do_not_write_one_file(rig: Rig) -> None:
    model = rig.model(DATA, put(rig))
    rig.folder.mkdir()
    other = PartFile(rig.target)

    def ends(state: DownloadState) -> None:
        if state is DownloadState.WAITING:
            other.close()

    rig.on_state = ends
    rig.fetch(model)

    assert_whole(rig)
    assert rig.problems == ["Another Sotto on this computer is fetching this model."]


def test_a_folder_that_cannot_be_written_to_is_told(rig: Rig) -> None:
    rig.folder.write_bytes(b"a file is in its place")

    with pytest.raises(DownloadError, match="cannot be written to"):
        rig.fetch(rig.model(DATA, put(rig)))


def test_what_is_no_model_is_found_with_its_first_piece(rig: Rig) -> None:
    rig.changes["examine"] = examine_model
    model = rig.model(DATA, put(rig))
    rig.hub.misbehave(Stall(2 * PIECE))

    with pytest.raises(DownloadError, match="is no model file"):
        rig.fetch(model)
