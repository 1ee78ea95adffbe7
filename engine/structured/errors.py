"""Why a JSON schema cannot bind an answer."""

from __future__ import annotations

from engine.errors import EngineError


class SchemaError(EngineError):
    """A JSON schema cannot be used; `place` says where, as a JSON pointer (`#/items`)."""
