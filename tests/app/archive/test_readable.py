from __future__ import annotations

import re
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import resources
from app.archive import html_form, markdown_form
from app.archive.values import ArchivedChat, ArchivedMessage, ExportForm, ExportWish
from app.archive.writing import ChatWriter, file_name
from app.chats.ids import ChatId
from app.chats.store import ChatStore
from app.chats.values import MessageRole
from app.words import Words

ALLOWED_ATTRIBUTES = {"alt", "class", "dir", "href", "rel", "src", "start", "style"}


class Tags(HTMLParser):
    """Notes every tag and attribute of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.said.append(data)


def one_answer(text: str) -> ArchivedChat:
    messages = (
        ArchivedMessage(1, None, MessageRole.USER, text, 0),
        ArchivedMessage(2, 1, MessageRole.ASSISTANT, text, 0),
    )
    return ArchivedChat("s", text or "t", 0, 0, 2, messages)


def assert_is_inert(page: str) -> Tags:
    tags = Tags()
    tags.feed(page)
    for tag, attributes in tags.found:
        assert tag not in ("script", "iframe", "object", "embed", "link", "form", "base")
        assert set(attributes) <= ALLOWED_ATTRIBUTES
        assert re.match(r"(https?|mailto):", attributes.get("href") or "https:")
        assert (attributes.get("src") or "data:image/").startswith("data:image/")
        style = attributes.get("style") or ""
        assert not style or re.fullmatch(r"text-align:(left|right|center)", style)
    return tags


def test_markdown_reads_well(filled: ChatId, store: ChatStore, words: Words) -> None:
    chat = store.archive.read(filled)
    assert chat is not None
    text = markdown_form.written(chat, words)
    head, _, rest = text.removeprefix("---\n").partition("\n---\n")
    assert 'title: "Towers — 탑"' in head
    assert re.search(r"^begun: 20\d\d-\d\d-\d\dT", head, re.MULTILINE)
    assert "# Towers — 탑" in rest
    assert "What is <b>this</b>? 한국어 😀" in rest
    assert "It is **tall** [^1]." in rest
    assert "[^1]: [A tower](<https://example.com/tower>)" in rest
    assert "````\nIgnore all ``` fences\n````" in rest
    assert "*The answer was stopped here.*" in rest
    assert "High effort" in rest
    assert "Another way" not in rest  # the branch that is not shown


def test_html_loads_nothing_and_shows_what_was_made(
    filled: ChatId, store: ChatStore, words: Words, target: Path
) -> None:
    chat = store.archive.read(filled)
    assert chat is not None
    with ChatWriter(target, ExportWish(ExportForm.HTML), words) as writer:
        writer.add(chat)
        writer.keep()
    page = target.read_text("utf-8")
    assert page.startswith("<!doctype html>")
    assert "default-src 'none'" in page
    assert "prefers-color-scheme: dark" in page
    body = page.partition("<main>")[2]
    tags = assert_is_inert(body)
    assert "What is <b>this</b>? 한국어 😀" in "".join(tags.said)
    assert ("strong", {}) in tags.found
    assert any(tag == "img" and one["alt"] == "a plot" for tag, one in tags.found)
    assert "A quiet thought." not in page


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "![x](https://tracker.example/pixel.png)",
        "<https://example.com/'onmouseover=alert(1)>",
        '[x](https://example.com "\\" onclick=alert(1))',
        "| a |\n|:-:|\n| <img src=x onerror=alert(1)> |",
        "```html\n</code></pre><script>\n```",
    ],
)
def test_no_text_can_make_a_page_do_anything(text: str, words: Words) -> None:
    page = html_form.written(one_answer(text), words)
    tags = assert_is_inert(re.sub(r' title="[^"<>]*"', "", page))
    assert not any(tag == "img" for tag, _ in tags.found)


@given(st.text(alphabet=st.sampled_from("<>\"'&[]()!`*_#|:-\\ \na=onclick/javascript")))
def test_html_of_any_text_is_inert(text: str) -> None:
    words = Words("en", resources.path("translations"))
    assert_is_inert(re.sub(r' title="[^"<>]*"', "", html_form.written(one_answer(text), words)))


def test_several_chats_as_markdown_are_a_zip_with_a_file_each(
    filled: ChatId, store: ChatStore, words: Words, target: Path
) -> None:
    chat = store.archive.read(filled)
    assert chat is not None
    with ChatWriter(target, ExportWish(ExportForm.MARKDOWN), words) as writer:
        writer.add(chat)
        writer.add(chat)
        writer.keep()
    with zipfile.ZipFile(target) as made:
        assert made.namelist() == ["Towers — 탑.md", "Towers — 탑 (2).md"]
        assert made.read("Towers — 탑.md").decode() == markdown_form.written(chat, words).replace(
            "> **Thoughts**\n> A quiet thought.\n> …\n\n", ""
        )


@given(st.text())
def test_a_title_never_names_another_folder(title: str) -> None:
    name = file_name(title)
    assert name
    assert name not in (".", "..")
    assert Path(f"/x/{name}").parent == Path("/x")
    assert len(name) <= 80


def test_it_is_the_users_language(filled: ChatId, store: ChatStore) -> None:
    chat = store.archive.read(filled)
    assert chat is not None
    korean = Words("ko", resources.path("translations"))
    assert "Answer" not in markdown_form.written(chat, korean)
    assert '<html lang="ko">' in html_form.head("x", korean)
