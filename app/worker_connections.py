"""The connections of this process to its workers: kept honest, and asked who was lost.

llama.cpp's RPC waits for a worker without any limit, so when a cable is pulled it would wait
for ever; the operating system is told to find that out.  And when a connection ends, llama.cpp
gives up without saying which (ggml-rpc.cpp, `RPC_STATUS_ASSERT`), so that is looked up here.
Any thread.
"""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Iterator, Sequence
from typing import Final, Protocol

import psutil

_LOGGER: Final = logging.getLogger(__name__)

IDLE_SECONDS: Final = 10
PROBE_SECONDS: Final = 5
PROBES: Final = 4
"""A worker that does not answer for half a minute is lost; its system answers, busy or not."""


class Connection(Protocol):
    """What psutil tells of one."""

    @property
    def fd(self) -> int:
        """Its descriptor in this process; -1 where that is not known."""
        ...

    @property
    def status(self) -> str:
        """Its state, e.g. `ESTABLISHED`."""
        ...


def watch(addresses: Sequence[str]) -> int:
    """Have the system end the connections to workers that vanish; returns how many it watches.

    Call it once the model is loaded.  Windows does not name a process's sockets, so there
    nothing is watched.
    """
    count = 0
    for address in addresses:
        for connection in _connections(address):
            if connection.fd >= 0 and _watch(connection.fd):
                count += 1
    return count


def lost_among(addresses: Sequence[str]) -> tuple[str, ...]:
    """The workers that this process is no longer connected to."""
    return tuple(
        address
        for address in addresses
        if not any(one.status == psutil.CONN_ESTABLISHED for one in _connections(address))
    )


def _watch(descriptor: int) -> bool:
    try:
        # A copy of the descriptor: closing it again leaves llama.cpp's own open.
        with socket.socket(fileno=os.dup(descriptor)) as line:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            for name, value in (
                ("TCP_KEEPIDLE", IDLE_SECONDS),
                ("TCP_KEEPALIVE", IDLE_SECONDS),  # what macOS calls it
                ("TCP_KEEPINTVL", PROBE_SECONDS),
                ("TCP_KEEPCNT", PROBES),
                # What was sent and is not acknowledged; keep-alive does not count that.
                ("TCP_USER_TIMEOUT", 1000 * (IDLE_SECONDS + PROBE_SECONDS * PROBES)),
            ):
                if hasattr(socket, name):
                    line.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
    except OSError as error:
        _LOGGER.warning("a worker's connection cannot be watched: %s", type(error).__name__)
        return False
    return True


def _connections(address: str) -> Iterator[Connection]:
    """This process's connections to a worker, in whatever state."""
    host, _, port = address.rpartition(":")
    try:
        places = {place[4][:2] for place in socket.getaddrinfo(host, int(port), socket.AF_INET)}
        found = psutil.Process().net_connections("tcp4")
    except (OSError, psutil.Error) as error:
        _LOGGER.warning("connections to workers cannot be seen: %s", type(error).__name__)
        return
    for connection in found:
        if tuple(connection.raddr) in places:  # () while it listens
            yield connection
