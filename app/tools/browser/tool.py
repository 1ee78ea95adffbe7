"""The trained `browser`: search, open and find, as the model knows them.

Follows openai/gpt-oss gpt_oss/tools/simple_browser/simple_browser_tool.py in what the model reads;
its known faults are left out (pages by address, errors on odd arguments).
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from app.tools.browser.addresses import AddressError, WebAddress, web_address
from app.tools.browser.calls import (
    BrowserCall,
    FindCall,
    OpenCall,
    SearchCall,
    read_call,
    written,
)
from app.tools.browser.citations import address_behind
from app.tools.browser.display import (
    SOURCE_PREFIX,
    LocationError,
    Tokens,
    find,
    shown,
    view,
    wrapped,
)
from app.tools.browser.fetch import PageFetcher
from app.tools.browser.guard import GuardedBackend
from app.tools.browser.marks import one_line, plain
from app.tools.browser.page_stack import PageStack, invalid_link, is_find_page, line_of_match
from app.tools.browser.provider_settings import SearchProvider, SearchSettings, provider_name
from app.tools.browser.providers import SearchError, SearchResult
from app.tools.browser.reader import PageReader
from app.tools.browser.searcher import Searcher, Secrets
from app.tools.browser.web_client import ElsewhereError, PageError, WebClient
from app.tools.sandbox.box import Sandbox
from app.tools.tool import CallRefusedError, Declaration, RunContext
from app.tools.values import (
    CallTarget,
    CallView,
    OutcomeStatus,
    Progress,
    SourcePage,
    TargetKind,
    ToolCall,
    ToolFamily,
    ToolOutcome,
)

ADDRESSES: Final = ("browser.search", "browser.open", "browser.find")

_MOST_CHATS: Final = 16
_MOST_ORIGINS: Final = 20


@dataclass(frozen=True, slots=True)
class _Visit:
    """What an `open` comes to: a page that is there, or an address to fetch."""

    loc: int
    num_lines: int
    page: SourcePage | None = None
    address: WebAddress | None = None
    as_source: bool = False


class BrowserTool:
    """The browser of all chats; a `Tool` and one that `RecallsPages`.

    Args:
        fetcher: gets pages.
        reader: makes text of them.
        searcher: who searches.
        tokens: measures views; may be slow the first time, so it is asked on the asyncio thread.
    """

    def __init__(
        self,
        fetcher: PageFetcher,
        reader: PageReader,
        searcher: Searcher,
        tokens: Callable[[], Tokens],
    ) -> None:
        self._fetcher = fetcher
        self._reader = reader
        self._searcher = searcher
        self._tokens = tokens
        self._stacks: OrderedDict[str, PageStack] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def declaration(self) -> Declaration:
        """The trained namespace, whose words are the engine's."""
        return Declaration(browser=True)

    @property
    def addresses(self) -> tuple[str, ...]:
        """As `Tool.addresses`."""
        return ADDRESSES

    def recall(self, chat: str, pages: tuple[SourcePage, ...]) -> None:
        """As `RecallsPages.recall`."""
        self._keep(chat, PageStack.of(pages))

    def view(self, call: ToolCall) -> CallView:
        """As `Tool.view`; an open by link names the address behind the link.

        Raises:
            CallRefusedError: the call makes no sense, or means a page that is not there.
        """
        asked, stack = _read(call), self._stack(call.chat)
        return CallView(
            tool=f"browser.{_function(call)}",
            family=ToolFamily.BROWSER,
            target=self._target(asked, stack),
            body=written(asked),
            is_read_only=True,
        )

    async def run(self, call: ToolCall, context: RunContext) -> ToolOutcome:
        """As `Tool.run`."""
        asked = _read(call)
        with self._lock:
            is_known = call.chat in self._stacks
        if not is_known:
            self.recall(call.chat, await context.pages())
        stack = self._stack(call.chat)
        try:
            if isinstance(asked, SearchCall):
                return await self._search(call.chat, stack, asked, context)
            if isinstance(asked, FindCall):
                return self._find(call.chat, stack, asked)
            return await self._open(call.chat, stack, _visit(asked, stack), context)
        except SearchError as error:
            told = f"Error during search for `{one_line(_query(asked), 80)}`: {error}"
            return ToolOutcome(told, OutcomeStatus.FAILED, note=error.note)
        except ElsewhereError as error:
            return ToolOutcome(str(error), OutcomeStatus.FAILED, origins=(error.host,))
        except (PageError, LocationError, CallRefusedError) as error:
            return ToolOutcome(str(error), OutcomeStatus.FAILED)

    async def forget(self, chat: str) -> None:
        """As `Tool.forget`."""
        with self._lock:
            self._stacks.pop(chat, None)

    async def close(self) -> None:
        """As `Tool.close`."""
        await self._reader.close()

    def _target(self, asked: BrowserCall, stack: PageStack) -> CallTarget:
        if isinstance(asked, SearchCall):
            provider = self._searcher.provider()
            if provider is SearchProvider.NONE:
                # Nothing leaves this computer, so there is nothing to ask about.
                return CallTarget(TargetKind.PAGE)
            return CallTarget(TargetKind.SEARCH, provider.value)
        if isinstance(asked, FindCall):
            return CallTarget(TargetKind.PAGE, _searchable(asked, stack).url)
        visit = _visit(asked, stack)
        if visit.address is not None:
            try:
                self._fetcher.check(visit.address)
            except PageError as error:  # nobody is asked about what cannot be
                raise CallRefusedError(str(error)) from error
            return CallTarget(TargetKind.HOST, visit.address.url)
        return CallTarget(TargetKind.PAGE, visit.page.url if visit.page else "")

    async def _search(
        self, chat: str, stack: PageStack, asked: SearchCall, context: RunContext
    ) -> ToolOutcome:
        name = provider_name(self._searcher.provider().value)
        context.report(Progress())
        found = await self._searcher.search(asked.query, asked.topn)
        page = _results_page(stack.next_cursor, asked.query, found)
        return self._show(chat, stack, page, 0, -1, (name, *_hosts(page)))

    def _find(self, chat: str, stack: PageStack, asked: FindCall) -> ToolOutcome:
        searched = _searchable(asked, stack)
        found = find(plain(asked.pattern), searched.title, searched.url, searched.lines)
        page = SourcePage(
            stack.next_cursor,
            found.url,
            found.title,
            found.lines,
            (searched.url,) * found.matches,
        )
        return self._show(chat, stack, page, 0, -1, _hosts(searched))

    async def _open(
        self, chat: str, stack: PageStack, visit: _Visit, context: RunContext
    ) -> ToolOutcome:
        if visit.page is not None:
            old = visit.page
            page = SourcePage(stack.next_cursor, old.url, old.title, old.lines, old.links)
            return self._show(chat, stack, page, visit.loc, visit.num_lines, _hosts(page))
        assert visit.address is not None  # noqa: S101 - it is one of the two
        page = await self._fetched(stack.next_cursor, visit.address, visit.as_source, context)
        return self._show(chat, stack, page, visit.loc, visit.num_lines, _hosts(page))

    async def _fetched(
        self, cursor: int, address: WebAddress, as_source: bool, context: RunContext
    ) -> SourcePage:
        def on_bytes(came: int, of: int) -> None:
            context.report(Progress(min(1.0, came / of) if of else None))

        context.report(Progress())
        with suppress(OSError):  # told when the page is there
            await self._reader.prepare()
        begins = f"Error fetching URL `{address.url}`: "
        try:
            fetched = await self._fetcher.fetch(address, on_bytes)
            read = await self._reader.read(fetched, as_source=as_source)
        except ElsewhereError as error:
            raise ElsewhereError(f"{begins}{error}", error.host) from error
        except PageError as error:
            raise PageError(f"{begins}{error}") from error
        prefix = SOURCE_PREFIX if as_source else ""
        return SourcePage(
            cursor, f"{prefix}{fetched.url}", one_line(read.title, 200), read.lines, read.links
        )

    def _show(
        self,
        chat: str,
        stack: PageStack,
        page: SourcePage,
        loc: int,
        num_lines: int,
        origins: tuple[str, ...],
    ) -> ToolOutcome:
        """Show a part of a page and put it on the stack, in this order: errors add no page."""
        part = view(page.lines, loc, num_lines, self._tokens())
        self._keep(chat, stack.with_page(page))
        text = shown(page.cursor, page.title, page.url, part, len(page.lines) - 1)
        return ToolOutcome(text, page=page, origins=tuple(dict.fromkeys(origins))[:_MOST_ORIGINS])

    def _stack(self, chat: str) -> PageStack:
        with self._lock:
            return self._stacks.get(chat, PageStack())

    def _keep(self, chat: str, stack: PageStack) -> None:
        with self._lock:
            self._stacks[chat] = stack
            self._stacks.move_to_end(chat)
            while len(self._stacks) > _MOST_CHATS:
                self._stacks.popitem(last=False)


def _function(call: ToolCall) -> str:
    """The last word of the address, which the toolbox has found out the tool by."""
    for address in ADDRESSES:
        function = address.partition(".")[2]
        if function in call.recipient:
            return function
    raise CallRefusedError(f"The browser has these functions: {', '.join(ADDRESSES)}.")


def _read(call: ToolCall) -> BrowserCall:
    return read_call(_function(call), call.arguments)


def _query(asked: BrowserCall) -> str:
    return asked.query if isinstance(asked, SearchCall) else ""


def _searchable(asked: FindCall, stack: PageStack) -> SourcePage:
    page = stack.page(asked.cursor)
    if is_find_page(page):
        raise CallRefusedError(
            "Cannot run `find` on find results page. Give the cursor of the page itself."
        )
    return page


def _visit(asked: OpenCall, stack: PageStack) -> _Visit:
    """What an `open` comes to.

    Raises:
        CallRefusedError: it means a page or a link that is not there, or no address.
    """
    loc = max(0, asked.loc)
    if isinstance(asked.id, str):
        is_source = asked.view_source or asked.id.startswith(SOURCE_PREFIX)
        address = _address(asked.id.removeprefix(SOURCE_PREFIX))
        # An address is always fetched afresh: that is how the model asks for the newest.
        return _Visit(loc, asked.num_lines, address=address, as_source=is_source)
    page = stack.page(asked.cursor)
    if asked.id < 0:
        if asked.view_source:
            address = _address(address_behind(page))
            return _Visit(loc, asked.num_lines, address=address, as_source=True)
        return _Visit(loc, asked.num_lines, page=page)
    if asked.id >= len(page.links):
        raise invalid_link(page, asked.id)
    if is_find_page(page):
        begin = line_of_match(page, asked.id) if asked.loc < 0 else loc
        searched = stack.searched(page)
        if searched is not None and not asked.view_source:
            return _Visit(begin, asked.num_lines, page=searched)
        loc = begin
    address = _address(page.links[asked.id])
    known = None if asked.view_source else stack.shown_before(address.url)
    if known is not None:
        return _Visit(loc, asked.num_lines, page=known)
    return _Visit(loc, asked.num_lines, address=address, as_source=asked.view_source)


def _address(text: str) -> WebAddress:
    try:
        return web_address(text)
    except AddressError as error:
        raise CallRefusedError(str(error)) from error


def _results_page(cursor: int, query: str, found: tuple[SearchResult, ...]) -> SourcePage:
    """Results as the reference writes them, with an empty address."""
    entries = [
        f"  * 【{number}†{one.title}†{one.host}】 {one.text}".rstrip()
        for number, one in enumerate(found)
    ]
    text = "\n".join(entries) or "No results."
    return SourcePage(
        cursor,
        "",
        one_line(query, 200),
        tuple(wrapped(f"\nURL: \n# Search Results\n\n{text}")),
        tuple(one.url for one in found),
    )


def _hosts(page: SourcePage) -> tuple[str, ...]:
    """Whose words a page holds."""
    own = urlsplit(address_behind(page)).hostname
    if own:
        return (own,)
    return tuple(host for link in page.links if (host := urlsplit(link).hostname))


def browser(
    settings: Callable[[], SearchSettings],
    secrets: Secrets,
    sandbox: Callable[[], Sandbox],
    tokens: Callable[[], Tokens],
    allowed: frozenset[tuple[str, int]] = frozenset(),
) -> BrowserTool:
    """The browser with all its parts.

    Args:
        settings: who searches, asked anew for each search.
        secrets: has the keys of search services.
        sandbox: holds the process that reads pages; may be slow the first time, so it is asked
            on a side thread.
        tokens: measures views.
        allowed: (host, port) that may be inside a network; for sites on this machine that tests
            and the bench open.
    """
    return BrowserTool(
        PageFetcher(WebClient(GuardedBackend(allowed))),
        PageReader(sandbox),
        Searcher(settings, secrets),
        tokens,
    )
