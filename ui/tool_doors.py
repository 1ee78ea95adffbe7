"""Ways from cards of calls to the chat service."""

from __future__ import annotations

from collections.abc import Callable

from app.chats.ids import MessageId
from app.tools.values import Attachment
from ui.chat.tools.doors import ToolDoors
from ui.chat_commands import Deciding, ToolCommands


def chat_doors(
    tools: ToolCommands, permissions: Deciding, appeal: Callable[[MessageId], object]
) -> ToolDoors:
    """Doors to what the service keeps; those to the chat's folder lead nowhere."""

    def load(attachment_id: int, on_done: Callable[[bytes], None]) -> None:
        def told(found: Attachment | None) -> None:
            on_done(found.data if found is not None else b"")

        tools.load_attachment(attachment_id, told)

    return ToolDoors(
        load_attachment=load,
        load_page=tools.load_page,
        go_on=tools.go_on,
        objection=permissions.objection,
        decide=permissions.decide,
        decide_all=permissions.decide_all,
        appeal=appeal,
    )
