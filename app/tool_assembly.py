"""Makes the tools for the window and for the command line."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from app.permissions.rules import Pattern
from app.settings import Settings
from app.tools.async_thread import AsyncThread
from app.tools.result_text import Tokens
from app.tools.switches import default_switches
from app.tools.toolbox import Toolbox, ToolSource
from app.tools.workshop import Workshop


def make_workshop(
    settings: Callable[[], Settings],
    thread: AsyncThread,
    sources: Sequence[ToolSource],
    tokens: Callable[[], Tokens],
    allowed: Sequence[Pattern] = (),
) -> Workshop:
    """What turns run tools with.

    Args:
        settings: those in force; may be called on any thread.
        thread: where tools run.
        sources: the tools.
        tokens: counts results; may be slow the first time.
        allowed: rules of the command line, for this one run.
    """
    toolbox = Toolbox(sources)

    def defaults() -> Collection[str]:
        return default_switches(settings(), toolbox.tools())

    return Workshop(
        toolbox,
        thread,
        defaults=defaults,
        tokens=tokens,
        strictness=lambda: settings().strictness,
        allowed=tuple(allowed),
    )
