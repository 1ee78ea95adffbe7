"""The sign that says where the words go: nowhere, to the web, or to which other machines."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from app.tools.toolbox import BROWSER, MCP, OWN, PYTHON
from app.words import Words
from app.workers import Network, network_of
from ui.controls.chip import Chip
from ui.theme.theme import Theme


@dataclass(frozen=True, slots=True)
class Reach:
    """What tools of the open chat can reach.

    Attributes:
        is_web_on: pages can be searched for and fetched.
        remote: names of servers of tools that are reached over the network.
        programs: names of what runs here and may do as it likes.
    """

    is_web_on: bool = False
    remote: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()


def reach_of(
    switched_on: Collection[str], is_remote: Callable[[str], bool], *, is_unheld: bool = False
) -> Reach:
    """What the tools reach that are on.

    Args:
        switched_on: names of switches (`app.tools.toolbox`).
        is_remote: whether a server of tools, by its name, is reached over the network.
        is_unheld: code runs without a box, so that it may do as it likes.
    """
    servers = [name.removeprefix(MCP) for name in switched_on if name.startswith(MCP)]
    programs = [name for name in servers if not is_remote(name)]
    if is_unheld and not {PYTHON, OWN}.isdisjoint(switched_on):
        programs.insert(0, "Python")
    remote = tuple(name for name in servers if is_remote(name))
    return Reach(BROWSER in switched_on, remote, tuple(programs))


class ScopeSign(Chip):
    """Quiet while everything stays on this computer; never quiet and never cut when it does not."""

    def __init__(self, theme: Theme, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(theme, "", parent=parent)
        self._words = words
        self._workers: tuple[str, ...] = ()
        self._reach = Reach()
        self._say()

    def show_workers(self, workers: tuple[str, ...]) -> bool:
        """Say where the words go; returns whether that is something else than before.

        Args:
            workers: addresses of the machines that hold a part of the model.
        """
        if workers == self._workers:
            return False
        self._workers = workers
        self._say()
        return True

    def show_reach(self, reach: Reach) -> bool:
        """Say what tools of the open chat can reach; as `show_workers`."""
        if reach == self._reach:
            return False
        self._reach = reach
        self._say()
        return True

    def _say(self) -> None:
        if self._workers:
            self._say_that_words_leave(self._workers)
            more = self._about_tools()
            if more:
                self.setToolTip("\n\n".join([self.toolTip(), *more]))
                self.setAccessibleDescription(self.toolTip())
        elif self._reach != Reach():
            self._say_that_tools_reach_out()
        else:
            self._say_that_words_stay()
        self.setAccessibleName(self.text())

    def _say_that_tools_reach_out(self) -> None:
        words, reach = self._words, self._reach
        if reach.is_web_on:
            text, short = words("The web is on for this chat"), words("Web on")
        elif reach.remote:
            text = words("Tools over the network: {names}", names=", ".join(reach.remote))
            short = words("Network on")
        else:
            text = words("Other programs are on: {names}", names=", ".join(reach.programs))
            short = words("Programs on")
        tooltip = "\n\n".join(self._about_tools())
        self.set_look(text, short=short, icon="globe", tone="warn", tooltip=tooltip)

    def _about_tools(self) -> list[str]:
        words, reach = self._words, self._reach
        said = []
        if reach.is_web_on:
            said.append(
                words(
                    "The web is on for this chat: pages you allow are fetched by this computer, "
                    "and searches go to the search service you chose."
                )
            )
        if reach.remote:
            said.append(
                words(
                    "Calls you allow go over the network to {names}.",
                    names=", ".join(reach.remote),
                )
            )
        if reach.programs:
            said.append(
                words(
                    "{names}: programs on this computer that may use the network on their own.",
                    names=", ".join(reach.programs),
                )
            )
        return said

    def _say_that_words_stay(self) -> None:
        words = self._words
        self.set_look(
            words("On this computer only"),
            icon="lock",
            tone="quiet",
            short="",
            tooltip=words(
                "Your messages and the answers stay on this computer: nothing in this chat "
                "uses the network."
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
