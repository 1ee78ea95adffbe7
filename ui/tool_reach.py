"""What the tools of a chat reach, by the servers there are and the box there is."""

from __future__ import annotations

from app.current_settings import CurrentSettings
from app.tool_assembly import ToolRoom
from app.tools.sandbox.policy import SandboxKind
from ui.scope_sign import Reach, reach_of


class ToolReach:
    """Looks at the tools as they are now.  UI thread.

    Args:
        tools: the servers, and what holds code in.
        current: whether the user lets code run without a box.
    """

    def __init__(self, tools: ToolRoom, current: CurrentSettings) -> None:
        self._tools = tools
        self._current = current

    def reach_of(self, switched_on: tuple[str, ...]) -> Reach:
        """How far the tools of these switches reach."""
        return reach_of(switched_on, self._is_remote, is_unheld=self._is_unheld())

    def _is_remote(self, name: str) -> bool:
        """Whether a server of tools is reached over the network; so it is held to be if unknown."""
        entries = {one.entry.name: one.entry for one in self._tools.servers.statuses()}
        return name not in entries or entries[name].is_over_network

    def _is_unheld(self) -> bool:
        """Whether code runs without a box: the user allows it, and no box is known of."""
        found = self._tools.sandbox
        if not self._current.value.python_without_sandbox_accepted:
            return False
        is_known = found.done() and found.exception() is None
        return not is_known or found.result().kind is SandboxKind.NONE
