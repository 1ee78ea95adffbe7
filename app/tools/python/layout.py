"""How the notebook's box is laid out, as both sides of its wall know it."""

from __future__ import annotations

from typing import Final

RUN: Final = "/run/sotto"
"""The folder of the notebook's sockets."""

DATA: Final = "/mnt/data"
"""Where the model was taught to find its files."""

FONTS: Final = "/opt/fonts"
"""What matplotlib knows of the system's fonts."""

CONNECTION_FILE: Final = "connection.json"
SOCKETS: Final = "kernel"
SHELL, IOPUB, STDIN, CONTROL, HEARTBEAT = range(1, 6)
"""What ZeroMQ calls ports are the ends of the sockets' names: `kernel-1` and so on."""
