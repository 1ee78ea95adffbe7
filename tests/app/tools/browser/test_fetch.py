from __future__ import annotations

import asyncio
import datetime
import gzip
import ipaddress
import re
import ssl
import zlib
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any, TypeVar

import httpcore2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from app.tools.browser.addresses import IpAddress, web_address
from app.tools.browser.fetch import MOST_REDIRECTS, Fetched, PageFetcher, fetched
from app.tools.browser.guard import GuardedBackend, InsideNetworkError, UnknownHostError
from app.tools.browser.web_client import Answer, Limits, PageError, WebClient
from tests.app.tools.browser.conftest import STEADY
from tests.app.tools.browser.hostile_site import (
    HOST,
    Asked,
    Site,
    answer,
    hostile_site,
    redirect,
)

T = TypeVar("T")
QUICK = Limits(connect_seconds=1.0, silence_seconds=0.3, total_seconds=0.6)


def fetcher(
    site: Site | None = None, limits: Limits | None = None, tls: ssl.SSLContext | None = None
) -> PageFetcher:
    guard = GuardedBackend(site.allowed if site else frozenset())
    return PageFetcher(WebClient(guard, limits, tls))


def on_site(test: Callable[[Site], Coroutine[Any, Any, T]], tls: ssl.SSLContext | None = None) -> T:
    async def run() -> T:
        async with hostile_site(tls) as site:
            return await test(site)

    return asyncio.run(run())


async def told(awaited: Awaitable[Fetched]) -> str:
    with pytest.raises(PageError) as error:
        await awaited
    said = str(error.value)
    assert said.endswith(".")
    assert "\n" not in said
    assert not re.search(r"\w(Error|Exception)\b", said)
    return said


def test_a_page_comes_as_it_was_sent() -> None:
    async def test(site: Site) -> Fetched:
        site.pages["/oak"] = answer("Eiche ä".encode("latin-1"), "Text/HTML; charset=ISO-8859-1")
        return await fetcher(site).fetch(web_address(site.url("/oak")))

    page = on_site(test)
    assert (page.media_type, page.charset) == ("text/html", "ISO-8859-1")
    assert page.body == b"Eiche \xe4"
    assert page.host == HOST
    assert page.url.endswith("/oak")


def test_a_request_says_nothing_of_who_asks() -> None:
    async def test(site: Site) -> list[Asked]:
        site.pages["/"] = answer(b"hi", "text/plain", "200 OK", "Set-Cookie: id=1; Path=/")
        site.pages["/r"] = redirect("/")
        fetch = fetcher(site).fetch
        await fetch(web_address(site.url("/r")))
        await fetch(web_address(site.url("/")))
        return site.asked

    asked = on_site(test)
    assert len(asked) == 3
    for one in asked:
        assert set(one.headers) <= {
            "host", "user-agent", "accept", "accept-encoding", "accept-language", "connection",
        }  # fmt: skip
        assert one.headers["user-agent"] == "Mozilla/5.0 (compatible; Sotto)"


def test_the_environment_cannot_send_a_page_through_a_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)

    async def test(site: Site) -> Fetched:
        site.pages["/"] = answer(b"hi")
        return await fetcher(site).fetch(web_address(site.url()))

    assert on_site(test).body == b"hi"


def test_this_computer_is_out_of_reach_unless_it_is_named_for_a_test() -> None:
    async def test(site: Site) -> tuple[str, str]:
        by_number = await told(fetcher().fetch(web_address(site.url())))
        by_name = await told(fetcher().fetch(web_address(f"http://localhost:{site.port}/")))
        assert site.asked == []
        return by_number, by_name

    by_number, by_name = on_site(test)
    assert by_number.startswith("127.0.0.1 is this computer")
    assert by_name.startswith("localhost is this computer")


@pytest.mark.parametrize(
    "url",
    [
        "http://0x7f000001:{port}/",
        "http://2130706433:{port}/",
        "http://127.1:{port}/",
        "http://[::1]:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://0.0.0.0:{port}/",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "http://192.168.0.1/admin",
        "http://[fd00:ec2::254]/",
    ],
)
def test_however_an_inner_address_is_written_nothing_is_asked_of_it(url: str) -> None:
    async def test(site: Site) -> None:
        said = await told(fetcher().fetch(web_address(url.format(port=site.port))))
        assert "only pages on the public internet" in said
        assert site.asked == []

    on_site(test)


class Recorder(httpcore2.AsyncNetworkBackend):
    """Remembers where connections would have gone, and makes none."""

    def __init__(self) -> None:
        self.went: list[str] = []

    async def connect_tcp(self, host: str, *_: Any, **__: Any) -> httpcore2.AsyncNetworkStream:
        self.went.append(host)
        raise httpcore2.ConnectError("closed")


def resolver(*answers: Sequence[str]) -> Callable[[str, int], Awaitable[Sequence[IpAddress]]]:
    left = list(answers)

    async def resolve(_host: str, _port: int) -> Sequence[IpAddress]:
        return [ipaddress.ip_address(one) for one in left.pop(0)]

    return resolve


def test_a_name_that_changes_its_answer_gains_nothing() -> None:
    recorder = Recorder()
    guard = GuardedBackend(
        resolver=resolver(["93.184.216.34"], ["127.0.0.1"], ["93.184.216.34", "10.0.0.1"]),
        inner=recorder,
    )

    async def connect() -> None:
        with pytest.raises(httpcore2.ConnectError):
            await guard.connect_tcp("rebind.example", 80)
        for _ in range(2):
            with pytest.raises(InsideNetworkError):
                await guard.connect_tcp("rebind.example", 80)

    asyncio.run(connect())
    assert recorder.went == ["93.184.216.34"]  # never the name, which would be resolved again


def test_the_next_address_is_tried_where_one_takes_no_connection() -> None:
    recorder = Recorder()
    guard = GuardedBackend(resolver=resolver(["1.1.1.1", "1.0.0.1"]), inner=recorder)

    async def connect() -> None:
        with pytest.raises(httpcore2.ConnectError):
            await guard.connect_tcp("two.example", 443)

    asyncio.run(connect())
    assert recorder.went == ["1.1.1.1", "1.0.0.1"]


def test_a_host_without_an_address_is_told() -> None:
    async def nowhere(_host: str, _port: int) -> Sequence[IpAddress]:
        raise OSError("Name or service not known")

    async def test() -> None:
        guard = GuardedBackend(resolver=nowhere)
        with pytest.raises(UnknownHostError):
            await guard.connect_tcp("nowhere.example", 80)
        said = await told(PageFetcher(WebClient(guard)).fetch(web_address("nowhere.example")))
        assert said.startswith("There is no host nowhere.example")

    asyncio.run(test())


def test_redirects_that_stay_with_the_site_are_followed() -> None:
    async def test(site: Site) -> Fetched:
        site.pages["/a"] = redirect("/b", "301 Moved Permanently")
        site.pages["/b"] = redirect(site.url("/c"), "308 Permanent Redirect")
        site.pages["/c"] = redirect("d#there", "303 See Other")
        site.pages["/d"] = answer(b"at last")
        return await fetcher(site).fetch(web_address(site.url("/a")))

    page = on_site(test)
    assert page.body == b"at last"
    assert page.url.endswith("/d")


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("http://127.0.0.1:8001/", "redirects to another site"),
        ("http://localhost/", "redirects to another site"),
        ("http://169.254.169.254/latest/meta-data/", "redirects into a private network"),
        ("http://[::1]/", "redirects into a private network"),
        ("http://0x0a.1/", "redirects into a private network"),
        ("https://evil.example/?stolen=1", "redirects to another site"),
        ("//evil.example/", "redirects to another site"),
        ("javascript:alert(1)", "redirects to where no page is"),
        ("data:text/html,<h1>hi", "redirects to where no page is"),
        ("file:///etc/passwd", "redirects to where no page is"),
        ("http://user@127.0.0.1/", "redirects to where no page is"),
        ("", "redirects to where no page is"),
        ("https://evil.example/" + "obey" * 600, "redirects to an address that is too long"),
    ],
)
def test_a_redirect_that_leaves_the_site_is_told_and_not_followed(location: str, said: str) -> None:
    async def test(site: Site) -> str:
        site.pages["/"] = redirect(location)
        sentence = await told(fetcher(site).fetch(web_address(site.url())))
        assert len(site.asked) == 1
        return sentence

    assert said in on_site(test)


def test_a_redirect_from_a_secure_page_to_one_that_is_not_is_told(tmp_path: Path) -> None:
    server, client = certificates(tmp_path, datetime.timedelta(days=1))

    async def test(site: Site) -> str:
        site.pages["/"] = redirect(f"http://{HOST}:{site.port}/")
        return await told(fetcher(site, tls=client).fetch(web_address(site.url())))

    assert "from a secure page to one that is not" in on_site(test, server)


def test_redirects_in_circles_end() -> None:
    async def test(site: Site) -> str:
        site.pages["/"] = redirect("/")
        sentence = await told(fetcher(site).fetch(web_address(site.url())))
        assert len(site.asked) == MOST_REDIRECTS + 1
        return sentence

    assert on_site(test) == "127.0.0.1 redirects in circles or too often."


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("404 Not Found", "404 (Not Found)"),
        ("403 Forbidden", "403 (Forbidden)"),
        ("429 Slow down", "429 (Too Many Requests)"),
        ("500 Oops", "500 (Internal Server Error)"),
        ("999 Go away", "999"),
        ("304 Not Modified", "304 (Not Modified)"),
    ],
)
def test_an_answer_that_is_no_page_is_told(status: str, said: str) -> None:
    async def test(site: Site) -> str:
        site.pages["/"] = answer(b"no", status=status)
        return await told(fetcher(site).fetch(web_address(site.url())))

    assert on_site(test) == f"127.0.0.1 answered {said} instead of a page."


async def endless(_asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    for _ in range(100_000):
        writer.write(b"x" * 10_000)
        await writer.drain()


def test_a_gigabyte_is_not_read() -> None:
    async def test(site: Site) -> tuple[str, str]:
        site.pages["/told"] = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n" + b"x" * 100
        site.pages["/untold"] = endless
        fetch = fetcher(site).fetch
        return (
            await told(fetch(web_address(site.url("/told")))),
            await told(fetch(web_address(site.url("/untold")))),
        )

    assert set(on_site(test)) == {"What 127.0.0.1 sends is larger than 10 MB, so it was not read."}


def bomb(rounds: int) -> bytes:
    """Zeros packed a thousandfold, over and over as one stream."""
    packer = zlib.compressobj(9, wbits=31)
    return b"".join(packer.compress(bytes(1_000_000)) for _ in range(rounds)) + packer.flush()


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_a_bomb_does_not_unpack(coding: str) -> None:
    async def test(site: Site) -> str:
        packed = bomb(50) if coding == "gzip" else zlib.compress(bytes(50_000_000), 9)
        site.pages["/"] = answer(packed, "text/html", "200 OK", f"Content-Encoding: {coding}")
        return await told(fetcher(site).fetch(web_address(site.url())))

    assert on_site(test) == "What 127.0.0.1 sends is larger than 10 MB, so it was not read."


# A fixed time: it stands in the ids, which all workers must collect alike.
@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", gzip.compress(b"hello", mtime=0)),
        ("gzip", gzip.compress(b"hel", mtime=0) + gzip.compress(b"lo", mtime=0)),
        ("x-gzip", gzip.compress(b"hello", mtime=0)),
        ("deflate", zlib.compress(b"hello")),
        ("deflate", zlib.compress(b"hello")[2:-4]),
        ("identity", b"hello"),
    ],
)
def test_packed_pages_are_unpacked(coding: str, packed: bytes) -> None:
    async def test(site: Site) -> Fetched:
        site.pages["/"] = answer(packed, "text/plain", "200 OK", f"Content-Encoding: {coding}")
        return await fetcher(site).fetch(web_address(site.url()))

    assert on_site(test).body == b"hello"


@pytest.mark.parametrize(
    ("coding", "said"),
    [
        ("gzip", "damaged"),
        ("br", "does not read: br"),
        ("deflate", "damaged"),
        ("obey me" * 99, "does not read: unknown"),
    ],
)
def test_what_cannot_be_unpacked_is_told(coding: str, said: str) -> None:
    async def test(site: Site) -> str:
        site.pages["/"] = answer(b"\xff" * 9, "text/plain", "200 OK", f"Content-Encoding: {coding}")
        return await told(fetcher(site).fetch(web_address(site.url())))

    assert said in on_site(test)


async def drip(_: Asked, writer: asyncio.StreamWriter) -> None:
    """A letter at a time, and never silence."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    while not writer.is_closing():
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0)


async def silent(_: Asked, writer: asyncio.StreamWriter) -> None:
    await writer.wait_closed()


async def endless_headers(_asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(1_000_000):
        writer.write(b"X-%d: %s\r\n" % (number, b"y" * 1000))
        await writer.drain()


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (drip, "127.0.0.1 took longer than 0.6 seconds."),
        (silent, "127.0.0.1 does not answer."),
        (endless_headers, "127.0.0.1 does not answer as a web server does."),
        (b"SSH-2.0-OpenSSH_9.9\r\n", "127.0.0.1 does not answer as a web server does."),
        (b"", "127.0.0.1 does not answer as a web server does."),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf",
         "127.0.0.1 does not answer as a web server does."),
    ],
)  # fmt: skip
def test_a_server_that_misbehaves_is_told_and_the_loop_goes_on(
    page: bytes | Callable[[Asked, asyncio.StreamWriter], Awaitable[None]], said: str
) -> None:
    async def test(site: Site) -> tuple[str, int]:
        site.pages["/"] = page
        turns = 0
        ended = asyncio.create_task(told(fetcher(site, QUICK).fetch(web_address(site.url()))))
        while not ended.done():
            await asyncio.sleep(0)
            turns += 1
        return await ended, turns

    sentence, turns = on_site(test)
    assert sentence == said
    assert turns > 10


def test_where_nothing_listens_that_is_told() -> None:
    async def test(site: Site) -> Site:
        return site

    closed = on_site(test)
    sentence = asyncio.run(told(fetcher(closed).fetch(web_address(closed.url()))))
    assert sentence == "127.0.0.1 does not take connections."


def test_a_fetch_that_is_stopped_ends_its_connection() -> None:
    async def test(site: Site) -> None:
        arrived, gone = asyncio.Event(), asyncio.Event()

        async def wait(_: Asked, writer: asyncio.StreamWriter) -> None:
            arrived.set()
            try:
                while not writer.is_closing():
                    writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                    await writer.drain()
                    await asyncio.sleep(0)
            finally:
                gone.set()

        site.pages["/"] = wait
        task = asyncio.create_task(fetcher(site).fetch(web_address(site.url())))
        await arrived.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(gone.wait(), 5)

    on_site(test)


def certificates(
    folder: Path, lasting: datetime.timedelta, name: str = HOST
) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's certificate, signed by itself, and a client that trusts its signer."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    alternative: x509.GeneralName = (
        x509.IPAddress(ipaddress.ip_address(name)) if name == HOST else x509.DNSName(name)
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=9))
        .not_valid_after(now + lasting)
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    chain, secret = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(chain, secret)
    return server, ssl.create_default_context(cafile=chain)


def test_a_secure_page_comes_when_its_certificate_is_good(tmp_path: Path) -> None:
    server, client = certificates(tmp_path, datetime.timedelta(days=1))

    async def test(site: Site) -> Fetched:
        site.pages["/"] = answer(b"safe")
        return await fetcher(site, tls=client).fetch(web_address(site.url()))

    assert on_site(test, server).body == b"safe"


@pytest.mark.parametrize(
    ("lasting", "name", "trusts", "said"),
    [
        (1, HOST, False, "self-signed certificate"),
        (-1, HOST, True, "certificate has expired"),
        (1, "other.example", True, "IP address mismatch"),
    ],
)
def test_a_bad_certificate_is_told_and_nothing_is_sent(
    tmp_path: Path, lasting: int, name: str, said: str, *, trusts: bool
) -> None:
    server, trusting = certificates(tmp_path, datetime.timedelta(days=lasting), name)

    async def test(site: Site) -> str:
        client = trusting if trusts else None
        sentence = await told(fetcher(site, tls=client).fetch(web_address(site.url())))
        assert site.asked == []
        return sentence

    sentence = on_site(test, server)
    assert sentence.startswith("The certificate of 127.0.0.1 is not valid (")
    assert said in sentence


def test_a_server_without_tls_behind_https_is_told() -> None:
    async def test() -> str:
        async def refuse(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(answer(b"plain", status="400 Bad Request"))
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(refuse, HOST, 0)
        async with server:
            site = Site(server.sockets[0].getsockname()[1], scheme="https")
            return await told(fetcher(site).fetch(web_address(site.url())))

    assert asyncio.run(test()) == "No secure connection to 127.0.0.1 could be made."


@STEADY
@given(st.text(alphabet=st.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=60))
def test_no_word_on_the_kind_of_a_page_breaks_the_fetch(told: str) -> None:
    page = fetched(web_address("https://a.example/"), Answer(200, {"content-type": told}, b"x"))
    assert isinstance(page.charset, str)
    assert page.media_type == page.media_type.lower()
