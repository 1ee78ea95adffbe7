from __future__ import annotations

from dataclasses import replace

import pytest

from app.tools.mcp.servers import ServerEntry, ServerSecrets, secret_mark
from ui.settings.tools.server_text import Typed, TypedError, entry_of, typed_of


def test_a_program_is_typed_as_in_a_shell() -> None:
    typed = Typed("files", "npx -y 'a server' ~/notes", "~", "", "A=1\n\nB = x=y ", "KEY=s3cret")
    entry, secrets = entry_of(typed, None)
    assert (entry.command, entry.args) == ("npx", ("-y", "a server", "~/notes"))
    assert entry.env == (("A", "1"), ("B", "x=y"), ("KEY", secret_mark("KEY")))
    assert secrets.values == (("KEY", "s3cret"),)
    assert "s3cret" not in repr(secrets)


def test_what_is_edited_comes_back_as_it_was_and_keeps_its_secrets() -> None:
    entry = ServerEntry(
        "files",
        "npx",
        ("-y", "a b"),
        env=(("A", "1"), ("KEY", secret_mark("old-key"))),
        hidden_tools=("x",),
        call_seconds=9,
    )
    typed = typed_of(entry)
    assert (typed.values, typed.secrets) == ("A=1", "KEY")
    again, secrets = entry_of(typed, entry)
    assert again == entry
    assert secrets.values == ()


def test_an_address_has_headers() -> None:
    typed = Typed("far", "", "", "https://tools.example.org/mcp", "", "Authorization=Bearer x")
    entry, secrets = entry_of(typed, None)
    assert entry.headers == (("Authorization", secret_mark("Authorization")),)
    assert (entry.env, entry.command) == ((), "")
    assert secrets.values == (("Authorization", "Bearer x"),)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (Typed("a"), "a program or an address."),
        (Typed("a", "x", url="https://y"), "not both"),
        (Typed("a", "x 'y"), "no partner"),
        (Typed("a", "x", values="just words"), "values as NAME=value"),
        (Typed("a", "x", values="=1"), "values as NAME=value"),
        (Typed("a", "x", secrets="NEW"), "secrets as NAME=value"),
    ],
)
def test_what_makes_no_server_is_told(typed: Typed, said: str) -> None:
    with pytest.raises(TypedError, match=said):
        entry_of(typed, None)


def test_a_secret_inside_a_longer_text_is_typed_by_its_name() -> None:
    entry = ServerEntry(
        "s",
        url="https://example.com/mcp?key=${secret:k}",
        headers=(("Authorization", "Bearer ${secret:token}"), ("X", "${secret:X}")),
    )
    typed = typed_of(entry)
    assert typed.secrets.splitlines() == ["X", "k", "token"]
    assert entry_of(typed, entry) == (entry, ServerSecrets())
    given = replace(typed, secrets="X\nk\ntoken=abc")
    assert entry_of(given, entry) == (entry, ServerSecrets((("token", "abc"),)))


def test_a_secret_among_the_arguments_is_no_variable() -> None:
    entry = ServerEntry("s", "npx", ("server", "--token=${secret:tok}"))
    typed = typed_of(entry)
    assert typed.secrets == "tok"
    given = replace(typed, secrets="tok=abc")
    assert entry_of(given, entry) == (entry, ServerSecrets((("tok", "abc"),)))
