"""The record as a file for other programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from app.permissions.record import Entry


class ExportFormat(StrEnum):
    """How the file is written."""

    JSON_LINES = "jsonl"
    CSV = "csv"


_COLUMNS: Final = ("at", *(field.name for field in fields(Entry)))
# What makes spreadsheets take a cell for a formula (https://owasp.org/www-community/attacks/CSV_Injection).
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def header(form: ExportFormat) -> str:
    """What the file begins with."""
    return _csv_line(_COLUMNS) if form is ExportFormat.CSV else ""


def exported(entries: Iterable[Entry], form: ExportFormat) -> str:
    """Entries as lines of the file.

    JSON lines hold them exactly.  In CSV a text that a spreadsheet would take for a formula
    gets an apostrophe in front.
    """
    if form is ExportFormat.CSV:
        return "".join(
            _csv_line([_cell(value) for value in _values(entry).values()]) for entry in entries
        )
    return "".join(json.dumps(_values(entry), ensure_ascii=False) + "\n" for entry in entries)


def _values(entry: Entry) -> dict[str, object]:
    at = datetime.fromtimestamp(entry.at_ms / 1000, UTC).isoformat(timespec="milliseconds")
    return {"at": at, **asdict(entry), "event": entry.event.value}


def _cell(value: object) -> str:
    if isinstance(value, tuple):
        value = ", ".join(value)
    text = "" if value is None else str(value)
    return "'" + text if isinstance(value, str) and text.startswith(_FORMULA) else text


def _csv_line(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()
