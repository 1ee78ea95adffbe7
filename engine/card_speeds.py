"""How fast the memory of common graphics units is, where the driver does not say.

Interface width times data rate, as their makers give them.  Several public tables were held
against each other where the makers' pages were not at hand (CYBIRD-D/How-to-Choose-your-LLM-Model-
for-translation, Nvidia_GPU_Specification.md; stillwater-sc/KPU-Simulator, docs/external-knowledge).
Apple's chips: what their maker says of the whole chip; of two variants the slower one.
"""

from __future__ import annotations

import re
from typing import Final

_GIGABYTES_PER_SECOND: Final = {
    # NVIDIA, for builds without its driver's library
    "RTX 5090": 1792,
    "RTX 5080": 960,
    "RTX 5070 Ti": 896,
    "RTX 5070": 672,
    "RTX 5060 Ti": 448,
    "RTX 5060": 448,
    "RTX 4090": 1008,
    "RTX 4080 SUPER": 736,
    "RTX 4080": 717,
    "RTX 4070 Ti SUPER": 672,
    "RTX 4070 Ti": 504,
    "RTX 4070 SUPER": 504,
    "RTX 4070": 504,
    "RTX 4060 Ti": 288,
    "RTX 4060": 272,
    "RTX 4000 SFF Ada": 280,
    "RTX 3090 Ti": 1008,
    "RTX 3090": 936,
    "RTX 3080 Ti": 912,
    "RTX 3080": 760,
    "RTX 3070 Ti": 608,
    "RTX 3070": 448,
    "RTX 3060 Ti": 448,
    "RTX 3060": 360,
    "RTX 2080 Ti": 616,
    "RTX 2080 SUPER": 496,
    "RTX 2080": 448,
    "RTX 2070 SUPER": 448,
    "RTX 2070": 448,
    "RTX 2060": 336,
    "NVIDIA GB10": 273,
    # AMD
    "RX 9070 XT": 640,
    "RX 9070": 640,
    "RX 9060 XT": 320,
    "RX 7900 XTX": 960,
    "RX 7900 XT": 800,
    "RX 7900 GRE": 576,
    "RX 7800 XT": 624,
    "RX 7700 XT": 432,
    "RX 7600 XT": 288,
    "RX 7600": 288,
    "RX 6950 XT": 576,
    "RX 6900 XT": 512,
    "RX 6800 XT": 512,
    "RX 6800": 512,
    "RX 6750 XT": 432,
    "RX 6700 XT": 384,
    "RX 6600 XT": 256,
    "RX 6600": 224,
    # Intel
    "Arc B580": 456,
    "Arc B570": 380,
    "Arc A770": 560,
    "Arc A750": 512,
    "Arc A580": 512,
    # Apple
    "Apple M1 Ultra": 800,
    "Apple M1 Max": 400,
    "Apple M1 Pro": 200,
    "Apple M1": 68,
    "Apple M2 Ultra": 800,
    "Apple M2 Max": 400,
    "Apple M2 Pro": 200,
    "Apple M2": 100,
    "Apple M3 Ultra": 819,
    "Apple M3 Max": 300,
    "Apple M3 Pro": 150,
    "Apple M3": 100,
    "Apple M4 Max": 410,
    "Apple M4 Pro": 273,
    "Apple M4": 120,
}

_OTHER_CHIP: Final = re.compile(r"\b(laptop|mobile|max-q)\b", re.IGNORECASE)
"""Cards in laptops bear the names of others with faster memory."""

_MARKS: Final = re.compile(r"\((?:R|TM|C)\)", re.IGNORECASE)


def card_bytes_per_second(description: str) -> float | None:
    """Bandwidth of the memory of a card that is called so; None where it is not known."""
    if _OTHER_CHIP.search(description):
        return None
    words = " ".join(_MARKS.sub("", description).split()).casefold()
    known = [
        name
        for name in _GIGABYTES_PER_SECOND
        if re.search(rf"(?<!\w){re.escape(name.casefold())}(?!\w)", words)
    ]
    return _GIGABYTES_PER_SECOND[max(known, key=len)] * 1e9 if known else None
