"""The door to all that belongs to models: nothing behind it is made before it is wanted."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.chats.changes import ChatChange, MessageEnded, StatusChanged
from app.chats.ids import is_private
from app.chores import AtOnce, Chores
from app.current_settings import CurrentSettings
from app.paths import Paths
from engine.events import Usage

if TYPE_CHECKING:
    from app.models.desk import ModelDesk


@dataclass(frozen=True, slots=True)
class ModelSurroundings:
    """What a desk is made of.

    Attributes:
        paths: the user's folders.
        current: the settings.
        dispatch: runs a callable on the desk's own thread; any thread may call it.
        load: has the model of the settings loaded.
        chores: does what is short and belongs to no other thread.
    """

    paths: Paths
    current: CurrentSettings
    dispatch: Callable[[Callable[[], None]], None]
    load: Callable[[], None]
    chores: Executor = field(default_factory=AtOnce)


class ModelRoom:
    """The desk of models, made when somebody first comes to it.

    Args:
        around: what it is made of.
        subscribe: has a callback hear what the chat service tells.
    """

    def __init__(
        self,
        around: ModelSurroundings,
        subscribe: Callable[[Callable[[ChatChange], None]], object] = lambda _: None,
    ) -> None:
        self._around = around
        self._desk: ModelDesk | None = None
        self._status = StatusChanged()
        self.on_made: Callable[[], None] = lambda: None
        """Called once the desk is made."""
        subscribe(self._hear)

    def desk(self) -> ModelDesk:
        """The desk."""
        from app.model_assembly import make_desk  # noqa: PLC0415 - not before it is wanted

        if self._desk is None:
            self._desk = make_desk(self._around, lambda: self._status.held_plan)
            self.on_made()
        return self._desk

    def take_up_downloads(self) -> None:
        """Go on with downloads that were going on when the program ended, if there are any."""
        from app.models.download_list import LIST_NAME  # noqa: PLC0415 - not before it is wanted

        if (self._around.paths.data / LIST_NAME).exists():
            self.desk().downloads.take_up()

    def close(self) -> None:
        """End what the desk began; blocks until it ended.  May be called twice."""
        desk, self._desk = self._desk, None
        if desk is not None:
            desk.close()

    def _hear(self, change: ChatChange) -> None:
        if isinstance(change, StatusChanged):
            self._status = change
        elif isinstance(change, MessageEnded) and not is_private(change.message.chat_id):
            self._note_speed(change.message.usage)

    def _note_speed(self, usage: Usage) -> None:
        loaded, around = self._status.loaded, self._around
        if loaded is None or not usage.reply_tokens:
            return
        stored = around.current.stored_model_path

        def note() -> bool:
            from app.model_assembly import speed_keeping  # noqa: PLC0415 - see the module

            return speed_keeping(around.paths).note(loaded, usage, stored)

        Chores(around.chores, around.dispatch).run(note, self._show_speed)

    def _show_speed(self, is_new: bool) -> None:
        if is_new and self._desk is not None:
            self._desk.library.refresh()
