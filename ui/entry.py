"""The command `sotto`: the window without arguments, else the command line.

Qt is imported only when the window is wanted, so that `sotto ask` starts fast and runs
where Qt is not installed.
"""

from __future__ import annotations

import sys

from app.collector import hold_collector
from app.core_dumps import forbid_core_dumps

_OF_THE_WINDOW = ("--model", "--lora", "--new-window", "quick")
"""How the arguments of a start with a window begin (`ui.main`)."""


def main() -> int:
    """Run what the process's arguments ask for; returns the exit code."""
    forbid_core_dumps()
    arguments = sys.argv[1:]
    if arguments == ["--probe"]:
        from engine.probe_process import main as probe  # noqa: PLC0415 - see the docstring

        return probe()
    if arguments == ["--read-files"]:
        from app.attachments.reading_process import main as read_files  # noqa: PLC0415 - see above

        read_files((), {})
        return 0
    if arguments == ["--read-pages"]:
        from app.tools.browser.reading_process import main as read_pages  # noqa: PLC0415 - see above

        read_pages((), {})
        return 0
    if arguments == ["--search"]:
        from app.tools.browser.ddgs_process import main as search  # noqa: PLC0415 - see above

        return search()
    if arguments and not arguments[0].startswith(_OF_THE_WINDOW):
        from app.cli.main import main as command_line  # noqa: PLC0415 - see the module's docstring

        return command_line(arguments)
    hold_collector()
    from ui.main import main as window  # noqa: PLC0415 - see the module's docstring

    return window(arguments)


if __name__ == "__main__":
    sys.exit(main())
