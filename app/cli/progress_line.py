"""One line that tells how far something is, written over and over on a terminal."""

from __future__ import annotations

import os
import shutil
import unicodedata
from collections.abc import Mapping
from typing import Final, TextIO

from app.models.values import Download, DownloadState
from app.words import N_, Words

_WIDEST_BAR: Final = 40
_NARROWEST_BAR: Final = 8
_BLOCKS: Final = " ▏▎▍▌▋▊▉█"
_UNITS: Final = ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB"))
_STATES: Final = {
    DownloadState.QUEUED: N_("waits for its turn"),
    DownloadState.CHECKING: N_("what is here is checked"),
    DownloadState.VERIFYING: N_("is checked"),
    DownloadState.PAUSED: N_("paused"),
    DownloadState.DONE: N_("done"),
    DownloadState.FAILED: N_("stopped"),
}


class ProgressLine:
    """Writes progress where people see it.

    On a terminal it is one line that changes; elsewhere, and on one that cannot go back to the
    beginning of a line (`TERM=dumb`), a new line comes with each tenth.

    Args:
        out: where to.
        words: the user's language.
        environ: `NO_COLOR` (no-color.org) and `TERM`.
    """

    def __init__(self, out: TextIO, words: Words, environ: Mapping[str, str]) -> None:
        self._out = out
        self._words = words
        self._is_terminal = _is_terminal(out) and environ.get("TERM") != "dumb"
        self._has_colour = self._is_terminal and not environ.get("NO_COLOR")
        self._is_plain = not _can_write(out, _BLOCKS)
        self._width = 0
        self._last: tuple[object, ...] = ()

    def show_download(self, download: Download) -> None:
        """How a download stands."""
        done, total = download.done_bytes, download.total_bytes
        self._show(download.model.id, done, total, download_pieces(self._words, download))

    def show_work(self, name: str, done: int, total: int) -> None:
        """How far reading is."""
        self._show(name, done, total, (amounts(self._words, done, total),))

    def end(self) -> None:
        """What is written next begins a line of its own."""
        if self._width:
            self._out.write("\n")
            self._out.flush()
        self._width = 0
        self._last = ()

    def _show(self, name: str, done: int, total: int, pieces: tuple[str, ...]) -> None:
        name = plain(name)
        if not self._is_terminal:
            tenth = (name, 10 * done // total if total else 0, pieces[-1] if not total else "")
            if tenth != self._last:
                self._last = tenth
                self._out.write(f"{name}: {', '.join(filter(None, pieces))}\n")
                self._out.flush()
            return
        line = fitted(
            name,
            done / total if total else None,
            pieces,
            terminal_width(self._out),
            is_plain=self._is_plain,
        )
        width = width_of(line)
        padded = line + " " * max(0, self._width - width)
        if self._has_colour:
            padded = padded.replace("[", "[\x1b[36m", 1).replace("]", "\x1b[0m]", 1)
        self._out.write("\r" + padded)
        self._out.flush()
        self._width = width


def download_pieces(words: Words, download: Download) -> tuple[str, ...]:
    """What is said beside the bar, the most important first."""
    pieces = [amounts(words, download.done_bytes, download.total_bytes)]
    if download.state is DownloadState.WAITING:
        seconds = str(round(download.retry_seconds or 0))
        return (*pieces, words("again in {seconds} s", seconds=seconds))
    if download.state is not DownloadState.RUNNING:
        return (*pieces, words(_STATES[download.state]))
    if download.bytes_per_second:
        pieces.append(words("{size}/s", size=size_text(round(download.bytes_per_second))))
    if download.seconds_left is not None:
        pieces.append(words("{time} left", time=time_text(words, download.seconds_left)))
    return tuple(pieces)


def fitted(
    name: str, part: float | None, pieces: tuple[str, ...], columns: int, *, is_plain: bool
) -> str:
    """The line for a width: first the bar shrinks, then what matters least is left out.

    Args:
        name: of what goes on.
        part: how much is done, 0 to 1; None while nobody knows.
        pieces: texts, the most important first.
        columns: of the terminal; the last one stays empty, since some terminals break there.
        is_plain: only ASCII.
    """
    room = columns - 1
    percent = f"{int(part * 100):3d} %" if part is not None else ""
    texts = [text for text in pieces if text]
    while True:
        told = "  ".join(filter(None, (percent, *texts)))
        left = room - width_of(name) - width_of(told) - 6
        if left >= _NARROWEST_BAR and part is not None:
            return f"{name}  [{bar(part, min(left, _WIDEST_BAR), is_plain=is_plain)}]  {told}"
        if not texts:
            break
        if part is None and left >= -2:
            return f"{name}  {told}"
        texts.pop()
    short = f"{name}  {percent}".rstrip()
    return short if width_of(short) <= room else percent.strip()[: max(0, room)]


def bar(part: float, width: int, *, is_plain: bool) -> str:
    """A bar of so many columns, in eighths of one where the terminal has them."""
    part = min(max(part, 0.0), 1.0)
    if is_plain:
        return ("#" * int(part * width)).ljust(width, "-")
    eighths = int(part * width * 8)
    full, rest = divmod(eighths, 8)
    return (_BLOCKS[8] * full + (_BLOCKS[rest] if rest else "")).ljust(width)


def amounts(words: Words, done: int, total: int) -> str:
    """How much of how much, e.g. "5.1 of 12.1 GB"."""
    if not total:
        return size_text(done) if done else ""
    whole = size_text(total)
    number, unit = whole.split()
    mine = size_text(done, unit).split()
    shown = mine[0] if mine[1] == unit else " ".join(mine)
    return words("{done} of {size}", done=shown, size=f"{number} {unit}")


def size_text(count: int, unit: str = "") -> str:
    """A size as it stands on download pages, in powers of ten: "12.1 GB".

    Args:
        count: bytes.
        unit: the unit to use; "" is the one that fits.
    """
    for size, name in _UNITS:
        if name == unit or (not unit and count >= size):
            return f"{count / size:.1f} {name}"
    return f"{count} B" if not unit or unit == "B" else size_text(count)


def time_text(words: Words, seconds: float) -> str:
    """A time that is left, no finer than anybody needs."""
    minutes = round(seconds / 60)
    if seconds < 90:
        return words("{count} s", count=max(1, round(seconds)))
    if minutes < 90:
        return words("{count} min", count=minutes)
    return words("{hours} h {minutes} min", hours=minutes // 60, minutes=minutes % 60)


def width_of(text: str) -> int:
    """Columns that a text takes; Korean letters take two."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return len(text) + wide


def terminal_width(out: TextIO) -> int:
    """Columns of the terminal; 80 where nobody knows."""
    try:
        return os.get_terminal_size(out.fileno()).columns or 80
    except (OSError, ValueError, AttributeError):
        return shutil.get_terminal_size().columns


def plain(text: str) -> str:
    """A text without what a terminal would obey: names come from files and servers."""
    return "".join(one for one in text if one == "\n" or unicodedata.category(one) != "Cc")


def _is_terminal(out: TextIO) -> bool:
    try:
        return out.isatty()
    except ValueError:
        return False


def _can_write(out: TextIO, text: str) -> bool:
    try:
        text.encode(out.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
