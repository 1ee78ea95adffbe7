"""One file, with everything that a server, a network and a disk can do to it."""

from __future__ import annotations

import hashlib

import pytest

from app.models.values import DownloadState
from tests.app.models.transfer.rig import NAME, REPOSITORY, Rig, content

DATA = content()
SHA256 = hashlib.sha256(DATA).hexdigest()


def put(rig: Rig, data: bytes = DATA) -> str:
    return rig.hub.put(REPOSITORY, {NAME: data})


def assert_whole(rig: Rig, data: bytes = DATA) -> None:
    assert rig.target.read_bytes() == data
    assert [path.name for path in rig.folder.iterdir()] == [NAME]


@pytest.mark.parametrize("lanes", [1, 4])
def test_a_file_comes_whole_and_each_byte_once(rig: Rig, lanes: int) -> None:
    rig.lanes = lanes

    assert rig.fetch(rig.model(DATA, put(rig))) == SHA256

    assert_whole(rig)
    assert rig.hub.record.sent_again(NAME) <= 2  # the first byte is asked for to look at the file
    assert rig.states == [
        DownloadState.CHECKING,
        DownloadState.RUNNING,
        DownloadState.VERIFYING,
    ]
