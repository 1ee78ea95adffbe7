"""llama.cpp's log lines, brought into Python's logging.  They never hold chat text."""

from __future__ import annotations

import logging
from collections import deque
from typing import Final

from engine.llama import binding

_LOGGER: Final = logging.getLogger("engine.llama")

# llama.cpp calls things errors that are ordinary here, such as a decode ended by Stop; what
# is an error for Sotto is logged where it is handled (levels: ggml.h, GGML_LOG_LEVEL_*).
_LEVELS: Final = {1: logging.DEBUG, 2: logging.DEBUG, 3: logging.INFO, 4: logging.INFO}
_CONTINUED: Final = 5
_WARN: Final = 3


class LlamaLog:
    """Joins log texts to lines, forwards them and remembers the last troubles.

    Called on whichever thread llama.cpp logs from; in practice the engine thread.
    """

    def __init__(self) -> None:
        self._level = logging.DEBUG
        self._is_trouble = False
        self._line = ""
        self._troubles: deque[str] = deque(maxlen=8)

    def install(self) -> None:
        """Receive llama.cpp's log from now on; there is one receiver in a process."""
        binding.set_log(self.receive)

    def receive(self, level: int, text: str) -> None:
        """Take one text; a line may come in several."""
        if level != _CONTINUED:
            self._level = _LEVELS.get(level, logging.DEBUG)
            self._is_trouble = level >= _WARN
        self._line += text
        if self._line.endswith("\n"):
            line, self._line = self._line.strip(), ""
            if line and self._is_trouble:
                self._troubles.append(line)
            if line:
                _LOGGER.log(self._level, "%s", line)

    def take_troubles(self) -> str:
        """The last warnings and errors, oldest first, joined by newlines; then forgets them."""
        troubles = "\n".join(self._troubles)
        self._troubles.clear()
        return troubles
