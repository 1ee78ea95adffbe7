"""What the user chose for the open chat, apart from what is said in it."""

from __future__ import annotations

from app.attachments.values import Files
from app.chats.answer_form import AnswerForm
from app.chats.background import Background
from app.chats.chat_instructions import ChatInstructions
from app.chats.chat_tools import ChatTools
from app.chats.context_meter import ContextMeter
from app.chats.effort_times import EffortTimes
from app.chats.foresight import Foresight
from app.chats.ids import ChatId
from app.chats.inspector import Inspector
from app.chats.listing import ChatList
from app.chats.open_answers import OpenAnswers
from app.chats.question import NewChat
from app.chats.subscribers import Subscribers
from app.chats.title import first_title
from app.chats.tool_choice import ToolChoice
from app.chats.values import Chat, Message, TitleBy
from app.chats.what_if import WhatIf
from app.turn import AnswerEngine
from engine.events import Forecast, PromptInspected, PromptMeasured
from engine.harmony.messages import HarmonyMessage


class ChatOptions:
    """The options that a chat keeps.  Confined to the service's thread.

    Args:
        engine: knows what a change of them costs.
        choice: which tools a chat has.
        answers: those in progress.
        background: where the store is.
        chats: hears of chats that changed.
        subscribers: hear of changes, and of the chat that is open.

    Attributes:
        foresight, what_if: what a change costs; what answering again would cost.
        form: what answers are bound to.
        tools: what is switched on.
        instructions: what the user tells the model before each answer.
        inspector: what the model sees.
        meter: how full the context is.
        effort_times: what the efforts mean on this machine.
    """

    def __init__(
        self,
        engine: AnswerEngine,
        choice: ToolChoice,
        answers: OpenAnswers,
        background: Background,
        chats: ChatList,
        subscribers: Subscribers,
    ) -> None:
        self.foresight = Foresight(
            engine,
            subscribers.tell,
            answers.is_in,
            choice.declaration,
            answers.instructions_of,
        )
        self.what_if = WhatIf(engine, self.foresight.conversation)
        shared = (background, chats, self.foresight, subscribers)
        self.form = AnswerForm(*shared)
        self.tools = ChatTools(choice, answers, *shared)
        self.instructions = ChatInstructions(*shared)
        self._chats = chats
        self.inspector = Inspector(
            engine.inspect, self._next_conversation, background.dispatch, subscribers
        )
        self.meter = ContextMeter(
            engine.measure,
            lambda: self.foresight.next_turn(self._new_chat()),
            declaration=choice.declaration,
            switched_on=choice.switched_on,
            style_of=answers.style_of,
            background=background,
            subscribers=subscribers,
        )
        self.effort_times = EffortTimes(background, subscribers)
        self.foresight.on_prepared = self.inspector.refresh

    def handle(self, event: Forecast | PromptInspected | PromptMeasured) -> None:
        """Take what the engine told of the open chat."""
        if isinstance(event, Forecast):
            self.foresight.handle(event)
            self.what_if.handle(event)
        elif isinstance(event, PromptMeasured):
            self.meter.handle(event)
        else:
            self.inspector.handle(event)

    def _next_conversation(
        self,
    ) -> tuple[tuple[Message, ...], tuple[HarmonyMessage, ...]]:
        """The open chat's branch, and what the model is to read before the next message."""
        return self.foresight.next_conversation(self._new_chat())

    def _new_chat(self) -> Chat:
        """Stands for a chat that is not stored yet."""
        now_ms = self._chats.clock_ms()
        return Chat(
            ChatId(0),
            "",
            now_ms,
            now_ms,
            response_format=self.form.of_new_chat,
            tools=self.tools.of_new_chat,
            instructions=self.instructions.of_new_chat,
        )

    def of_new_chat(self, title: str, text: str, files: Files) -> NewChat:
        """What a chat that is not stored yet is to begin with.

        Args:
            title: the name the user gave it, or "".
            text: its first message, whose first words are its title otherwise.
            files: what goes with it.
        """
        return NewChat(
            title or first_title(text, files),
            self.form.of_new_chat,
            self.tools.of_new_chat,
            self.instructions.of_new_chat,
            TitleBy.USER if title else TitleBy.WORDS,
        )
