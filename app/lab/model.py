"""Which model the lab would ask now, and whether it can."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from app.chats.background import Background
from app.chats.changes import StatusChanged
from app.chats.values import Problem
from app.lab.identity import identity_of
from app.lab.values import ModelIdentity
from engine.events import ModelLoaded

_NO_MODEL: Final = Problem("No model is loaded.", "Choose a model first.")


class LoadedModel:
    """Follows what is loaded and finds out who that is.  Confined to the service's thread.

    Args:
        background: reads the model file.
        status: what the engine can do now.
        on_problem: told what goes wrong.

    Attributes:
        status: the newest one.
    """

    def __init__(
        self, background: Background, status: StatusChanged, on_problem: Callable[[Problem], None]
    ) -> None:
        self._background = background
        self._on_problem = on_problem
        self._known: tuple[ModelLoaded, ModelIdentity] | None = None
        self.status = status

    @property
    def identity(self) -> ModelIdentity | None:
        """Who is loaded; None where nobody is, or where it is not known yet."""
        loaded = self.status.loaded
        if loaded is None or self._known is None or self._known[0] is not loaded:
            return None
        return self._known[1]

    @property
    def is_ready(self) -> bool:
        """Whether it can be asked, and it is known who answers."""
        return self.status.can_answer and self.identity is not None

    def identify(self, on_known: Callable[[ModelIdentity, ModelLoaded], None]) -> None:
        """Find out who is loaded; a problem where nobody is.

        Nothing follows where something else has been loaded by then.
        """
        loaded, identity = self.status.loaded, self.identity
        if loaded is None:
            self._on_problem(_NO_MODEL)
            return
        if identity is not None:
            on_known(identity, loaded)
            return

        def known(found: ModelIdentity) -> None:
            if self.status.loaded is loaded:
                self._known = (loaded, found)
                on_known(found, loaded)

        self._background.chore(lambda: identity_of(loaded), known, self._on_problem)


def is_same(one: ModelIdentity, other: ModelIdentity) -> bool:
    """Whether two identities mean the same weights, wherever their files are."""
    return (one.digest, one.adapters) == (other.digest, other.adapters)
