"""`python3 -m tools.setup [app|window|tests|package]`, called by the Makefile."""

from __future__ import annotations

import os
import sys

from tools.setup.failures import SetupError
from tools.setup.interpreter import (
    is_supported,
    require_supported_system,
    supported_interpreter,
)


def main() -> int:
    """Run the set-up on a supported Python; report a failure as one line on stderr."""
    try:
        require_supported_system()
        if not is_supported(sys.version_info[:2]):
            python = supported_interpreter(sys.version_info[:2])
            os.execv(python, [python, "-m", "tools.setup", *sys.argv[1:]])  # noqa: S606 (a path)
        # Imported here because it needs the system and the Python that were checked above.
        from tools.setup.command import set_up  # noqa: PLC0415

        set_up(sys.argv[1:])
    except SetupError as error:
        print(f"sotto: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("sotto: set-up interrupted. Run the same command to go on.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
