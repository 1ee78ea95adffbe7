"""The tools a chat can have, as a person chooses among them.  Knows no widgets."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from app.tools.toolbox import BROWSER, FILES, MCP, OWN, PYTHON
from app.words import Words


@dataclass(frozen=True, slots=True)
class ToolSwitch:
    """One tool to switch on or off.

    Attributes:
        name: of the switch (`app.tools.toolbox`).
        title: in the user's language.
        hint: what it does, in one plain sentence; or why it cannot be switched on.
        icon: a Lucide name.
        is_available: whether it can be switched on now.
    """

    name: str
    title: str
    hint: str
    icon: str
    is_available: bool = True


def tool_switches(words: Words, available: Collection[str]) -> tuple[ToolSwitch, ...]:
    """All tools, those that cannot be used now with the reason.

    Args:
        words: the user's language.
        available: names of the switches that can be used.
    """
    python = words("Calculates, draws and works on this chat's files.")
    web = words("Searches the web and reads pages. You are asked first, unless you made a rule.")
    own = words("Functions you wrote yourself.")
    off = words("Not ready. See Tools in the settings.")
    files = words("Lists and reads this chat's files, and changes nothing.")
    fixed = [
        ToolSwitch(PYTHON, words("Python"), python, "terminal"),
        ToolSwitch(BROWSER, words("Web"), web, "globe"),
    ]
    if FILES in available:
        fixed.insert(1, ToolSwitch(FILES, words("Files"), files, "folder"))
    if OWN in available:
        fixed.append(ToolSwitch(OWN, words("Your functions"), own, "wrench"))
    shown = [
        one
        if one.name in available
        else ToolSwitch(one.name, one.title, off, one.icon, is_available=False)
        for one in fixed
    ]
    servers = sorted(name for name in available if name.startswith(MCP))
    hint = words("Tools of a program or service you added.")
    shown += [ToolSwitch(name, name.removeprefix(MCP), hint, "plug") for name in servers]
    return tuple(shown)


def icon_of(name: str) -> str:
    """The icon of a switch."""
    icons = {PYTHON: "terminal", FILES: "folder", BROWSER: "globe", OWN: "wrench"}
    return icons.get(name, "plug")


def title_of(words: Words, name: str) -> str:
    """What a switch is called."""
    titles = {
        PYTHON: words("Python"),
        FILES: words("Files"),
        BROWSER: words("Web"),
        OWN: words("Your functions"),
    }
    return titles.get(name, name.removeprefix(MCP))
