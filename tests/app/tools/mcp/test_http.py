from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app.tools.mcp.servers import ServerEntry, ServerState
from app.tools.values import OutcomeStatus, Progress
from tests.app.tools.mcp.conftest import Host, package
from tests.app.tools.mcp.raw_http import Site, serving

READY, FAILED, STARTING = ServerState.READY, ServerState.FAILED, ServerState.STARTING


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with serving(Site(tmp_path)) as site:
        yield site


@pytest.fixture
def everything_url() -> Iterator[str]:
    """Where the server of the npm package listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = ["node", package("server-everything"), "streamableHttp"]
    environment = {**os.environ, "PORT": str(port)}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "listening" in line:
                break
        yield f"http://127.0.0.1:{port}/mcp"
        process.terminate()
        process.stderr.read()


def test_a_server_from_npm_is_used_over_the_network(host: Host, everything_url: str) -> None:
    connection = host.connection(ServerEntry("web", url=everything_url))
    assert connection.status.state is READY, connection.log.lines()
    assert host.call(connection, "echo", message="안녕 🐟").text == "Echo: 안녕 🐟"
    assert host.call(connection, "get-tiny-image").attachments[0].media_type == "image/png"
    heard: list[Progress] = []
    slow = "trigger-long-running-operation"
    assert (
        host.call(connection, slow, heard.append, duration=0.2, steps=2).status
        is OutcomeStatus.DONE
    )
    assert [progress.fraction for progress in heard] == [0.5, 1.0]


def test_headers_go_to_the_server_and_secrets_not_into_the_log(host: Host, site: Site) -> None:
    headers = (("Authorization", "Bearer ${secret:KEY}"), ("X-Team", "seven"))
    connection = host.connection(ServerEntry("web", url=site.url, headers=headers))
    assert host.call(connection, "echo", text="hello").text == "hello"
    assert all(one["authorization"] == "Bearer s3cr3t-value" for one in site.headers)
    assert all(one["accept-encoding"] == "identity" for one in site.headers)
    assert site.headers[-1]["x-team"] == "seven"
    assert "s3cr3t" not in str(connection.log.lines())


def test_a_server_that_lets_nobody_in_is_told(host: Host, site: Site) -> None:
    site.mode = "sign-in"
    problem = host.connection(ServerEntry("web", url=site.url)).status.problem
    assert problem is not None
    assert problem.title == "The server does not let Sotto in."


def test_an_address_that_is_no_server_is_told(host: Host, site: Site) -> None:
    site.mode = "page"
    assert host.connection(ServerEntry("web", url=site.url)).status.state is FAILED


def test_a_redirect_to_another_place_is_not_followed(
    host: Host, site: Site, tmp_path: Path
) -> None:
    with serving(Site(tmp_path)) as other:
        site.mode, site.elsewhere = "redirect", other.url
        headers = (("Authorization", "Bearer ${secret:KEY}"),)
        connection = host.connection(ServerEntry("web", url=site.url, headers=headers))
        assert connection.status.state is FAILED
        assert other.paths == []


def test_no_proxy_and_no_password_file_is_used(
    host: Host, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(Site(tmp_path)) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        netrc = tmp_path / "netrc"
        netrc.write_text("machine 127.0.0.1 login me password mine", encoding="utf-8")
        monkeypatch.setenv("NETRC", str(netrc))
        connection = host.connection(ServerEntry("web", url=site.url))
        assert connection.status.state is READY
        assert proxy.paths == []
        assert all("authorization" not in one for one in site.headers)


@pytest.mark.parametrize("mode", ["packed", "huge", "endless"])
def test_an_answer_that_is_too_much_ends_the_call(host: Host, site: Site, mode: str) -> None:
    connection = host.connection(ServerEntry("web", url=site.url, call_seconds=30))
    site.mode = mode
    outcome = host.call(connection, "echo", text="x")
    assert outcome.status is OutcomeStatus.FAILED
    site.mode = "plain"
    host.wait_until(lambda: connection.status.state is not STARTING)
    assert host.call(connection, "echo", text="back").text == "back"


def test_a_server_that_was_away_is_found_again(host: Host, tmp_path: Path) -> None:
    with serving(Site(tmp_path)) as site:
        connection = host.connection(ServerEntry("web", url=site.url))
        assert host.call(connection, "echo", text="one").text == "one"
    assert host.call(connection, "echo", text="two").status is OutcomeStatus.FAILED
    host.wait_until(lambda: connection.status.state is FAILED)
    with serving(Site(tmp_path), urlsplit(site.url).port or 0):
        assert host.call(connection, "echo", text="three").text == "three"


def test_a_server_that_hangs_at_the_goodbye_is_left_all_the_same(host: Host, site: Site) -> None:
    site.mode = "clings"
    connection = host.connection(ServerEntry("web", url=site.url))
    assert connection.status.state is READY
    host.run(connection.stop)
    assert site.paths[-1] == "DELETE"
    assert connection.status.state is ServerState.OFF
