"""A policy as its user writes it: text, in which lines with `## ` name categories."""

from __future__ import annotations

import functools
import re
from typing import Final

from app import resources
from app.safeguard.values import Category, Policy
from engine.errors import UserFacingError

MAX_CHARACTERS: Final = 8_000
"""The model reads all of it for each check; this is about 2,000 tokens."""

MAX_CATEGORIES: Final = 20
MAX_NAME_CHARACTERS: Final = 60

_HEADING: Final = re.compile(r"^##[ \t]+(.*\S)[ \t]*$", re.MULTILINE)
_WHOLE: Final = "The policy"
"""The category of a policy that names none."""


class PolicyError(UserFacingError):
    """A text that cannot be a policy."""


def read_policy(text: str, purpose: str) -> Policy:
    """A policy from its text; what stands before the first category holds for all of them.

    Args:
        text: as the user wrote it.
        purpose: whose texts are judged.

    Raises:
        PolicyError: it is blank, too long, or has too many categories or too long names.
    """
    text = text.strip()
    if not text:
        raise PolicyError("The policy is empty.", "Write what is not wanted, or take Sotto's own.")
    if len(text) > MAX_CHARACTERS:
        raise PolicyError(
            "The policy is too long: it has more than {most} characters.",
            "The model reads all of it for each check, so keep it short.",
            fields={"most": f"{MAX_CHARACTERS:,}"},
        )
    head, *sections = _HEADING.split(text)
    bodies: dict[str, str] = {}
    for name, body in zip(sections[::2], sections[1::2], strict=True):
        name = " ".join(name.split())  # noqa: PLW2901 - the same name
        bodies[name] = "\n".join(part for part in (bodies.get(name, ""), body.strip()) if part)
    if len(bodies) > MAX_CATEGORIES or any(len(name) > MAX_NAME_CHARACTERS for name in bodies):
        raise PolicyError(
            "The policy has more than {count} categories, or a name of more than {most} letters.",
            "Put some together; lines that begin with ## are names of categories.",
            fields={"count": str(MAX_CATEGORIES), "most": str(MAX_NAME_CHARACTERS)},
        )
    if not bodies:
        return Policy(purpose, (Category(_WHOLE, text),))
    categories = tuple(Category(name, body or name) for name, body in bodies.items())
    return Policy("\n\n".join(part for part in (purpose, head.strip()) if part), categories)


@functools.lru_cache(maxsize=2)
def shipped_policy(language: str) -> str:
    """The text of the policy for messages that comes with Sotto.

    Args:
        language: "en" or "ko".
    """
    file = resources.path("safeguard", f"messages.{language}.md")
    return file.read_text(encoding="utf-8").strip()
