"""The web in the real window: search, open and cite, against a site on this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from PySide6.QtCore import Qt

from app.chats.values import Message
from app.tools.browser.fetch import PageFetcher
from app.tools.browser.guard import GuardedBackend
from app.tools.browser.provider_settings import SearchProvider
from app.tools.browser.web_client import WebClient
from app.tools.records import CallStatus
from tests.e2e.conftest import Driver, OpenWindow
from tests.e2e.test_tools import User
from ui.chat.answer import Answer
from ui.chat.sources.panel import SourcePanel
from ui.chat.sources.source_list import SourceList
from ui.markdown.text_segment import TextSegment
from ui.settings.web_page import WebPage

PAGE = """\
# The first result
The river is long and very cold.
It runs from the mountain to the sea.
Many people visit it.
"""
QUOTED = "The river is long and very cold."


class Site(ThreadingHTTPServer):
    """A SearXNG server with one result, and the page it names."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        site = self.server
        assert isinstance(site, Site)
        site.asked.append(self.path)
        if self.path.startswith("/search"):
            result = {
                "title": "The first result",
                "url": f"{site.url}/first",
                "content": "some text about it",
            }
            self._send(json.dumps({"results": [result]}), "application/json")
        else:
            self._send(PAGE, "text/plain; charset=utf-8")

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _send(self, text: str, kind: str) -> None:
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    thread = threading.Thread(target=made.serve_forever, args=(0.05,))
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


def test_search_open_and_cite_with_the_page_beside_the_answer(
    open_window: OpenWindow, site: Site
) -> None:
    driver = open_window()
    session = driver.session
    session.settings.change(search_provider=SearchProvider.SEARXNG, searxng_url=site.url)
    reachable = frozenset({("127.0.0.1", site.server_port)})
    session.tools.browser._fetcher = PageFetcher(WebClient(GuardedBackend(reachable)))
    driver.wait_until_ready()
    user = User(driver)
    user.switch_on("Web")
    assert session.window.top_bar.scope.text() == "The web is on for this chat"

    user.press(user.ask("Search the web for the longest river"), Qt.Key.Key_1)
    user.press(user.question(), Qt.Key.Key_1)
    message = user.wait_for_end()

    assert [call.view.tool for call in message.calls] == ["browser.search", "browser.open"]
    assert [call.status for call in message.calls] == [CallStatus.DONE, CallStatus.DONE]
    assert [path.partition("?")[0] for path in site.asked] == ["/search", "/first"]
    assert all(card.origins.isVisible() for card in user.cards())
    assert QUOTED in message.text
    answer = session.window.panel.view.answer(message.id)
    assert answer is not None
    assert [spot.page.url for spot in answer._citing.cited.values()] == [f"{site.url}/first"]

    press_citation(driver, answer)
    (panel,) = driver.shown(SourcePanel)
    driver.wait(lambda: QUOTED in panel.text.toPlainText())
    assert panel.address.text() == f"{site.url}/first"
    lines = panel.text.toPlainText().splitlines()
    assert QUOTED in [lines[number] for number in panel.text.marked]
    driver.qtbot.keyClick(panel.text, Qt.Key.Key_Escape)
    assert driver.shown(SourcePanel) == []
    (sources,) = driver.shown(SourceList)
    assert sources.buttons[0].text().startswith("1  ")


def press_ask_again(driver: Driver, message: Message) -> None:
    """The button at the foot of an answer that would have needed the web."""
    answer = driver.session.window.panel.view.answer(message.id)
    assert answer is not None
    assert answer.honesty.isVisible()
    button = answer.honesty.button
    assert button is not None
    driver.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_one_click_asks_again_with_the_web_for_this_one_question(
    open_window: OpenWindow, site: Site
) -> None:
    driver = open_window()
    session = driver.session
    session.settings.change(search_provider=SearchProvider.SEARXNG, searxng_url=site.url)
    reachable = frozenset({("127.0.0.1", site.server_port)})
    session.tools.browser._fetcher = PageFetcher(WebClient(GuardedBackend(reachable)))
    driver.wait_until_ready()
    user = User(driver)
    before = driver.say("Search the web for the longest river")
    assert before.calls == ()
    driver.changes.clear()

    press_ask_again(driver, before)
    user.press(user.question(), Qt.Key.Key_1)  # nothing runs unasked
    user.press(user.question(), Qt.Key.Key_1)
    message = user.wait_for_end()

    assert [call.view.tool for call in message.calls] == ["browser.search", "browser.open"]
    assert QUOTED in message.text
    (sources,) = driver.shown(SourceList)
    assert sources.buttons[0].text().startswith("1  ")
    grounded = session.window.panel.view.answer(message.id)
    assert grounded is not None
    assert grounded.honesty.isHidden()
    assert session.service.tools.switched_on == ()
    again = driver.say("Search the web for the longest river")
    assert again.calls == (), "the web was on for one question"


def test_where_nobody_searches_the_click_leads_to_the_page_that_changes_it(
    open_window: OpenWindow,
) -> None:
    driver = open_window()
    driver.wait_until_ready()
    message = driver.say("Search the web for the longest river")
    press_ask_again(driver, message)
    (page,) = driver.shown(WebPage)
    assert page.provider.isVisible()
    assert len(driver.ended) == 1


def press_citation(driver: Driver, answer: Answer) -> None:
    """By the keyboard: Tab to the link in the text, Return."""
    for part in answer.body.segments:
        if isinstance(part, TextSegment) and part.text.has_links:
            part.text.setFocus(Qt.FocusReason.TabFocusReason)
            driver.qtbot.keyClick(part.text, Qt.Key.Key_Tab)
            driver.qtbot.keyClick(part.text, Qt.Key.Key_Return)
