"""Sizes, speeds and times of models as people read them."""

from __future__ import annotations

from typing import Final

from app.chats.values import Problem
from app.models.values import Download, DownloadState, MeasuredSpeed
from app.words import Words

_MINUTE: Final = 60
_HOUR: Final = 3600
_GIGA: Final = 10**9
_MEGA: Final = 10**6
_KILO: Final = 10**3


def file_size(size_bytes: int) -> str:
    """A size on disk, in the decimal units that file managers and download pages use."""
    if size_bytes >= _GIGA:
        return f"{size_bytes / _GIGA:.1f} GB"
    if size_bytes >= _MEGA:
        return f"{size_bytes / _MEGA:.0f} MB"
    return f"{-(-size_bytes // _KILO)} kB"


def amount(words: Words, done_bytes: int, total_bytes: int) -> str:
    """How much of a file is here, in the unit of the whole: "5.0 of 12.1 GB"."""
    if total_bytes <= 0:
        return file_size(done_bytes)
    total = file_size(total_bytes)
    unit = total.rpartition(" ")[2]
    divisor, digits = {"GB": (_GIGA, 1), "MB": (_MEGA, 0)}.get(unit, (_KILO, 0))
    # What is missing is never rounded away: 12.1 of 12.1 GB is the whole.
    step = divisor / 10**digits
    done = (done_bytes if done_bytes >= total_bytes else done_bytes // step * step) / divisor
    return words("{done} of {size}", done=f"{done:.{digits}f}", size=total)


def line_speed(bytes_per_second: float) -> str:
    """A speed to two digits, so that it does not flicker: "38 MB/s", "4.2 MB/s", "310 kB/s"."""
    if bytes_per_second >= _GIGA:
        return f"{bytes_per_second / _GIGA:.1f} GB/s"
    if bytes_per_second >= 100 * _MEGA:
        return f"{round(bytes_per_second / _MEGA, -1):.0f} MB/s"
    if bytes_per_second >= 10 * _MEGA:
        return f"{bytes_per_second / _MEGA:.0f} MB/s"
    if bytes_per_second >= _MEGA:
        return f"{bytes_per_second / _MEGA:.1f} MB/s"
    return f"{bytes_per_second / _KILO:.0f} kB/s"


def time_left(words: Words, seconds: float) -> str:
    """A rough time, coarser the longer it is, so that it does not jump about."""
    if seconds < _MINUTE:
        return words("less than a minute left")
    minutes = round(seconds / _MINUTE)
    if minutes >= 20:
        minutes = 5 * round(minutes / 5)
    if minutes < 60:
        return words("about {minutes} min left", minutes=minutes)
    if seconds >= 48 * _HOUR:
        return words("about {days} days left", days=round(seconds / (24 * _HOUR)))
    hours, rest = divmod(minutes, 60)
    if hours >= 6 or not rest:
        return words("about {hours} h left", hours=round(minutes / 60))
    return words("about {hours} h {minutes} min left", hours=hours, minutes=rest)


def wait_left(words: Words, seconds: int) -> str:
    """When something that failed is tried again by itself."""
    if seconds <= 0:
        return words("trying again…")
    if seconds < 90:
        return words("next try in {seconds} s", seconds=seconds)
    return words("next try in {minutes} min", minutes=round(seconds / _MINUTE))


def told(words: Words, problem: Problem) -> str:
    """What is wrong and what to do, in one line."""
    said = [words(problem.title, **problem.fields)]
    if problem.hint:
        said.append(words(problem.hint, **problem.fields))
    return " ".join(said)


def joined(*facts: str) -> str:
    """Facts beside each other; those that are not known are left out."""
    return "  ·  ".join(fact for fact in facts if fact)


def progress_line(words: Words, download: Download, wait_seconds: int = 0) -> str:
    """Where a download stands, in one line.

    Args:
        words: the user's language.
        download: as it stands.
        wait_seconds: until the next try, counted down by who shows it.
    """
    some = amount(words, download.done_bytes, download.total_bytes)
    match download.state:
        case DownloadState.QUEUED:
            return words("Waits until the download before it is over.")
        case DownloadState.CHECKING:
            return joined(some, words("checking what is on the disk already…"))
        case DownloadState.RUNNING:
            speed, left = download.bytes_per_second, download.seconds_left
            return joined(
                some,
                line_speed(speed) if speed is not None else words("connecting…"),
                time_left(words, left) if left is not None and speed is not None else "",
            )
        case DownloadState.WAITING:
            return joined(some, wait_left(words, wait_seconds))
        case DownloadState.PAUSED:
            return joined(some, words("paused"))
        case DownloadState.VERIFYING:
            return joined(some, words("checking the file against its published SHA-256…"))
        case DownloadState.DONE:
            return joined(file_size(download.total_bytes), words("downloaded and checked"))
        case DownloadState.FAILED:
            return joined(some, words("stopped"))


def measured(words: Words, speed: MeasuredSpeed) -> str:
    """How fast a model was here: "Measured here: 41 tokens/s on NVIDIA GeForce RTX 5070 Ti"."""
    rate = speed.tokens_per_second
    figure = f"{rate:.1f}" if rate < 10 else f"{rate:.0f}"
    return words("Measured here: {speed} tokens/s on {device}", speed=figure, device=speed.device)


def facts_line(
    words: Words, size_bytes: int, quantisation: str, layers: int, licence: str, source: str
) -> str:
    """What is known of a model's files, in one line; what is not known is left out."""
    return joined(
        file_size(size_bytes) if size_bytes else words("size not known yet"),
        quantisation,
        words("{count} layers", count=layers) if layers else "",
        licence,
        words("from {source}", source=source) if source else "",
    )
