"""Answers that broke off and go on from their last word.  Engine thread only."""

from __future__ import annotations

from engine.equipment import Equipment
from engine.harmony.reader import HarmonyReader
from engine.token_choice import TokenChoice


def take_up(
    begun: str,
    ids: list[int],
    equipment: Equipment,
    choice: TokenChoice,
    reader: HarmonyReader,
) -> None:
    """Have an answer go on behind these words, which everybody has been told.

    They stand in the form in which later prompts hold the answer, so that a cache that holds it
    up to here need not read it again.

    Args:
        begun: not empty.
        ids: of the prompt, up to `<|start|>assistant`; the words come behind it.
        equipment: what turns on this model share.
        choice: learns what stands there.
        reader: the same; it tells of the whole answer when that ends.
    """
    for token in (*equipment.writer.final_header(), *equipment.vocabulary.encode(begun)):
        ids.append(token)
        choice.take(token, reader.channel)
        reader.feed(token)
