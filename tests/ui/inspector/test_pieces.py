from __future__ import annotations

import pytest

from engine.prompt_view import PromptPart
from ui.inspector.pieces import Piece, first, pieces_of


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("plain <|start|> text", [Piece("plain <|start|> text")]),
        ("a\u202eb", [Piece("a"), Piece("U+202E", is_hidden=True), Piece("b")]),
        ("\ufeff", [Piece("U+FEFF", is_hidden=True)]),
        ("a\tb\nc", [Piece("a\tb\nc")]),
        ("👩\u200d🔬", [Piece("👩\u200d🔬")]),
        ("\U000e0041", [Piece("U+E0041", is_hidden=True)]),
    ],
)
def test_what_hides_becomes_a_sign(text: str, pieces: list[Piece]) -> None:
    assert list(pieces_of([PromptPart(text)])) == pieces


def test_a_special_token_is_copied_as_a_word_in_brackets() -> None:
    (piece,) = pieces_of([PromptPart(special="start")])
    assert piece.is_sign
    assert piece.copied == "[start]"


def test_a_long_text_is_cut_behind_a_word() -> None:
    (piece,) = first([Piece("one two three four")], 12)
    assert piece.text == "one two"
    (piece,) = first([Piece("x" * 90 + " y" + "z" * 90)], 100)
    assert piece.text == "x" * 90
    (piece,) = first([Piece("x" * 90)], 50)
    assert piece.text == "x" * 50


def test_the_beginning_of_a_message_has_as_many_characters_as_asked_for() -> None:
    pieces = tuple(pieces_of([PromptPart(special="start"), PromptPart("0123456789")]))
    assert [one.text for one in first(pieces, 8)] == ["start", "012"]
    assert first(pieces, 0) == ()
    assert first(pieces, 99) == pieces
