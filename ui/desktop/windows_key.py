"""A key that is heard wherever the focus is, on Windows: `RegisterHotKey` of user32.

Facts: https://learn.microsoft.com/en-us/windows/win32/api/winuser/nf-winuser-registerhotkey and
https://learn.microsoft.com/en-us/windows/win32/inputdev/virtual-key-codes

Not proven: only the naming of keys and the reading of messages are tested.  The calls themselves
have never run on Windows.
"""

from __future__ import annotations

import ctypes
import sys
from ctypes import wintypes
from itertools import count
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractNativeEventFilter,
    QByteArray,
    QCoreApplication,
    QObject,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeySequence

MOD_NOREPEAT: Final = 0x4000
WM_HOTKEY: Final = 0x0312
_MODIFIERS: Final = {
    Qt.KeyboardModifier.AltModifier: 0x1,
    Qt.KeyboardModifier.ControlModifier: 0x2,
    Qt.KeyboardModifier.ShiftModifier: 0x4,
    Qt.KeyboardModifier.MetaModifier: 0x8,
}
_MOD_SHIFT: Final = 0x4
_CODES: Final = {
    Qt.Key.Key_Backspace: 0x08,
    Qt.Key.Key_Tab: 0x09,
    Qt.Key.Key_Return: 0x0D,
    Qt.Key.Key_Space: 0x20,
    Qt.Key.Key_PageUp: 0x21,
    Qt.Key.Key_PageDown: 0x22,
    Qt.Key.Key_End: 0x23,
    Qt.Key.Key_Home: 0x24,
    Qt.Key.Key_Left: 0x25,
    Qt.Key.Key_Up: 0x26,
    Qt.Key.Key_Right: 0x27,
    Qt.Key.Key_Down: 0x28,
    Qt.Key.Key_Insert: 0x2D,
    Qt.Key.Key_Delete: 0x2E,
}
_VK_F1: Final = 0x70
_numbers = count(1)


def windows_codes(keys: str) -> tuple[int, int] | None:
    """The modifiers' bits and the virtual key code; None for what cannot be had.

    A key without Ctrl, Alt or the Windows key would be taken from everybody; F12 belongs to
    debuggers.  Letters and digits are their own codes.

    Args:
        keys: as Qt writes them portably, "Ctrl+Alt+Space".
    """
    sequence = QKeySequence(keys, QKeySequence.SequenceFormat.PortableText)
    if sequence.count() != 1:
        return None
    pressed = sequence[0]  # type: ignore[index] # missing in the stubs of PySide6 6.11
    held = pressed.keyboardModifiers()
    bits = sum(bit for modifier, bit in _MODIFIERS.items() if held & modifier)
    key = pressed.key()
    number = int(key)
    code = _CODES.get(key, 0)
    if Qt.Key.Key_F1 <= key <= Qt.Key.Key_F11:
        code = _VK_F1 + number - int(Qt.Key.Key_F1)
    elif not code and 0x30 <= number <= 0x5A and chr(number).isalnum():
        code = number
    return (bits, code) if code and bits & ~_MOD_SHIFT else None


class WindowsKey(QObject):
    """Registers one key.  UI thread, whose messages bring it.

    Signals:
        pressed: the key was pressed, wherever the focus is.

    Args:
        parent: owns it.
    """

    pressed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._number = next(_numbers)
        self._is_registered = False
        self._filter = HotKeyMessages(self)

    def grab(self, keys: str) -> bool:
        """Hear these keys from now on, in place of those before; False if others have them.

        Args:
            keys: as `windows_codes`; "" hears none.
        """
        self.release()
        wanted = windows_codes(keys) if keys else None
        library = _user32()
        application = QCoreApplication.instance()
        if wanted is None or library is None or application is None:
            return not keys
        bits, code = wanted
        if not library.RegisterHotKey(None, self._number, bits | MOD_NOREPEAT, code):
            return False
        self._is_registered = True
        application.installNativeEventFilter(self._filter)
        return True

    def release(self) -> None:
        """Hear the key no more."""
        if self._is_registered:
            self._is_registered = False
            _user32().UnregisterHotKey(None, self._number)
            application = QCoreApplication.instance()
            if application is not None:
                application.removeNativeEventFilter(self._filter)

    def close(self) -> None:
        """Let go of the key."""
        self.release()

    def take(self, number: int) -> bool:
        """A key with this number was pressed; whether it is this one."""
        if number == self._number:
            self.pressed.emit()
        return number == self._number


class HotKeyMessages(QAbstractNativeEventFilter):
    """Reads `WM_HOTKEY` of what the thread is told.

    A key without a window of its own comes as "windows_dispatcher_MSG"
    (https://doc.qt.io/qt-6/qabstractnativeeventfilter.html).

    Args:
        key: told of it.
    """

    def __init__(self, key: WindowsKey) -> None:
        super().__init__()
        self._key = key

    def nativeEventFilter(
        self, kind: QByteArray | bytes | bytearray | memoryview, message: int
    ) -> tuple[bool, int]:
        """Whether the message is done with, as Qt wants it."""
        name = kind.data() if isinstance(kind, QByteArray) else kind
        if name != b"windows_dispatcher_MSG":
            return False, 0
        told = wintypes.MSG.from_address(int(message))
        return told.message == WM_HOTKEY and self._key.take(told.wParam), 0


def _user32() -> Any:
    """The library with its types as winuser.h has them; None elsewhere than on Windows."""
    if sys.platform == "win32":
        library = ctypes.WinDLL("user32")
        number, bits = ctypes.c_int, wintypes.UINT
        library.RegisterHotKey.argtypes = [wintypes.HWND, number, bits, bits]
        library.UnregisterHotKey.argtypes = [wintypes.HWND, number]
        return library
    return None
