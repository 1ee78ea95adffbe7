"""The chat's files on a computer that has nothing to hold code in a box."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.assembly import open_memory_storage
from app.conversation import chat_key
from app.paths import Paths
from app.settings import Settings
from app.tool_assembly import Surroundings, ToolRoom
from app.tools.sandbox.box import Sandbox
from app.tools.sandbox.policy import SandboxKind
from app.tools.tool import RunContext
from app.tools.values import OutcomeStatus, SourcePage, ToolCall
from app.vocabulary import SharedVocabulary
from tests.app.tools.browser.test_documents import pdf


async def no_pages() -> tuple[SourcePage, ...]:
    return ()


@pytest.fixture
def room(tmp_path: Path) -> Iterator[ToolRoom]:
    folders = {f"SOTTO_{name}_DIR": str(tmp_path / name) for name in ("DATA", "CONFIG", "STATE")}
    paths = Paths.from_environment({**folders, "SOTTO_CACHE_DIR": str(tmp_path / "CACHE")})
    storage, chores = open_memory_storage(), ThreadPoolExecutor(1)
    settings = Settings(tools_python=True, tools_files=True)
    around = Surroundings(paths, {}, storage, lambda: settings, SharedVocabulary(), chores)
    made = ToolRoom(around)
    made.sandbox.set_result(Sandbox(SandboxKind.NONE))
    yield made
    made.workshop.close()
    chores.shutdown()
    storage.close()


def test_files_are_read_where_code_may_not_run(room: ToolRoom) -> None:
    workshop = room.workshop
    assert workshop.defaults() == ("files",)
    offer = workshop.toolbox.offer({"files", "python"})
    assert [one.name for one in offer.declaration.functions] == ["read_file", "list_files"]
    assert not offer.declaration.python

    assert room.python is not None
    folders = room.python.folders
    chat = chat_key(
        room._around.storage.submit(lambda store: store.create_chat("a chat", 1)).result().id
    )
    for name, data in (("a.txt", b"in words"), ("b.pdf", pdf("On paper."))):
        workshop.thread.submit(lambda: folders.put(chat, name, data)).result(20)  # noqa: B023
        found = offer.find("functions.read_file")
        assert found is not None
        address, tool = found
        call = ToolCall(chat, 0, address, f'{{"path": "{name}"}}')
        context = RunContext(lambda _: None, no_pages)
        outcome = workshop.thread.submit(lambda: tool.run(call, context)).result(60)  # noqa: B023
        assert outcome.status is OutcomeStatus.DONE
        assert outcome.text.endswith(("in words", "On paper."))
