"""When a call may follow from what strangers wrote, so that rules do not count for it."""

from __future__ import annotations

from enum import StrEnum

from app.tools.values import CallView, TargetKind, ToolFamily


class Strictness(StrEnum):
    """How much strangers' content counts.

    NORMAL: what was read in this turn, for calls that leave this computer or change something
    outside the chat's folder.  STRICT: all that was read in the chat, for every call.
    """

    NORMAL = "normal"
    STRICT = "strict"


def suggesters(
    strictness: Strictness,
    view: CallView,
    in_turn: tuple[str, ...],
    in_chat: tuple[str, ...],
) -> tuple[str, ...]:
    """Whose content a call may follow from; () lets rules count.

    Args:
        strictness: the setting.
        view: of the call.
        in_turn: whose content was read in this turn.
        in_chat: whose content was read in this chat.
    """
    if view.target.kind is TargetKind.PAGE:
        return ()  # nothing is fetched and nothing is changed
    if strictness is Strictness.STRICT:
        return tuple(dict.fromkeys((*in_turn, *in_chat)))
    return in_turn if _matters(view) else ()


def _matters(view: CallView) -> bool:
    """Whether a call leaves this computer or changes something outside the chat's folder.

    What a server of someone else's does with a call cannot be known: that it only reads
    is no word on where it reads from, and an address alone can carry words away.
    """
    is_held_in = not view.runs_outside and (
        view.target.kind is TargetKind.CODE or view.family in (ToolFamily.OWN, ToolFamily.FILES)
    )
    return not is_held_in
