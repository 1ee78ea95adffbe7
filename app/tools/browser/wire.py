"""The form in which the reading process and its parent talk."""

from __future__ import annotations

import struct
from typing import Final

LENGTH: Final = struct.Struct("<I")
"""Bytes of the JSON that follows."""
