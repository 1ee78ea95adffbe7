"""What a rule covers, and what only looks as if it did."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.chats.ids import ChatId
from app.permissions.hosts import origin_of, pattern_origin
from app.permissions.matching import covers, offered_pattern, pattern_covers
from app.permissions.rule_text import parse_rule, rule_text
from app.permissions.rules import Pattern, Rule
from app.tools.values import CallTarget, CallView, TargetKind, ToolFamily
from tests.app.permissions.calls import (
    CHAT,
    NOTES,
    NOW,
    Disk,
    around,
    chat_file,
    function,
    page,
    python,
    search,
)

MATCHES: dict[str, tuple[str, CallView]] = {
    "code": ("python", python()),
    "search with the provider": ("search:brave", search("brave")),
    "search with any provider": ("browser.search", search("exa")),
    "page": ("host:example.com", page("https://example.com/a/b?c=d#e")),
    "page without a path": ("host:example.com", page("https://example.com")),
    "query right behind the host": ("host:example.com", page("https://example.com?q=1")),
    "an @ in the path": ("host:example.com", page("https://example.com/@someone")),
    "letters beyond ASCII in the path": ("host:example.com", page("https://example.com/뉴스")),
    "host in capitals, which mean nothing": ("host:example.com", page("HTTPS://EXAMPLE.com/A")),
    "the usual port, said": ("host:example.com", page("https://example.com:443/")),
    "another port, said in the rule": (
        "host:http://example.com:8080",
        page("http://example.com:8080/x"),
    ),
    "below the host of a wildcard": ("host:*.example.com", page("https://a.b.example.com/")),
    "IDN in its one spelling for machines": (
        "host:xn--bcher-kva.example",
        page("https://xn--bcher-kva.example/"),
    ),
    "IPv4": ("host:http://192.0.2.1", page("http://192.0.2.1/")),
    "IPv6 in another length": ("host:http://[2001:db8::1]", page("http://[2001:DB8:0:0::1]/")),
    "function": ("files/read_file", function("/etc/hosts")),
    "function without files": ("weather/now", function(server="weather", name="now")),
    "any function of the server": ("files/*", function("/etc/hosts", name="move_file")),
    "file in the folder": (f"files/*@{NOTES}", function(f"{NOTES}/a.md", f"{NOTES}/b/c.md")),
    "the folder itself": (f"files/*@{NOTES}", function(NOTES)),
    "the folder with a slash behind it": (f"files/*@{NOTES}", function(NOTES + "/")),
    "dots within a name": (f"files/*@{NOTES}", function(f"{NOTES}/.a..b.md")),
    "blank within a name": (f"files/*@{NOTES}", function(f"{NOTES}/to do.md")),
    "Korean name": (f"files/*@{NOTES}", function(f"{NOTES}/메모.md")),
    "reading only": ("files/*+read", function("/etc/hosts")),
    "in the chat's own folder": ("files/*+read@chat", function("/data/chats/7/a.csv")),
    "own function": ("own/tax", function(server="own", name="tax", family=ToolFamily.OWN)),
    "own function in the sandbox": (
        "own/*@chat",
        function("/mnt/data/a", server="own", name="tax", family=ToolFamily.OWN),
    ),
}

READING_HERE = "chat/*+read@chat"
MATCHES |= {
    "a file of the chat": (READING_HERE, chat_file("/mnt/data/a..b.csv")),
    "a file of the chat in a folder": (READING_HERE, chat_file("/mnt/data/a/메모.md")),
    "the list of the chat's files": (READING_HERE, chat_file("/mnt/data", name="list_files")),
}

EXAMPLE = "host:example.com"
IN_NOTES = f"files/*@{NOTES}"


_NOT_EXAMPLE = {
    "http for https": "http://example.com/",
    "a host below": "https://www.example.com/",
    "the host as a beginning": "https://example.com.evil.net/",
    "the host as an end": "https://notexample.com/",
    "the host with a hyphen": "https://example-com.net/",
    "the host as a user": "https://example.com@evil.net/",
    "the host as a user with a password": "https://example.com:443@evil.net/",
    "a user at the host": "https://me@example.com/",
    "an empty user": "https://@example.com/",
    "user spelled in escapes": "https://example.com%40evil.net/",
    "backslash before the @": "https://example.com\\@evil.net/",
    "backslash for a slash": "https://evil.net\\.example.com/",
    "backslashes for slashes": "https:\\\\example.com/",
    "one slash": "https:/example.com/",
    "no slashes": "https:example.com/",
    "three slashes": "https:///example.com/",
    "no scheme": "//example.com/",
    "nothing but the host": "example.com",
    "another scheme": "ftp://example.com/",
    "a view of the source": "view-source:https://example.com/",
    "data": "data:text/html,https://example.com/",
    "a dot behind": "https://example.com./",
    "two dots": "https://example..com/",
    "a dot before": "https://.example.com/",
    "odd port": "https://example.com:8443/",
    "port of http": "https://example.com:80/",
    "empty port": "https://example.com:/",
    "port with a zero before": "https://example.com:0443/",
    "port zero": "https://example.com:0/",
    "port past the end": "https://example.com:65979/",  # 65536 + 443
    "port in other digits": "https://example.com:٤٤٣/",
    "port with a sign": "https://example.com:+443/",
    "escaped letter": "https://ex%61mple.com/",
    "escaped dot": "https://example%2ecom/",
    "NUL behind the host": "https://example.com\0.evil.net/",
    "escaped NUL behind the host": "https://example.com%00.evil.net/",
    "tab within the host": "https://exam\tple.com/",
    "line break within the address": "https://example.com/\r\nHost: evil.net",
    "tab within the scheme": "ht\ttps://example.com/",
    "blank before": " https://example.com/",
    "blank behind": "https://example.com ",
    "blank within the host": "https://example .com/",
    "full-width letter": "https://\uff45xample.com/",
    "full-width dot": "https://example\uff0ecom/",
    "ideographic dot": "https://example\u3002com/",
    "full-width slash": "https://evil.net\uff0f.example.com/",
    "Cyrillic letter": "https://\u0435xample.com/",
    "Cyrillic letter for machines": "https://xn--xample-2of.com/",
    "sharp s": "https://example.com.straße.de/",
    "soft hyphen": "https://exam\u00adple.com/",
    "zero-width joiner": "https://exam\u200dple.com/",
    "right-to-left override": "https://\u202eexample.com/",
    "right-to-left override in the path": "https://example.com/\u202egpj.exe",
    "empty host": "https:///",
    "only a port": "https://:443/",
    "brackets round a name": "https://[example.com]/",
    "half a surrogate pair": "https://example.com/\ud800",
    "empty address": "",
}


def _hosts() -> dict[str, tuple[str, CallView]]:
    return {
        "Kelvin sign": ("host:kr.example", page("https://\u212ar.example/")),
        **{name: (EXAMPLE, page(url)) for name, url in _NOT_EXAMPLE.items()},
    }


def _addresses() -> dict[str, tuple[str, CallView]]:
    ipv4 = "host:http://127.0.0.1"
    urls = {
        "octal": "http://0177.0.0.1/",
        "octal with zeros": "http://127.000.000.001/",
        "hexadecimal": "http://0x7f.0.0.1/",
        "hexadecimal, one number": "http://0x7f000001/",
        "one number": "http://2130706433/",
        "short": "http://127.1/",
        "a dot behind": "http://127.0.0.1./",
        "five parts": "http://127.0.0.1.1/",
        "full-width digits": "http://\uff1127.0.0.1/",
        "circled digits": "http://\u246027.0.0.1/",
        "by name": "http://localhost/",
        "mapped to IPv6": "http://[::ffff:127.0.0.1]/",
        "mapped to IPv6, hexadecimal": "http://[::ffff:7f00:1]/",
        "compatible with IPv6": "http://[::127.0.0.1]/",
        "translated to IPv6": "http://[64:ff9b::127.0.0.1]/",
        "6to4": "http://[2002:7f00:1::]/",
        "the host below it": "http://127.0.0.1.example.com/",
    }
    cases = {f"IPv4: {name}": (ipv4, page(url)) for name, url in urls.items()}
    ipv6 = "host:http://[fe80::1]"
    return {
        **cases,
        "IPv6: zone": (ipv6, page("http://[fe80::1%eth0]/")),
        "IPv6: escaped zone": (ipv6, page("http://[fe80::1%25eth0]/")),
        "IPv6: without brackets": (ipv6, page("http://fe80::1/")),
        "IPv6: other address": (ipv6, page("http://[fe80::1:1]/")),
        "wildcard: the host itself": ("host:*.example.com", page("https://example.com/")),
        "wildcard: an end": ("host:*.example.com", page("https://notexample.com/")),
        "wildcard: the host as a beginning": (
            "host:*.example.com",
            page("https://a.example.com.evil.net/"),
        ),
        "wildcard: other scheme": ("host:*.example.com", page("http://a.example.com/")),
        "wildcard: other port": ("host:*.example.com", page("https://a.example.com:444/")),
        "wildcard: empty label": ("host:*.example.com", page("https://.example.com/")),
        "wildcard: a star in the address": ("host:*.example.com", page("https://*.example.com/")),
    }


def _paths() -> dict[str, tuple[str, CallView]]:
    paths = {
        "the folder above": "/home/me",
        "the root": "/",
        "a file beside": "/home/me/a.md",
        "a folder whose name begins alike": NOTES + "-old/a.md",
        "other case": "/home/me/Notes/a.md",
        "up and out": NOTES + "/../secret",
        "up and back": NOTES + "/../notes/a.md",
        "up at the end": NOTES + "/..",
        "a single dot": NOTES + "/./a.md",
        "doubled slash": NOTES + "//a.md",
        "doubled slash before": "/" + NOTES + "/a.md",
        "escaped dots": NOTES + "/%2e%2e/secret",
        "escaped slash": NOTES + "/..%2Fsecret",
        "escaped twice": NOTES + "/%252e%252e/secret",
        "backslashes": NOTES + "\\..\\secret",
        "NUL": NOTES + "/a.md\0.png",
        "line break": NOTES + "/a.md\n/etc/passwd",
        "dot behind a name": NOTES + "/a.md.",
        "blank behind a name": NOTES + "/a.md ",
        "blank behind the folder": NOTES + " /a.md",
        "three dots": NOTES + "/.../secret",
        "full-width dots": NOTES + "/\uff0e\uff0e/secret",
        "full-width slash": NOTES + "/..\uff0fsecret",
        "fraction slash": NOTES + "/..\u2044secret",
        "two dot leader": NOTES + "/\u2025/secret",
        "zero-width space": NOTES + "/.\u200b./secret",
        "soft hyphen": "/home/me/no\u00adtes/a.md",
        "Cyrillic letter": "/home/me/n\u043etes/a.md",
        "right-to-left override": NOTES + "/\u202egpj.sh",
        "home": "~/notes/a.md",
        "home within": NOTES + "/~/a.md",
        "another user's home": "~me/notes/a.md",
        "relative": "notes/a.md",
        "relative with a dot": "./a.md",
        "as an address": "file://" + NOTES + "/a.md",
        "Windows": "C:\\home\\me\\notes\\a.md",
        "Windows with slashes": "C:/home/me/notes/a.md",
        "Windows share": "\\\\server\\notes\\a.md",
        "blank before": " " + NOTES + "/a.md",
        "empty": "",
        "half a surrogate pair": NOTES + "/\ud800",
    }
    return {f"path: {name}": (IN_NOTES, function(path)) for name, path in paths.items()}


def _functions() -> dict[str, tuple[str, CallView]]:
    inside = f"{NOTES}/a.md"
    own = ToolFamily.OWN
    return {
        "one file of two outside": (IN_NOTES, function(inside, "/etc/passwd")),
        "no file at all": (IN_NOTES, function()),
        "a place the tool does not tell of": (
            IN_NOTES,
            function(inside, body='{"path": "/home/me/notes/a.md", "to": "/etc/passwd"}'),
        ),
        "a place among many": (
            IN_NOTES,
            function(inside, body='{"edits": [{"text": "x"}, {"to": ["~/secret"]}]}'),
        ),
        "a place as the name of a field": (IN_NOTES, function(inside, body='{"/etc": 1}')),
        "dots the tool does not tell of": (IN_NOTES, function(inside, body='{"a": "b/../c"}')),
        "an address the tool does not tell of": (
            IN_NOTES,
            function(inside, body='{"a": "file:///etc/passwd"}'),
        ),
        "arguments that are no JSON": (IN_NOTES, function(inside, body="{")),
        "other function": ("files/read_file", function(name="write_file")),
        "function in other case": ("files/read_file", function(name="Read_File")),
        "function that begins alike": ("files/read_file", function(name="read_file_raw")),
        "function with a blank behind": ("files/read_file", function(name="read_file ")),
        "function with a zero-width space": ("files/read_file", function(name="read_\u200bfile")),
        "other server": ("files/*", function(server="file")),
        "server in other case": ("files/*", function(server="Files")),
        "server that begins alike": ("files/*", function(server="files2")),
        "server with a slash": ("files/*", function(server="files/x")),
        "another cut between server and function": (
            "a/b%2Fc",
            function(server="a/b", name="c"),
        ),
        "server with a blank behind": ("files/*", function(server="files ")),
        "Cyrillic letter in the server": ("files/*", function(server="fil\u0435s")),
        "target and server disagree": (
            "files/read_file",
            function(server="other", target="files/read_file"),
        ),
        "letters taken apart": ("files/*@/home/\u00e9", function("/home/e\u0301/a.md")),
        "own function for a server": ("files/*", function(family=own)),
        "server that calls itself own": ("own/*", function(server="own")),
        "server without a name": ("own/*", function(server="", target="own/read_file")),
        "writing, where only reading was allowed": ("files/*+read", function(is_read_only=False)),
        "another chat's folder": ("files/*@chat", function("/data/chats/8/a.csv")),
        "a chat whose folder begins alike": ("files/*@chat", function("/data/chats/70/a.csv")),
        "the sandbox's folder, at a server": ("files/*@chat", function("/mnt/data/a.csv")),
        "the host's folder, in the sandbox": (
            "own/*@chat",
            function("/data/chats/7/a.csv", server="own", family=own),
        ),
    }


def _chat_files() -> dict[str, tuple[str, CallView]]:
    inside = "/mnt/data/a.csv"
    theirs = function(inside, server="chat")
    places = {
        "dots": "/mnt/data/../etc/passwd",
        "dots within": "/mnt/data/a/../../../etc/passwd",
        "a folder that begins alike": "/mnt/data2/a.csv",
        "the folder above": "/mnt",
        "an empty part": "/mnt/data//a.csv",
        "a slash that only looks like one": "/mnt/data\u2044..\u2044etc",
        "a wide dot": "/mnt/data/\uff0e\uff0e/etc",
        "a hidden character": "/mnt/data/a\u200b.csv",
        "a relative path": "a.csv",
        "capitals": "/MNT/data/a.csv",
    }
    return {
        **{f"chat's files: {name}": (READING_HERE, chat_file(it)) for name, it in places.items()},
        "chat's files: a server of that name": (READING_HERE, theirs),
        "chat's files: a server of that name, by function": ("chat/read_file", theirs),
        "chat's files: a server of that name, all": ("chat/*", theirs),
        "chat's files: for a server's rule": ("files/*+read@chat", chat_file(inside)),
        "chat's files: for a rule of own functions": ("own/*", chat_file(inside)),
        "chat's files: what does not only read": (
            READING_HERE,
            replace(chat_file(inside), is_read_only=False),
        ),
        "chat's files: one that says it is a server's": (
            READING_HERE,
            replace(chat_file(inside), family=ToolFamily.MCP, server="files"),
        ),
    }


def _kinds() -> dict[str, tuple[str, CallView]]:
    hosted = CallTarget(TargetKind.HOST, "https://example.com/")
    code = CallTarget(TargetKind.CODE)
    return {
        "code that runs outside": ("python", replace(python(), runs_outside=True)),
        "function that runs outside": ("files/*", replace(function(), runs_outside=True)),
        "code of another family": ("python", replace(python(), family=ToolFamily.MCP)),
        "unknown tool": ("python", replace(python(), family=ToolFamily.UNKNOWN)),
        "code with a target": ("python", replace(python(), target=replace(code, value="x"))),
        "page of a server": ("host:example.com", replace(function(), target=hosted)),
        "code for a page": ("host:example.com", replace(page(""), target=code)),
        "page for a search": ("search:brave", page("https://brave.com/")),
        "search for a page": ("host:brave.com", search("https://brave.com/")),
        "search with another provider": ("search:brave", search("exa")),
        "provider in other case": ("search:brave", search("Brave")),
        "search of a server": ("browser.search", replace(search("x"), family=ToolFamily.MCP)),
        "no provider": ("browser.search", search("")),
        "blank provider": ("browser.search", search(" ")),
        "nothing": ("python", replace(python(), target=CallTarget())),
        "a page that is there": (
            "host:example.com",
            replace(page(""), target=CallTarget(TargetKind.PAGE, "https://example.com/")),
        ),
    }


ABUSES = {
    **_hosts(),
    **_addresses(),
    **_paths(),
    **_functions(),
    **_chat_files(),
    **_kinds(),
}


def test_there_are_many_abuses() -> None:
    assert len(ABUSES) >= 60


@pytest.mark.parametrize("name", MATCHES)
def test_a_rule_covers(name: str) -> None:
    text, view = MATCHES[name]
    assert pattern_covers(parse_rule(text), view, around())


@pytest.mark.parametrize("name", ABUSES)
def test_a_rule_does_not_cover(name: str) -> None:
    text, view = ABUSES[name]
    assert not pattern_covers(parse_rule(text), view, around())


DOUBTFUL = [
    "https://example.com:65979/",
    "https://example.com:0443/",
    "https://example.com/a\\b",
    "https://example.com/?a=\\",
    "https://example.com/a b",
    "http://127.1/",
    "http://0177.0.0.1/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://1.2.3.4.5/",
    "http://example.0x/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::7f00:1]/",
    "http://[::]/",
    "http://[2002:7f00:1::]/",
    "http://[2001:0:7f00:1::]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[1.2.3.4]/",
    "http://a" + "a" * 63 + "/",
    "http://" + "a." * 127 + "aa/",
    "http://-a.example/",
    "http://a-.example/",
]


@pytest.mark.parametrize("url", DOUBTFUL)
def test_a_doubtful_address_leads_nowhere_that_could_be_allowed(url: str) -> None:
    assert origin_of(url) is None
    assert pattern_origin(url.removesuffix("/")) is None


def test_the_loopback_address_has_one_reading() -> None:
    assert str(origin_of("http://[::1]/")) == "http://[::1]"


def test_only_functions_are_narrowed_to_a_folder() -> None:
    for pattern, view in (
        (Pattern(TargetKind.CODE), python()),
        (Pattern(TargetKind.SEARCH, "brave"), search("brave")),
        (Pattern(TargetKind.HOST, "https://example.com"), page("https://example.com/")),
    ):
        assert pattern_covers(pattern, view, around())
        assert not pattern_covers(replace(pattern, folder=NOTES), view, around())


LINKS: dict[str, tuple[dict[str, str], str]] = {
    "file that leads out": ({f"{NOTES}/a.md": "/etc/passwd"}, f"{NOTES}/a.md"),
    "folder that leads out": ({f"{NOTES}/b": "/etc"}, f"{NOTES}/b/passwd"),
    "by way of another": ({f"{NOTES}/b": "/srv/c", "/srv/c": "/etc"}, f"{NOTES}/b/x"),
    "in a circle": ({f"{NOTES}/b": f"{NOTES}/c", f"{NOTES}/c": f"{NOTES}/b"}, f"{NOTES}/b/x"),
    "to a doubtful path": ({f"{NOTES}/b": f"{NOTES}/../x"}, f"{NOTES}/b"),
    "the folder itself leads elsewhere": ({NOTES: "/etc"}, f"{NOTES}/a.md"),
    "the folder above leads elsewhere": ({"/home/me": "/root"}, f"{NOTES}/a.md"),
}


@pytest.mark.parametrize("name", LINKS)
def test_a_symlink_leads_out_of_a_rule(name: str) -> None:
    links, path = LINKS[name]
    assert not pattern_covers(parse_rule(IN_NOTES), function(path), around(Disk(links)))


def test_a_symlink_into_the_folder_is_followed() -> None:
    disk = Disk({"/srv/notes": NOTES, f"{NOTES}/today": f"{NOTES}/2027/may"})
    call = function("/srv/notes/a.md", f"{NOTES}/today/b.md")
    assert pattern_covers(parse_rule(IN_NOTES), call, around(disk))


@pytest.mark.parametrize("folder", ["", "data/chats/7", "/data/chats/../chats/7", "/data/chats/7 "])
def test_there_is_no_own_folder_to_speak_of(folder: str) -> None:
    call = function("/data/chats/7/a.csv")
    assert not pattern_covers(parse_rule("files/*@chat"), call, around(chat_folder=folder))


def test_a_rule_of_a_chat_ends_with_the_chat() -> None:
    rule = Rule(parse_rule("python"), chat_id=CHAT)
    assert covers(rule, python(), around())
    assert not covers(rule, python(), around(chat=ChatId(8)))


def test_a_rule_expires() -> None:
    rule = Rule(parse_rule("python"), created_ms=NOW - 10, expires_ms=NOW)
    assert covers(rule, python(), around(now_ms=NOW - 1))
    assert not covers(rule, python(), around(now_ms=NOW))
    assert not covers(rule, python(), around(now_ms=NOW + 1))


def test_a_clock_that_was_put_back_gives_no_time() -> None:
    rule = Rule(parse_rule("python"), created_ms=NOW, expires_ms=NOW + 10)
    assert not covers(rule, python(), around(now_ms=NOW - 1))


# What "always" would mean, by what the call is.
OFFERS: dict[str, tuple[CallView, str | None]] = {
    "code": (python(), "python"),
    "search": (search("brave"), "search:brave"),
    "page": (page("https://a.example.com/b?c"), "host:a.example.com"),
    "page on another port": (page("http://example.com:81/"), "host:http://example.com:81"),
    "page with a doubtful address": (page("https://me@example.com/"), None),
    "function without files": (function(server="weather", name="now"), "weather/now+read"),
    "function that changes things": (
        function(server="mail", name="send", is_read_only=False),
        "mail/send",
    ),
    "file": (function(f"{NOTES}/a.md"), f"files/read_file+read@{NOTES}"),
    "folder": (function(NOTES, name="list"), f"files/list+read@{NOTES}"),
    "files of two folders": (
        function(f"{NOTES}/a/b", f"{NOTES}/c/d", is_read_only=False),
        f"files/read_file@{NOTES}",
    ),
    "files with nothing in common": (function("/etc/hosts", f"{NOTES}/a"), None),
    "file with a doubtful path": (function(f"{NOTES}/../a.md"), None),
    "file of which the arguments say more": (function(f"{NOTES}/a", body='{"to": "/b"}'), None),
    "reading in the chat's folder": (function("/data/chats/7/a.csv"), "files/*+read@chat"),
    "writing in the chat's folder": (
        function("/data/chats/7/a.csv", is_read_only=False, name="write"),
        "files/write@chat",
    ),
    "own function": (
        function(server="own", name="tax", family=ToolFamily.OWN, is_read_only=False),
        "own/tax",
    ),
    "a file of the chat": (chat_file("/mnt/data/a.csv"), READING_HERE),
    "the list of the chat's files": (chat_file("/mnt/data", name="list_files"), READING_HERE),
    "a file of the chat with a doubtful name": (chat_file("/mnt/data/a\u2215b"), None),
    "what runs outside": (replace(python(), runs_outside=True), None),
    "a provider called star": (search("*"), None),
    "a function called star": (function(name="*"), None),
    "nothing": (replace(python(), target=CallTarget()), None),
    "a page that is there": (replace(page(""), target=CallTarget(TargetKind.PAGE)), None),
}


@pytest.mark.parametrize("name", OFFERS)
def test_what_is_offered_to_be_remembered(name: str) -> None:
    view, expected = OFFERS[name]
    pattern = offered_pattern(view, around())
    assert (rule_text(pattern) if pattern else None) == expected
    if pattern:
        assert pattern_covers(pattern, view, around())
