from __future__ import annotations

from collections.abc import Callable

import pytest

from app.models.hub_access import (
    HubAccessError,
    HubToken,
    checked_endpoint,
    endpoint_of,
    may_carry_token,
)
from app.models.reference import HUB
from app.secrets import SecretsError


class MemorySecrets(dict[str, str]):
    """A keyring that only this test sees."""

    def set(self, name: str, secret: str) -> None:
        self[name] = secret

    def delete(self, name: str) -> None:
        self.pop(name, None)


@pytest.mark.parametrize(
    ("environ", "setting", "endpoint"),
    [
        ({}, "", HUB),
        ({"HF_ENDPOINT": ""}, "https://mine.example/", "https://mine.example"),
        (
            {"HF_ENDPOINT": "https://first.example/hf/"},
            "https://mine.example",
            "https://first.example/hf",
        ),
        ({}, " mirror.example:8443 ", "https://mirror.example:8443"),
        ({}, "http://[::1]:80", "http://[::1]:80"),
    ],
)
def test_the_variable_goes_before_the_setting_and_both_before_the_hub(
    environ: dict[str, str], setting: str, endpoint: str
) -> None:
    assert endpoint_of(environ, setting) == endpoint


@pytest.mark.parametrize(
    "text",
    [
        "ftp://a.example",
        "https://",
        "https://a.example?x=1",
        "https://a.example#x",
        "https://me:pw@a.example",
        "https://a example",
        "https://a.example:none",
        "https://[::1",
    ],
)
def test_what_is_no_address_of_a_mirror_is_refused(text: str) -> None:
    with pytest.raises(HubAccessError):
        checked_endpoint(text)


@pytest.mark.parametrize(
    ("address", "endpoint", "may"),
    [
        ("https://huggingface.co/a/b/resolve/main/c.gguf", HUB, True),
        ("https://huggingface.co:443/a", HUB, True),
        ("http://huggingface.co/a", HUB, False),
        ("https://cdn.huggingface.co/a", HUB, False),
        ("https://huggingface.co.evil.example/a", HUB, False),
        ("https://huggingface.co:444/a", HUB, False),
        ("http://mirror.example/a", "http://mirror.example", False),
        ("http://127.0.0.1:8000/a", "http://127.0.0.1:8000", True),
        ("http://localhost:8000/a", "http://localhost:8000", True),
        ("http://127.0.0.1:8001/a", "http://127.0.0.1:8000", False),
    ],
)
def test_a_token_goes_to_its_own_hub_alone_and_never_in_the_clear(
    address: str, endpoint: str, *, may: bool
) -> None:
    assert may_carry_token(address, endpoint) is may


def test_the_variable_goes_before_the_keyring() -> None:
    kept = MemorySecrets()
    HubToken(HUB, {}, kept).set("hf_kept")

    assert HubToken(HUB, {}, kept).get() == "hf_kept"
    given = HubToken(HUB, {"HF_TOKEN": " hf_given\n"}, kept)
    assert (given.get(), given.is_in_environment) == ("hf_given", True)


def test_a_token_kept_for_the_hub_is_not_given_to_a_mirror() -> None:
    kept = MemorySecrets()
    HubToken(HUB, {}, kept).set("hf_kept")

    assert HubToken("https://mirror.example", {}, kept).get() is None


def test_a_computer_without_a_keyring_has_no_token() -> None:
    class NoKeyring(MemorySecrets):
        def get(self, name: str, default: str | None = None) -> str | None:  # type: ignore[override]
            raise SecretsError(f"no {name} {default}")

    assert HubToken(HUB, {}, NoKeyring()).get() is None


def test_a_blank_token_is_forgotten() -> None:
    kept = MemorySecrets()
    token = HubToken(HUB, {}, kept)
    token.set("hf_kept")
    token.set("  ")

    assert (token.get(), dict(kept)) == (None, {})


@pytest.mark.parametrize("text", ["two words", "line\nline", "ключ", "x" * 501])
def test_what_cannot_be_a_token_is_refused_and_not_quoted(text: str) -> None:
    kept = MemorySecrets()

    with pytest.raises(HubAccessError) as refused:
        HubToken(HUB, {}, kept).set(text)

    assert text not in str(refused.value) + refused.value.hint + refused.value.detail
    assert not kept


@pytest.mark.parametrize("damage", [lambda _: "two words", lambda _: "a\r\nX-Evil: 1"])
def test_a_token_that_would_break_out_of_its_header_is_not_used(
    damage: Callable[[str], str],
) -> None:
    assert HubToken(HUB, {"HF_TOKEN": damage("")}, MemorySecrets()).get() is None
