"""The ways of what waits in the composer, words and files, to the history and back."""

from __future__ import annotations

from collections.abc import Callable

from app.attachments.desk import AttachmentDesk
from app.chats.draft_keeper import DraftKeeper
from app.chats.storage_thread import StorageThread
from app.side_desk import SideDesk
from app.tool_assembly import ToolRoom
from app.vocabulary import SharedVocabulary
from ui.window import MainWindow


def open_draft_doors(
    window: MainWindow,
    storage: StorageThread,
    tools: ToolRoom,
    vocabulary: SharedVocabulary,
    sides: SideDesk,
    post: Callable[[Callable[[], None]], None],
) -> DraftKeeper:
    """Have drafts kept, files read and what was not sent shown again.

    The caller holds what comes back: signals hold no object that is not Qt's.

    Args:
        window: of which chats the drafts are.
        storage: where they are kept.
        tools: reads files, on the thread of tools.
        vocabulary: counts their tokens.
        sides: has the model sum files up.
        post: runs a callable on the UI thread; any thread may call it.
    """
    attach, drafts = window.attach, DraftKeeper(storage, post)
    attach.desk = AttachmentDesk(
        tools.reader, lambda: vocabulary().encode, tools.workshop.thread, post
    )
    attach.sides = sides
    # Not the methods: a signal does not keep the object whose method it calls.
    window.panel.drafts.changed.connect(
        lambda chat_id, text: drafts.keep(chat_id, text)  # noqa: PLW0108 - see above
    )
    attach.changed.connect(
        lambda chat_id, files: drafts.keep_files(chat_id, files)  # noqa: PLW0108 - see above
    )
    drafts.find(window.panel.drafts.put_back)
    drafts.find_files(attach.put_back)
    return drafts
