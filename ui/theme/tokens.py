"""Design tokens: every colour, size and distance of the look, and the only hex values in ui.

Knows nothing of Qt.  Contrast facts about these colours are tests (`tests/ui/theme`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

Role = Literal[
    "bg", "side", "surface", "raised", "bubble", "hover", "pressed",
    "text", "muted", "subtle",
    "accent", "on_accent", "accent_hover", "accent_pressed", "soft", "cached", "focus",
    "edge", "border", "mark", "warn", "warn_soft", "danger", "danger_soft",
    "code_keyword", "code_string", "code_number", "code_function", "code_comment",
    "series_2", "series_3", "series_4", "series_5", "track",
]  # fmt: skip
"""What a colour is used for; `Colors.of` gives its value in one theme."""

ROLES: Final[tuple[Role, ...]] = get_args(Role)


@dataclass(frozen=True, slots=True)
class Colors:
    """The colours of one theme, as "#RRGGBB".

    Attributes:
        is_dark: light text on a dark ground.
        is_high_contrast: hairlines become real lines, disabled controls get a dashed border.
        bg: the chat; side: the sidebar; surface: cards, composer and code.
        raised: secondary buttons and the chosen segment; bubble: the user's message.
        hover, pressed: fills of states; hover is also the track of a segmented control.
        text, muted, subtle: ink, from strongest to weakest; subtle never on `pressed`.
        accent: primary action, selection and live state only; on_accent: text on it.
        soft: fill of what is on; cached: a weaker one.
        focus: the keyboard focus ring only.
        edge: outline that alone marks a control (3:1); border: decorative hairlines.
        mark: behind words that were searched for.
        series_2 to series_5, track: bars beside the accent, and the ground of a bar.
    """

    name: str
    is_dark: bool
    is_high_contrast: bool
    bg: str
    side: str
    surface: str
    raised: str
    bubble: str
    hover: str
    pressed: str
    text: str
    muted: str
    subtle: str
    accent: str
    on_accent: str
    accent_hover: str
    accent_pressed: str
    soft: str
    cached: str
    focus: str
    edge: str
    border: str
    mark: str
    warn: str
    warn_soft: str
    danger: str
    danger_soft: str
    code_keyword: str
    code_string: str
    code_number: str
    code_function: str
    code_comment: str
    series_2: str
    series_3: str
    series_4: str
    series_5: str
    track: str

    def of(self, role: Role) -> str:
        """The value of one colour."""
        value: str = getattr(self, role)
        return value


LIGHT: Final = Colors(
    name="light",
    is_dark=False,
    is_high_contrast=False,
    bg="#FFFFFF",
    side="#F5F7F6",
    surface="#F7F9F8",
    raised="#FFFFFF",
    bubble="#EEF2F1",
    hover="#EBEFEE",
    pressed="#DFE5E4",
    text="#1A1F20",
    muted="#545F61",
    subtle="#5E696B",
    accent="#0B6E65",
    on_accent="#FFFFFF",
    accent_hover="#095B54",
    accent_pressed="#07483F",
    soft="#E2F1EE",
    cached="#EFF7F5",
    focus="#0B6E65",
    edge="#7B8788",
    border="#DDE3E2",
    mark="#FFE79A",
    warn="#855600",
    warn_soft="#FBF3E0",
    danger="#B3261E",
    danger_soft="#FCECEA",
    code_keyword="#6A3FA5",
    code_string="#3A6B1F",
    code_number="#8B4A0B",
    code_function="#1459A6",
    code_comment="#5E696B",
    series_2="#4C8FD0",
    series_3="#9B7BD4",
    series_4="#9AA5A6",
    series_5="#6F8F3A",
    track="#E3E8E7",
)

DARK: Final = Colors(
    name="dark",
    is_dark=True,
    is_high_contrast=False,
    bg="#121415",
    side="#181B1C",
    surface="#1B1F20",
    raised="#232829",
    bubble="#232829",
    hover="#252A2C",
    pressed="#2E3537",
    text="#E7EAEA",
    muted="#A6AFB1",
    subtle="#929C9F",
    accent="#5CC2B3",
    on_accent="#06211D",
    accent_hover="#74D2C4",
    accent_pressed="#4BAFA0",
    soft="#17312E",
    cached="#152120",
    focus="#8FE0D4",
    edge="#737E81",
    border="#2C3234",
    mark="#5C4B12",
    warn="#E3B566",
    warn_soft="#2E2717",
    danger="#F2938C",
    danger_soft="#351F1E",
    code_keyword="#BBA7EE",
    code_string="#A3CC8F",
    code_number="#E2B274",
    code_function="#86BFF0",
    code_comment="#929C9F",
    series_2="#86BFF0",
    series_3="#BBA7EE",
    series_4="#737E81",
    series_5="#A3CC8F",
    track="#2C3234",
)

HIGH_CONTRAST: Final = Colors(
    name="high contrast",
    is_dark=True,
    is_high_contrast=True,
    bg="#000000",
    side="#000000",
    surface="#000000",
    raised="#000000",
    bubble="#1A1A1A",
    hover="#1A1A1A",
    pressed="#333333",
    text="#FFFFFF",
    muted="#FFFFFF",
    subtle="#E0E0E0",
    accent="#4DF0D8",
    on_accent="#000000",
    accent_hover="#A6FFF1",
    accent_pressed="#FFFFFF",
    soft="#00332D",
    cached="#00221E",
    focus="#FFE14D",
    edge="#FFFFFF",
    border="#FFFFFF",
    mark="#5C4A00",
    warn="#FFD166",
    warn_soft="#332700",
    danger="#FF9C94",
    danger_soft="#3D0E0B",
    code_keyword="#D7C6FF",
    code_string="#B9F0A0",
    code_number="#FFCF94",
    code_function="#A9D6FF",
    code_comment="#E0E0E0",
    series_2="#A9D6FF",
    series_3="#D7C6FF",
    series_4="#9A9A9A",
    series_5="#B9F0A0",
    track="#333333",
)

THEMES: Final = (LIGHT, DARK, HIGH_CONTRAST)


class Space:
    """Distances in logical px."""

    HAIR: Final = 2
    TINY: Final = 4
    SMALL: Final = 6
    GAP: Final = 8
    ROOM: Final = 12
    PAD: Final = 16
    WIDE: Final = 20
    SECTION: Final = 24
    LARGE: Final = 32
    HUGE: Final = 40


class Radius:
    """Corner radii in logical px."""

    HINT: Final = 4
    SEGMENT: Final = 6
    BUTTON: Final = 8
    CODE: Final = 10
    CARD: Final = 12
    COMPOSER: Final = 16
    BUBBLE: Final = 18


class TypeSize:
    """Text sizes in logical px at a text size of 100 %."""

    DISPLAY: Final = 26
    TITLE: Final = 22
    HEADING: Final = 18
    CARD_TITLE: Final = 16
    BODY: Final = 15
    CONTROL: Final = 14
    CODE: Final = 13
    SMALL: Final = 12
    HINT: Final = 11


class Size:
    """Widths and heights in logical px."""

    WINDOW_MIN: Final = 360
    SIDEBAR: Final = 264
    SIDEBAR_HIDDEN_BELOW: Final = 760
    COLUMN: Final = 736
    COMPOSER: Final = 768
    BUBBLE_MAX: Final = 592
    TOP_BAR: Final = 52
    ROW: Final = 34
    SECTION_LABEL: Final = 26
    BUTTON: Final = 34
    BUTTON_COMPACT: Final = 30
    SEGMENT: Final = 32
    FIELD: Final = 36
    CHIP: Final = 24
    STATUS: Final = 24
    ICON: Final = 18
    ICON_SMALL: Final = 16


class Motion:
    """Durations in ms; all of them are 0 under reduced motion."""

    EXPAND: Final = 140
    BANNER: Final = 120
    DOTS: Final = 1200
    FRAME: Final = 33


BODY_LINE_PERCENT: Final = 118
"""`line-height` of body text in a QTextDocument: 1.6 em with Noto Sans."""
COMPACT_LINE_PERCENT: Final = 103
"""The same where everything stands closer: 1.4 em."""
COMPACT_SHARE: Final = 0.6
"""What is left of distances where everything stands closer."""
CODE_LINE_PERCENT: Final = 122
MIN_TEXT_SCALE: Final = 0.85
MAX_TEXT_SCALE: Final = 2.0
