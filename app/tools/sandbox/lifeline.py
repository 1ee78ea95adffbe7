"""What ends a process of ours when this program is gone, however suddenly.

The kernel can be asked to kill a child when its parent dies (PR_SET_PDEATHSIG, prctl(2)), but only
from the moment on when the child has asked; who is killed before that leaves a box behind.  So a
shell beside the process holds one end of a pipe from before the process begins: when this
program's end closes, it ends the group of processes that it was started in.
"""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from typing import Final, Self

from app.tools.sandbox.policy import SandboxKind

# The watcher is there before what it watches.  It keeps none of the process's pipes open, and
# dies with the group.  A shell's own redirections know numbers of one digit only, hence /dev/fd.
_COMMAND: Final = """
watched=$1 signal=$2
{ read -r nothing <"/dev/fd/$watched"
  kill -s "$signal" -- -$$
} </dev/null >/dev/null 2>&1 &
shift 2
exec "$@"
"""


class Ending(StrEnum):
    """How a group of processes is ended: by which signal to all of them."""

    AT_ONCE = "KILL"
    SUPERVISED = "TERM"
    """The first process ends all that came of it, and then itself."""

    @classmethod
    def of(cls, kind: SandboxKind) -> Ending:
        """How a box ends: killing the first process of a namespace kills all that is in it."""
        return cls.AT_ONCE if kind is SandboxKind.BUBBLEWRAP else cls.SUPERVISED


class Lifeline:
    """One process's tie to this program; does nothing on Windows, which has no such shell.

    Start the command with `descriptors` passed on, in a session of its own; then call
    `handed_over`, and `close` when the process has ended.  Closing it earlier ends the process.

    Attributes:
        descriptors: for `pass_fds`.
    """

    def __init__(self) -> None:
        self.descriptors: tuple[int, ...] = ()
        self._ours = -1
        if sys.platform != "win32":
            theirs, self._ours = os.pipe()
            self.descriptors = (theirs,)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def number(self) -> int:
        """Of the descriptor that the process finds open and should close; -1 for none."""
        return self.descriptors[0] if self.descriptors else -1

    def command(self, argv: tuple[str, ...], ending: Ending) -> tuple[str, ...]:
        """A command that has itself watched and then becomes this one.

        Args:
            argv: the command; the path of its program is absolute.
            ending: what becomes of its group.
        """
        if not self.descriptors:
            return argv
        return ("/bin/sh", "-c", _COMMAND, "sh", str(self.number), ending.value, *argv)

    def handed_over(self) -> None:
        """The process has been started, or could not be."""
        for one in self.descriptors:
            os.close(one)
        self.descriptors = ()

    def close(self) -> None:
        """Let go.  May be called twice."""
        self.handed_over()
        ours, self._ours = self._ours, -1
        if ours >= 0:
            os.close(ours)
