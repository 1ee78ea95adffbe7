"""Formulas typeset by ziamath as SVG paths.  Knows nothing of Qt; slow (1 to 60 ms each).

`config.svg2` is off because QtSvg ignores SVG 2 symbols, which makes all glyphs vanish.
What ziamath 0.13 draws wrongly (chemistry, Hangul and Han letters, unknown commands) is not
drawn at all: its source is shown instead.
"""

from __future__ import annotations

import logging
import re
import warnings
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

_log = logging.getLogger(__name__)

_STRIPPED: Final = re.compile(r"\\require\s*\{[^{}]*\}|\\tag\*?\s*\{[^{}]*\}|\\label\s*\{[^{}]*\}")
_ENVIRONMENT: Final = re.compile(r"\\(begin|end)\{(align|equation|gather)\*?\}")
_REFUSED: Final = re.compile(r"\\(?:ce|pu|includegraphics|href|url)\b|[\u1100-\u11ff\u2e80-\ud7ff]")
_TAG: Final = re.compile(r"<[^>]*>")
_LONGEST: Final = 4000


@dataclass(frozen=True, slots=True)
class Formula:
    """A typeset formula, in logical px at the size it was asked for.

    Attributes:
        svg: the drawing; empty when the formula cannot be drawn and its source is to be shown.
        depth: how far it reaches below the baseline.
    """

    svg: bytes = b""
    width: float = 0.0
    height: float = 0.0
    depth: float = 0.0


NOT_DRAWN: Final = Formula()


def typeset(tex: str, size: int, color: str, *, is_display: bool) -> Formula:
    """Draw LaTeX.

    Args:
        tex: without delimiters.
        size: of the letters in px.
        color: "#RRGGBB".
        is_display: on its own line, with tall sums and fractions.

    Returns:
        `NOT_DRAWN` when ziamath cannot draw it rightly.
    """
    text = _ENVIRONMENT.sub(_aligned, _STRIPPED.sub("", tex)).strip()
    if not text or len(text) > _LONGEST or _REFUSED.search(text):
        return NOT_DRAWN
    try:
        drawn = _library().Latex(text, size=size, color=color, inline=not is_display, margin=1.0)
        if "\\" in _TAG.sub("", drawn.mathmlstr()):
            return NOT_DRAWN  # a command it does not know would be printed as it is written
        svg = drawn.svg()
        width, height = drawn.getsize()
        depth = -drawn.getyofst()
    except Exception as error:  # noqa: BLE001 - any bug in the library must only cost the drawing
        _log.info("a formula is shown as source: %s", type(error).__name__)
        return NOT_DRAWN
    return Formula(svg.encode(), width + 2, height + 2, depth + 1)


@cache
def _library() -> Any:
    """The module ziamath, imported with the first formula: it takes 0.4 s."""
    with warnings.catch_warnings():
        # ziamath 0.13 reads its fonts with importlib.resources.path.
        warnings.simplefilter("ignore", DeprecationWarning)
        import ziamath  # noqa: PLC0415 - see above

    ziamath.config.svg2 = False
    return ziamath


def _aligned(match: re.Match[str]) -> str:
    """Numbered environments do not exist inside a formula; their inner forms do."""
    inner = {"align": "aligned", "gather": "gathered"}.get(match[2])
    return f"\\{match[1]}{{{inner}}}" if inner else ""
