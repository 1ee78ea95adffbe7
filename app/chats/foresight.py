"""What going on with the open chat will cost, and its beginning read ahead of the message."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from typing import Final

from app.chats.changes import CostCause, CostForeseen
from app.chats.context_meter import NextTurn
from app.chats.ids import ChatId
from app.chats.values import Chat, Message, MessageRole
from app.conversation import chat_key, harmony_conversation, local_date
from app.tools.tool import Declaration
from app.turn import AnswerEngine
from engine.events import Forecast
from engine.harmony.messages import Effort, HarmonyMessage
from engine.requests import ForecastRequest, PrepareRequest

WORTH_TELLING_TOKENS: Final = 256
"""Reading fewer than these again is over before anybody notices."""


class Foresight:
    """Follows the open chat and the chosen effort.  Confined to the service's thread.

    Args:
        engine: knows what it has read; never blocks.
        tell: hears `CostForeseen`.
        is_answered: whether a chat is being answered just now.
        tools: what the model is told of a chat's tools.
        instructions: what the user tells the model before each answer in a chat.

    Attributes:
        on_prepared: called when the engine was asked to read ahead.
    """

    def __init__(
        self,
        engine: AnswerEngine,
        tell: Callable[[CostForeseen], None],
        is_answered: Callable[[ChatId], bool],
        tools: Callable[[Chat], Declaration],
        instructions: Callable[[Chat], str],
    ) -> None:
        self._engine = engine
        self._tell = tell
        self._is_answered = is_answered
        self._tools = tools
        self._instructions = instructions
        self._told: dict[ChatId, str] = {}  # the instructions each chat was last read with
        self._chat: Chat | None = None
        self._branch: tuple[Message, ...] = ()
        self._effort: Effort | None = None
        self._numbers = count(1)
        self._asked: tuple[int, int] | None = None  # with the effort so far, with the new one
        self._usual: Forecast | None = None
        self._cause = CostCause.EFFORT
        self._is_told = False
        self._prepared: object = None
        self.on_prepared: Callable[[], None] = lambda: None

    def choose(self, effort: Effort) -> None:
        """The next message will be sent with this effort."""
        self._effort = effort
        self._ask()

    def show(self, chat: Chat | None, branch: Sequence[Message]) -> None:
        """Another chat is open, or more was said in it."""
        self._chat, self._branch = chat, tuple(branch)
        self._ask()

    def follow(self, chat: Chat) -> None:
        """The open chat is another value now."""
        self._chat = chat
        self._ask()

    def ask_again(self) -> None:
        """What all chats begin with may be something else now."""
        self._ask()

    def begin_answer(self, chat: Chat) -> None:
        """An answer is being written: whatever was foreseen is over."""
        self._told[chat.id] = self._instructions(chat)
        self._keep_quiet()

    def next_conversation(
        self, new: Chat
    ) -> tuple[tuple[Message, ...], tuple[HarmonyMessage, ...]]:
        """The open chat's branch, and what the model is to read of it before the next message.

        Args:
            new: stands for a chat that is not stored yet.
        """
        turn = self.next_turn(new)
        return turn.branch, self._conversation(turn.chat, turn.effort, turn.instructions)

    def next_turn(self, new: Chat) -> NextTurn:
        """What the open chat would be answered with; `new` as above."""
        chat = self._chat or new
        effort = self._effort or self._last_effort or Effort.MEDIUM
        return NextTurn(chat, self._branch, effort, self._instructions(chat))

    def begin_typing(self) -> None:
        """The user writes a message in the open chat: have what stands before it read."""
        effort = self._effort or self._last_effort
        if self._chat is None or effort is None or not self._branch:
            return
        if self._is_answered(self._chat.id):
            return  # the engine itself will read on from there
        chat, instructions = self._chat, self._instructions(self._chat)
        # Compared before anything is built: this is called with every key.
        beginning = (effort, instructions, chat.response_format, self._tools(chat))
        wish = (chat.id, self._branch[-1].id, beginning)
        if wish != self._prepared:
            self._prepared = wish
            conversation = self._conversation(chat, effort, instructions)
            self._engine.prepare(PrepareRequest(chat_key(self._chat.id), conversation))
            self.on_prepared()

    def handle(self, event: Forecast) -> None:
        """Take an answer of the engine; one to an older question is ignored."""
        if self._asked is None:
            return
        usual, changed = self._asked
        if event.number == usual:
            self._usual = event
        elif event.number == changed and self._usual is not None:
            self._asked = None
            if event.read_tokens - self._usual.read_tokens >= WORTH_TELLING_TOKENS:
                self._is_told = True
                self._tell(CostForeseen(event.read_tokens, event.seconds, self._cause))

    @property
    def _last_effort(self) -> Effort | None:
        answers = (one for one in reversed(self._branch) if one.role is MessageRole.ASSISTANT)
        return next((answer.effort for answer in answers if answer.text), None)

    def _ask(self) -> None:
        """Ask what the change alone costs: the chat may not be read yet anyway."""
        self._keep_quiet()
        effort = self._last_effort
        if self._chat is None or self._effort is None or effort is None:
            return
        now = self._instructions(self._chat)
        usual = (effort, self._told.setdefault(self._chat.id, now))
        wanted = (self._effort, now)
        if usual == wanted:
            return
        self._cause = CostCause.EFFORT if usual[1] == now else CostCause.INSTRUCTIONS
        self._usual = None
        self._asked = (next(self._numbers), next(self._numbers))
        key = chat_key(self._chat.id)
        for number, beginning in zip(self._asked, (usual, wanted), strict=True):
            conversation = self._conversation(self._chat, *beginning)
            self._engine.forecast(ForecastRequest(number, key, conversation))

    def _keep_quiet(self) -> None:
        self._asked = None
        self._withdraw()

    def _withdraw(self) -> None:
        if self._is_told:
            self._is_told = False
            self._tell(CostForeseen())

    def conversation(
        self, chat: Chat, branch: Sequence[Message], effort: Effort
    ) -> tuple[HarmonyMessage, ...]:
        """What the model would read of a branch before an answer of this effort."""
        return self._of(chat, branch, effort, self._instructions(chat))

    def _conversation(
        self, chat: Chat, effort: Effort, instructions: str
    ) -> tuple[HarmonyMessage, ...]:
        return self._of(chat, self._branch, effort, instructions)

    def _of(
        self, chat: Chat, branch: Sequence[Message], effort: Effort, instructions: str
    ) -> tuple[HarmonyMessage, ...]:
        return harmony_conversation(
            branch,
            date=local_date(chat.created_ms),
            effort=effort,
            instructions=instructions,
            response_format=chat.response_format,
            tools=self._tools(chat),
        )
