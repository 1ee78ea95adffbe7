"""A key that is heard wherever the focus is, by leave of the desktop: the way of Wayland.

The desktop's portal is asked (`org.freedesktop.portal.GlobalShortcuts`, see
https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.GlobalShortcuts.html).
It may ask the user, may give other keys than those, and may refuse.  Each request is answered by
a signal of an object whose path follows from the name of the connection and a token
(doc-org.freedesktop.portal.Request.html), so that it can be listened to beforehand.

Proven against a portal of the tests' own, not yet on a desktop of KDE's or GNOME's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from itertools import count
from typing import Any, Final

from PySide6.QtCore import QObject, Signal

from ui.desktop.bus import SessionBus
from ui.desktop.x11_key import ALT, CONTROL, SHIFT, SUPER, x11_names

SHORTCUT: Final = "quick-ask"
_SERVICE: Final = "org.freedesktop.portal.Desktop"
_PATH: Final = "/org/freedesktop/portal/desktop"
_REGISTRY: Final = "org.freedesktop.host.portal.Registry"
_SHORTCUTS: Final = "org.freedesktop.portal.GlobalShortcuts"
_REQUEST: Final = "org.freedesktop.portal.Request"
_SESSION: Final = "org.freedesktop.portal.Session"
_GRANTED: Final = 0
_MODIFIERS: Final = ((CONTROL, "CTRL"), (ALT, "ALT"), (SHIFT, "SHIFT"), (SUPER, "LOGO"))
"""In the words of https://specifications.freedesktop.org/shortcuts/latest."""


def portal_trigger(keys: str) -> str | None:
    """The keys as the portal has them, "CTRL+ALT+space"; None for what cannot be asked for.

    Args:
        keys: as `x11_names`, whose names of keys are the portal's, too.
    """
    names = x11_names(keys)
    if names is None or not names[0].isalnum():
        return None
    name, bits = names
    return "+".join([*(word for bit, word in _MODIFIERS if bits & bit), name])


class PortalKey(QObject):
    """Asks the desktop for one key.  UI thread, with a connection to the bus of its own.

    The portal knows a program by its connection, and only before anything else is asked on it.

    Signals:
        pressed: the key was pressed, wherever the focus is.
        refused: the desktop did not give the key that was asked for, or took it back.

    Args:
        app_id: the name of the program's desktop entry.
        description: what the key does, in the user's language; the desktop shows it.
        environ: names the bus.
        parent: owns it.
    """

    pressed = Signal()
    refused = Signal()

    def __init__(
        self,
        app_id: str,
        description: str,
        environ: Mapping[str, str],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._app_id, self._description, self._environ = app_id, description, environ
        self._numbers = count(1)
        self._bus: SessionBus | None = None
        self._session: _Session | None = None

    def grab(self, keys: str) -> bool:
        """Ask for these keys, in place of those before; False if there is nobody to ask.

        Args:
            keys: as `x11_names`; "" hears none.
        """
        self.release()
        trigger = portal_trigger(keys) if keys else None
        if trigger is None:
            return not keys
        if self._bus is None:
            self._bus = SessionBus.open(self._environ, self)
        if self._bus is None:
            return False
        token = f"sotto_{next(self._numbers)}"
        session = _Session(self._bus, token, self.pressed.emit, self.refused.emit)
        self._session = session
        session.begin(self._app_id, self._description, trigger)
        return not session.is_over

    def release(self) -> None:
        """Hear the key no more."""
        if self._session is not None:
            self._session.end()
            self._session = None

    def close(self) -> None:
        """Let go of the key and of the connection."""
        self.release()
        if self._bus is not None:
            self._bus.close()
            self._bus = None


class _Session:
    """One asking: registered, made, bound, heard.  A session can be bound only once."""

    def __init__(
        self,
        bus: SessionBus,
        token: str,
        on_pressed: Callable[[], None],
        on_refused: Callable[[], None],
    ) -> None:
        self._bus, self._token = bus, token
        self._on_pressed, self._on_refused = on_pressed, on_refused
        self._sender = bus.own_name.removeprefix(":").replace(".", "_")
        self._path = f"{_PATH}/session/{self._sender}/{token}"
        self._request = ""
        self.is_over = False

    def begin(self, app_id: str, description: str, trigger: str) -> None:
        """Say who asks, then ask; a portal that knows no registry, or us already, is as good."""
        shortcut = {"description": ("s", description), "preferred_trigger": ("s", trigger)}

        def create() -> None:
            token = {"session_handle_token": ("s", self._token)}
            self._ask("CreateSession", "a{sv}", (), token, partial(self._bind, shortcut))

        self._call(
            _REGISTRY, "Register", "sa{sv}", (app_id, {}), lambda _: create(), on_error=create
        )

    def end(self) -> None:
        """Have the desktop forget it, however far it came."""
        if self.is_over:
            return
        self.is_over = True
        self._bus.forget(_SHORTCUTS, "Activated", _PATH)
        self._bus.forget(_SESSION, "Closed", self._path)
        if self._request:
            self._bus.forget(_REQUEST, "Response", self._request)
            self._call(_REQUEST, "Close", "", (), path=self._request)
        self._call(_SESSION, "Close", "", (), path=self._path)

    def _bind(self, shortcut: dict[str, Any], results: dict[str, Any]) -> None:
        self._path = results.get("session_handle", ("s", self._path))[1]
        self._bus.listen(_SESSION, "Closed", lambda _: self._refuse(), self._path)
        self._bus.listen(_SHORTCUTS, "Activated", self._hear, _PATH)
        values = (self._path, [(SHORTCUT, shortcut)], "")
        self._ask("BindShortcuts", "oa(sa{sv})sa{sv}", values, {}, self._check)

    def _check(self, results: dict[str, Any]) -> None:
        """A user who was asked may have given the key to nothing."""
        bound = results.get("shortcuts")
        if bound is not None and SHORTCUT not in [name for name, _ in bound[1]]:
            self._refuse()

    def _hear(self, body: tuple[Any, ...]) -> None:
        if body[:2] == (self._path, SHORTCUT):
            self._on_pressed()

    def _refuse(self) -> None:
        if not self.is_over:
            self.end()
            self._on_refused()

    def _ask(
        self,
        member: str,
        signature: str,
        values: tuple[Any, ...],
        options: dict[str, Any],
        on_granted: Callable[[dict[str, Any]], None],
    ) -> None:
        if self.is_over:
            return
        token = f"{self._token}_{member}"
        request = self._request = f"{_PATH}/request/{self._sender}/{token}"

        def take(body: tuple[Any, ...]) -> None:
            self._request = ""
            self._bus.forget(_REQUEST, "Response", request)
            if body[0] == _GRANTED:
                on_granted(body[1])
            else:
                self._refuse()

        self._bus.listen(_REQUEST, "Response", take, request)
        given = options | {"handle_token": ("s", token)}
        self._call(_SHORTCUTS, member, signature, (*values, given), on_error=self._refuse)

    def _call(
        self,
        interface: str,
        member: str,
        signature: str,
        values: tuple[Any, ...],
        on_reply: Callable[[tuple[Any, ...]], None] = lambda _: None,
        *,
        path: str = _PATH,
        on_error: Callable[[], None] = lambda: None,
    ) -> None:
        self._bus.call(
            _SERVICE,
            member,
            signature,
            values,
            on_reply,
            path=path,
            interface=interface,
            on_error=on_error,
        )
