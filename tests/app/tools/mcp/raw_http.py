"""A server over HTTP that speaks the protocol by hand, well or badly."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.app.tools.mcp.raw_server import Server


class Site:
    """What the server is to do, and what it was asked.

    Attributes:
        mode: "plain", "sign-in", "redirect", "packed", "huge", "endless", "page" or "clings".
        headers: of each request.
        paths: of each request.
        elsewhere: where redirects lead.
    """

    def __init__(self, folder: Path) -> None:
        self.mode = "plain"
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.elsewhere = ""
        self.server = Server("plain", folder)
        self.url = ""
        self.is_over = threading.Event()


class _Handler(BaseHTTPRequestHandler):
    site: Site

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.site.headers.append({key.lower(): value for key, value in self.headers.items()})
        self.site.paths.append(self.path)
        message = json.loads(body)
        if "id" not in message:
            self._send(202, b"")
            return
        if self.site.mode == "sign-in":
            self._send(401, b"{}")
        elif self.site.mode == "redirect":
            self._send(307, b"", location=self.site.elsewhere)
        elif self.site.mode == "page":
            self._send(200, b"<html>Welcome</html>", kind="text/html")
        else:
            self._answer(message)

    def _answer(self, message: dict[str, Any]) -> None:
        result = self.site.server.answer(message["method"], message.get("params") or {})
        answer: dict[str, Any] = {"jsonrpc": "2.0", "id": message["id"]}
        if result is None:
            answer["error"] = {"code": -32601, "message": "no such method"}
        else:
            answer["result"] = result
        data = json.dumps(answer).encode()
        is_call = message["method"] == "tools/call"
        if is_call and self.site.mode == "packed":
            self._send(200, gzip.compress(data), **{"content-encoding": "gzip"})
        elif is_call and self.site.mode == "huge":
            self._pour(b"[" + b"1," * 50_000)
        elif is_call and self.site.mode == "endless":
            self._pour(b"x" * 100_000, kind="text/event-stream")
        else:
            self._send(200, data, **{"mcp-session-id": "one"})

    def _send(self, status: int, data: bytes, kind: str = "application/json", **more: str) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(data)))
        for name, value in more.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def _pour(self, block: bytes, kind: str = "application/json") -> None:
        """Send without end."""
        self.close_connection = True
        self.send_response(200)
        self.send_header("content-type", kind)
        self.end_headers()
        try:
            while True:
                self.wfile.write(block)
        except OSError:
            pass  # the other side has had enough

    def do_GET(self) -> None:
        self._send(405, b"")

    def do_DELETE(self) -> None:
        self.site.paths.append("DELETE")
        if self.site.mode == "clings":
            self.site.is_over.wait()
        self._send(200, b"")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving(site: Site, port: int = 0) -> Iterator[Site]:
    """Serve a site at an address of this computer."""

    class Handler(_Handler):
        pass

    Handler.site = site
    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    site.url = f"http://127.0.0.1:{server.server_port}/mcp"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield site
    finally:
        site.is_over.set()
        server.shutdown()
        server.server_close()
        thread.join()
