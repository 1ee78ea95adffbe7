"""The program under test: the one of this environment, or a frozen one.

`SOTTO_PROGRAM=build/package/dist/sotto/sotto` has the tests of the command line run that one, each
command in a process of its own; `make test-package` does so.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

FROZEN: Final = os.environ.get("SOTTO_PROGRAM")
"""Path of a frozen Sotto; None where Sotto runs from its sources."""

SOTTO: Final = FROZEN or str(Path(sys.executable).with_name("sotto"))
