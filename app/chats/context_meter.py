"""How full the context is and will be, told for as long as a window shows it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import count
from typing import Final

from app.chats.answer_style import StyleOf
from app.chats.background import Background
from app.chats.changes import (
    BusyChanged,
    ChatChange,
    ChatOpened,
    ContextMeasured,
    InstructionsChanged,
    MessageEnded,
    ModelState,
    ResponseFormatChanged,
    StatusChanged,
    ToolsSwitched,
)
from app.chats.context_values import ContextPart, ContextSize
from app.chats.subscribers import Subscribers
from app.chats.values import Chat, Message
from app.conversation import harmony_conversation, left_out_of_branch, local_date
from app.tools.tool import NO_TOOLS, Declaration
from engine.events import PromptMeasured
from engine.harmony.messages import Effort, HarmonyMessage
from engine.requests import MeasureRequest
from engine.thinking import BUDGET_TOKENS

_CHANGES_IT: Final = (
    ChatOpened,
    InstructionsChanged,
    MessageEnded,
    ResponseFormatChanged,
    ToolsSwitched,
)


@dataclass(frozen=True, slots=True)
class NextTurn:
    """What the open chat would be answered with now.

    Attributes:
        chat: the open one, or what a new one would be.
        branch: what was said in it.
        effort: chosen for the next message.
        instructions: all that the user tells the model.
    """

    chat: Chat
    branch: tuple[Message, ...]
    effort: Effort
    instructions: str


@dataclass(frozen=True, slots=True)
class _Built:
    """A next turn as the engine is asked about it; kept while only the draft changes."""

    turn: NextTurn
    conversation: tuple[HarmonyMessage, ...]
    heads: tuple[tuple[HarmonyMessage, ...], ...]
    tools: tuple[str, ...]


class ContextMeter:
    """Asks the engine for sizes, after `begin`.  Confined to the service's thread.

    While an answer is being written, the engine is asked when that is over.

    Args:
        ask: puts a question to the engine; never blocks.
        next_turn: what the open chat would be answered with.
        declaration: what the model is told of a chat's tools.
        switched_on: names of the tools that are on in a chat.
        style_of: how an answer of an effort is written.
        background: builds conversations elsewhere: one of 10,000 messages takes a frame or two.
        subscribers: hear `ContextMeasured`; what changes the prompt is heard from among them.
    """

    def __init__(
        self,
        ask: Callable[[MeasureRequest], None],
        next_turn: Callable[[], NextTurn],
        *,
        declaration: Callable[[Chat], Declaration],
        switched_on: Callable[[tuple[str, ...] | None], tuple[str, ...]],
        style_of: StyleOf,
        background: Background,
        subscribers: Subscribers,
    ) -> None:
        self._ask = ask
        self._next_turn = next_turn
        self._declaration = declaration
        self._switched_on = switched_on
        self._style_of = style_of
        self._background = background
        self._tell = subscribers.tell
        self._numbers = count(1)
        self._asked = 0
        self._draft = ("", 0)
        self._built: _Built | None = None
        self._asked_of: _Built | None = None
        self._building: object = None  # the turn that is being built
        self._is_wanted = self._is_due = self._is_busy = self._is_ready = False
        subscribers.add(self._hear)

    def begin(self) -> None:
        """A window shows it from now on."""
        self._is_wanted = True
        self.refresh()

    def follow(self, text: str, files_tokens: int = 0) -> None:
        """What is written of the next message, and what its files take."""
        draft = (text if text.strip() else "", files_tokens)
        if draft != self._draft:
            self._draft = draft
            self._ask_soon()

    def refresh(self) -> None:
        """Something else than the draft may have changed, such as the chosen effort."""
        self._built = self._building = None
        self._ask_soon()

    def handle(self, event: PromptMeasured) -> None:
        """Take an answer of the engine; one to an older question is ignored."""
        built = self._asked_of
        if event.number != self._asked or built is None or built is not self._built:
            return
        if not event.heads:
            self._tell(ContextMeasured(ContextSize()))
            return
        self._tell(ContextMeasured(self._size(built, event)))

    def _hear(self, change: ChatChange) -> None:
        if isinstance(change, StatusChanged):
            was_ready, self._is_ready = self._is_ready, change.state is ModelState.READY
            if self._is_ready and not was_ready:
                self.refresh()
            elif was_ready and not self._is_ready:
                self._asked = 0
                self._tell(ContextMeasured(ContextSize()))
        elif isinstance(change, BusyChanged):
            was_busy, self._is_busy = self._is_busy, change.is_busy
            if was_busy and not change.is_busy:
                self.refresh()
        elif isinstance(change, _CHANGES_IT):
            self.refresh()

    def _ask_soon(self) -> None:
        if self._is_wanted and not self._is_due:
            self._is_due = True
            self._background.dispatch(self._ask_now)

    def _ask_now(self) -> None:
        self._is_due = False
        if self._is_busy or not self._is_ready:
            return
        built = self._built
        if built is not None:
            self._asked, self._asked_of = next(self._numbers), built
            self._ask(MeasureRequest(self._asked, built.conversation, *self._draft, built.heads))
        elif self._building is None:
            self._build()

    def _build(self) -> None:
        """Put the next turn together; asked when that is done, unless there is another by then."""
        turn = self._building = self._next_turn()
        tools, heads = self._switched_on(turn.chat.tools), self._heads(turn)
        whole = self._declaration(turn.chat)

        def done(conversation: tuple[HarmonyMessage, ...]) -> None:
            if turn is self._building:
                self._building = None
                self._built = _Built(turn, conversation, heads, tools)
                self._ask_soon()

        with suppress(RuntimeError):  # the program is about to end
            self._background.chore(lambda: _conversation(turn, whole), done, lambda _: None)

    def _heads(self, turn: NextTurn) -> tuple[tuple[HarmonyMessage, ...], ...]:
        """Beginnings with more and more in them, then the whole one without each tool."""
        chat = replace(turn.chat, response_format=None)
        tools = self._switched_on(chat.tools)
        bare = replace(turn, chat=chat, branch=(), instructions="")
        instructed = replace(bare, instructions=turn.instructions)
        bound = replace(instructed, chat=turn.chat)
        others = [replace(chat, tools=tuple(one for one in tools if one != name)) for name in tools]
        return (
            _conversation(bare, NO_TOOLS),
            _conversation(instructed, NO_TOOLS),
            _conversation(bound, NO_TOOLS),
            _conversation(bound, self._declaration(turn.chat)),
            *(_conversation(bound, self._declaration(other)) for other in others),
        )

    def _size(self, built: _Built, event: PromptMeasured) -> ContextSize:
        system, instructed, bound, head, *without = event.heads
        branch = built.turn.branch
        left_out = left_out_of_branch(branch, built.conversation, event.left_out_messages)
        said = max(0, event.prompt_tokens - head)
        files = sum(file.tokens for one in branch[left_out:] for file in one.files)
        parts = {
            ContextPart.SYSTEM: system + event.opening_tokens,
            ContextPart.TOOLS: head - bound,
            ContextPart.INSTRUCTIONS: instructed - system,
            ContextPart.FORMAT: bound - instructed,
            ContextPart.FILES: min(files, said),
            ContextPart.HISTORY: max(0, said - files),
            ContextPart.DRAFT: event.draft_tokens,
        }
        return ContextSize(
            limit=event.context_tokens,
            parts={part: tokens for part, tokens in parts.items() if tokens > 0},
            answer_room=event.answer_room_tokens,
            thoughts={effort: self._thoughts(effort) for effort in Effort},
            by_tool={
                name: head - tokens
                for name, tokens in zip(built.tools, without, strict=True)
                if head > tokens
            },
            left_out_messages=left_out,
            will_leave_out=event.left_out_messages > event.left_out_before,
            is_too_long=event.is_too_long,
        )

    def _thoughts(self, effort: Effort) -> int:
        """The most that thoughts take at an effort, by the settings now."""
        own = self._style_of(effort).thinking_budget_tokens
        return BUDGET_TOKENS[effort] if own is None else own


def _conversation(turn: NextTurn, tools: Declaration) -> tuple[HarmonyMessage, ...]:
    """What the model would read of a turn with these tools.  Any thread."""
    return harmony_conversation(
        turn.branch,
        date=local_date(turn.chat.created_ms),
        effort=turn.effort,
        instructions=turn.instructions,
        response_format=turn.chat.response_format,
        tools=tools,
    )
