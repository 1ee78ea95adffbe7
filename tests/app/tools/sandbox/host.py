"""A host worth attacking: sockets that listen, a secret, a process; and what became of them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WORDS = "the user's own words"
VARIABLE = "SOTTO_TEST_SECRET"


@dataclass(frozen=True)
class Host:
    """What attacks are told of it, and what listens."""

    facts: dict[str, Any]
    sockets: tuple[socket.socket, ...]
    secret: Path
    process: subprocess.Popen[bytes]

    def damage(self) -> list[str]:
        """What got through, by how things stand outside."""
        found = []
        for one in self.sockets:
            one.setblocking(False)
            try:
                if one.type & socket.SOCK_DGRAM == socket.SOCK_DGRAM:
                    one.recv(100)
                else:
                    one.accept()[0].close()
                found.append(f"something came to {one.getsockname()}")
            except BlockingIOError:
                pass
        if self.process.poll() is not None:
            found.append("a process was ended")
        if self.secret.read_text() != WORDS or self.secret.stat().st_mtime < 100:
            found.append("a file was changed")
        if self.secret.parent.stat().st_mode & 0o777 != 0o700:
            found.append("a folder was opened up")
        if Path(self.facts["written"]).exists():
            found.append("something was written")
        return found


@contextmanager
def host(folder: Path) -> Iterator[Host]:
    """Make one in a folder with a short path; everything ends with it."""
    secrets = folder / "private"
    secrets.mkdir(mode=0o700)
    (secrets / "secret").write_text(WORDS)
    name = f"sotto-test-{uuid.uuid4()}"
    environment = {**os.environ, VARIABLE: "open sesame"}
    sleeper = [sys.executable, "-c", "import sys; sys.stdin.read()"]
    with ExitStack() as stack:
        tcp = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        udp = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        udp.bind(("127.0.0.1", 0))
        unix, abstract = (stack.enter_context(socket.socket(socket.AF_UNIX)) for _ in range(2))
        datagrams = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
        unix.bind(str(folder / "bus"))
        abstract.bind("\0" + name)
        datagrams.bind(str(folder / "journal"))
        unix.listen()
        abstract.listen()
        process = stack.enter_context(
            subprocess.Popen(sleeper, stdin=subprocess.PIPE, env=environment)
        )
        stack.callback(process.kill)
        facts = {
            "tcp_port": tcp.getsockname()[1],
            "udp_port": udp.getsockname()[1],
            "unix_path": str(folder / "bus"),
            "abstract_name": name,
            "datagram_path": str(folder / "journal"),
            "secret_file": str(secrets / "secret"),
            "secret_folder": str(secrets),
            "process": process.pid,
            "variable": VARIABLE,
            "written": str(folder / "written"),
            "is_root": os.geteuid() == 0,
        }
        sockets = (tcp, udp, unix, abstract, datagrams)
        yield Host(facts, sockets, secrets / "secret", process)
