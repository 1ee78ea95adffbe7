"""Calls of tools as a reader sees them: a quiet line, the whole call behind it, and what came."""
