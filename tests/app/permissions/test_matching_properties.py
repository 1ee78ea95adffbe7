"""What holds for every rule and every call."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import assume, example, given
from hypothesis import strategies as st

from app.permissions.folders import as_written, canonical_path, is_inside
from app.permissions.hosts import origin_covers, origin_of, pattern_origin
from app.permissions.matching import covers, offered_pattern, pattern_covers
from app.permissions.rules import ANY, CHAT_FOLDER, Pattern, Rule
from app.tools.values import CallView, TargetKind, ToolFamily
from tests.app.permissions.calls import NOW, around, chat_file, function, page, python, search

LABEL = st.from_regex(r"[a-z]([a-z0-9-]{0,10}[a-z0-9])?", fullmatch=True)
HOST = st.lists(LABEL, min_size=1, max_size=4).map(".".join)
PORT = st.integers(1, 0xFFFF)
ORIGIN = st.builds("{}://{}:{}".format, st.sampled_from(["http", "https"]), HOST, PORT)
NAME = st.from_regex(r"[a-zA-Z0-9_가-힣][a-zA-Z0-9_. 가-힣-]{0,8}[a-zA-Z0-9_가-힣]", fullmatch=True)
PATH = st.lists(NAME, min_size=1, max_size=4).map(lambda names: "/" + "/".join(names))
WORD = st.text("abcdeABC_.-가", min_size=1, max_size=5)

VIEW: st.SearchStrategy[CallView] = st.one_of(
    st.just(python()),
    WORD.map(search),
    ORIGIN.map(lambda origin: page(origin + "/x")),
    st.builds(
        lambda paths, server, name, reads: function(
            *paths, server=server, name=name, is_read_only=reads
        ),
        st.lists(PATH, max_size=2),
        st.sampled_from(["files", "mail"]),
        st.sampled_from(["read", "write"]),
        st.booleans(),
    ),
)
HERE = st.one_of(st.text(max_size=20), PATH).map(lambda rest: f"/mnt/data{rest}")
CHAT_FILE: st.SearchStrategy[CallView] = st.builds(
    lambda path, name, reads: replace(chat_file(path, name), is_read_only=reads),
    st.one_of(HERE, PATH, st.text(max_size=20)),
    st.sampled_from(["read_file", "list_files"]),
    st.booleans(),
)
PATTERN = st.one_of(
    st.just(Pattern(TargetKind.CODE)),
    st.sampled_from([ANY, "a", "b"]).map(lambda value: Pattern(TargetKind.SEARCH, value)),
    ORIGIN.map(lambda origin: Pattern(TargetKind.HOST, str(origin_of(origin)))),
    st.builds(
        lambda value, folder, reads: Pattern(TargetKind.FUNCTION, value, folder, reads),
        st.sampled_from(["files/read", "files/write", "files/*", "mail/read", "chat/*"]),
        st.one_of(st.just(""), st.just(CHAT_FOLDER), PATH),
        st.booleans(),
    ),
)


@given(st.one_of(VIEW, CHAT_FILE))
def test_what_is_offered_covers_the_call_it_was_offered_for(view: CallView) -> None:
    pattern = offered_pattern(view, around())
    if pattern is not None:
        assert pattern_covers(pattern, view, around())
        assert not pattern_covers(pattern, replace(view, runs_outside=True), around())


@given(st.one_of(CHAT_FILE, VIEW))
@example(chat_file("/mnt/data"))
@example(chat_file("/mnt/data2/a"))
@example(chat_file("/mnt/data/../a"))
@example(function("/mnt/data/a", server="chat"))
def test_reading_here_covers_the_chats_own_files_and_nothing_else(view: CallView) -> None:
    reading_here = Pattern(TargetKind.FUNCTION, "chat/*", CHAT_FOLDER, True)
    places = [canonical_path(path, as_written) for path in view.paths]
    is_here = bool(places) and all(one and is_inside(one, "/mnt/data") for one in places)
    is_reading = view.family is ToolFamily.FILES and view.is_read_only
    assert pattern_covers(reading_here, view, around()) == (is_here and is_reading)


@given(ORIGIN)
def test_an_origin_is_its_own_canonical_form(text: str) -> None:
    origin = origin_of(text)
    assert origin is not None
    assert origin_of(str(origin)) == pattern_origin(str(origin)) == origin
    assert origin_covers(origin, origin)


@given(ORIGIN, ORIGIN)
def test_an_origin_covers_only_itself(one: str, other: str) -> None:
    first, second = origin_of(one), origin_of(other)
    assert first is not None
    assert second is not None
    assert origin_covers(first, second) == (first == second)


@given(HOST, st.data())
def test_no_other_label_matches(host: str, data: st.DataObject) -> None:
    labels = host.split(".")
    at = data.draw(st.integers(0, len(labels) - 1))
    labels[at] = data.draw(
        st.one_of(LABEL, st.text(max_size=3).map(lambda text: labels[at] + text))
    )
    changed = ".".join(labels)
    assume(changed.lower() != host)
    pattern = Pattern(TargetKind.HOST, f"https://{host}")
    # Behind "/", "?" and "#" the host is over, and ":443" says nothing new.
    assume(not changed.startswith((host + "/", host + "?", host + "#", host + ":443")))
    assert not pattern_covers(pattern, page(f"https://{changed}"), around())
    assert not pattern_covers(pattern, page(f"https://{changed}/x"), around())


@given(HOST, st.text(max_size=20))
@example("a", "@b")
def test_only_a_clear_end_ends_a_host(host: str, rest: str) -> None:
    origin = origin_of(f"https://{host}{rest}")
    if origin is not None and origin.host == host:
        assert rest == "" or rest[0] in "/?#:"
        assert not set(rest) & {"\\", "\t", "\n", "\r", "\0", " "}


@given(LABEL, HOST, st.sampled_from(["example.com", "example.co.uk", "example.github.io"]))
def test_a_wildcard_covers_what_lies_below_and_nothing_else(
    label: str, host: str, base: str
) -> None:
    pattern = Pattern(TargetKind.HOST, f"https://*.{base}")
    assert pattern_covers(pattern, page(f"https://{label}.{base}/"), around())
    assert not pattern_covers(pattern, page(f"https://{label}{base}/"), around())
    assert not pattern_covers(pattern, page(f"https://{base}.{host}/"), around())


@given(st.sampled_from(["com", "co.uk", "github.io", "kr", "co.kr", "xn--p1ai", "internal", "x"]))
def test_nobody_may_have_all_of_a_top(suffix: str) -> None:
    assert pattern_origin(f"https://*.{suffix}") is None


@given(st.text(max_size=40))
@example("[::1]")
@example("127.0.0.1")
def test_every_reading_of_an_address_is_stable(text: str) -> None:
    origin = origin_of(f"http://{text}")
    assert origin is None or origin_of(str(origin)) == origin


@given(PATH, PATH)
def test_a_path_with_dots_never_gets_anywhere(folder: str, rest: str) -> None:
    pattern = Pattern(TargetKind.FUNCTION, "files/*", folder)
    assert pattern_covers(pattern, function(folder + rest), around())
    for dots in ("/..", "/.", "/%2e%2e", "/..\\", "/\uff0e\uff0e", "//"):
        assert not pattern_covers(pattern, function(folder + dots + rest), around())
        assert not pattern_covers(pattern, function(folder + rest + dots), around()) or dots == "/"


@given(PATH, PATH)
def test_a_folder_holds_what_begins_with_it_name_by_name(folder: str, path: str) -> None:
    names, inner = folder.split("/"), path.split("/")
    assert is_inside(path, folder) == (inner[: len(names)] == names)


@given(st.text(max_size=40).map(lambda text: "/" + text))
def test_a_canonical_path_stays_as_it_is(text: str) -> None:
    path = canonical_path(text, as_written)
    if path is not None:
        assert path in (text, text.removesuffix("/")) or path == "/"
        assert canonical_path(path, as_written) == path
        assert not {"..", ".", ""} & set(path.split("/")[1:]) or path == "/"


@given(PATTERN, VIEW)
def test_a_narrower_rule_never_covers_more(pattern: Pattern, view: CallView) -> None:
    narrow = pattern_covers(pattern, view, around())
    wider = [replace(pattern, is_read_only=False), replace(pattern, folder="")]
    if pattern.kind is TargetKind.FUNCTION:
        wider.append(replace(pattern, value=pattern.value.partition("/")[0] + "/*"))
    for wide in wider:
        assert pattern_covers(wide, view, around()) or not narrow


@given(PATTERN, VIEW, st.integers(0, NOW), st.integers(1, 10**6), st.integers(0, 10**6))
def test_what_has_expired_stays_expired(
    pattern: Pattern, view: CallView, created: int, lasts: int, later: int
) -> None:
    rule = Rule(pattern, created_ms=created, expires_ms=created + lasts)
    now = created + later
    if covers(rule, view, around(now_ms=now)):
        assert covers(rule, view, around(now_ms=created))
        assert covers(replace(rule, expires_ms=0), view, around(now_ms=now))
        assert now < rule.expires_ms
    for after in (rule.expires_ms, rule.expires_ms + later):
        assert not covers(rule, view, around(now_ms=after))


@given(st.lists(PATH, min_size=1, max_size=4), PATH)
def test_the_order_of_files_does_not_matter(paths: list[str], folder: str) -> None:
    pattern = Pattern(TargetKind.FUNCTION, "files/*", folder)
    inside = [folder + path for path in paths]
    for several in (paths, inside, [*inside, *paths]):
        expected = all(is_inside(path, folder) for path in several)
        assert pattern_covers(pattern, function(*several), around()) == expected
        assert pattern_covers(pattern, function(*reversed(several)), around()) == expected


@given(PATTERN, VIEW)
def test_a_call_of_a_kind_is_covered_by_its_kind_alone(pattern: Pattern, view: CallView) -> None:
    if pattern_covers(pattern, view, around()):
        assert pattern.kind is view.target.kind
        assert not pattern.is_read_only or view.is_read_only
