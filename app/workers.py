"""Other machines that lend memory and GPUs: their addresses, and the trial before each use.

llama.cpp ends the whole process when a worker cannot be reached, is none, or speaks another
version (ggml-rpc.cpp, `rpc_dispatcher::start`, `negotiate_hello`).  So each worker is tried
here first, by the same words on the wire but by code that only raises errors.  Threads: any;
a trial blocks, so it belongs on a chores thread.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import struct
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from engine.errors import UserFacingError
from engine.requests import LoadRequest

DEFAULT_PORT: Final = 50052
"""Where llama.cpp's own `rpc-server` listens (tools/rpc/rpc-server.cpp)."""

MAX_WORKERS: Final = 16
"""GGML_RPC_MAX_SERVERS in ggml-rpc.h."""

PROTOCOL: Final = (7, 0)
"""RPC_PROTO_MAJOR_VERSION and _MINOR_VERSION in ggml-rpc.h; a test holds them to the build."""

TRIAL_SECONDS: Final = 4.0
"""How long a worker may take to answer; it answers nobody while it works for another machine."""

# rpc_cmd and the packed structs in ggml-rpc.cpp; all numbers are little-endian.
_GET_ALIGNMENT: Final = 1
_GET_MAX_SIZE: Final = 2
_GET_DEVICE_MEMORY: Final = 11
_HELLO: Final = 14
_DEVICE_COUNT: Final = 15
_CAPABILITY_BYTES: Final = 24
_HELLO_ANSWER: Final = struct.Struct(f"<BBBx{_CAPABILITY_BYTES}x")
_MAX_DEVICES: Final = 64

_HOST: Final = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*")


class WorkerError(UserFacingError):
    """A worker cannot be used now.

    Attributes:
        worker: its address.
    """

    def __init__(self, worker: str, title: str, hint: str, detail: str = "") -> None:
        super().__init__(title, hint, detail, {"worker": worker})
        self.worker = worker


class Network(StrEnum):
    """Where an address leads, as far as it says so itself."""

    LOOPBACK = "loopback"  # this computer, or a tunnel that begins on it
    LOCAL = "local"
    WIDE = "wide"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class LentDevice:
    """One device of a worker.

    Attributes:
        free_bytes: free memory as of now.
        total_bytes: all its memory.
        alignment: of tensors in its buffers, in bytes.
        max_size: largest buffer, in bytes.
    """

    free_bytes: int
    total_bytes: int
    alignment: int
    max_size: int


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker that answered.

    Attributes:
        address: `host:port`.
        version: of its protocol, e.g. `7.0.0`.
        devices: what it lends; at least one has memory.
    """

    address: str
    version: str
    devices: tuple[LentDevice, ...]


def parse_address(text: str) -> str:
    """An address in its one form, `host:port`.

    llama.cpp knows IPv4 addresses and names, no IPv6 (transport.cpp, AF_INET alone).

    Raises:
        ValueError: it is none.
    """
    host, colon, port = text.strip().lower().rpartition(":")
    if not colon or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError("an address is host:port, with a port from 1 to 65535")
    if len(host) > 253 or not _HOST.fullmatch(host):
        raise ValueError("an address begins with an IPv4 address or the name of a machine")
    if host.replace(".", "").isdigit():
        host = str(ipaddress.IPv4Address(host))
    return f"{host}:{int(port)}"


def network_of(address: str) -> Network:
    """Where a worker's address leads."""
    host = address.rpartition(":")[0]
    try:
        ip = ipaddress.IPv4Address(host)
    except ValueError:
        return _network_of_name(host)
    if ip.is_loopback:
        return Network.LOOPBACK
    return Network.LOCAL if ip.is_private or ip.is_link_local else Network.WIDE


def _network_of_name(host: str) -> Network:
    if host == "localhost":
        return Network.LOOPBACK
    if "." not in host or host.endswith((".local", ".lan", ".home.arpa", ".internal")):
        return Network.LOCAL
    return Network.UNKNOWN


def borrowing(request: LoadRequest, addresses: Sequence[str]) -> LoadRequest:
    """The load with these workers, each tried now.

    Raises:
        WorkerError: one cannot be used; of several, the first.
    """
    if not addresses:
        return request
    with ThreadPoolExecutor(len(addresses), "worker trial") as trials:
        tried = [trials.submit(try_worker, address) for address in addresses]
        workers = [trial.result() for trial in tried]
    return replace(request, workers=tuple(worker.address for worker in workers))


def try_worker(address: str, patience: float = TRIAL_SECONDS) -> Worker:
    """Ask a worker for what it lends; blocks for at most about `patience` seconds.

    Raises:
        WorkerError: it cannot be reached, is busy or none, speaks another version, or has no
            memory to lend.
    """
    deadline = time.monotonic() + patience
    host, _, port = address.rpartition(":")
    try:
        line = socket.create_connection((host, int(port)), timeout=patience)
    except OSError as error:
        raise WorkerError(
            address,
            "The worker {worker} cannot be reached.",
            "Start it there with “sotto worker”, check its address, or load the model without it.",
            type(error).__name__,
        ) from error
    try:
        with line:
            return _Trial(line, address, deadline).run()
    except TimeoutError as error:
        raise WorkerError(
            address,
            "The worker {worker} does not answer.",
            "It may be busy with another computer. End that first, or load the model without it.",
        ) from error
    except (OSError, EOFError, struct.error) as error:
        raise _no_worker(address, type(error).__name__) from error


class _Trial:
    """One conversation with a worker, until a deadline of `time.monotonic`."""

    def __init__(self, line: socket.socket, address: str, deadline: float) -> None:
        self._line = line
        self._address = address
        self._deadline = deadline

    def run(self) -> Worker:
        hello = self._ask(_HELLO, bytes(_CAPABILITY_BYTES), _HELLO_ANSWER.size)
        major, minor, patch = _HELLO_ANSWER.unpack(hello)
        version = f"{major}.{minor}.{patch}"
        if major != PROTOCOL[0] or minor > PROTOCOL[1]:
            raise WorkerError(
                self._address,
                "The worker {worker} is of another version.",
                "Use the same version of Sotto on both machines.",
                f"RPC {version}, here {PROTOCOL[0]}.{PROTOCOL[1]}",
            )
        (count,) = struct.unpack("<I", self._ask(_DEVICE_COUNT, b"", 4))
        if count > _MAX_DEVICES:
            raise _no_worker(self._address, f"{count} devices")
        devices = tuple(self._device(index) for index in range(count))
        if not any(device.free_bytes for device in devices):
            raise WorkerError(
                self._address,
                "The worker {worker} has no memory to lend.",
                "Load the model without it.",
            )
        return Worker(self._address, version, devices)

    def _device(self, index: int) -> LentDevice:
        number = struct.pack("<I", index)
        free, total = struct.unpack("<QQ", self._ask(_GET_DEVICE_MEMORY, number, 16))
        (alignment,) = struct.unpack("<Q", self._ask(_GET_ALIGNMENT, number, 8))
        (max_size,) = struct.unpack("<Q", self._ask(_GET_MAX_SIZE, number, 8))
        return LentDevice(free, total, alignment, max_size)

    def _ask(self, command: int, request: bytes, answer_bytes: int) -> bytes:
        """Send a command; its answer must have exactly the size llama.cpp expects."""
        self._line.settimeout(self._left())
        self._line.sendall(struct.pack("<BQ", command, len(request)) + request)
        (size,) = struct.unpack("<Q", self._read(8))
        if size != answer_bytes:
            raise EOFError
        return self._read(size)

    def _read(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            self._line.settimeout(self._left())
            more = self._line.recv(count - len(data))
            if not more:
                raise EOFError
            data += more
        return data

    def _left(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


def _no_worker(address: str, detail: str) -> WorkerError:
    return WorkerError(
        address,
        "What answers at {worker} is not a worker.",
        "Check its address and port, or load the model without it.",
        detail,
    )
