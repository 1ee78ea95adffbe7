from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from app.attachments.parts import ReadFile
from app.attachments.reader import FileReader
from app.tools.async_thread import AsyncThread
from app.tools.sandbox.box import Sandbox
from app.tools.sandbox.probe import find_sandbox
from app.vocabulary import SharedVocabulary

Read = Callable[[str, bytes], ReadFile]


@pytest.fixture(scope="session")
def sandbox() -> Sandbox:
    return find_sandbox()


@pytest.fixture(scope="session")
def vocabulary() -> SharedVocabulary:
    return SharedVocabulary()


@pytest.fixture(scope="module")
def thread() -> Iterator[AsyncThread]:
    thread = AsyncThread()
    yield thread
    assert thread.close()


@pytest.fixture(scope="module")
def reader(
    thread: AsyncThread, sandbox: Sandbox, vocabulary: SharedVocabulary
) -> Iterator[FileReader]:
    """One reading process for all tests of a module, since starting it takes a second."""
    made = FileReader(lambda: sandbox, lambda: vocabulary().encode)
    yield made
    thread.submit(made.close).result(30)


@pytest.fixture
def read(thread: AsyncThread, reader: FileReader) -> Read:
    return lambda name, data: thread.submit(lambda: reader.read_bytes(name, data)).result(90)
