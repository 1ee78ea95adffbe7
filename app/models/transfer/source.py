"""Where the bytes of a model come from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from app.models.values import ModelPart, OfferedModel


class Source(Protocol):
    """Knows the addresses of files and who may have them.  Asyncio thread.

    `app.models.hub.HubClient` is one.
    """

    def address(self, model: OfferedModel, part: ModelPart) -> str:
        """Where a file of a model is asked for first; it may lead on to other servers."""
        ...

    def headers(self, address: str) -> Mapping[str, str]:
        """What is sent to this address besides, such as `Authorization`.

        It is asked for each address by itself; headers never follow a redirect to another
        scheme, host or port.
        """
        ...

    async def find_token(self, address: str) -> bool:
        """Look for a token, since a request was refused that had none.

        Returns:
            Whether `headers` gives one for this address from now on.

        Raises:
            UserFacingError: whoever keeps it does not answer.
        """
        ...
