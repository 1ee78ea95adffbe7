"""Holds an answer to one of a few texts: which token ids may come next.  Engine thread only.

For side jobs, whose answers are small and known beforehand.  A grammar could do it as well, but
making its tables takes a second in which no other thread of the process runs (measured: the
library keeps Python's lock; docs/decisions/011.md).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Final

from engine.harmony.messages import ResponseFormat
from engine.harmony.tokens import RETURN
from engine.llama.restriction import OnlyThese, sorted_ids

MOST_CHOICES: Final = 64


class ChoiceGuard:
    """The texts that an answer may still become, from its first token to `<|return|>`.

    A `TokenGuard`.  Each text is held to be cut into tokens as the encoder cuts it.

    Args:
        encode: ids of a text.
        texts: at least one.
    """

    def __init__(self, encode: Callable[[str], Sequence[int]], texts: Sequence[str]) -> None:
        self._left = [(*encode(text), RETURN) for text in texts]

    def restriction(self) -> OnlyThese:
        """What may come next; nothing behind the end."""
        return OnlyThese(sorted_ids(rest[0] for rest in self._left if rest))

    def take(self, token: int) -> None:
        """A token was chosen."""
        self._left = [rest[1:] for rest in self._left if rest and rest[0] == token]


def choices_of(wanted: ResponseFormat) -> tuple[str, ...]:
    """The answers that a format allows, where its schema lists them (`enum`) and they are few.

    Returns:
        JSON on one line each; () for any other schema.
    """
    try:
        schema = json.loads(wanted.schema)
    except ValueError:
        return ()
    listed = schema.get("enum") if isinstance(schema, dict) and set(schema) == {"enum"} else None
    if not isinstance(listed, list) or not 0 < len(listed) <= MOST_CHOICES:
        return ()
    return tuple(json.dumps(value, ensure_ascii=False) for value in listed)
