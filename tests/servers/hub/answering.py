"""How the Hub answers one connection."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote, unquote, urlsplit

from tests.servers.hub.contents import Repository, StoredFile
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
from tests.servers.hub.record import Asked

if TYPE_CHECKING:
    from tests.servers.hub.server import HubServer

_API = re.compile(r"/api/models/([^/]+/[^/]+)(?:/(tree|revision)/([^/]+))?$")
_RESOLVE = re.compile(r"/([^/]+/[^/]+)/resolve/([^/]+)/(.+)$")
_RANGE = re.compile(r"bytes=(\d+)-(\d*)$")
_SLICE_BYTES = 1 << 16


class _GoneError(Exception):
    """The connection is to end here."""


class Answering(BaseHTTPRequestHandler):
    """One connection to the Hub or to the server of its files."""

    hub: HubServer
    is_cdn: bool
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as inherited
        """Say nothing."""

    def setup(self) -> None:
        """Keep buffers as small as is wanted."""
        if self.hub.send_buffer_bytes:
            size = self.hub.send_buffer_bytes
            self.request.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, size)
        super().setup()

    def do_HEAD(self) -> None:
        """Answer without a body."""
        self._answer()

    def do_GET(self) -> None:
        """Answer."""
        self._answer()

    def _answer(self) -> None:
        path = unquote(urlsplit(self.path).path)
        try:
            if self.is_cdn:
                self._cdn(path)
            elif path.startswith("/api/"):
                self._api(path)
            else:
                self._resolve(path)
        except (_GoneError, OSError):
            self.close_connection = True
            self.connection.close()

    def _note(self, place: Place) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.hub.record.ask(Asked(place, self.command, self.path, headers))

    # What each server says.

    def _api(self, path: str) -> None:
        self._note(Place.API)
        match = _API.match(path)
        repository = self.hub.repository(match[1]) if match else None
        if match is None or repository is None:
            self._refuse(_missing("RepoNotFound"))
            return
        commit = repository.at(match[3] or "main")
        if commit is None:
            self._refuse(_missing("RevisionNotFound"))
        elif self._met_refusal(self.hub.fault(Place.API, match[1], range(0))):
            return
        elif match[2] == "tree":
            self._tree(repository, commit)
        else:
            self._json(repository.facts(commit), commit)

    def _tree(self, repository: Repository, commit: str) -> None:
        """A page of the list of files, and the address of the next one (RFC 8288)."""
        rows, query = repository.tree(commit), parse_qs(urlsplit(self.path).query)
        first = int(query.get("cursor", ["0"])[0])
        end = first + repository.page_rows
        more = {}
        if end < len(rows):
            path = urlsplit(self.path).path
            address = f"{self.hub.endpoint}{path}?recursive=true&cursor={end}"
            more = {"Link": f'<{address}>; rel="next"'}
        self._json(rows[first:end], commit, more)

    def _resolve(self, path: str) -> None:
        self._note(Place.RESOLVE)
        match = _RESOLVE.match(path)
        repository = self.hub.repository(match[1]) if match else None
        if match is None or repository is None:
            # The Hub does not tell strangers which repositories there are.
            self._refuse(Refuse(401, {"X-Error-Code": "RepoNotFound"}))
            return
        name = match[3]
        if self._met_refusal(self.hub.fault(Place.RESOLVE, name, self._span(1 << 62))):
            return
        commit = repository.at(match[2])
        file = repository.commits[commit].get(name) if commit else None
        if repository.token and self.headers["Authorization"] != f"Bearer {repository.token}":
            self._refuse(_gated(repository, known="Authorization" in self.headers))
        elif commit is None or file is None:
            self._refuse(_missing("EntryNotFound" if commit else "RevisionNotFound"))
        elif file.is_large:
            self._lead_on(repository, commit, name, file)
        else:
            self._file(name, file, None, {"X-Repo-Commit": commit})

    def _lead_on(self, repository: Repository, commit: str, name: str, file: StoredFile) -> None:
        query = f"Expires={self.hub.link_age}&Signature=s3cr3t"
        place = quote(f"/{repository.id}/{commit}/{name}")
        headers = {
            "Location": f"{self.hub.cdn}/xet{place}?{query}",
            "X-Repo-Commit": commit,
            "X-Linked-Size": str(len(file.data)),
            "X-Linked-Etag": f'"{file.sha256}"',
            "X-Xet-Hash": file.etag,
            "Accept-Ranges": "bytes",
        }
        self._send(302, headers, f"Found. Redirecting to {headers['Location']}".encode())

    def _cdn(self, path: str) -> None:
        self._note(Place.CDN)
        kind, _, rest = path.lstrip("/").partition("/")
        if kind == "plain":
            name, file = rest, self.hub.files.get(rest)
        else:
            owner, repository, commit, name = rest.split("/", 3)
            found = self.hub.repository(f"{owner}/{repository}")
            file = found.commits[commit].get(name) if found else None
            age = parse_qs(urlsplit(self.path).query).get("Expires", [""])[0]
            if age != str(self.hub.link_age):
                self._refuse(Refuse(403))
                return
        if file is None:
            self._refuse(_missing("EntryNotFound"))
            return
        fault = self.hub.fault(Place.CDN, name, self._span(len(file.data)))
        if not self._met_refusal(fault):
            self._file(name, file, fault, {})

    # The bytes of a file.

    def _span(self, size: int) -> range:
        """What is asked for; all of it where no range is."""
        match = _RANGE.match(self.headers.get("Range", ""))
        if match is None:
            return range(size)
        return range(int(match[1]), min(size, int(match[2]) + 1 if match[2] else size))

    def _file(
        self, name: str, file: StoredFile, fault: Fault | None, headers: dict[str, str]
    ) -> None:
        size = len(file.data)
        span = self._span(size)
        etag = f'"{file.etag}"'
        wants_range = "Range" in self.headers and self.headers.get("If-Range", etag) == etag
        headers = {**headers, "ETag": etag, "Accept-Ranges": "bytes"}
        if isinstance(fault, NoRanges) or not wants_range:
            span, status = range(size), 200
            if isinstance(fault, NoRanges):
                del headers["Accept-Ranges"]
        elif span.start >= size:
            self._send(416, {**headers, "Content-Range": f"bytes */{size}"}, b"")
            return
        else:
            status = 206
            if isinstance(fault, WrongRange):
                span = range(span.start + fault.by, span.stop)
            headers["Content-Range"] = f"bytes {span.start}-{span.stop - 1}/{size}"
        if isinstance(fault, Short):
            span = range(span.start, span.stop - fault.by)
        self._head(status, {**headers, "Content-Length": str(len(span))})
        if self.command == "GET":
            self._body(name, file, span, fault)

    def _body(self, name: str, file: StoredFile, span: range, fault: Fault | None) -> None:
        at = span.start
        while at < span.stop:
            end = min(at + (self.hub.send_buffer_bytes or _SLICE_BYTES), span.stop)
            if isinstance(fault, Drop | Stall) and at < span.start + fault.after:
                end = min(end, span.start + fault.after)
            elif isinstance(fault, Drop):
                raise _GoneError
            elif isinstance(fault, Stall):
                self.hub.wait_to_go_on()
            data = file.data[at:end]
            if isinstance(fault, WrongByte) and at <= fault.offset < end:
                data = _with_wrong_byte(data, fault.offset - at)
            self.hub.record.send(name, at, end)
            self.connection.sendall(data)
            at = end

    # Plain answers.

    def _met_refusal(self, fault: Fault | None) -> bool:
        match fault:
            case Refuse():
                self._refuse(fault)
            case Loop():
                address = f"http://{self.headers['Host']}{self.path}"
                self._send(302, {"Location": address}, b"")
            case Drop(after=0):
                raise _GoneError
            case _:
                return False
        return True

    def _refuse(self, fault: Refuse) -> None:
        body = HTTPStatus(fault.status).phrase.encode()
        self._send(fault.status, fault.headers, body)

    def _json(
        self, value: object, commit: str, more: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        headers = {"Content-Type": "application/json; charset=utf-8", "X-Repo-Commit": commit}
        self._send(200, {**headers, **more}, json.dumps(value).encode())

    def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self._head(status, {**headers, "Content-Length": str(len(body))})
        if self.command == "GET":
            self.wfile.write(body)

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()


def _missing(code: str) -> Refuse:
    return Refuse(404, {"X-Error-Code": code})


def _gated(repository: Repository, *, known: bool) -> Refuse:
    """Strangers get 401, who may not have it 403."""
    told = f"Access to model {repository.id} is restricted."
    return Refuse(403 if known else 401, {"X-Error-Code": "GatedRepo", "X-Error-Message": told})


def _with_wrong_byte(data: memoryview, at: int) -> memoryview:
    wrong = bytearray(data)
    wrong[at] ^= 0xFF
    return memoryview(wrong)
