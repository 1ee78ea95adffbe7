"""The command `sotto`: the window without arguments, else the command line.

Qt is imported only when the window is wanted, so that `sotto ask` starts fast and runs
where Qt is not installed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from app.collector import hold_collector
from app.core_dumps import forbid_core_dumps

# How the arguments of a start with a window begin (`ui.main`).
_OF_THE_WINDOW: Final = ("--model", "--lora", "--new-window", "quick", "sotto:", "file:")


def main() -> int:
    """Run what the process's arguments ask for; returns the exit code."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["--in-box"]:  # it closes more than core files
        return _in_box()
    forbid_core_dumps()
    if len(arguments) == 1 and (part := _PARTS.get(arguments[0])) is not None:
        return part()
    if arguments and not _is_for_the_window(arguments[0]):
        from app.cli.main import main as command_line  # noqa: PLC0415 - see the docstring

        return command_line(arguments)
    hold_collector()
    from ui.main import main as window  # noqa: PLC0415 - see the module's docstring

    return window(arguments)


def _is_for_the_window(argument: str) -> bool:
    # A file manager names a model file (`ui.desktop.address`).
    return argument.startswith(_OF_THE_WINDOW) or argument.lower().endswith(".gguf")


def _in_box() -> int:
    from app.tools.sandbox.launcher import run  # noqa: PLC0415 - it imports what it runs

    del sys.argv[1]
    run()
    return 0


def _probe() -> int:
    from engine.probe_process import main as probe  # noqa: PLC0415 - as above

    return probe()


def _read_files() -> int:
    from app.attachments.reading_process import main as read_files  # noqa: PLC0415 - as above

    read_files((), {})
    return 0


def _read_pages() -> int:
    from app.tools.browser.reading_process import main as read_pages  # noqa: PLC0415 - as above

    read_pages((), {})
    return 0


def _search() -> int:
    from app.tools.browser.ddgs_process import main as search  # noqa: PLC0415 - as above

    return search()


# Processes of its own that a frozen Sotto starts as itself (`engine.program`).
_PARTS: Final[Mapping[str, Callable[[], int]]] = MappingProxyType(
    {
        "--probe": _probe,
        "--read-files": _read_files,
        "--read-pages": _read_pages,
        "--search": _search,
    }
)


if __name__ == "__main__":
    sys.exit(main())
