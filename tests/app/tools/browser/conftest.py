from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest
from hypothesis import settings

from app import resources
from app.tools.async_thread import AsyncThread
from app.tools.browser.reader import PageReader
from app.tools.sandbox.box import Sandbox
from app.tools.sandbox.probe import find_sandbox
from engine.harmony.vocabulary import Vocabulary

# The same examples each time, however busy the machine is.
STEADY = settings(max_examples=100, derandomize=True, deadline=None)

Run = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return Vocabulary.from_file(resources.VOCABULARY)


@pytest.fixture(scope="session")
def sandbox() -> Sandbox:
    return find_sandbox()


@pytest.fixture(scope="module")
def thread() -> Iterator[AsyncThread]:
    """The thread of tools, for all tests of a module."""
    thread = AsyncThread()
    yield thread
    assert thread.close()


@pytest.fixture(scope="module")
def run(thread: AsyncThread) -> Run:
    return lambda work: thread.submit(lambda: work).result(60)


@pytest.fixture(scope="module")
def reader(run: Run, sandbox: Sandbox) -> Iterator[PageReader]:
    """A reading process for all tests of a module, since starting one takes a second."""
    reader = PageReader(lambda: sandbox)
    yield reader
    run(reader.close())
