"""The keys that bring the quick ask from anywhere: which hold, and why they may not."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from app.words import N_, Words
from ui.desktop.x11_key import X11Key, x11_names


class QuickKey(QObject):
    """Hears the keys that the settings name.  UI thread.

    Signals:
        pressed: the user wants the quick ask.
        changed: `problem` may be another.

    Args:
        words: the user's language.

    Attributes:
        problem: why the keys do nothing, in one sentence; "" where they work or none are wanted.
    """

    pressed = Signal()
    changed = Signal()

    def __init__(self, words: Words) -> None:
        super().__init__()
        self._words = words
        self._keys = ""
        self._x11: X11Key | None = None
        self.problem = ""

    @property
    def can_be_heard(self) -> bool:
        """Whether this desktop lets a program hear keys while another has the focus."""
        return QGuiApplication.platformName() == "xcb"

    def hear(self, keys: str) -> None:
        """Hear these keys from now on; "" for none."""
        if keys == self._keys:
            return
        self._keys = keys
        self.problem = self._try(keys)
        self.changed.emit()

    def close(self) -> None:
        """Hear nothing more."""
        if self._x11 is not None:
            self._x11.close()

    def _try(self, keys: str) -> str:
        if not self.can_be_heard:
            said = N_(
                "This desktop lets no program hear keys; have its settings run “sotto quick”."
            )
            return self._words(said) if keys else ""
        if keys and x11_names(keys) is None:
            return self._words("Choose keys with Ctrl, Alt or the system key.")
        if keys and self._x11 is None:
            self._x11 = X11Key(self)
            self._x11.pressed.connect(self.pressed)
        if self._x11 is None or self._x11.grab(keys):
            return ""
        return self._words("Another program has the keys {keys}; choose others.", keys=keys)
