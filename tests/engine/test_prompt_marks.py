from __future__ import annotations

from engine.harmony.tokens import START
from engine.harmony.vocabulary import Vocabulary
from engine.prompt_marks import (
    FIRST_MARK_TOKENS,
    MARK_SPACING_TOKENS,
    USER_ROLE,
    checkpoint_marks,
)


def test_marks_stand_before_user_messages_in_some_distance() -> None:
    ids = [7] * 6000
    for place in (100, 600, 700, 1700, 2600, 5000, 5500):
        ids[place : place + 2] = [START, USER_ROLE]
    assert checkpoint_marks(ids) == (600, 1700, 5000, 5500)
    assert FIRST_MARK_TOKENS < 600
    assert MARK_SPACING_TOKENS > 900


def test_the_user_role_is_one_known_token(vocabulary: Vocabulary) -> None:
    assert vocabulary.encode("user") == [USER_ROLE]
