"""Whether a call may run without a question, and what is said where one is asked.  Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.permissions.hosts import origin_of
from app.permissions.matching import Surroundings, covers, offered_pattern
from app.permissions.rules import Pattern, Rule
from app.permissions.strictness import Strictness, suggesters
from app.permissions.values import By
from app.tools.values import CallView, TargetKind

_OUTSIDE_HINT: Final = "Nothing holds this call in: it can do all that you can do here."
_ADDRESS_HINT: Final = (
    "Its address can be read in more than one way, so your answer counts this once only."
)
_PATHS_HINT: Final = "It is not clear where its paths lead, so your answer counts this once only."
_LETTERS_HINT: Final = "The name of this site has letters that can look like others."


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is to happen with a call.

    Attributes:
        by: who lets it run; None where a person has to be asked.
        rule: by which one, where it is a rule.
        pattern: what a remembered yes would be about; None where it is not to be remembered.
        suggested_by: whose content the call may follow from.
    """

    by: By | None
    rule: Rule | None = None
    pattern: Pattern | None = None
    suggested_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judge:
    """The settings and rules a call is held against, apart from the stored ones.

    Attributes:
        strictness: how much strangers' content counts.
        allowed: rules of the command line.  They were typed for this one run, so that they
            count for calls suggested by strangers too, unless STRICT is set.
    """

    strictness: Strictness = Strictness.NORMAL
    allowed: tuple[Pattern, ...] = ()

    def __call__(
        self,
        view: CallView,
        around: Surroundings,
        rules: Sequence[Rule],
        origins_in_turn: tuple[str, ...] = (),
        origins_in_chat: tuple[str, ...] = (),
    ) -> Judgement:
        """Judge one call.

        Args:
            view: what it is.
            around: where and when.
            rules: the stored ones, those to be preferred first.
            origins_in_turn: whose content was read in this turn.
            origins_in_chat: whose content was read in this chat.
        """
        strangers = suggesters(self.strictness, view, origins_in_turn, origins_in_chat)
        if view.target.kind is TargetKind.PAGE and not view.runs_outside:
            return Judgement(By.MODE)
        if not strangers or self.strictness is Strictness.NORMAL:
            for pattern in self.allowed:
                if covers(Rule(pattern), view, around):
                    return Judgement(By.COMMAND_LINE, suggested_by=strangers)
        if not strangers:
            for rule in rules:
                if covers(rule, view, around):
                    return Judgement(By.RULE, rule)
        return Judgement(None, None, offered_pattern(view, around), strangers)


def to_tell(view: CallView) -> tuple[str, ...]:
    """What a card has to say of a call besides what it is: English, keys of translations."""
    told = []
    if view.runs_outside:
        told.append(_OUTSIDE_HINT)
    if view.target.kind is TargetKind.HOST:
        origin = origin_of(view.target.value)
        if origin is None:
            told.append(_ADDRESS_HINT)
        elif "xn--" in origin.host:
            told.append(_LETTERS_HINT)
    return tuple(told)


def to_tell_of_paths(view: CallView, pattern: Pattern | None) -> tuple[str, ...]:
    """The same of paths that no rule can be made of."""
    return (_PATHS_HINT,) if view.paths and pattern is None and not view.runs_outside else ()
