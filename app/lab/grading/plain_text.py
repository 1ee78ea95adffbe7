"""An answer without its dress: Markdown, LaTeX, full-width letters, unusual signs."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final

_SIGNS: Final = str.maketrans(
    {
        "\u2212": "-",  # minus
        "\u2010": "-",
        "\u2011": "-",
        "\u2013": "-",
        "\u2014": "-",
        "\u2018": "'",
        "\u2019": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u00d7": "*",
        "\u00a0": " ",
        "\u2009": " ",
        "\u202f": " ",
        "\u200b": None,
        "\u200c": None,
        "\u200d": None,
        "\u2060": None,
        "\ufeff": None,
    }
)


@cache
def _pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    """Compiled when it is first used, not when the app starts."""
    return re.compile(text, flags)


def plain(text: str) -> str:
    """The same words without typographic dress; lines stay lines."""
    normal = unicodedata.normalize("NFKC", text).translate(_SIGNS)
    return _without_markdown(_without_latex(normal))


def answer_line(text: str) -> str | None:
    """What stands behind the last "Answer:" or "답:", or in the last box; None without either.

    Args:
        text: from `plain`.
    """
    marked = _pattern(
        r"(?:\bfinal answer|\banswer|정답|최종 답|답)[ \t]*(?:is\b|은|는)?[ \t]*[:=]"
        r"[ \t]*(?:\n[ \t]*)*(\S[^\n]*)",
        re.IGNORECASE,
    ).findall(text)
    return marked[-1].strip() if marked else None


def last_line(text: str) -> str:
    """The last line with something on it; "" where there is none."""
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "")


def boxed(text: str) -> str | None:
    """What the last LaTeX box in a raw answer holds."""
    found = _pattern(r"\\boxed\s*\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}").findall(text)
    return found[-1] if found else None


def folded(text: str) -> str:
    """For comparing: plain, small letters, no accents, one space between words."""
    apart = unicodedata.normalize("NFKD", plain(text).casefold())
    bare = "".join(one for one in apart if not unicodedata.combining(one))
    return " ".join(unicodedata.normalize("NFC", bare).split())


def holds_word(text: str, word: str) -> bool:
    """Whether a word or name stands in a text as a whole.

    A Korean word may be followed by a particle, which is written without a space.
    """
    wanted = folded(word)
    if not wanted:
        return False
    last = wanted[-1]
    after = "" if "가" <= last <= "힣" else r"(?![a-z0-9])(?!,\d)(?!\.\d)"
    before = r"(?<![a-z0-9])(?<!\d[.,])" if not "가" <= wanted[0] <= "힣" else r"(?<![가-힣])"
    return re.search(before + re.escape(wanted) + after, folded(text)) is not None


def _without_markdown(text: str) -> str:
    text = _pattern(r"(?m)^[ \t]*(?:#{1,6}|>|[*+-](?=[ \t]))[ \t]*").sub("", text)
    text = _pattern(r"\[([^\]\n]*)\]\([^)\n]*\)").sub(r"\1", text)
    return _pattern(r"\*\*|__|`+|(?<![\w*])\*(?=\S)|(?<=\S)\*(?![\w*])|(?<!\w)_|_(?!\w)").sub(
        "", text
    )


def _without_latex(text: str) -> str:
    text = _pattern(r"\\(?:d|t|c)?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}").sub(r"\1/\2", text)
    text = text.replace("{,}", ",").replace("\\%", "%")
    for _ in range(3):  # boxes may hold words, words may hold bold ones
        text = _pattern(
            r"\\(?:boxed|text|textbf|mathrm|mathbf|textrm|operatorname)\s*\{([^{}]*)\}"
        ).sub(r"\1", text)
    text = _pattern(r"\\(?:times|cdot)\b").sub("*", text)
    text = _pattern(r"\\[,;:! ]").sub(" ", text)
    text = _pattern(r"\\(?:left|right|quad|qquad)\b").sub("", text)
    return _pattern(r"\\[()\[\]]|\$+").sub("", text)
