"""Makes the browser.

Apart from the other tools, since what it stands on takes a tenth of a second to load, which the
first window need not wait for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from app.secrets import SecretStore
from app.settings import Settings
from app.tools.async_thread import AsyncThread
from app.tools.browser.provider_settings import SearchSettings
from app.tools.browser.providers import SearchError
from app.tools.browser.searcher import Searcher
from app.tools.browser.tool import browser
from app.tools.sandbox.box import Sandbox
from app.vocabulary import SharedVocabulary
from engine.errors import UserFacingError

SEARCH_SECONDS: Final = 40.0
"""A trial of the search may take so long."""


class SearchTrialError(UserFacingError):
    """A trial of the search failed."""


class Web:
    """The browser, and trials of who searches for it.

    Args:
        settings: those in force; may be called on any thread.
        secrets: has the keys of search services.
        sandbox: holds the process that reads pages; waits until it is known.
        vocabulary: measures pages.
        reachable: (host, port) inside a network that may be opened all the same; for tests.

    Attributes:
        tool: the browser.
    """

    def __init__(
        self,
        settings: Callable[[], Settings],
        secrets: SecretStore,
        sandbox: Callable[[], Sandbox],
        vocabulary: SharedVocabulary,
        reachable: frozenset[tuple[str, int]] = frozenset(),
    ) -> None:
        def who_searches() -> SearchSettings:
            now = settings()
            return SearchSettings(now.search_provider, now.searxng_url)

        self.tool = browser(who_searches, secrets, sandbox, vocabulary, reachable)
        self._searcher = Searcher(who_searches, secrets)

    def search_once(self, query: str, thread: AsyncThread) -> str:
        """Search as the model would, for a trial; gives the first title.  Blocks.

        Raises:
            SearchTrialError: nobody is chosen, or nothing sensible came back.
        """
        work = thread.submit(lambda: self._searcher.search(query, 1))
        try:
            found = work.result(SEARCH_SECONDS)
        except SearchError as error:
            raise SearchTrialError("The search did not work.", error.note, str(error)) from error
        if not found:
            raise SearchTrialError("The search found nothing.")
        return found[0].title
