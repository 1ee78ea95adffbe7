"""The keys that bring the quick ask from anywhere: which hold, and why they may not."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from app.words import N_, Words
from ui.desktop.x11_key import X11Key, x11_names

if TYPE_CHECKING:
    from ui.desktop.portal_key import PortalKey
    from ui.desktop.windows_key import WindowsKey

_NOBODY = N_("This desktop lets no program hear keys; have its settings run “sotto quick”.")
_NOT_GIVEN = N_("The desktop did not give these keys; have its settings run “sotto quick”.")
_NOT_DONE = N_("Sotto hears no keys from anywhere on macOS yet; have a shortcut run “sotto quick”.")


class QuickKey(QObject):
    """Hears the keys that the settings name.  UI thread.

    Signals:
        pressed: the user wants the quick ask.
        changed: `problem` may be another.

    Args:
        words: the user's language.
        platform: as Qt names it; "" for that of the application.
        environ: the process's environment.

    Attributes:
        problem: why the keys do nothing, in one sentence; "" where they work, where none are
            wanted, and while the desktop has yet to answer.
    """

    pressed = Signal()
    changed = Signal()

    def __init__(
        self, words: Words, platform: str = "", environ: Mapping[str, str] = os.environ
    ) -> None:
        super().__init__()
        self._words, self._platform, self._environ = words, platform, environ
        self._keys = ""
        self._key: X11Key | PortalKey | WindowsKey | None = None
        self.problem = ""

    @property
    def can_be_heard(self) -> bool:
        """Whether a program can hear keys here while another has the focus, if it is let."""
        return self._here in {"xcb", "wayland", "windows"}

    @property
    def _here(self) -> str:
        return self._platform or QGuiApplication.platformName()

    def hear(self, keys: str) -> None:
        """Hear these keys from now on; "" for none."""
        if keys == self._keys:
            return
        self._keys = keys
        self.problem = self._try(keys)
        self.changed.emit()

    def close(self) -> None:
        """Hear nothing more."""
        if self._key is not None:
            self._key.close()

    def _try(self, keys: str) -> str:
        if not self.can_be_heard:
            said = _NOT_DONE if self._here == "cocoa" else _NOBODY
            return self._words(said) if keys else ""
        if keys and x11_names(keys) is None:
            self._grab("")
            return self._words("Choose keys with Ctrl, Alt or the system key.")
        if self._grab(keys):
            return ""
        if self._here == "wayland":
            return self._words(_NOT_GIVEN)
        return self._words("Another program has the keys {keys}; choose others.", keys=keys)

    def _grab(self, keys: str) -> bool:
        if self._key is None:
            if not keys:
                return True
            self._key = self._make()
            self._key.pressed.connect(self.pressed)
        return self._key.grab(keys)

    def _make(self) -> X11Key | PortalKey | WindowsKey:
        if self._here == "windows":
            from ui.desktop.windows_key import WindowsKey  # noqa: PLC0415 - nowhere else

            return WindowsKey(self)
        if self._here == "xcb":
            return X11Key(self)
        from ui.desktop.portal_key import PortalKey  # noqa: PLC0415 - nowhere else

        program = QGuiApplication.desktopFileName()
        made = PortalKey(program, self._words("Quick ask"), self._environ, self)
        made.refused.connect(self._take_refusal)
        return made

    def _take_refusal(self) -> None:
        self.problem = self._words(_NOT_GIVEN)
        self.changed.emit()
