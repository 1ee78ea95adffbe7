"""A key that is heard wherever the focus is, on an X11 desktop: `XGrabKey` by libX11 itself.

Qt has no such thing.  Wayland lets no program grab keys; see `portal_key`.
"""

from __future__ import annotations

import ctypes
import ctypes.util
from typing import Any, Final

from PySide6.QtCore import QObject, QSocketNotifier, Qt, Signal
from PySide6.QtGui import QKeySequence

SHIFT: Final = 1 << 0
_LOCK: Final = 1 << 1
CONTROL: Final = 1 << 2
ALT: Final = 1 << 3
_NUM: Final = 1 << 4
SUPER: Final = 1 << 6
_KEY_PRESS: Final = 2
_ASYNC: Final = 1
_EVENT_BYTES: Final = 192
"""`sizeof(XEvent)` on 64-bit systems (X.h, Xlib.h)."""
_IDLE_LOCKS: Final = (0, _LOCK, _NUM, _LOCK | _NUM)
"""Caps Lock and Num Lock make another key of it, unless each is grabbed."""
_NAMES: Final = {
    Qt.Key.Key_Space: "space",
    Qt.Key.Key_Return: "Return",
    Qt.Key.Key_Tab: "Tab",
    Qt.Key.Key_Backspace: "BackSpace",
    Qt.Key.Key_Insert: "Insert",
    Qt.Key.Key_Delete: "Delete",
    Qt.Key.Key_Home: "Home",
    Qt.Key.Key_End: "End",
    Qt.Key.Key_PageUp: "Prior",
    Qt.Key.Key_PageDown: "Next",
    Qt.Key.Key_Left: "Left",
    Qt.Key.Key_Right: "Right",
    Qt.Key.Key_Up: "Up",
    Qt.Key.Key_Down: "Down",
}
_MODIFIERS: Final = {
    Qt.KeyboardModifier.ShiftModifier: SHIFT,
    Qt.KeyboardModifier.ControlModifier: CONTROL,
    Qt.KeyboardModifier.AltModifier: ALT,
    Qt.KeyboardModifier.MetaModifier: SUPER,
}


def x11_names(keys: str) -> tuple[str, int] | None:
    """The key's name and the modifiers' bits as X11 has them; None for what cannot be grabbed.

    A key without Ctrl, Alt or Super would be taken from everybody, so it cannot.

    Args:
        keys: as Qt writes them portably, "Ctrl+Alt+Space".
    """
    sequence = QKeySequence(keys, QKeySequence.SequenceFormat.PortableText)
    if sequence.count() != 1:
        return None
    pressed = sequence[0]  # type: ignore[index] # missing in the stubs of PySide6 6.11
    bits = 0
    for modifier, bit in _MODIFIERS.items():
        if pressed.keyboardModifiers() & modifier:
            bits |= bit
    key = pressed.key()
    code = int(key)
    name = _NAMES.get(key, "")
    if Qt.Key.Key_F1 <= key <= Qt.Key.Key_F12:
        name = f"F{code - int(Qt.Key.Key_F1) + 1}"
    elif not name and 0x30 <= code <= 0x5A:
        name = chr(code).lower()
    return (name, bits) if name and bits & ~SHIFT else None


class X11Key(QObject):
    """Grabs one key.  UI thread, with a connection to the X server of its own.

    Signals:
        pressed: the key was pressed, wherever the focus is.

    Args:
        parent: owns it.
    """

    pressed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._library: Any = None
        self._display: Any = None
        self._grabbed: tuple[int, int] | None = None
        self._notifier: QSocketNotifier | None = None

    def grab(self, keys: str) -> bool:
        """Hear these keys from now on, in place of those before; False if others have them.

        Args:
            keys: as `x11_names`; "" hears none.
        """
        self.release()
        wanted = x11_names(keys) if keys else None
        if wanted is None:
            return not keys
        if not self._open():
            return False
        name, bits = wanted
        x = self._library
        code = x.XKeysymToKeycode(self._display, x.XStringToKeysym(name.encode()))
        if not code:
            return False
        self._grabbed = (code, bits)
        if self._try_grab(code, bits):
            return True
        self.release()
        return False

    def release(self) -> None:
        """Hear the key no more."""
        if self._grabbed is not None:
            code, bits = self._grabbed
            self._grabbed = None
            root = self._library.XDefaultRootWindow(self._display)
            for locks in _IDLE_LOCKS:
                self._library.XUngrabKey(self._display, code, bits | locks, root)
            self._library.XFlush(self._display)

    def close(self) -> None:
        """Let go of the key and of the connection."""
        self.release()
        if self._notifier is not None:
            self._notifier.setEnabled(False)
        if self._display:
            self._library.XCloseDisplay(self._display)
            self._display = None

    def _open(self) -> bool:
        if self._display:
            return True
        name = ctypes.util.find_library("X11")
        if name is None:
            return False
        x = self._library = _declared(ctypes.CDLL(name))
        self._display = x.XOpenDisplay(None)
        if not self._display:
            return False
        number = x.XConnectionNumber(self._display)
        self._notifier = QSocketNotifier(number, QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._read)
        return True

    def _try_grab(self, code: int, bits: int) -> bool:
        """Xlib tells a refusal by its error handler, which would end the process otherwise."""
        x = self._library
        refused: list[bool] = []

        def note(_display: int, _event: int) -> int:
            refused.append(True)
            return 0

        handler = _ERROR_HANDLER(note)
        before = x.XSetErrorHandler(ctypes.cast(handler, ctypes.c_void_p))
        root = x.XDefaultRootWindow(self._display)
        for locks in _IDLE_LOCKS:
            x.XGrabKey(self._display, code, bits | locks, root, 0, _ASYNC, _ASYNC)
        x.XSync(self._display, 0)
        x.XSetErrorHandler(before)
        return not refused

    def _read(self) -> None:
        event = ctypes.create_string_buffer(_EVENT_BYTES)
        while self._display and self._library.XPending(self._display):
            self._library.XNextEvent(self._display, event)
            if ctypes.cast(event, ctypes.POINTER(ctypes.c_int))[0] == _KEY_PRESS:
                self.pressed.emit()


_ERROR_HANDLER: Final = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)


def _declared(library: Any) -> Any:
    """The functions with their types, as Xlib.h has them."""
    display, number, word = ctypes.c_void_p, ctypes.c_int, ctypes.c_ulong
    bits = ctypes.c_uint
    for name, result, arguments in (
        ("XOpenDisplay", display, (ctypes.c_char_p,)),
        ("XCloseDisplay", number, (display,)),
        ("XConnectionNumber", number, (display,)),
        ("XDefaultRootWindow", word, (display,)),
        ("XStringToKeysym", word, (ctypes.c_char_p,)),
        ("XKeysymToKeycode", ctypes.c_ubyte, (display, word)),
        ("XGrabKey", number, (display, number, bits, word, number, number, number)),
        ("XUngrabKey", number, (display, number, bits, word)),
        ("XSetErrorHandler", display, (display,)),
        ("XSync", number, (display, number)),
        ("XFlush", number, (display,)),
        ("XPending", number, (display,)),
        ("XNextEvent", number, (display, display)),
    ):
        function = getattr(library, name)
        function.restype, function.argtypes = result, list(arguments)
    return library
