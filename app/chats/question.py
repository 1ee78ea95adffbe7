"""What a user wrote, from the composer into the store.  Frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from app.attachments.values import AttachedFile
from app.chats.answer_style import SafeguardStyle
from app.chats.branch_places import Forks
from app.chats.ids import ChatId, MessageId
from app.chats.store import ChatStore
from app.chats.stored_checks import StoredChecks
from app.chats.values import Chat, Message, TitleBy
from app.safeguard.message_check import MessageCheck
from engine.harmony.messages import Effort, ResponseFormat


@dataclass(frozen=True, slots=True)
class NewChat:
    """What a new chat begins with; the attributes are those of `app.chats.values.Chat`."""

    title: str
    response_format: ResponseFormat | None = None
    tools: tuple[str, ...] | None = None
    instructions: str = ""
    title_by: TitleBy = TitleBy.WORDS

    def keep(self, store: ChatStore, chat: Chat) -> Chat:
        """Keep the options of a chat that was just made.  Storage thread."""
        if self.response_format is not None:
            store.answer_forms.keep(chat.id, self.response_format)
        if self.tools is not None:
            store.tool_results.switch(chat.id, self.tools)
        if self.instructions:
            store.answer_forms.instruct(chat.id, self.instructions)
        if self.title_by is TitleBy.USER:
            store.rename_chat(chat.id, self.title)
        return replace(
            chat,
            response_format=self.response_format,
            tools=self.tools,
            instructions=self.instructions,
            title_by=self.title_by,
        )


@dataclass(frozen=True, slots=True)
class Question:
    """What a user wrote, and where it goes.

    Attributes:
        chat_id: None makes a new chat.
        parent_id: the message it follows; None for a first one.
        asked_ms: Unix time in milliseconds, UTC.
        new: what a new chat begins with.
        checks: what is to be held against the user's policy.
        also_tools: on for its answer, whatever the chat has.
        files: what goes with it.
    """

    chat_id: ChatId | None
    parent_id: MessageId | None
    text: str
    effort: Effort
    asked_ms: int
    new: NewChat
    checks: SafeguardStyle = field(default_factory=SafeguardStyle)
    also_tools: tuple[str, ...] = ()
    files: tuple[AttachedFile, ...] = ()

    def store(self, store: ChatStore) -> Sent:
        """Commit it, and an empty answer after it.  Storage thread."""
        chat, question = store.append_user(
            self.chat_id,
            self.parent_id,
            self.text,
            self.effort,
            self.asked_ms,
            title=self.new.title,
            files=self.files,
        )
        if self.chat_id is None:
            chat = self.new.keep(store, chat)
        elif chat.is_private and self.parent_id is None:
            chat = store.private.entitle(chat, self.new.title)
        if self.checks.checks_questions:
            StoredChecks(store.database).keep(question.id, MessageCheck())
        sent = sent_after(store, chat, question, self.asked_ms, self.checks)
        return replace(sent, also_tools=self.also_tools)


@dataclass(frozen=True, slots=True)
class QuestionAgain:
    """A stored question that is to be answered once more; the answers before stay.

    Attributes:
        effort: of the new answer.
    """

    chat: Chat
    question: Message
    effort: Effort
    asked_ms: int
    checks: SafeguardStyle

    @property
    def chat_id(self) -> ChatId:
        """Where it is."""
        return self.chat.id

    def store(self, store: ChatStore) -> Sent:
        """Commit an empty answer beside those before.  Storage thread."""
        again = replace(self.question, effort=self.effort)
        return sent_after(store, self.chat, again, self.asked_ms, self.checks)


@dataclass(frozen=True, slots=True)
class AppealedQuestion:
    """A stored question that the user wants answered, whatever its check came to."""

    chat: Chat
    question: Message
    asked_ms: int
    checks: SafeguardStyle

    @property
    def chat_id(self) -> ChatId:
        """Where it is."""
        return self.chat.id

    def store(self, store: ChatStore) -> Sent:
        """Commit the user's decision, and an empty answer.  Storage thread."""
        appealed = StoredChecks(store.database).appeal(self.question.id)
        return sent_after(store, self.chat, appealed, self.asked_ms, self.checks)


@dataclass(frozen=True, slots=True)
class AnswerTakenUp:
    """A stored answer that broke off and is to go on."""

    chat: Chat
    answer: Message
    asked_ms: int
    checks: SafeguardStyle

    @property
    def chat_id(self) -> ChatId:
        """Where it is."""
        return self.chat.id

    def store(self, store: ChatStore) -> Sent:
        """Commit that it is being written again.  Storage thread."""
        answer = store.take_up_answer(self.answer.id, self.asked_ms)
        if self.checks.checks_answers:
            answer = replace(answer, check=MessageCheck())
            StoredChecks(store.database).keep(answer.id, MessageCheck())
        branch = store.branch(self.chat.id)[:-1]
        return Sent(self.chat, branch, answer, forks=store.tree.forks(self.chat.id))


@dataclass(frozen=True, slots=True)
class Sent:
    """A user's message and the place for its answer, both committed.

    Attributes:
        branch: messages from the first on; the last is the user's new one.
        answer: empty, or as far as it was written before it broke off.
        also_tools: on for this answer, whatever the chat has.
        forks: of the chat, with these two in it.
    """

    chat: Chat
    branch: tuple[Message, ...]
    answer: Message
    also_tools: tuple[str, ...] = ()
    forks: Forks = field(default_factory=dict)

    @property
    def earlier_answers(self) -> int:
        """How many other answers were given to the question before this one."""
        ids = self.forks.get(self.answer.parent_id, ())
        return ids.index(self.answer.id) if self.answer.id in ids else 0


def sent_after(
    store: ChatStore, chat: Chat, question: Message, asked_ms: int, checks: SafeguardStyle
) -> Sent:
    """The place for the answer of a stored question, committed.  Storage thread."""
    answer = store.begin_answer(question.id, question.effort, asked_ms)
    check = None
    if checks.checks_answers:
        check = MessageCheck()
    elif question.check is not None and question.check.is_appealed:
        check = replace(question.check, is_of_question=True)
    if check is not None:
        answer = replace(answer, check=check)
        StoredChecks(store.database).keep(answer.id, check)
    branch = store.branch(chat.id, question.id)
    return Sent(chat, branch, answer, forks=store.tree.forks(chat.id))
