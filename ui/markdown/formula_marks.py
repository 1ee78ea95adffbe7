"""How the parser and its rules for formulas tell each other of a text that still grows."""

from __future__ import annotations

from typing import Final

STREAMING: Final = "is_streaming"
"""Key in markdown-it's env: the text may still grow, so an unclosed formula is one."""

OPEN: Final = "open"
"""`info` of a formula token whose end has not come."""
