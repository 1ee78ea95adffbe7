"""What Sotto needs from the system: Qt's libraries, fonts, and programs that the tests start."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from tools.setup.debian import DebianPackages
from tools.setup.failures import SetupError
from tools.setup.programs import say

# The libraries that Qt's xcb, wayland and offscreen plugins link to and do not bring along.
QT_PACKAGES = (
    "libdbus-1-3",
    "libegl1",
    "libfontconfig1",
    "libgl1",
    "libglib2.0-0",
    "libwayland-client0",
    "libwayland-cursor0",
    "libwayland-egl1",
    "libx11-xcb1",
    "libxcb-cursor0",
    "libxcb-icccm4",
    "libxcb-image0",
    "libxcb-keysyms1",
    "libxcb-randr0",
    "libxcb-render-util0",
    "libxcb-shape0",
    "libxcb-sync1",
    "libxcb-xfixes0",
    "libxcb-xkb1",
    "libxkbcommon-x11-0",
    "libxkbcommon0",
)
FONT_PACKAGES = (
    "fonts-dejavu-core",
    "fonts-nanum",
    "fonts-noto-cjk",
    "fonts-noto-color-emoji",
    "fonts-noto-core",
)
# Program that the tests start, and the package it comes in.
TEST_PROGRAMS = {
    "dbus-run-session": "dbus",
    "gnome-keyring-daemon": "gnome-keyring",
    "Xvfb": "xvfb",
    "/usr/libexec/at-spi-bus-launcher": "at-spi2-core",
    "bwrap": "bubblewrap",
    "node": "nodejs",
    "npm": "npm",
    "xdotool": "xdotool",
}
_QT_FILES = (
    "Qt*.abi3.so",
    "Qt/plugins/platforms/libq[oxw]*.so",  # offscreen, xcb, wayland
    "Qt/plugins/xcbglintegrations/*.so",
    "Qt/plugins/wayland-*/*.so",
    "Qt/plugins/platformthemes/libqxdg*.so",
)
_NOT_FOUND = re.compile(r"^\s*(\S+) => not found", re.MULTILINE)


def missing_libraries(pyside: Path) -> list[str]:
    """List the shared libraries that PySide6's own files look for and do not find.

    Args:
        pyside: The installed package's folder.
    """
    files = [str(path) for pattern in _QT_FILES for path in sorted(pyside.glob(pattern))]
    if not files or not shutil.which("ldd"):
        return []
    listing = subprocess.run(["ldd", *files], capture_output=True, text=True, check=False).stdout
    brought = {path.name for path in (pyside / "Qt" / "lib").glob("*")}
    return sorted(set(_NOT_FOUND.findall(listing)) - brought)


def ensure_window_libraries(pyside: Path, packages: DebianPackages) -> None:
    """See to it that Qt's libraries and usable fonts are there.

    Raises:
        SetupError: Libraries are missing and cannot be installed from here.
    """
    if sys.platform != "linux":
        return
    if missing_libraries(pyside):
        packages.require(QT_PACKAGES, "The window needs system libraries that are not here.")
        if still := missing_libraries(pyside):
            raise SetupError(
                f"The window needs system libraries that are not here: {' '.join(still)}.",
                "Install the packages that hold them and run the same command again.",
            )
    fonts = packages.missing(FONT_PACKAGES) if packages.available else []
    if fonts and packages.may_install:
        try:
            packages.install(fonts)
        except SetupError as error:
            say(f"going on without these fonts: {error}")
    elif fonts:
        say(f"some texts may lack glyphs; for all of them: sudo apt-get install {' '.join(fonts)}")


def ensure_sandbox(packages: DebianPackages) -> None:
    """See to it that the model's Python code can be held in a box; Sotto goes on without."""
    if sys.platform != "linux" or shutil.which("bwrap"):
        return
    if packages.may_install:
        try:
            packages.install(["bubblewrap"])
        except SetupError as error:
            say(f"going on without bubblewrap, which holds the model's code in: {error}")
    else:
        say("to hold the model's Python code in a box: sudo apt-get install bubblewrap")


def ensure_test_programs(packages: DebianPackages) -> None:
    """See to it that the programs started by the tests are there.

    Raises:
        SetupError: Some are missing and cannot be installed from here.
    """
    if sys.platform != "linux":
        return
    missing = [name for name in TEST_PROGRAMS if not shutil.which(name)]
    if missing:
        packages.require(
            [TEST_PROGRAMS[name] for name in missing],
            f"The tests need programs that are not here: {', '.join(missing)}.",
        )
