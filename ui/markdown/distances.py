"""Distances in rendered Markdown, in logical px."""

from __future__ import annotations

from typing import Final

GAP: Final = 12
"""Between two blocks."""

INDENT: Final = 24
"""One level of a list."""
