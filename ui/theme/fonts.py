"""Font families with their Korean and emoji fallbacks, and sizes that follow the text size.

Qt takes a missing glyph from the next family of the list, so the order decides how Korean
looks.  TrueType faces come before the CFF ones: FreeType darkens CFF stems, which makes
Noto Sans CJK look bold on a dark ground.
"""

from __future__ import annotations

import sys
from typing import Final

from PySide6.QtGui import QFont, QFontDatabase

_SANS: Final = {
    "linux": ("Noto Sans", "Cantarell", "DejaVu Sans"),
    "win32": ("Segoe UI",),
    "darwin": (".AppleSystemUIFont",),
}
_KOREAN: Final = (
    "Pretendard",
    "Noto Sans KR",
    "NanumGothic",
    "Malgun Gothic",
    "Apple SD Gothic Neo",
    "Noto Sans CJK KR",
)
_EMOJI: Final = ("Noto Color Emoji", "Segoe UI Emoji", "Apple Color Emoji")
_MONO: Final = {
    "linux": ("DejaVu Sans Mono", "Noto Sans Mono"),
    "win32": ("Cascadia Mono", "Consolas"),
    "darwin": ("Menlo",),
}
_MONO_KOREAN: Final = ("D2Coding", "NanumGothicCoding", "Noto Sans Mono CJK KR", *_KOREAN)


class Fonts:
    """Make the fonts of the look.  UI thread; needs a QGuiApplication.

    Args:
        scale: the user's text size, 1.0 is 100 %.
        platform: as in `sys.platform`.
    """

    def __init__(self, scale: float = 1.0, platform: str = sys.platform) -> None:
        self._scale = scale
        installed = set(QFontDatabase.families())
        key = platform if platform in _SANS else "linux"
        self.sans = _available((*_SANS[key], *_KOREAN, *_EMOJI), installed, "Sans Serif")
        self.mono = _available((*_MONO[key], *_MONO_KOREAN, *_EMOJI), installed, "Monospace")

    def text(self, size: int, *, bold: bool = False) -> QFont:
        """A font for text; `size` is one of `TypeSize`, in logical px at 100 %."""
        return self._make(self.sans, size, bold, QFont.HintingPreference.PreferNoHinting)

    def code(self, size: int, *, bold: bool = False) -> QFont:
        """A font for code, all characters equally wide."""
        font = self._make(self.mono, size, bold, QFont.HintingPreference.PreferVerticalHinting)
        font.setStyleHint(QFont.StyleHint.Monospace)
        font.setFixedPitch(True)
        return font

    def _make(
        self, families: tuple[str, ...], size: int, bold: bool, hinting: QFont.HintingPreference
    ) -> QFont:
        font = QFont()
        font.setFamilies(families)
        font.setPixelSize(max(1, round(size * self._scale)))
        font.setBold(bold)
        font.setHintingPreference(hinting)
        return font


def _available(wanted: tuple[str, ...], installed: set[str], generic: str) -> tuple[str, ...]:
    """The wanted families that exist: a missing first family costs Qt a search per font."""
    found = tuple(name for name in wanted if name in installed or name.startswith("."))
    return found or (generic,)
