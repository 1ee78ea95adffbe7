"""A chat beside the open one: its panel, and the view of the service that feeds it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QObject, Signal

from app.chats.changes import (
    BranchesChanged,
    ChatChange,
    ChatOpened,
    ChatsChanged,
    EffortTimesChanged,
    PermissionAsked,
    PermissionSettled,
    StatusChanged,
    ThoughtsSummaryChanged,
)
from app.chats.ids import ChatId, MessageId
from app.chats.service import ChatService
from app.permissions.values import PermissionRequest
from app.settings import SettingsFile
from app.words import Words
from ui.chat.attachments.door import AttachDoor
from ui.chat.panel import ChatPanel
from ui.desktop.side_tree import SideTree
from ui.notices import NoticeBanner
from ui.summary_door import SummaryDoor
from ui.theme.theme import Theme
from ui.tool_doors import chat_doors
from ui.tree_door import TreeDoor

_FOR_ALL = (StatusChanged, PermissionSettled, ThoughtsSummaryChanged, EffortTimesChanged)


@dataclass(slots=True)
class ToldBefore:
    """What a panel must know that is made after it was told.  UI thread."""

    status: StatusChanged = field(default_factory=StatusChanged)
    times: EffortTimesChanged | None = None
    waiting: dict[int, PermissionRequest] = field(default_factory=dict)

    def take(self, change: ChatChange) -> None:
        """Remember a change of the service."""
        match change:
            case StatusChanged():
                self.status = change
            case EffortTimesChanged():
                self.times = change
            case PermissionAsked(request=request):
                self.waiting[request.id] = request
            case PermissionSettled(request_id=request_id):
                self.waiting.pop(request_id, None)


class SideChat(QObject):
    """A panel over a chat of its own.

    Options of a chat (tools, instructions, format) are changed where it is the open one, so
    their buttons are not here.

    Signals:
        title_changed: (title: str) "" for a new chat.

    Args:
        theme: the look.
        words: the user's language.
        service: the one there is.
        settings: how thoughts are shown, and the effort to begin with.
        before: what was told so far.
        parent: owns it and the panel.
    """

    title_changed = Signal(str)

    def __init__(
        self,
        theme: Theme,
        words: Words,
        service: ChatService,
        settings: SettingsFile,
        before: ToldBefore,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._before = before
        self._title = ""
        kept = settings.load()
        self.view = view = service.views.make(self._show)
        doors = chat_doors(service.tools, service.permissions, lambda _: None)
        self.panel = ChatPanel(theme, words, doors=replace(doors, go_on=view.go_on))
        self.panel.composer.row.options.hide()
        self.panel.composer.row.add_sign(self.panel.composer.attach_button)
        self.attach = AttachDoor(view, self.panel, theme, words)
        """The way of files into its messages; whoever makes this gives it a desk."""
        SummaryDoor(service.summaries, self.panel, kept)
        banner = NoticeBanner(theme, words)
        self.panel.set_banner(banner)
        TreeDoor(theme, words, self.panel, SideTree(service, view), banner)
        self._unsubscribe = service.subscribe(self._take)
        self.panel.set_effort(kept.effort)
        self.panel.apply(before.status)
        self.attach.apply(before.status)
        if before.times is not None:
            self.panel.apply(before.times)
        self.panel.submitted.connect(self.attach.send)
        self.panel.stop_requested.connect(view.stop)
        self.panel.answer_now_requested.connect(view.answer_now)

    def open(self, chat_id: ChatId) -> None:
        """Show a chat."""
        self.view.open(chat_id)

    def close(self) -> None:
        """Nobody looks any more; what is being answered goes on."""
        self._unsubscribe()
        self.view.close()
        self.panel.close_threads()

    def _show(self, change: ChatChange) -> None:
        """A change of this chat."""
        self.panel.apply(change)
        self.attach.apply(change)
        if isinstance(change, ChatOpened):
            self._name()
            for request in self._before.waiting.values():
                if request.chat_id == self.view.id:
                    self.panel.apply(PermissionAsked(request))

    def _take(self, change: ChatChange) -> None:
        """A change of the service that is no change of the open chat."""
        if isinstance(change, _FOR_ALL):
            self.panel.apply(change)
            self.attach.apply(change)
        elif isinstance(change, PermissionAsked):
            if change.request.chat_id == self.view.id:
                self.panel.apply(change)
        elif isinstance(change, ChatsChanged):
            self._name()
        elif isinstance(change, BranchesChanged) and self._has(change.places):
            self.panel.apply(change)

    def _has(self, message_ids: Collection[MessageId]) -> bool:
        """Whether these are messages of this chat."""
        return bool(message_ids) and {one.id for one in self.view.branch}.issuperset(message_ids)

    def _name(self) -> None:
        title = self.view.chat.title if self.view.chat else ""
        if title != self._title:
            self._title = title
            self.title_changed.emit(title)
