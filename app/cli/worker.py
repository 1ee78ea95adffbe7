"""`sotto worker`: lends this machine's memory and GPUs to another one.

llama.cpp's RPC server runs in this process and never returns, so the process ends without it.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TextIO

import psutil

from app.doctor import free_of
from app.paths import Paths, make_private
from app.workers import Network, WorkerError, network_of, try_worker
from engine.errors import UserFacingError

EXIT_OK: Final = 0
EXIT_FAILED: Final = 1

START_SECONDS: Final = 20.0
"""How long the devices may take to wake up until the server listens."""

# ggml_backend_rpc_start_server writes these to C's standard output.
_ACCEPTED: Final = "Accepted client connection"
_CLOSED: Final = "Client connection closed"

OPEN_NETWORK: Final = (
    "warning: {address} can be reached from the network. Whoever reaches it can use this machine, "
    "and nothing on the way is encrypted. The safe way is 127.0.0.1 and an SSH tunnel "
    "(see the user guide)."
)


@dataclass(frozen=True, slots=True)
class WorkerOptions:
    """What was asked for on the command line.

    Attributes:
        listen: `IPv4:port`; port 0 takes a free one.
        devices: names of the devices to lend; () lends the GPUs, or the CPU where there is none.
        threads: CPU threads for a lent CPU; 0 takes the number of physical cores.
        cache: keep large tensors on disk, so that the next load need not send them again.
    """

    listen: str
    devices: tuple[str, ...] = ()
    threads: int = 0
    cache: bool = False


def lend(options: WorkerOptions, errors: TextIO, environ: Mapping[str, str]) -> int:
    """Lend devices until SIGINT or SIGTERM; returns the exit code.

    Takes the process over: standard output becomes llama.cpp's, which is read and put into
    plain words.  The caller must end the process right away, since the server's thread cannot
    be ended.

    Raises:
        UserFacingError: there is no such device, the address is taken, or this build has no RPC.
    """
    # Here and not at the top: llama.cpp takes a third of a second that no other command needs.
    from engine.llama import devices, ggml  # noqa: PLC0415 - see above

    lent = devices.lendable(options.devices)
    address = _free_address(options.listen)
    threads = options.threads or devices.physical_cores()
    cache = make_private(Paths.from_environment(environ).cache / "worker")
    ended = threading.Event()
    gave_up: list[str] = []

    def give_up(message: str) -> None:
        """llama.cpp is about to end the process; its thread stays here while we end it."""
        gave_up.append(message)
        ended.set()
        threading.Event().wait()

    def serve() -> None:
        # A signal that came to this thread would break off its waiting for clients.
        if hasattr(signal, "pthread_sigmask"):  # not on Windows
            signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM))
        ggml.serve_rpc(
            address, [row.pointer for row in lent], threads, cache if options.cache else None
        )
        ended.set()

    if network_of(address) is not Network.LOOPBACK:
        _write(errors, "sotto: " + OPEN_NETWORK.format(address=address))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    out, notes = _take_standard_output()
    ggml.set_abort_hook(give_up)
    server = threading.Thread(target=serve, name="rpc", daemon=True)
    server.start()
    _wait_until_up(address, ended)
    for row in lent:
        memory = free_of(row.free_bytes, row.total_bytes)
        _write(out, f"lending {row.name}: {row.description}, {memory}, {threads} threads")
    _write(out, f"listening on {address}; Ctrl-C ends it")
    clients = threading.Thread(target=_tell_clients, args=(notes, address, out), daemon=True)
    clients.start()
    ended.wait()
    if server.is_alive() and not gave_up:
        return EXIT_OK
    _write(errors, "sotto: The worker gave up. Start it again. " + "".join(gave_up[:1]))
    return EXIT_FAILED


def _free_address(listen: str) -> str:
    """The address with its port, after making sure that it can be listened on.

    llama.cpp only writes a line and returns when it cannot.
    """
    host, _, port = listen.rpartition(":")
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind((host, int(port)))
            return f"{host}:{trial.getsockname()[1]}"
    except OSError as error:
        raise UserFacingError(
            "This machine cannot listen on {address}.",
            "Choose another address or port with --listen.",
            type(error).__name__,
            {"address": listen},
        ) from error


def _take_standard_output() -> tuple[TextIO, TextIO]:
    """Where we write from now on, and what llama.cpp writes from now on."""
    sys.stdout.flush()
    ours = os.fdopen(os.dup(1), "w", encoding="utf-8")
    reading, writing = os.pipe()
    os.dup2(writing, 1)
    os.close(writing)
    return ours, os.fdopen(reading, encoding="utf-8", errors="replace")


def _wait_until_up(address: str, ended: threading.Event) -> None:
    """Return when the server answers our own trial of it, or has ended."""
    waited = 0.0
    while True:
        try:
            try_worker(address)
        except WorkerError:
            if ended.wait(0.05) or waited > START_SECONDS:
                raise
            waited += 0.05
        else:
            return


def _tell_clients(notes: Iterable[str], address: str, out: TextIO) -> None:
    """Say who uses this machine, once for each.  Our own trial comes first and is not told."""
    told: set[str] = set()
    own = True
    for line in notes:
        if line.startswith(_CLOSED):
            own = False
        elif line.startswith(_ACCEPTED) and not own:
            client = _client_of(address)
            if client not in told:
                told.add(client)
                _write(out, f"{client} has connected")


def _client_of(address: str) -> str:
    port = int(address.rpartition(":")[2])
    try:
        found = [
            connection.raddr.ip
            for connection in psutil.Process().net_connections("tcp4")
            if connection.laddr.port == port and connection.raddr
        ]
    except psutil.Error:
        found = []
    return found[0] if found else "somebody who has gone again"


def _write(out: TextIO, line: str) -> None:
    out.write(line + "\n")
    out.flush()
