from __future__ import annotations

import ctypes
from ctypes import wintypes

import pytest
from pytestqt.qtbot import QtBot

from ui.desktop.windows_key import WM_HOTKEY, HotKeyMessages, WindowsKey, windows_codes

ALT, CONTROL, SHIFT, WINDOWS = 1, 2, 4, 8


@pytest.mark.parametrize(
    ("keys", "wanted"),
    [
        ("Ctrl+Alt+Space", (CONTROL | ALT, 0x20)),
        ("Meta+Shift+S", (WINDOWS | SHIFT, ord("S"))),
        ("Ctrl+F1", (CONTROL, 0x70)),
        ("Ctrl+F11", (CONTROL, 0x7A)),
        ("Alt+7", (ALT, ord("7"))),
        ("Alt+PgDown", (ALT, 0x22)),
        ("Ctrl+Del", (CONTROL, 0x2E)),
        ("Ctrl+F12", None),
        ("Ctrl+;", None),
        ("S", None),
        ("Shift+S", None),
        ("Ctrl+K, Ctrl+S", None),
        ("Ctrl+Ö", None),
        ("", None),
    ],
)
def test_keys_are_numbered_as_windows_has_them(keys: str, wanted: tuple[int, int] | None) -> None:
    assert windows_codes(keys) == wanted


def test_of_the_threads_messages_only_its_own_key_is_heard(qtbot: QtBot) -> None:
    key = WindowsKey()
    heard: list[int] = []
    key.pressed.connect(lambda: heard.append(1))
    messages = HotKeyMessages(key)
    own = key._number

    def tell(kind: bytes, message: int, number: int) -> tuple[bool, int]:
        told = wintypes.MSG(message=message, wParam=number)
        return messages.nativeEventFilter(kind, ctypes.addressof(told))

    assert tell(b"windows_generic_MSG", WM_HOTKEY, own) == (False, 0)
    assert tell(b"windows_dispatcher_MSG", WM_HOTKEY + 1, own) == (False, 0)
    assert tell(b"windows_dispatcher_MSG", WM_HOTKEY, own + 1) == (False, 0)
    assert heard == []
    assert tell(b"windows_dispatcher_MSG", WM_HOTKEY, own) == (True, 0)
    assert heard == [1]
    del qtbot


def test_elsewhere_than_on_windows_nothing_is_registered(qtbot: QtBot) -> None:
    del qtbot
    key = WindowsKey()
    assert key.grab("")
    assert not key.grab("Ctrl+Alt+Space")
    key.close()
