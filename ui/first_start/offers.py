"""Which model is offered first, which besides, and from where it comes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from app.models.hub_access import endpoint_of
from app.models.reference import HUB
from app.models.values import Download, OfferedModel
from engine.errors import UserFacingError

if TYPE_CHECKING:  # the desk is made after the first frame
    from app.models.desk import ModelDesk

USUAL: Final = "gpt-oss-20b"


def usual_of(offered: Sequence[OfferedModel], downloads: Sequence[Download]) -> OfferedModel | None:
    """What is being fetched already, else the usual one, else the first; None where none is."""
    under_way = {one.model.id for one in downloads}
    ranked = sorted(offered, key=lambda one: (one.id not in under_way, one.id != USUAL))
    return ranked[0] if ranked else None


def other_of(desk: ModelDesk, now: OfferedModel) -> OfferedModel | None:
    """Another one of Sotto's own list."""
    own = [one for one in desk.catalogue.offered() if not one.is_added]
    return next((one for one in own if one.id != now.id), None)


def host_of(model: OfferedModel | None, setting: str) -> str:
    """Whom the download asks first.

    Args:
        model: what is fetched; None before that is known.
        setting: the mirror in the settings, or "".
    """
    try:
        address = model.address if model and model.address else endpoint_of(os.environ, setting)
    except UserFacingError:
        address = HUB
    return urlsplit(address).hostname or address
