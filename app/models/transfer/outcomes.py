"""Why a download does not go on, as errors that the rooms of the transfer raise."""

from __future__ import annotations

from engine.errors import UserFacingError


class DownloadError(UserFacingError):
    """A download needs the user: trying again would not help."""


class WaitError(UserFacingError):
    """Something that passes: it is tried again.

    Attributes:
        seconds: how long the server wants to be left alone, or None.
        is_busy: the server has too much to do; fewer connections may help.
    """

    seconds: float | None = None
    is_busy: bool = False


class NoRoomError(WaitError):
    """The disk has no room; it is tried again when it has.

    Attributes:
        missing_bytes: how much more is wanted.
    """

    missing_bytes: int = 0


class ChangedError(DownloadError):
    """The file at its source is another one than before: what is here of it is of no use."""


class NoRangesError(Exception):
    """The server sends whole files only.  Not for the user: the download goes on without."""


class StaleLinkError(Exception):
    """The link that was led to does not work any more.  Not for the user: it is asked anew."""


def lasting(error: BaseException) -> bool:
    """Whether an error would be the same next time."""
    return not isinstance(error, WaitError | StaleLinkError)
