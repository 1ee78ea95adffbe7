"""The look, the words and a service with behaviour, for all tests of widgets."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app import resources
from app.attachments.values import Files
from app.chats.changes import (
    ChatChange,
    ChatOpened,
    ChatsChanged,
    MessageSought,
    UndoOffered,
    UndoSubject,
)
from app.chats.ids import FIRST_PRIVATE, ChatId, MessageId
from app.chats.values import Chat, Folder, Message
from app.chats.what_if import AnswerCost
from app.permissions.values import Decision
from app.search.values import SearchResults
from app.tools.values import Attachment, SourcePage
from app.words import Words
from engine.harmony.messages import Effort
from tests.ui.shelving import FakeShelves
from ui.theme.theme import Theme


@pytest.fixture(autouse=True)
def _clean_desk(qapp: QApplication) -> Iterator[None]:
    """Each test begins with the pointer in the corner and ends with nothing left to be deleted.

    Where one test left the pointer, the next one's widget would be hovered.  What was only to be
    deleted later would stay without an event loop, and follow every change of theme until then.
    """
    QCursor.setPos(0, 0)
    yield
    qapp.clipboard().clear()  # it outlives Python, and what Python made for it crashes then
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    """The light look at 100 %, with nothing moving."""
    made = Theme(qapp, "light")
    made.set_reduced_motion(True)
    yield made
    if made.text_scale != 1.0:
        made.set_text_scale(1.0)


ShowTogether = Callable[..., QWidget]


@pytest.fixture
def show_together(qtbot: QtBot) -> Iterator[ShowTogether]:
    """Puts widgets below each other on an active page; the page lives as long as the test."""
    pages: list[QWidget] = []

    def show(*widgets: QWidget) -> QWidget:
        page = QWidget()
        pages.append(page)
        layout = QVBoxLayout(page)
        for widget in widgets:
            layout.addWidget(widget)
        qtbot.addWidget(page)
        page.show()
        page.activateWindow()
        qtbot.waitUntil(page.isActiveWindow)
        return page

    yield show
    pages.clear()


@pytest.fixture
def words() -> Words:
    """English."""
    return Words("en", resources.path("translations"))


@pytest.fixture
def korean(tmp_path: Path) -> Words:
    """Korean, from the merged catalogue and from the parts that are not merged yet."""
    folder = resources.path("translations")
    parts = [folder / "ko.po", *sorted((folder / "parts").glob("*.ko.po"))]
    texts = [part.read_text("utf-8") for part in parts if part.exists()]
    (tmp_path / "ko.po").write_text("\n\n".join(texts), "utf-8")
    return Words("ko", tmp_path)


@dataclass(frozen=True)
class FakePrivate:
    """The private chats of the fake service; those of these titles are still empty."""

    service: FakeService
    empty: tuple[str, ...] = ("Private chat",)

    @property
    def chats(self) -> tuple[Chat, ...]:
        told = self.service.chats
        return tuple(one for one in told if one.is_private and one.title not in self.empty)

    def keep(self, chat_id: ChatId) -> None:
        self.service.commands.append(("keep", chat_id))


@dataclass
class FakeTree:
    """The tree of a chat, of which only the wishes are kept."""

    commands: list[tuple[object, ...]]

    def edit(self, message_id: MessageId, text: str, effort: Effort) -> None:
        self.commands.append(("edit", message_id, text, effort))

    def answer_again(self, message_id: MessageId, effort: Effort | None = None) -> None:
        self.commands.append(("answer_again", message_id, effort))

    def go_on(self, message_id: MessageId) -> None:
        self.commands.append(("go_on", message_id))

    def foresee(
        self, message_id: MessageId, on_foreseen: Callable[[Mapping[Effort, AnswerCost]], None]
    ) -> None:
        del message_id
        on_foreseen({Effort.LOW: AnswerCost(9200, 4.2), Effort.HIGH: AnswerCost(12, None)})

    def show(self, message_id: MessageId) -> None:
        self.commands.append(("show", message_id))

    def siblings(
        self, message_id: MessageId, on_done: Callable[[tuple[Message, ...]], None]
    ) -> None:
        self.commands.append(("siblings", message_id))
        on_done(())

    def delete(self, message_id: MessageId) -> None:
        self.commands.append(("delete", message_id))

    def fork(self, message_id: MessageId) -> None:
        self.commands.append(("fork", message_id))


@dataclass
class FakeService:
    """Keeps chats in a list and answers commands with the changes the real service sends.

    Attributes:
        commands: what the window asked for, in order.
        foreseen: what it told of the effort and of typing.
        searched: titles of the chats that the last search was to look into.
        searches: what was searched for, each with who waits for it; "" was given up.
        now_ms: time of the next change.
    """

    chats: list[Chat] = field(default_factory=list)
    commands: list[tuple[object, ...]] = field(default_factory=list)
    foreseen: list[tuple[object, ...]] = field(default_factory=list)
    searched: list[str] = field(default_factory=list)
    searches: list[tuple[str, Callable[[SearchResults], None]]] = field(default_factory=list)
    folders: list[Folder] = field(default_factory=list)
    now_ms: int = 1_790_000_000_000
    _open: ChatId | None = None
    _deleted: list[Chat] = field(default_factory=list)
    _subscribers: list[Callable[[ChatChange], None]] = field(default_factory=list)

    def subscribe(self, callback: Callable[[ChatChange], None]) -> Callable[[], None]:
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback)

    @property
    def has_subscribers(self) -> bool:
        return bool(self._subscribers)

    def tell(self, change: ChatChange) -> None:
        for callback in tuple(self._subscribers):
            callback(change)

    def add(self, *titles: str, days_ago: int = 0) -> list[Chat]:
        made = []
        for title in titles:
            at_ms = self.now_ms - days_ago * 86_400_000 - len(self.chats)
            made.append(Chat(ChatId(len(self.chats) + 1), title, at_ms, at_ms))
            self.chats.append(made[-1])
        self.tell_chats()
        return made

    def new_chat(self, title: str = "", *, is_private: bool = False) -> None:
        self.commands.append(("new_private_chat", title) if is_private else ("new_chat",))
        chat = None
        if is_private:
            number = ChatId(FIRST_PRIVATE + len(self.chats))
            chat = Chat(number, title, self.now_ms, self.now_ms)
            self.chats.append(chat)
        self._show(chat)

    def open_chat(self, chat_id: ChatId) -> None:
        self.commands.append(("open_chat", chat_id))
        self._show(next(chat for chat in self.chats if chat.id == chat_id))

    def rename_chat(self, chat_id: ChatId, title: str) -> None:
        self.commands.append(("rename_chat", chat_id, title))
        self.chats = [
            replace(chat, title=title) if chat.id == chat_id else chat for chat in self.chats
        ]
        self.tell_chats()

    def delete_chat(self, chat_id: ChatId) -> None:
        self.commands.append(("delete_chat", chat_id))
        gone = next(chat for chat in self.chats if chat.id == chat_id)
        self.chats.remove(gone)
        self._deleted.append(gone)
        if self._open == chat_id:
            self._show(None)
        self.tell(UndoOffered(gone))
        self.tell_chats()

    def appeal(self, message_id: MessageId) -> None:
        self.commands.append(("appeal", message_id))

    def undo(self, subject: UndoSubject | None = None) -> None:
        self.commands.append(("undo", subject))
        chat = self._deleted.pop()
        self.chats.append(chat)
        self.chats.sort(key=lambda one: -one.updated_ms)
        self.tell_chats()
        self._show(chat)

    @property
    def shelves(self) -> FakeShelves:
        return FakeShelves(self)

    @property
    def trash(self) -> FakeShelves:
        return FakeShelves(self)

    @property
    def foresight(self) -> FakeService:
        return self

    @property
    def private(self) -> FakePrivate:
        return FakePrivate(self)

    @property
    def form(self) -> FakeService:
        return self

    @property
    def instructions(self) -> FakeService:
        return self

    @property
    def summaries(self) -> FakeService:
        return self

    @property
    def search(self) -> FakeService:
        return self

    def find(
        self,
        text: str,
        on_found: Callable[[SearchResults], None],
        among: Callable[[Chat], bool] | None = None,
    ) -> None:
        self.searches.append((text, on_found))
        self.searched = [one.title for one in self.chats if among is None or among(one)]

    def give_up(self) -> None:
        self.searches.append(("", lambda _: None))

    def open_message(self, chat_id: ChatId, message_id: MessageId, text: str = "") -> None:
        self.commands.append(("open_message", chat_id, message_id, text))
        self.tell(MessageSought(message_id, text))

    def want(self, message: Message) -> None:
        self.commands.append(("want", message.id))

    def release(self, message_id: MessageId) -> None:
        self.commands.append(("release", message_id))

    def user_types(self) -> None:
        self.foreseen.append(("user_types",))

    def user_rests(self) -> None:
        self.foreseen.append(("user_rests",))

    @property
    def tree(self) -> FakeTree:
        return FakeTree(self.commands)

    @property
    def tools(self) -> FakeService:
        return self

    @property
    def inspector(self) -> FakeService:
        return self

    def open(self) -> None:
        self.commands.append(("open",))

    def close(self) -> None:
        self.commands.append(("close",))

    def refresh(self) -> None:
        self.foreseen.append(("refresh",))

    @property
    def permissions(self) -> FakeService:
        return self

    def objection(self, request_id: int, body: str) -> str:
        del request_id
        return "This is no call." if not body else ""

    def decide(self, request_id: int, decision: Decision) -> None:
        self.commands.append(("decide", request_id, decision))

    def decide_all(self, request_ids: Collection[int], decision: Decision) -> None:
        self.commands.append(("decide_all", list(request_ids), decision))

    def revoke_rule(self, rule_id: int) -> None:
        self.commands.append(("revoke_rule", rule_id))

    @property
    def available(self) -> tuple[str, ...]:
        return ("browser", "mcp/files", "python")

    def switch(self, name: str, *, is_on: bool) -> None:
        self.commands.append(("switch", name, is_on))

    def go_on(self) -> None:
        self.commands.append(("go_on",))

    def load_attachment(
        self, attachment_id: int, on_done: Callable[[Attachment | None], None]
    ) -> None:
        self.commands.append(("load_attachment", attachment_id))
        on_done(None)

    def load_page(
        self, message_id: MessageId, number: int, on_done: Callable[[SourcePage | None], None]
    ) -> None:
        self.commands.append(("load_page", message_id, number))
        on_done(None)

    def choose(self, chosen: object) -> None:
        kind = self.foreseen if isinstance(chosen, Effort) else self.commands
        kind.append(("choose", chosen))

    def begin_typing(self) -> None:
        self.foreseen.append(("begin_typing",))

    def send(
        self, text: str, effort: Effort, also_tools: tuple[str, ...] = (), files: Files = ()
    ) -> None:
        self.commands.append(("send", text, effort, *also_tools, *files))

    def load_model(self, without: Collection[str] = ()) -> None:
        self.commands.append(("load_model", *without))

    def stop(self) -> None:
        self.commands.append(("stop",))

    def answer_now(self) -> None:
        self.commands.append(("answer_now",))

    def _show(self, chat: Chat | None) -> None:
        self._open = chat.id if chat else None
        self.tell(ChatOpened(chat, ()))
        self.tell_chats()

    def tell_chats(self) -> None:
        self.tell(ChatsChanged(tuple(self.chats), self._open, tuple(self.folders)))


@pytest.fixture
def service() -> FakeService:
    """A chat service without engine and store."""
    return FakeService()
