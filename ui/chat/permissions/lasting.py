"""How long a rule is to last.  Knows no widgets."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from app.words import Words


class Lasting(StrEnum):
    """How long."""

    FOR_EVER = "for_ever"
    HOUR = "hour"
    TODAY = "today"
    WEEK = "week"
    MONTH = "month"


def lasting_name(words: Words, lasting: Lasting) -> str:
    """What it is called."""
    return {
        Lasting.FOR_EVER: words("Until I revoke it"),
        Lasting.HOUR: words("For one hour"),
        Lasting.TODAY: words("Until midnight"),
        Lasting.WEEK: words("For seven days"),
        Lasting.MONTH: words("For 30 days"),
    }[lasting]


def expires_ms(lasting: Lasting, now_ms: int) -> int:
    """When a rule made now ends, as Unix time in milliseconds; 0 for never."""
    now = datetime.fromtimestamp(now_ms / 1000).astimezone()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    ends = {
        Lasting.FOR_EVER: None,
        Lasting.HOUR: now + timedelta(hours=1),
        Lasting.TODAY: midnight,
        Lasting.WEEK: now + timedelta(days=7),
        Lasting.MONTH: now + timedelta(days=30),
    }[lasting]
    return round(ends.timestamp() * 1000) if ends else 0
