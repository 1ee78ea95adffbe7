"""From a download that is over to a model of the library."""

from __future__ import annotations

from app.models.transfer.fetched import Fetched
from app.models.values import Download, LibraryModel, Origin


def library_model(download: Download, fetched: Fetched, now_ms: int) -> LibraryModel:
    """The model as the library keeps it.

    Its files were digested while they were written, so where digests were published, it has
    been verified.

    Args:
        download: what was fetched.
        fetched: what came of it.
        now_ms: Unix time in milliseconds.
    """
    model = download.model
    published = tuple(part.sha256 for part in model.parts)
    is_verified = all(published)
    source = f"{model.repository} {model.commit[:12]}" if model.repository else model.address
    return LibraryModel(
        model.id,
        model.name,
        fetched.paths,
        fetched.size_bytes,
        Origin.DOWNLOADED,
        source.strip(),
        fetched.sha256 if is_verified else (),
        now_ms if is_verified else None,
    )
