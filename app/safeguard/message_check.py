"""What a check of a message came to, as it is kept with the message."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class CheckState(StrEnum):
    """PENDING: not checked yet, or the program ended before it was.  UNDECIDED: no verdict came."""

    PENDING = "pending"
    FINE = "fine"
    VIOLATION = "violation"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class MessageCheck:
    """The check of one message, or of the question that an answer belongs to.

    Attributes:
        category: of the policy, in its own words, where it is a VIOLATION; may be "".
        is_appealed: the user decided otherwise, which holds.
        is_of_question: the answer was not begun because of the question.
    """

    state: CheckState = CheckState.PENDING
    category: str = ""
    is_appealed: bool = False
    is_of_question: bool = False

    @property
    def withholds(self) -> bool:
        """Whether the message is withheld; what is not known to be fine is."""
        return self.state is not CheckState.FINE and not self.is_appealed
