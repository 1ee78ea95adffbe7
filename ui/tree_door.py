"""The way from the actions of messages to the tree of the chat service."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, Qt

from app.chats.ids import MessageId
from app.chats.values import Message
from app.chats.what_if import AnswerCost
from app.words import Words
from engine.harmony.messages import Effort
from ui.chat.message_desk import Edit, OnCosts
from ui.chat.panel import ChatPanel
from ui.chat.wording import reading_text
from ui.chat_commands import Branching
from ui.notices import UNDO_MS, Notice, NoticeBanner
from ui.theme.theme import Theme


class TreeDoor(QObject):
    """Carries wishes to the service, and what they cost and lead to back.

    Args:
        theme: the look.
        words: the user's language.
        panel: where the messages are; owns this.
        tree: the service's.
        banner: where it is told that words were given up.
    """

    def __init__(
        self,
        theme: Theme,
        words: Words,
        panel: ChatPanel,
        tree: Branching,
        banner: NoticeBanner,
    ) -> None:
        super().__init__(panel)
        self._theme, self._words = theme, words
        self._panel, self._tree, self._banner = panel, tree, banner
        desk = self._desk = panel.view.desk
        desk.find_siblings = tree.siblings
        desk.find_costs = self._find_costs
        # Queued: what follows may take away the very message that the wish came from.
        queued = Qt.ConnectionType.QueuedConnection
        desk.edit_sent.connect(self._send, queued)
        desk.edit_dropped.connect(self._on_dropped, queued)
        for signal in (desk.again_wanted, desk.go_on_wanted, desk.delete_wanted, desk.fork_wanted):
            # The button that was pressed goes: the focus must not land just anywhere.
            signal.connect(panel.focus_composer)
        desk.again_wanted.connect(tree.answer_again, queued)
        desk.show_wanted.connect(tree.show, queued)
        desk.delete_wanted.connect(tree.delete, queued)
        desk.fork_wanted.connect(tree.fork, queued)
        desk.go_on_wanted.connect(tree.go_on, queued)
        desk.compare_wanted.connect(self._compare, queued)
        panel.composer.edit.edit_last_requested.connect(panel.view.reach.edit_last)

    def _send(self, message_id: MessageId, edit: Edit) -> None:
        self._tree.edit(message_id, edit.text, edit.effort)
        self._panel.focus_composer()

    def _on_dropped(self, message_id: MessageId, edit: Edit) -> None:
        def reopen() -> None:
            self._desk.edits[message_id] = edit
            self._panel.view.reach.edit(message_id)

        self._banner.show_notice(
            Notice(
                self._words("Your changes to the message were not sent."),
                action=self._words("Change it again"),
                on_action=reopen,
                lasts_ms=UNDO_MS,
            )
        )

    def _find_costs(self, message_id: MessageId, on_done: OnCosts) -> None:
        def tell(costs: Mapping[Effort, AnswerCost]) -> None:
            on_done({effort: self._cost(cost) for effort, cost in costs.items()})

        self._tree.foresee(message_id, tell)

    def _cost(self, cost: AnswerCost) -> str:
        return reading_text(self._words, cost.read_tokens, cost.seconds)

    def _compare(self, message_id: MessageId) -> None:
        self._tree.siblings(message_id, lambda found: self._open_compare(message_id, found))

    def _open_compare(self, message_id: MessageId, versions: tuple[Message, ...]) -> None:
        from ui.chat.compare_dialog import CompareDialog  # noqa: PLC0415 - made when wanted

        if len(versions) > 1:
            make = self._panel.view.reach.make_loose
            theme = self._theme
            dialog = CompareDialog(theme, self._words, versions, message_id, make, self._panel)
            dialog.kept.connect(self._tree.show)
            dialog.open()
