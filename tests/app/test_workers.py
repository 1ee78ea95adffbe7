from __future__ import annotations

import re
import signal
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from app.workers import (
    PROTOCOL,
    Network,
    WorkerError,
    borrowing,
    network_of,
    parse_address,
    try_worker,
)
from engine.requests import LoadRequest
from tests.worker_process import WorkerProcess

HELLO_BYTES = 1 + 8 + 24
Behaviour = Callable[[socket.socket], object]


class Stranger:
    """Something that listens on loopback and treats each caller alike, in a thread of its own."""

    def __init__(self, behave: Behaviour) -> None:
        self._behave = behave
        self._server = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._server.getsockname()[1]}"
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        line, _ = self._server.accept()
        with line:
            self._behave(line)

    def close(self) -> None:
        with suppress(OSError):
            socket.create_connection(self._server.getsockname(), timeout=1).close()
        self._server.close()
        self._thread.join()


MakeStranger = Callable[[Behaviour], str]


@pytest.fixture
def stranger() -> Iterator[MakeStranger]:
    made: list[Stranger] = []

    def make(behave: Behaviour) -> str:
        made.append(Stranger(behave))
        return made[-1].address

    yield make
    for one in made:
        one.close()


def answer(line: socket.socket, data: bytes, asked: int) -> None:
    """Read a request of `asked` bytes and answer it as a worker frames its answers."""
    left = asked
    while left:
        left -= len(line.recv(left))
    line.sendall(struct.pack("<Q", len(data)) + data)


def hello(major: int, minor: int) -> bytes:
    return bytes([major, minor, 0, 0]) + bytes(24)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("192.168.1.5:50052", "192.168.1.5:50052"),
        (" Garage:50052 ", "garage:50052"),
        ("gpu-box.home.arpa:1", "gpu-box.home.arpa:1"),
        ("127.0.0.1:00080", "127.0.0.1:80"),
    ],
)
def test_an_address_is_an_ipv4_address_or_a_name_with_a_port(text: str, address: str) -> None:
    assert parse_address(text) == address


@pytest.mark.parametrize(
    "text",
    ["", "garage", ":50052", "garage:", "garage:0", "garage:65536", "garage:x", "300.1.1.1:5",
     "1.2.3:5", "[::1]:50052", "::1:50052", "http://garage:80", "-x:5", "a b:5", "garage:٣"],
)  # fmt: skip
def test_anything_else_is_no_address(text: str) -> None:
    with pytest.raises(ValueError, match=r"address|[Oo]ctet"):
        parse_address(text)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("127.0.0.1:50052", Network.LOOPBACK),
        ("localhost:50052", Network.LOOPBACK),
        ("192.168.1.5:50052", Network.LOCAL),
        ("169.254.3.4:50052", Network.LOCAL),
        ("garage:50052", Network.LOCAL),
        ("garage.local:50052", Network.LOCAL),
        ("8.8.8.8:50052", Network.WIDE),
        ("gpu.example.com:50052", Network.UNKNOWN),
    ],
)
def test_an_address_says_where_it_leads(address: str, network: Network) -> None:
    assert network_of(address) is network


def test_nobody_there_cannot_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        address = f"127.0.0.1:{gone.getsockname()[1]}"
    with pytest.raises(WorkerError, match="cannot be reached") as raised:
        try_worker(address)
    assert raised.value.worker == address
    assert address in str(raised.value)


def test_a_worker_that_serves_somebody_else_does_not_answer(stranger: MakeStranger) -> None:
    over = threading.Event()
    address = stranger(lambda _line: over.wait(30))
    with pytest.raises(WorkerError, match="does not answer"):
        try_worker(address, patience=0.2)
    over.set()


@pytest.mark.parametrize(
    "said",
    [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", struct.pack("<Q", 1 << 60), struct.pack("<Q", 28)],
)
def test_what_answers_otherwise_is_no_worker(stranger: MakeStranger, said: bytes) -> None:
    def behave(line: socket.socket) -> None:
        line.recv(HELLO_BYTES)
        line.sendall(said)

    address = stranger(behave)
    with pytest.raises(WorkerError, match="is not a worker"):
        try_worker(address)


@pytest.mark.parametrize("version", [(PROTOCOL[0] - 1, 0), (PROTOCOL[0], PROTOCOL[1] + 1)])
def test_another_version_is_told(stranger: MakeStranger, version: tuple[int, int]) -> None:
    address = stranger(lambda line: answer(line, hello(*version), HELLO_BYTES))
    with pytest.raises(WorkerError, match="another version") as raised:
        try_worker(address)
    assert f"RPC {version[0]}.{version[1]}.0" in raised.value.detail


def test_a_worker_without_devices_has_no_memory_to_lend(stranger: MakeStranger) -> None:
    def lend_nothing(line: socket.socket) -> None:
        answer(line, hello(*PROTOCOL), HELLO_BYTES)
        answer(line, struct.pack("<I", 0), 1 + 8)

    with pytest.raises(WorkerError, match="no memory"):
        try_worker(stranger(lend_nothing))


def test_ctrl_c_does_not_reach_the_thread_that_waits_for_clients() -> None:
    """It would break off the waiting, which looks as if the worker had given up."""
    worker = WorkerProcess()
    tasks = Path(f"/proc/{worker.process.pid}/task").glob("[0-9]*/status")
    blocked = [int(re.findall(r"SigBlk:\s*(\w+)", one.read_text())[0], 16) for one in tasks]
    worker.close()
    interrupt = 1 << (signal.SIGINT - 1)
    assert any(mask & interrupt for mask in blocked)


def test_a_real_worker_tells_what_it_lends_and_ends_with_ctrl_c() -> None:
    worker = WorkerProcess("--devices", "CPU")
    try:
        for _ in range(2):  # it serves one after the other
            found = try_worker(worker.address)
            assert tuple(int(part) for part in found.version.split("."))[:2] == PROTOCOL
            (device,) = found.devices
            assert 0 < device.free_bytes <= device.total_bytes
            assert device.alignment > 0
        load = borrowing(LoadRequest(Path("m.gguf")), [worker.address])
        assert load.workers == (worker.address,)
        assert worker.said[0].startswith("lending CPU: ")
        code, _, errors = worker.interrupt()
    finally:
        worker.close()
    assert (code, errors) == (0, "")


def test_of_several_workers_the_one_that_fails_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        address = f"127.0.0.1:{gone.getsockname()[1]}"
    with pytest.raises(WorkerError) as raised:
        borrowing(LoadRequest(Path("m.gguf")), [address])
    assert raised.value.fields == {"worker": address}
    assert borrowing(LoadRequest(Path("m.gguf")), []).workers == ()
