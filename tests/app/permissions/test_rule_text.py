"""Rules as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.permissions.rule_text import RuleTextError, parse_rule, rule_text
from app.permissions.rules import ANY, CHAT_FOLDER, Pattern
from app.tools.values import TargetKind

FUNCTION = TargetKind.FUNCTION
TEXTS = {
    "python": Pattern(TargetKind.CODE),
    "browser.search": Pattern(TargetKind.SEARCH, ANY),
    "search:brave": Pattern(TargetKind.SEARCH, "brave"),
    "host:example.com": Pattern(TargetKind.HOST, "https://example.com"),
    "host:example.com:8443": Pattern(TargetKind.HOST, "https://example.com:8443"),
    "host:http://example.com": Pattern(TargetKind.HOST, "http://example.com"),
    "host:*.example.com": Pattern(TargetKind.HOST, "https://*.example.com"),
    "host:http://[2001:db8::1]:81": Pattern(TargetKind.HOST, "http://[2001:db8::1]:81"),
    "files/read_file": Pattern(FUNCTION, "files/read_file"),
    "files/*": Pattern(FUNCTION, "files/*"),
    "files/*+read": Pattern(FUNCTION, "files/*", "", True),
    "files/*@/home/me/my notes@2027": Pattern(FUNCTION, "files/*", "/home/me/my notes@2027"),
    "files/*+read@chat": Pattern(FUNCTION, "files/*", CHAT_FOLDER, True),
    "own/tax": Pattern(FUNCTION, "own/tax"),
    "내%20파일/a%2Fb": Pattern(FUNCTION, "내 파일/a/b"),
    "python%3A/x": Pattern(FUNCTION, "python:/x"),
    "files/a%2Bread": Pattern(FUNCTION, "files/a+read"),
}


@pytest.mark.parametrize("text", TEXTS)
def test_a_rule_is_read_and_written(text: str) -> None:
    assert parse_rule(text) == TEXTS[text]
    if text != "host:example.com:8443":
        assert rule_text(TEXTS[text]) == text
    assert parse_rule(rule_text(TEXTS[text])) == TEXTS[text]


@pytest.mark.parametrize("text", ["HOST:example.com", "host:EXAMPLE.com/", "host:me@example.com"])
def test_a_host_has_one_spelling(text: str) -> None:
    with pytest.raises(RuleTextError):
        parse_rule(text)


WRONG = [
    "",
    " ",
    "pythonx",
    "Python",
    "python()",
    "*",
    "search:",
    "search:*",
    "search: ",
    "host:",
    "host:*",
    "host:*.com",
    "host:*.co.uk",
    "host:*.github.io",
    "host:*.192.0.2.1",
    "host:**.example.com",
    "host:a.*.example.com",
    "host:example.com/path",
    "host:example.com.",
    "host:ftp://example.com",
    "host:bücher.example",
    "host:example.com:443",
    "files",
    "files/",
    "/read_file",
    "files/ ",
    "*/read_file",
    "*/*",
    "files/**",
    "files/a/b",
    "a%2Fb/c",
    "files/%2A",
    "files/a%",
    "files/%61",
    "files/%FF",
    "files/read file",
    "files/*+write",
    "files/*@notes",
    "files/*@~/notes",
    "files/*@/home/../etc",
    "files/*@/home//me",
    "files/*@/home/me/",
    "files/*@C:\\notes",
    "files/*@:chat",
]


@pytest.mark.parametrize("text", WRONG)
def test_what_is_no_rule_is_told(text: str) -> None:
    with pytest.raises(RuleTextError) as told:
        parse_rule(text)
    assert told.value.hint


@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8),
    st.booleans(),
    st.sampled_from(["", CHAT_FOLDER, "/", "/home/me", "/a@b/c+read"]),
)
def test_every_function_can_be_written(
    server: str, function: str, is_read_only: bool, folder: str
) -> None:
    pattern = Pattern(FUNCTION, f"{server}/{function}", folder, is_read_only)
    if "/" in server or not server.strip() or not function.strip() or ANY in (server, function):
        return
    assert parse_rule(rule_text(pattern)) == pattern


@given(st.text(max_size=30))
def test_any_text_is_a_rule_or_is_told(text: str) -> None:
    try:
        pattern = parse_rule(text)
    except RuleTextError:
        return
    assert parse_rule(rule_text(pattern)) == pattern


@pytest.mark.parametrize("kind", [TargetKind.NONE, TargetKind.PAGE])
def test_nothing_else_can_be_remembered(kind: TargetKind) -> None:
    with pytest.raises(ValueError, match="remembered"):
        rule_text(Pattern(kind))
