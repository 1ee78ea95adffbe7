"""Whole copies of the encrypted history, and the way back to one (docs/EXPORT.md)."""
