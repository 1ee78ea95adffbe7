"""Holds an answer to a JSON schema: which token ids may come next.  Engine thread only.

The grammar library (llguidance) walks a trie of our own vocabulary's bytes, so it works on
ids and needs nothing of llama.cpp's tokenizer, which is off (docs/decisions/005.md, 011.md).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Final

import numpy as np

from engine.errors import EngineError
from engine.harmony.messages import ResponseFormat
from engine.harmony.tokens import ORDINARY_TOKENS, RETURN, VOCABULARY_TOKENS
from engine.harmony.vocabulary import Vocabulary
from engine.llama.restriction import Ids, OnlyAllowed
from engine.structured.closing import closed
from engine.structured.errors import SchemaError
from engine.structured.schema import parts_of

_WHITESPACE: Final = r"( |\n {0,24})?"
"""Enough for JSON on one line and for indented JSON.  Without a bound, weak models write
white space for ever."""

_OPTIONS: Final[Any] = {
    "whitespace_pattern": _WHITESPACE,
    "whitespace_flexible": True,
    "lenient": False,
    "coerce_one_of": False,
}
_SILENT: Final = 0


def compile_schema(schema: Mapping[str, Any]) -> str:
    """The grammar of a schema, as the library writes it.

    Raises:
        SchemaError: the schema contradicts itself or cannot be followed; with the place.
    """
    grammar, complaint = _compiled(closed(schema))
    place, complaint = _place_of(schema, complaint) if complaint else _dead_leaf_of(schema)
    if complaint:
        raise SchemaError(
            "The schema cannot be used (at {place}): {reason}.",
            "",
            fields={"place": place, "reason": complaint},
        )
    return grammar


class GrammarVocabulary:
    """The vocabulary as the grammar library wants it; made when the first schema is used.

    Making it takes about a second of one core and 90 MB, so chats without a schema are
    spared it (docs/decisions/011.md).

    Args:
        vocabulary: pieces by id.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary

    @cached_property
    def tokenizer(self) -> Any:
        """The library's own tables."""
        import llguidance  # noqa: PLC0415 - only for answers that are bound to a schema

        wrapper = llguidance.TokenizerWrapper(_Pieces(self._vocabulary))
        return llguidance.LLTokenizer(wrapper, n_vocab=VOCABULARY_TOKENS)

    def grammar(self, wanted: ResponseFormat) -> ResponseGrammar:
        """A grammar at its beginning.

        Raises:
            SchemaError: the schema cannot be used.
        """
        import llguidance  # noqa: PLC0415 - only for answers that are bound to a schema

        grammar = compile_schema(json.loads(wanted.schema))
        limits = llguidance.LLParserLimits(verbose_errors=False)  # errors would quote the answer
        matcher = llguidance.LLMatcher(self.tokenizer, grammar, log_level=_SILENT, limits=limits)
        return ResponseGrammar(matcher)


class ResponseGrammar:
    """The grammar of one answer, from its first token to `<|return|>`; a `TokenGuard`.

    Raises:
        EngineError: from every method, when the grammar became too large to follow.
    """

    def __init__(self, matcher: Any) -> None:
        self._matcher = matcher
        self._check()

    def allows(self, token: int) -> bool:
        """Whether a token may come next; about 5 microseconds."""
        if token >= ORDINARY_TOKENS:
            return token == RETURN and self.is_complete
        count = int(self._matcher.validate_tokens([token]))
        self._check()
        return count == 1

    def restriction(self) -> OnlyAllowed:
        """What may come next, for the sampler."""
        return OnlyAllowed(self.allows, self.allowed_ids)

    def allowed_ids(self) -> Ids:
        """Every token that may come next; `<|return|>` alone once nothing can follow.

        0.1 to 3 ms by the schema, so this is asked only when the model's own choice does
        not fit.
        """
        bits = np.frombuffer(self._matcher.compute_bitmask(), np.uint8)
        self._check()
        return np.flatnonzero(np.unpackbits(bits, count=VOCABULARY_TOKENS, bitorder="little"))

    def take(self, token: int) -> None:
        """Go on behind a token that `allows` let pass.

        Raises:
            EngineError: it does not fit.
        """
        self._matcher.consume_token(token)
        self._check()

    @property
    def is_complete(self) -> bool:
        """What was taken is a whole answer; more may still be allowed (`12` may become `123`)."""
        return bool(self._matcher.is_accepting())

    def _check(self) -> None:
        if self._matcher.is_error():
            raise EngineError(
                "The schema is too complicated to hold the model to it.",
                "Make it simpler: fewer choices, shorter patterns.",
                str(self._matcher.get_error()).partition("\n")[0][:200],
            )


class _Pieces:
    """What llguidance.TokenizerWrapper asks of a tokenizer."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._encode = vocabulary.encode
        self.eos_token_id = RETURN
        self.bos_token_id = None
        # An empty piece would be no token at all; 0xff begins no character, so no text has it.
        self.tokens = [
            piece or b"\xff<%d>" % index for index, piece in enumerate(vocabulary.pieces)
        ]
        self.special_token_ids = range(ORDINARY_TOKENS, VOCABULARY_TOKENS)

    def __call__(self, text: str | bytes) -> Sequence[int]:
        return self._encode(text.decode("utf-8", "replace") if isinstance(text, bytes) else text)


def _compiled(schema: Mapping[str, Any]) -> tuple[str, str]:
    """The grammar, and what is wrong with it or ""."""
    import llguidance  # noqa: PLC0415 - only for answers that are bound to a schema

    try:
        text = json.dumps({key: schema[key] for key in schema if key != "x-guidance"})
        grammar = llguidance.LLMatcher.grammar_from_json_schema(text, overrides=_OPTIONS)
        is_wrong, notes = llguidance.LLMatcher.validate_grammar_with_warnings(grammar)
    except (ValueError, RecursionError) as error:
        return "", str(error)
    return str(grammar), " ".join(str(notes[0]).split()) if is_wrong else ""


def _place_of(root: Mapping[str, Any], complaint: str) -> tuple[str, str]:
    """The innermost part that is wrong by itself, and what is wrong there.

    The library names no place, so the parts are tried one by one, with the root's
    definitions beside them.
    """
    found = "#", complaint
    definitions = {key: root[key] for key in ("$defs", "definitions") if key in root}
    for part in parts_of(root):
        if isinstance(part.schema, Mapping) and part.place.startswith(found[0]):
            _, wrong = _compiled({**definitions, **part.schema})
            if wrong:
                found = part.place, wrong
    return found


def _dead_leaf_of(root: Mapping[str, Any]) -> tuple[str, str]:
    """The first part that no value satisfies, in silence: the library leaves such a property out.

    Only parts without parts are looked at; that takes 0.1 ms each.
    """
    parts = list(parts_of(root))
    outer = {part.place.rpartition("/")[0] for part in parts}
    outer |= {place.rpartition("/")[0] for place in outer}
    for part in parts:
        if isinstance(part.schema, Mapping) and "$ref" not in part.schema:
            wrong = "" if part.place in outer else _compiled(part.schema)[1]
            if wrong:
                return part.place, wrong
    return "", ""
