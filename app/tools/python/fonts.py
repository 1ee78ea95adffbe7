"""The list of the system's fonts that matplotlib keeps, made once and shown to each notebook.

Each notebook has an empty home, and would look through all fonts again for its first plot, which
takes seconds, on a desktop with many fonts ten and more.
"""

from __future__ import annotations

import logging
import tempfile
import time
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import Final

from app.paths import make_private
from app.tools.python.boxed_process import BoxedProcess, NotReadyError
from app.tools.python.layout import FONTS
from app.tools.sandbox.box import Sandbox
from app.tools.sandbox.held_folder import HeldFolder
from app.tools.sandbox.policy import Limits, Mount, Policy
from engine.errors import UserFacingError

_log = logging.getLogger(__name__)

_MODULE: Final = "app.tools.python.font_list"
_SECONDS: Final = 120.0
_KEEP_SECONDS: Final = 30 * 24 * 3600
_MAX_BYTES: Final = 64 << 20


class FontList:
    """The list, in a folder of the cache.  Asyncio thread.

    Args:
        cache: `Paths.cache`.
    """

    def __init__(self, cache: Path) -> None:
        self._cache = cache
        self._folder = cache / f"matplotlib-{metadata.version('matplotlib')}"

    def mounts(self) -> tuple[Mount, ...]:
        """For a notebook's box: the list, if there is one."""
        return (Mount(self._folder, FONTS),) if self._folder.is_dir() else ()

    async def renew(self, sandbox: Sandbox) -> None:
        """Make the list unless there is one that is not old; what goes wrong is logged."""
        try:
            if not self._is_new():
                await self._make(sandbox)
        except (OSError, NotReadyError, UserFacingError) as error:
            # Its text holds paths only; without a list everything works, later.
            _log.warning("no list of fonts: %s", error)

    def _is_new(self) -> bool:
        age = float("inf")
        with suppress(OSError):
            age = time.time() - self._folder.stat().st_mtime
        return age < _KEEP_SECONDS

    async def _make(self, sandbox: Sandbox) -> None:
        make_private(self._cache)
        with tempfile.TemporaryDirectory(prefix="fonts-", dir=self._cache) as top:
            made, scratch, kept = (Path(top, name) for name in ("made", "scratch", "kept"))
            for folder in (made, scratch, kept):
                folder.mkdir(mode=0o700)
            policy = Policy((Mount(made, FONTS, True),), Limits(), scratch=scratch)
            process = await BoxedProcess.start(sandbox, _MODULE, policy, _SECONDS)
            await process.end()
            held = HeldFolder(made)
            try:
                for file in held.files(10):
                    if file.name.startswith("fontlist") and "/" not in file.name:
                        (kept / file.name).write_bytes(held.read(file.name, _MAX_BYTES))
            finally:
                held.close()
            kept.chmod(0o755)  # whoever root's boxes run as reads it, too
            old = Path(top, "old")
            with suppress(FileNotFoundError):
                self._folder.rename(old)
            kept.rename(self._folder)
