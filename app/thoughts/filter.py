"""The thoughts filter, first layer: what may be shown of the chain of thought.

The model card asks for raw chain of thought to be filtered, moderated or summarised before
people see it.  This layer knows forms: it cuts the stream into sentences, and takes out
personal data, secrets, special tokens, passages of the system and developer messages, talk
about the model's rules, slurs and insults.  It is no moderation of meaning: names, paraphrased
instructions, harmful advice and unkindness in kind words may pass.  Later layers (a summary by
the model itself, a policy check) judge meaning, and their output comes through here again.

Nothing here raises: a sentence that cannot be judged is withheld.  Where text is cut depends
only on the text, never on how it was fed.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from app import resources
from app.thoughts import (
    abuse,
    credentials,
    personal_data,
    seed_phrases,
    special_tokens,
    system_text,
)
from app.thoughts.folding import Folded, fold
from app.thoughts.guarded_text import guarded_text
from app.thoughts.mark import MARK
from app.thoughts.sentences import END, REACH, is_sentence_end
from app.thoughts.spans import Span, merged
from engine.analysis_filter import ThoughtPiece, WithheldKind
from engine.harmony.messages import HarmonyMessage

LONGEST: Final = 400
"""Characters after which a text without a sentence end is judged."""

_KEPT_BACK: Final = 120  # of these: longer than any address or number
_LONGEST_KEY_BLOCK: Final = 8_000
_WHITE_SPACE = re.compile(r"\s")
_LONG_WORD = re.compile(r"[A-Za-z0-9+/=_.\-]*")
_BLOCK_CHARACTER: Final = "▮"
_LIGHT_CHARACTER: Final = "▯"


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules that do not depend on the conversation."""

    abuse: abuse.AbuseList
    policy_talk: system_text.PolicyTalk
    seed_words: seed_phrases.SeedWords


@functools.lru_cache(maxsize=1)
def shipped_rules() -> Rules:
    """The rules in `resources/thoughts`, read once.

    Raises:
        OSError: a file cannot be read.
        ValueError: a file is damaged.
    """
    return Rules(
        abuse.load(
            resources.path("thoughts", "abuse.en.json"), resources.path("thoughts", "abuse.ko.json")
        ),
        system_text.load_policy_talk(resources.path("thoughts", "policy_talk.json")),
        seed_phrases.load(resources.path("thoughts", "seed_words.txt")),
    )


@dataclass(slots=True)
class _Past:
    """What judging a stretch must know of the stretches before it.

    Attributes:
        words: the last words, for passages that began earlier.
        open_kind: kind of the passage in which the text had to be cut, or None.
        is_inside_word: that cut was inside a word, so the rest of the word belongs to it.
        found: what lay behind that cut, for the sign of it may lie before.
    """

    words: list[str] = field(default_factory=list)
    open_kind: WithheldKind | None = None
    is_inside_word: bool = False
    found: tuple[Span, ...] = ()


class ThoughtsFilter:
    """Judge one turn's thoughts as they stream in.  Engine thread only; never raises.

    Args:
        guard: passages of the conversation's system and developer messages.
        rules: everything else.
    """

    def __init__(self, guard: system_text.SystemTextGuard, rules: Rules) -> None:
        self._guard = guard
        self._rules = rules
        self._clear()

    def feed(self, text: str) -> Sequence[ThoughtPiece]:
        """Take more raw analysis; return the pieces that could be judged by now."""
        try:
            self._held += text
            return [piece for piece in self._drain() if piece.text]
        except Exception:  # noqa: BLE001 - a filter must not raise: withhold what is in doubt
            return self._failed()

    def end_message(self) -> Sequence[ThoughtPiece]:
        """The analysis message ended: judge and return what was held back."""
        try:
            pieces = [piece for piece in self._drain() if piece.text]
            if self._held and not self._in_key_block:
                pieces.append(self._judge(self._held))
        except Exception:  # noqa: BLE001 - a filter must not raise: withhold what is in doubt
            return self._failed()
        self._clear()
        return pieces

    def _clear(self) -> None:
        self._held = ""
        self._scanned = 0
        self._in_key_block = False
        self._past = _Past()

    def _failed(self) -> list[ThoughtPiece]:
        self._clear()
        return [ThoughtPiece(MARK, (WithheldKind.FAILED,))]

    def _drain(self) -> Iterator[ThoughtPiece]:
        """Judge whatever is complete.  Each step depends on the held text's beginning alone."""
        while True:
            if self._in_key_block:
                if not self._skip_key_block():
                    return
                continue
            end = self._next_sentence_end()
            if end:
                yield self._judge(self._held[:end])
            elif len(self._held) >= LONGEST:
                end, piece = self._judge_part(self._held[:LONGEST])
                yield piece
            else:
                return
            self._held = self._held[end:]
            self._scanned = 0

    def _next_sentence_end(self) -> int | None:
        limit = min(len(self._held), LONGEST)
        for found in END.finditer(self._held, self._scanned, limit):
            if is_sentence_end(self._held, found.end()) and not self._is_open(found.end()):
                return found.end()
        self._scanned = max(self._scanned, limit - REACH, 0)
        return None

    def _is_open(self, end: int) -> bool:
        """Whether something that began in the sentence may go on in the next."""
        sentence = self._held[:end]
        if credentials.has_open_key_block(sentence):
            return True
        return self._guard.open_tail(fold(sentence).text.lower()) is not None

    def _skip_key_block(self) -> bool:
        """Drop held text up to the end of a private key; False when that has not come yet."""
        found = credentials.KEY_BLOCK_END.search(self._held, 0, _LONGEST_KEY_BLOCK)
        if not found and len(self._held) < _LONGEST_KEY_BLOCK:
            return False
        self._in_key_block = False
        self._held = self._held[found.end() if found else _LONGEST_KEY_BLOCK :]
        self._scanned = 0
        return True

    # --- judging ----------------------------------------------------------------------

    def _judge(self, text: str) -> ThoughtPiece:
        """Judge a whole sentence; what it was part of ends with it."""
        spans = self._spans(text)
        past = _Past(self._last_words(text), found=_behind(self._past.found, len(text)))
        return self._piece(text, spans, past)

    def _judge_part(self, window: str) -> tuple[int, ThoughtPiece]:
        """Judge the beginning of a text that goes on; the place of the cut and the piece."""
        spans = self._spans(window)
        if credentials.has_open_key_block(window):
            self._in_key_block = True
            return len(window), self._piece(window, spans, _Past())
        end = self._safe_cut(window, spans)
        cut_through = [span for span in spans if span.start < end <= span.end]
        kind = cut_through[0].kind if cut_through else None
        is_inside_word = kind is WithheldKind.SECRET and not window[end - 1].isspace()
        text = window[:end]
        past = _Past(self._last_words(text), kind, is_inside_word, _behind(spans, end))
        shown = [Span(one.start, min(one.end, end), one.kind) for one in spans if one.start < end]
        return end, self._piece(text, shown, past)

    def _safe_cut(self, window: str, spans: Sequence[Span]) -> int:
        """A place where nothing found is cut through, at white space if there is any."""
        last = len(window) - _KEPT_BACK
        tail = self._guard.open_tail(fold(window).text.lower())
        blocked = list(spans)
        if tail is not None and tail > 0:
            blocked.append(Span(min(tail, len(window) - 1), len(window), WithheldKind.SYSTEM_TEXT))
        spaces = [found.end() for found in _WHITE_SPACE.finditer(window, 0, last)]
        for end in (*reversed(spaces), last):
            is_through = any(span.start < end < span.end for span in blocked)
            if not is_through and window[:end].strip():
                return end
        if not spans:
            return last
        return spans[0].start if window[: spans[0].start].strip() else spans[0].end

    def _piece(self, text: str, spans: Sequence[Span], past: _Past) -> ThoughtPiece:
        goes_on = self._past.open_kind
        parts: list[str] = []
        kinds: list[WithheldKind] = []
        at = 0
        for span in spans:
            before = text[at : span.start]
            if span.kind is not goes_on or text[: span.start].strip():
                parts.append(before.replace(_BLOCK_CHARACTER, _LIGHT_CHARACTER) + MARK)
                kinds.append(span.kind)
            at = span.end
        parts.append(text[at:].replace(_BLOCK_CHARACTER, _LIGHT_CHARACTER))
        self._past = past
        return ThoughtPiece("".join(parts), tuple(kinds))

    def _spans(self, text: str) -> list[Span]:
        """What must go from a text, in its own places; all of it if judging fails."""
        try:
            folded = fold(text)
            raw = [
                Span(*folded.raw_range(span.start, span.end), span.kind)
                for span in self._found(folded)
                if span.end > span.start
            ]
            known = (
                Span(one.start, min(one.end, len(text)), one.kind)
                for one in self._past.found
                if one.start < len(text)
            )
            return merged((*raw, *known, *self._rest_of_word(text)), text)
        except Exception:  # noqa: BLE001 - one sentence lost is better than the whole turn
            return [Span(0, len(text), WithheldKind.FAILED)]

    def _found(self, folded: Folded) -> Iterator[Span]:
        text = folded.text
        lowered = text.lower()
        if self._rules.policy_talk.find(lowered):
            bare = text.strip()
            start = text.find(bare)
            yield Span(start, start + len(bare), WithheldKind.SYSTEM_TEXT)
        yield from special_tokens.find(text)
        yield from personal_data.find(text, lowered)
        yield from credentials.find(text, lowered)
        yield from self._rules.seed_words.find(lowered)
        yield from self._guard.find(lowered, self._past.words)
        yield from self._rules.abuse.find(lowered)

    def _rest_of_word(self, text: str) -> Iterator[Span]:
        """The rest of a secret that an earlier piece had to cut."""
        if self._past.is_inside_word:
            found = _LONG_WORD.match(text)
            if found and found[0]:
                yield Span(0, found.end(), WithheldKind.SECRET)

    def _last_words(self, text: str) -> list[str]:
        words = system_text.words_of(fold(text).text.lower())
        return [*self._past.words, *words][-(system_text.PASSAGE_WORDS - 1) :]


def _behind(spans: Sequence[Span], end: int) -> tuple[Span, ...]:
    """The spans that go on behind a place, counted from there."""
    return tuple(
        Span(max(0, one.start - end), one.end - end, one.kind) for one in spans if one.end > end
    )


def make_filter(conversation: Sequence[HarmonyMessage]) -> ThoughtsFilter:
    """Make a filter for one turn; an `engine.analysis_filter.AnalysisFilterFactory`.

    Raises:
        OSError: a rules file cannot be read.
        ValueError: a rules file is damaged.
    """
    return ThoughtsFilter(system_text.guard_for(guarded_text(conversation)), shipped_rules())
