"""The sign that says where the words go: nowhere, or to which other machines."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.words import Words
from app.workers import Network, network_of
from ui.controls.chip import Chip
from ui.theme.theme import Theme


class ScopeSign(Chip):
    """Quiet while everything stays on this computer; never quiet and never cut when it does not."""

    def __init__(self, theme: Theme, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(theme, "", parent=parent)
        self._words = words
        self._workers: tuple[str, ...] | None = None
        self.show_workers(())

    def show_workers(self, workers: tuple[str, ...]) -> bool:
        """Say where the words go; returns whether that is something else than before.

        Args:
            workers: addresses of the machines that hold a part of the model.
        """
        if workers == self._workers:
            return False
        self._workers = workers
        if workers:
            self._say_that_words_leave(workers)
        else:
            self._say_that_words_stay()
        self.setAccessibleName(self.text())
        return True

    def _say_that_words_stay(self) -> None:
        words = self._words
        self.set_look(
            words("On this computer only"),
            icon="lock",
            tone="quiet",
            short="",
            tooltip=words(
                "Your messages and the answers stay on this computer: "
                "this version of Sotto uses no network."
            ),
        )

    def _say_that_words_leave(self, workers: tuple[str, ...]) -> None:
        words = self._words
        ways = dict.fromkeys(self._name_of(network_of(address)) for address in workers)
        ways.pop("", None)
        only = workers[0].rpartition(":")[0] if len(workers) == 1 else ""
        place = only or words("{count} machines", count=len(workers))
        tooltip = words(
            "Parts of the model run on {addresses}. What you write and what is answered goes "
            "there and is not encrypted on the way.",
            addresses=", ".join(workers),
        )
        if ways:
            text = words(
                "Leaves this computer: {place}, {network}", place=place, network=", ".join(ways)
            )
            short = words("Leaves this computer")
        else:  # loopback: another program here, or the near end of a tunnel
            text = words("May leave this computer: {place}", place=place)
            short = words("May leave this computer")
            tooltip = words(
                "Parts of the model run on {addresses}. That is another program on this computer, "
                "or a tunnel to another machine: what you write and what is answered goes there.",
                addresses=", ".join(workers),
            )
        self.set_look(text, short=short, icon="globe", tone="warn", tooltip=tooltip)

    def _name_of(self, network: Network) -> str:
        match network:
            case Network.LOCAL:
                return self._words("the local network")
            case Network.WIDE:
                return self._words("the internet")
            case Network.UNKNOWN:
                return self._words("another network")
            case Network.LOOPBACK:
                return ""
