"""Keys heard from anywhere, on a real X server: prints what was heard as JSON."""

from __future__ import annotations

import ctypes
import ctypes.util
import json
import subprocess

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow

from ui.desktop.tray import RestsInTray
from ui.desktop.x11_key import X11Key

PATIENCE_MS = 15_000


def press(keys: str) -> None:
    """As a hand would, wherever the focus is."""
    subprocess.run(["xdotool", "key", keys], check=True)


def hears(key: X11Key, keys: str) -> bool:
    """Whether a press of these keys is heard."""
    loop = QEventLoop()
    heard: list[bool] = []
    key.pressed.connect(lambda: heard.append(True))
    key.pressed.connect(loop.quit)
    QTimer.singleShot(PATIENCE_MS, loop.quit)
    press(keys)
    loop.exec()
    return bool(heard)


class _ClientMessage(ctypes.Structure):
    """`XClientMessageEvent` of Xlib.h."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong),
        ("message_type", ctypes.c_ulong),
        ("format", ctypes.c_int),
        ("data", ctypes.c_long * 5),
        ("rest", ctypes.c_char * 96),
    )


def close_by_its_frame(window: QMainWindow) -> None:
    """Ask a window to close as a window manager does (ICCCM 4.2.8.1, WM_DELETE_WINDOW)."""
    x = ctypes.CDLL(ctypes.util.find_library("X11") or "")
    x.XOpenDisplay.restype = ctypes.c_void_p
    x.XInternAtom.restype = ctypes.c_ulong
    display = ctypes.c_void_p(x.XOpenDisplay(None))
    message = _ClientMessage(type=33, window=int(window.winId()), format=32)
    message.message_type = x.XInternAtom(display, b"WM_PROTOCOLS", 0)
    message.data[0] = x.XInternAtom(display, b"WM_DELETE_WINDOW", 0)
    x.XSendEvent(display, ctypes.c_ulong(message.window), 0, 0, ctypes.byref(message))
    x.XSync(display, 0)
    x.XCloseDisplay(display)


def rests(application: QApplication) -> bool:
    """Whether a window that is closed by its frame is hidden, and can be closed after that."""
    window = QMainWindow()
    loop = QEventLoop()
    RestsInTray(window, lambda: True, loop.quit)
    window.show()
    QTimer.singleShot(PATIENCE_MS, loop.quit)
    QTimer.singleShot(0, lambda: close_by_its_frame(window))
    loop.exec()
    is_hidden = not window.isVisible() and not application.quitOnLastWindowClosed()
    return is_hidden and window.close()


def main() -> None:
    """One key, then others, then those that are taken."""
    application = QApplication([])
    first, second = X11Key(application), X11Key(application)
    met = {
        "grabbed": first.grab("Ctrl+Alt+K"),
        "heard": hears(first, "ctrl+alt+k"),
        "taken": second.grab("Ctrl+Alt+K"),
        "other": second.grab("Meta+F9"),
        "other heard": hears(second, "super+F9"),
    }
    first.release()
    met["free again"] = second.grab("Ctrl+Alt+K")
    met["heard by the other"] = hears(second, "ctrl+alt+k")
    met["none"] = second.grab("")
    met["rests"] = rests(application)
    first.close()
    second.close()
    print(json.dumps(met))  # noqa: T201 - it is what the test reads


if __name__ == "__main__":
    main()
