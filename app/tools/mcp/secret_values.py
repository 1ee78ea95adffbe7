"""Which texts of a server's configuration are secrets, judged by name and look.  Pure.

Better once too often than once too seldom: a secret goes to the keyring and works from there
just as well.
"""

from __future__ import annotations

import re
from typing import Final

_SECRET_WORDS: Final = frozenset(
    {"accesskey", "apikey", "auth", "authkey", "authorization", "bearer", "cookie", "credential"}
    | {"credentials", "dsn", "key", "keys", "pass", "passphrase", "passwd", "password", "pat"}
    | {"pwd", "secret", "secretkey", "secrets", "signature", "token", "tokens"}
)
_PLAIN: Final = re.compile(r"true|false|\d{1,6}", re.IGNORECASE)
_FOR_PLACES: Final = re.compile(r"(?:file|path|dir|url|uri|host|name|id|user|type)$", re.IGNORECASE)
_SECRET_LOOK: Final = re.compile(
    r"(?:^|[^A-Za-z0-9])(?:sk|pk|rk|ghp|gho|ghs|github_pat|glpat|xox[abposr]|hf|npm|AKIA|AIza|eyJ)"
    r"[-_]?[A-Za-z0-9_./+-]{12,}"
)
_USER_INFO: Final = re.compile(r"//[^/\s:@]+:[^/\s@]+@")
_SCHEME: Final = re.compile(r"(?i)^(bearer|basic|token|apikey|api-key)\s+(?=\S)")
_OPTION: Final = re.compile(r"--?([A-Za-z][\w.-]*)(?:=(.*))?", re.DOTALL)


def is_secret(name: str, value: str) -> bool:
    """Whether a variable or header holds a secret.

    Args:
        name: of the variable or header.
        value: what it is set to.
    """
    if not value.strip() or "${" in value:
        return False
    if _SECRET_LOOK.search(value) or _USER_INFO.search(value):
        return True
    is_named = not _SECRET_WORDS.isdisjoint(_words(name)) and not _FOR_PLACES.search(name)
    return is_named and not _PLAIN.fullmatch(value.strip())


def split_scheme(value: str) -> tuple[str, str]:
    """A header's value as the word before the secret, with its space, and the secret."""
    scheme = _SCHEME.match(value)
    return (scheme[0], value[scheme.end() :]) if scheme else ("", value)


def secret_in_option(argument: str, following: str | None) -> tuple[str, bool] | None:
    """Whether an argument of a program gives a secret: `--api-key=X`, or `--api-key X`.

    Returns:
        The name of the option, and whether the secret is the argument after it; None where
        there is none.
    """
    option = _OPTION.fullmatch(argument)
    if option is None or "${" in argument:
        return None
    name, value = option[1], option[2]
    if value is not None:
        return (name, False) if is_secret(name, value) else None
    if following is None or following.startswith("-"):
        return None
    return (name, True) if is_secret(name, following) else None


def _words(name: str) -> list[str]:
    """The words of a name, in small letters: `apiKey` and `API_KEY` alike."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+", " ", name).lower().split()
