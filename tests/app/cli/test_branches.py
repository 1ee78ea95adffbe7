"""`sotto ask --chat` goes on with the branch that the window showed last."""

from __future__ import annotations

from collections.abc import Callable

from app.chats.database import open_database
from app.chats.store import ChatStore
from app.paths import Paths
from app.secrets import KeyVault
from engine.harmony.messages import Effort
from tests.app.cli.conftest import Run


def test_a_named_chat_goes_on_where_it_was_shown_last(
    sotto: Callable[..., Run], environ: dict[str, str]
) -> None:
    calm = ("--chat", "names", "--temperature", "0", "--effort", "low")
    sotto("ask", "Hello", *calm)
    paths = Paths.from_environment(environ)
    store = ChatStore(
        open_database(paths.database, KeyVault(paths.data, environ).open_unattended())
    )
    (chat,) = store.chats()
    hello, answer = store.branch(chat.id)
    store.append_user(chat.id, None, "Another beginning", Effort.LOW, 9, title="-")
    store.append_user(chat.id, answer.id, "A dead end", Effort.LOW, 9, title="-")
    store.tree.show(chat.id, hello.id)
    end = store.append_user(chat.id, answer.id, "The way to go", Effort.LOW, 9, title="-")[1]
    store.trash.delete_messages(end.id, 9)
    store.close()

    sotto("ask", "And then?", *calm)
    store = ChatStore(
        open_database(paths.database, KeyVault(paths.data, environ).open_unattended())
    )
    texts = [one.text for one in store.branch(chat.id)]
    store.close()
    assert texts[:-1] == ["Hello", answer.text, "A dead end", "And then?"]
