"""Tables that tools made, as rows of text.  Knows no Qt, draws and loads nothing.

From HTML only the cells' text is taken, of the first table there is (the form pandas gives it,
`DataFrame.to_html`); tags, styles, scripts and addresses are left behind.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

from typing_extensions import override

from ui.chat.tools.wording import plain

MOST_ROWS: Final = 2000
MOST_COLUMNS: Final = 200
MOST_LETTERS: Final = 4_000_000
_CELL_LETTERS: Final = 2000
_SILENT: Final = frozenset({"script", "style", "template", "noscript", "title"})


@dataclass(frozen=True, slots=True)
class TableData:
    """Rows of text.

    Attributes:
        header: names of the columns; () where the table names none.
        rows: each may be shorter than the header.
        is_cut: there was more than is shown.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    is_cut: bool = False

    @property
    def columns(self) -> int:
        """How many columns there are."""
        return max((len(row) for row in (self.header, *self.rows)), default=0)

    def as_text(self) -> str:
        """Lines with tabs between the cells, as spreadsheets take them."""
        rows = (self.header, *self.rows) if self.header else self.rows
        return "\n".join("\t".join(_flat(cell) for cell in row) for row in rows)


def read_table(data: bytes, media_type: str) -> TableData | None:
    """The table in `text/html` or `text/csv`; None where there is none."""
    text = data.decode("utf-8", "replace")
    is_cut = len(text) > MOST_LETTERS
    text = text[:MOST_LETTERS]
    table = _from_csv(text) if media_type == "text/csv" else _from_html(text)
    if table is None or not table.columns:
        return None
    return TableData(table.header, table.rows, table.is_cut or is_cut)


def _from_csv(text: str) -> TableData | None:
    try:
        rows = []
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""))):
            if number > MOST_ROWS:
                break
            rows.append(tuple(_clean(cell) for cell in row[:MOST_COLUMNS]))
    except csv.Error:
        return None
    if not rows:
        return None
    return TableData(rows[0], tuple(rows[1 : MOST_ROWS + 1]), len(rows) > MOST_ROWS)


def _from_html(text: str) -> TableData | None:
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.table()


@dataclass(slots=True)
class _Row:
    cells: list[str] = field(default_factory=list)
    has_data: bool = False


class _Reader(HTMLParser):
    """Collects the cells of the first table; a table inside a cell is text of that cell."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._depth = 0
        self._is_over = False
        self._silent = 0
        self._rows: list[_Row] = []
        self._cell: list[str] | None = None
        self._span = 1
        self._is_cut = False

    def table(self) -> TableData | None:
        """What was found."""
        self._end_cell()
        rows = [row for row in self._rows if row.cells]
        if not rows:
            return None
        head = 0
        while head < len(rows) and not rows[head].has_data:
            head += 1
        header: tuple[str, ...] = tuple(rows[0].cells) if head else ()
        for row in rows[1:head]:  # pandas names the index in a second row of the head
            header = _joined(header, row.cells)
        body = tuple(tuple(row.cells) for row in rows[head:])
        return TableData(header, body[:MOST_ROWS], self._is_cut or len(body) > MOST_ROWS)

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._is_over:
            return
        if tag in _SILENT:
            self._silent += 1
        elif tag == "table":
            self._depth += 1
        elif self._depth == 1 and tag == "tr":
            self._end_cell()
            self._rows.append(_Row())
        elif self._depth == 1 and tag in {"td", "th"}:
            self._begin_cell(tag, dict(attrs))
        elif tag == "br" and self._cell is not None:
            self._cell.append(" ")

    @override
    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag == "table" and self._depth:
            self._depth -= 1
            if not self._depth:
                self._end_cell()
                self._is_over = True
        elif self._depth == 1 and tag in {"td", "th", "tr"}:
            self._end_cell()

    @override
    def handle_data(self, data: str) -> None:
        if self._cell is not None and not self._silent and not self._is_over:
            self._cell.append(data)

    def _begin_cell(self, tag: str, attrs: dict[str, str | None]) -> None:
        self._end_cell()
        if not self._rows:
            self._rows.append(_Row())
        if len(self._rows) > MOST_ROWS + 8:
            self._is_cut = True
            return
        self._cell = []
        self._rows[-1].has_data = self._rows[-1].has_data or tag == "td"
        span = attrs.get("colspan") or "1"
        self._span = min(MOST_COLUMNS, int(span)) if span.isascii() and span.isdigit() else 1

    def _end_cell(self) -> None:
        if self._cell is None:
            return
        text = _clean("".join(self._cell))
        cells = self._rows[-1].cells
        for number in range(max(1, self._span)):
            if len(cells) >= MOST_COLUMNS:
                self._is_cut = True
                break
            cells.append(text if not number else "")
        self._cell = None


def _joined(header: tuple[str, ...], more: list[str]) -> tuple[str, ...]:
    width = max(len(header), len(more))
    padded = [*header, *[""] * (width - len(header))]
    return tuple(
        f"{one} {more[at]}".strip() if at < len(more) else one for at, one in enumerate(padded)
    )


def _clean(cell: str) -> str:
    return " ".join(plain(cell).split())[:_CELL_LETTERS]


def _flat(cell: str) -> str:
    return cell.replace("\t", " ")
