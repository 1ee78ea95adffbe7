"""A Hub on this machine's loopback, which behaves, or does not, as a test tells it to.

It speaks as the Hub does: `/{repo}/resolve/{revision}/{file}` answers 302 with `X-Repo-Commit`,
`X-Linked-Etag` and `X-Linked-Size` (names from huggingface_hub's constants.py) and leads to
another server by a link that expires; that one has an ETag of its own and knows ranges.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from pathlib import Path

from tests.servers.hub.answering import Answering
from tests.servers.hub.contents import Repository, StoredFile
from tests.servers.hub.faults import Fault, Place, Planned
from tests.servers.hub.record import Record

HOST = "127.0.0.1"


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that go away, but of all else."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class HubServer:
    """The running Hub: two servers, since files come from another one than facts do.

    Args:
        send_buffer_bytes: of the connections that files come by; small ones keep what was sent
            close to what was read.

    Attributes:
        record: what was asked, and what was sent.
        files: those that lie at plain addresses, without a repository.
    """

    def __init__(self, send_buffer_bytes: int = 0) -> None:
        self.record = Record()
        self.files: dict[str, StoredFile] = {}
        self.send_buffer_bytes = send_buffer_bytes
        self._repositories: dict[str, Repository] = {}
        self._planned: list[Planned] = []
        self._lock = threading.Lock()
        self._link_age = 0
        self._may_go_on = threading.Event()
        self._hub = self._start(is_cdn=False)
        self._cdn = self._start(is_cdn=True)

    @property
    def endpoint(self) -> str:
        """What `HF_ENDPOINT` would be."""
        return f"http://{HOST}:{self._hub.server_address[1]}"

    @property
    def cdn(self) -> str:
        """Where files come from."""
        return f"http://{HOST}:{self._cdn.server_address[1]}"

    def put(self, repository: str, files: dict[str, bytes | Path], *, branch: str = "main") -> str:
        """Commit files to a repository, made if need be; returns the commit."""
        stored = {name: StoredFile.of(content) for name, content in files.items()}
        with self._lock:
            found = self._repositories.setdefault(repository, Repository(repository))
            return found.commit(stored, branch)

    def put_plain(self, name: str, content: bytes | Path) -> str:
        """Lay a file at an address of its own, or another in its place; returns the address."""
        self.files[name] = StoredFile.of(content)
        return f"{self.cdn}/plain/{name}"

    def gate(self, repository: str, token: str) -> None:
        """From now on the repository's files are for who gives this token."""
        self._repositories[repository].token = token

    def repository(self, name: str) -> Repository | None:
        """The repository of that name."""
        return self._repositories.get(name)

    def misbehave(
        self, fault: Fault, place: Place = Place.CDN, *, name: str = "", times: int = 1
    ) -> None:
        """Have something go wrong with the next requests.

        Args:
            fault: what.
            place: with requests for what.
            name: only for that file.
            times: how often; -1 for always.
        """
        with self._lock:
            self._planned.append(Planned(fault, place, name, times))

    def behave(self) -> None:
        """Take back all faults that have not happened, and let go of what stalls."""
        with self._lock:
            self._planned.clear()
        self.go_on()

    def go_on(self) -> None:
        """Let answers that stall go on."""
        self._may_go_on.set()

    def wait_to_go_on(self) -> None:
        """Hold an answer that stalls."""
        self._may_go_on.wait()

    def expire_links(self) -> None:
        """Links to files that were given until now do not work any more."""
        with self._lock:
            self._link_age += 1

    @property
    def link_age(self) -> int:
        """What valid links carry."""
        return self._link_age

    def fault(self, place: Place, name: str, span: range) -> Fault | None:
        """The fault that a request meets, which is then one less."""
        with self._lock:
            for planned in self._planned:
                if planned.meets(place, name, span):
                    planned.times -= 1
                    return planned.fault
        return None

    def close(self) -> None:
        """End every connection and both servers."""
        self.behave()
        for server in (self._hub, self._cdn):
            server.shutdown()
            server.server_close()

    def _start(self, *, is_cdn: bool) -> ThreadingHTTPServer:
        hub = self

        class Handler(Answering):
            def __init__(self, *given: object) -> None:
                self.hub = hub
                self.is_cdn = is_cdn
                super().__init__(*given)  # type: ignore[arg-type]

        server = _Server((HOST, 0), Handler)
        name = "hub cdn" if is_cdn else "hub"
        threading.Thread(target=server.serve_forever, args=(0.01,), name=name, daemon=True).start()
        return server


@contextmanager
def hub_server(send_buffer_bytes: int = 0) -> Iterator[HubServer]:
    """Run a Hub until the block ends."""
    server = HubServer(send_buffer_bytes)
    try:
        yield server
    finally:
        server.close()
