"""The mark that stands where a passage was taken out.  Imports nothing: the window shows it."""

from __future__ import annotations

from typing import Final

MARK: Final = "▮▮▮"
"""Stands in a piece's text for each passage that was taken out."""
