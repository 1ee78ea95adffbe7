from __future__ import annotations

from collections.abc import Callable
from queue import SimpleQueue

import pytest

from app.attachments.desk import MOST_COUNTED, AttachmentDesk, tokens_of
from app.attachments.framing import composed
from app.attachments.parts import DraftFile, FileChoice
from app.attachments.reader import FileReader
from app.chats.values import Problem
from app.tools.async_thread import AsyncThread
from app.vocabulary import SharedVocabulary


class Window:
    """A desk on this thread, with what it told."""

    def __init__(
        self, reader: FileReader, vocabulary: SharedVocabulary, thread: AsyncThread
    ) -> None:
        self._calls: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self.desk = AttachmentDesk(reader, lambda: vocabulary().encode, thread, self._calls.put)
        self.drafts: list[DraftFile] = []
        self.problems: list[Problem] = []

    def paste(self, text: str) -> Callable[[], object]:
        return self.desk.read_pasted(text, self.drafts.append, self.problems.append)

    def wait(self) -> DraftFile:
        """Do what is due on this thread until one more file was told."""
        before = len(self.drafts)
        while len(self.drafts) == before:
            self._calls.get(timeout=30)()
        return self.drafts[-1]


@pytest.fixture
def window(reader: FileReader, vocabulary: SharedVocabulary, thread: AsyncThread) -> Window:
    return Window(reader, vocabulary, thread)


def test_what_a_desk_counts_is_what_the_prompt_has(
    window: Window, vocabulary: SharedVocabulary
) -> None:
    window.paste("Oaks are old.\n" * 900)
    first = window.wait()
    assert first.choice is not None
    window.desk.choose(FileChoice(first.choice.file, frozenset({1})), window.drafts.append)
    second = window.wait()
    files = (first.attached, second.attached)
    encode = vocabulary().encode
    assert tokens_of((first, second)) + len(encode("Hi")) == len(encode(composed("Hi", files)))


def test_a_text_that_no_context_holds_is_counted_by_its_parts(
    window: Window, vocabulary: SharedVocabulary
) -> None:
    text = "Oaks are old.\n" * (MOST_COUNTED // 13)
    window.paste(text)
    exact = len(vocabulary().encode(text))
    assert abs(window.wait().attached.tokens - exact) < exact // 100


def test_what_was_cancelled_is_never_told(window: Window) -> None:
    window.paste("one")()
    window.paste("two")
    assert window.wait().attached.text == "two"
    assert [one.attached.text for one in window.drafts] == ["two"]
