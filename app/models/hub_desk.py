"""Where the window looks models up, and keeps a token for it.  Confined to the desk's thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future

from app.chats.background import problem_from
from app.chats.values import Problem
from app.models.hub_access import HubToken, Secrets, endpoint_of
from app.models.reference import ModelReference, parse_reference
from app.models.values import OfferedModel
from app.tools.async_thread import AsyncThread
from engine.errors import UserFacingError

OnFound = Callable[[tuple[OfferedModel, ...]], None]


class HubDesk:
    """The Hub, or the mirror in its place.

    Args:
        thread: asks it.
        dispatch: runs a callable on the desk's thread; any thread may call it.
        environ: where `HF_ENDPOINT` and `HF_TOKEN` may be.
        setting: gives the mirror of the settings, or "".
        secrets: where tokens are kept.
    """

    def __init__(
        self,
        thread: AsyncThread,
        dispatch: Callable[[Callable[[], None]], None],
        environ: Mapping[str, str],
        setting: Callable[[], str],
        secrets: Secrets,
    ) -> None:
        self._thread = thread
        self._dispatch = dispatch
        self._environ = environ
        self._setting = setting
        self._secrets = secrets

    @property
    def endpoint(self) -> str:
        """The address that is asked now.

        Raises:
            HubAccessError: the mirror that is to be asked has no good address.
        """
        return endpoint_of(self._environ, self._setting())

    @property
    def token(self) -> HubToken:
        """The token for that address; its methods may block, so they belong on a chores thread.

        Raises:
            HubAccessError: as `endpoint`.
        """
        return HubToken(self.endpoint, self._environ, self._secrets)

    def look_up(
        self, text: str, on_found: OnFound, on_failed: Callable[[Problem], None]
    ) -> Callable[[], None]:
        """Look up what the user named; one of the callbacks follows, here.

        Args:
            text: a repository, a file of one, or an address (`app.models.reference`).
            on_found: told the models it can mean, one or several to choose from; the one that is
                wanted then goes to `Catalogue.add`.
            on_failed: told why there is none.

        Returns:
            What gives up: neither is called then.
        """
        is_wanted = True

        def give_up() -> None:
            nonlocal is_wanted
            is_wanted = False
            asking.cancel()

        def tell(call: Callable[[], None]) -> None:
            if is_wanted:
                call()

        def settled(ended: Future[tuple[OfferedModel, ...]]) -> None:
            if ended.cancelled():
                return
            error = ended.exception()
            if error is None:
                self._dispatch(lambda: tell(lambda: on_found(ended.result())))
            else:
                problem = problem_from(error)
                self._dispatch(lambda: tell(lambda: on_failed(problem)))

        asking: Future[tuple[OfferedModel, ...]]
        try:
            endpoint, token = self.endpoint, self.token
            reference = parse_reference(text, endpoint)
        except UserFacingError as error:
            asking = Future()
            asking.set_exception(error)
        else:
            asking = self._thread.submit(lambda: looked_up(reference, endpoint, token.get))
        asking.add_done_callback(settled)
        return give_up


async def looked_up(
    reference: ModelReference, endpoint: str, token: Callable[[], str | None]
) -> tuple[OfferedModel, ...]:
    """The models that a reference can mean, asked over connections of its own.

    Raises:
        UserFacingError: as `app.models.lookup.look_up`.
    """
    from app.models.hub import HubClient, open_client  # noqa: PLC0415 - takes long to load
    from app.models.lookup import look_up  # noqa: PLC0415 - as above

    async with open_client() as client:
        return await look_up(HubClient(endpoint, token, client), reference)
