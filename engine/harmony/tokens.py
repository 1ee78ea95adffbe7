"""Special token ids and the words of harmony headers.

Ids: openai/harmony src/tiktoken_ext/public_encodings.rs (o200k_harmony).
"""

from __future__ import annotations

from typing import Final

START: Final = 200006
END: Final = 200007
MESSAGE: Final = 200008
CHANNEL: Final = 200005
CONSTRAIN: Final = 200003
CALL: Final = 200012
RETURN: Final = 200002
END_OF_TEXT: Final = 199999

ORDINARY_TOKENS: Final = 199_998
"""Ids below are text; ids from here on are special or reserved and have none."""

VOCABULARY_TOKENS: Final = 201_088
"""Size of the vocabulary, and so of the model's logits."""

TURN_ENDS: Final = frozenset({RETURN, CALL, END_OF_TEXT})
"""Generation stops here; `END` only separates messages of one turn (harmony docs/format.md)."""
