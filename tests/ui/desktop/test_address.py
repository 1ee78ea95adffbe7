from __future__ import annotations

from pathlib import Path

import pytest

from app.chats.ids import ChatId
from ui.desktop.address import chat_in, model_in, told, told_model
from ui.desktop.instance import Wish
from ui.main import _parser, _wish


@pytest.mark.parametrize("text", ["sotto://chat/12", "sotto://chat/12/", told(ChatId(12))])
def test_an_address_names_a_chat(text: str) -> None:
    assert chat_in(text) == 12


@pytest.mark.parametrize(
    "text",
    [
        *("sotto://chat/", "sotto://chat/0", "sotto://chat/-1", "sotto://chat/1/2", "sotto://x/1"),
        *("sotto://chat/1?ask=x", "sotto://chat/1#x", "sotto://chat/\u0661", "sotto://chat/1\n"),
        *("sotto://chat/%31", "sotto://chat/9999999999999", "http://chat/1", "--model"),
    ],
)
def test_nothing_else_does(text: str) -> None:
    assert chat_in(text) is None


def test_a_model_file_is_named_by_path_or_address() -> None:
    assert model_in("/a b/c.GGUF") == Path("/a b/c.GGUF")
    assert model_in("file:///a%20b/c.gguf") == Path("/a b/c.gguf")
    assert model_in("file://other.host/c.gguf") is None
    assert model_in("file:///etc/passwd") is None


def test_a_start_with_an_address_wishes_for_the_chat_and_one_with_another_is_refused() -> None:
    assert _wish(_parser().parse_args(["sotto://chat/7"])) == ChatId(7)
    assert _parser().parse_args(["a.gguf"]).what == Path("a.gguf")
    assert _wish(_parser().parse_args(["a.gguf"])) == Path("a.gguf")
    assert _wish(_parser().parse_args(["--model", "a.gguf"])) is Wish.SHOW
    with pytest.raises(SystemExit):
        _parser().parse_args(["sotto://delete/7"])


@pytest.mark.parametrize("name", ["/a b/c.gguf", "/\u6a21\u578b/c\n%41.GGUF", "/\udcff.gguf"])
def test_a_start_tells_another_of_a_model_file_whatever_it_is_called(name: str) -> None:
    line = told(Path(name))
    assert line.isascii()
    assert line.isprintable()
    assert told_model(line) == Path(name)


def test_a_file_is_told_with_its_whole_path() -> None:
    assert told_model(told(Path("c.gguf"))) == Path.cwd() / "c.gguf"


@pytest.mark.parametrize(
    "text",
    ["model c.gguf", "model /etc/passwd", "model /a%00.gguf", "model ", "/a.gguf", "chat 1"],
)
def test_nothing_else_is_taken_for_a_model_file(text: str) -> None:
    assert told_model(text) is None
