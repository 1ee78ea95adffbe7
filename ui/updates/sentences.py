"""What is said of newer versions."""

from __future__ import annotations

from PySide6.QtCore import QDateTime, QLocale

from app.updates.desk import UpdateStatus
from app.updates.installation import Installation
from app.updates.manifest import Manifest
from app.words import Words


def newer_sentence(words: Words, newer: Manifest) -> str:
    """That there is one."""
    return words("Sotto {version} is there.", version=str(newer.version))


def more_of(words: Words, newer: Manifest, installation: Installation) -> str:
    """What is new in it, and who brings it."""
    said = newer.says.get(words.language) or newer.says.get("en", "")
    return " ".join(part for part in (said, _who_brings_it(words, installation)) if part)


def state_sentence(words: Words, status: UpdateStatus) -> str:
    """How it stands, for the settings."""
    version = str(status.conditions.installed)
    here = words("This is Sotto {version}.", version=version)
    if impossible := _why_impossible(words, status):
        return f"{here} {impossible}"
    if status.is_looking:
        return words("Looking…")
    if status.newer is not None:
        more = more_of(words, status.newer, status.conditions.installation)
        return " ".join((here, newer_sentence(words, status.newer), more))
    if not status.checked_ms:
        return here
    day = QDateTime.fromMSecsSinceEpoch(status.checked_ms).date()
    date = QLocale(words.language).toString(day, QLocale.FormatType.LongFormat)
    return words("This is Sotto {version}, the newest on {date}.", version=version, date=date)


def _why_impossible(words: Words, status: UpdateStatus) -> str:
    if status.conditions.is_forbidden:
        return words("Whoever looks after this computer has switched it off.")
    if status.conditions.installation is Installation.SOURCE:
        return words("This copy was built from its source; newer ones come the same way.")
    if not status.conditions.is_known:
        return words("This copy does not know where newer ones are told of.")
    return ""


def _who_brings_it(words: Words, installation: Installation) -> str:
    match installation:
        case Installation.DEB:
            return words("Your system's package manager brings it.")
        case Installation.FLATPAK:
            return words("Flatpak brings it, with your other apps.")
        case _:
            return words("Nothing was downloaded; get it when it suits you.")
