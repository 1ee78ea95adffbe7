from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.archive import chatgpt
from app.archive.elements import elements
from app.archive.sources import ChatFile
from app.archive.values import ArchiveError, LeftOut
from app.chats.store import ChatStore
from app.chats.values import MessageRole


def node(
    key: str,
    parent: str | None,
    children: list[str],
    role: str | None = None,
    text: object = "",
    **more: Any,
) -> dict[str, Any]:
    message = None
    if role is not None:
        content = more.pop("content", {"content_type": "text", "parts": [text]})
        message = {"author": {"role": role}, "content": content, "create_time": 10.5, **more}
    return {"id": key, "parent": parent, "children": children, "message": message}


def conversation(*nodes: dict[str, Any], current: str = "", **more: Any) -> dict[str, Any]:
    return {
        "title": "Trip",
        "create_time": 1700000000.25,
        "update_time": 1700000100,
        "conversation_id": "abc",
        "mapping": {one["id"]: one for one in nodes},
        "current_node": current,
        **more,
    }


def a_trip() -> dict[str, Any]:
    """A question asked twice over; an answer with a tool, thoughts and an image between."""
    pieces = ["look", {"content_type": "image_asset_pointer", "asset_pointer": "file://x"}]
    picture = {"content_type": "multimodal_text", "parts": pieces}
    thoughts = {"content_type": "thoughts", "thoughts": [{"content": "hm"}]}
    code = {"content_type": "code", "language": "unknown", "text": "search('x')"}
    return conversation(
        node("root", None, ["sys"]),
        node("sys", "root", ["q1", "q2"], "system", ""),
        node("q1", "sys", ["a1"], "user", "first try"),
        node("a1", "q1", [], "assistant", "first answer"),
        node("q2", "sys", ["t"], "user", content=picture),
        node("t", "q2", ["c"], "assistant", content=thoughts),
        node("c", "t", ["r"], "assistant", content=code, recipient="web"),
        node("r", "c", ["p"], "tool", "page"),
        node("p", "r", ["p2"], "assistant", "Well,"),
        node("p2", "p", ["q3"], "assistant", "it is \ue200cite\ue202turn0search0\ue201so."),
        node("q3", "p2", [], "user", "thanks"),
        current="q3",
    )


def test_branches_are_kept_and_one_answer_is_one_message() -> None:
    found = chatgpt.parsed(json.dumps(a_trip()))
    chat = found.chat
    assert chat is not None
    assert chat.title == "Trip"
    assert chat.source == "chatgpt:abc"
    assert chat.created_ms == 1_700_000_000_250
    assert [(one.id, one.parent, one.role.value, one.text) for one in chat.messages] == [
        (1, None, "user", "first try"),
        (2, 1, "assistant", "first answer"),
        (3, None, "user", "look"),
        (4, 3, "assistant", "Well,\n\nit is so."),
        (5, 4, "user", "thanks"),
    ]
    assert [one.id for one in chat.branch()] == [3, 4, 5]
    assert found.left_out == {LeftOut.FILES: 1, LeftOut.THOUGHTS: 1, LeftOut.TOOLS: 2}


def test_an_answer_that_was_begun_once_and_ended_twice_is_two_answers() -> None:
    found = chatgpt.parsed(
        json.dumps(
            conversation(
                node("q", None, ["a"], "user", "q"),
                node("a", "q", ["b", "c", "u"], "assistant", "A"),
                node("b", "a", [], "assistant", "B"),
                node("c", "a", [], "assistant", "C"),
                node("u", "a", [], "user", "U"),
            )
        )
    )
    assert found.chat is not None
    said = {one.text: one for one in found.chat.messages}
    assert set(said) == {"q", "A", "A\n\nB", "A\n\nC", "U"}
    assert said["U"].parent == said["A"].id
    assert {said[one].parent for one in ("A", "A\n\nB", "A\n\nC")} == {said["q"].id}


def test_a_chat_of_ten_thousand_messages_is_no_deeper_for_that() -> None:
    roles = ("user", "assistant")
    nodes = [
        node(str(at), str(at - 1) if at else None, [str(at + 1)], roles[at % 2], f"text {at}")
        for at in range(10_000)
    ]
    found = chatgpt.parsed(json.dumps(conversation(*nodes, current="9999")))
    assert found.chat is not None
    assert len(found.chat.branch()) == 10_000


def test_hidden_things_stay_out() -> None:
    hidden = {"is_visually_hidden_from_conversation": True}
    found = chatgpt.parsed(
        json.dumps(
            conversation(
                node("s", None, ["h"], "system", "You are a pirate"),
                node("h", "s", ["q"], "user", "about me", metadata=hidden),
                node("q", "h", [], "user", "hello"),
            )
        )
    )
    assert found.chat is not None
    assert [one.text for one in found.chat.messages] == ["hello"]
    assert found.left_out[LeftOut.HIDDEN] == 2


ANY = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["mapping", "parent", "children", "message", "author", "role", "content", "parts",
             "text", "content_type", "metadata", "attachments", "title", "create_time", "a", "b",
             "current_node", "recipient", "id"]
        ),
        inner,
        max_size=4,
    ),
    max_leaves=20,
)  # fmt: skip


@given(ANY)
def test_whatever_is_in_a_file_it_is_read_or_left_out(found: object) -> None:
    parsed = chatgpt.parsed(json.dumps(found))
    if parsed.chat is not None:
        parsed.chat.check()
    else:
        assert parsed.left_out


NODES = st.dictionaries(
    st.sampled_from("abcdef"),
    st.fixed_dictionaries(
        {
            "parent": st.sampled_from([None, *"abcdefz"]),
            "children": st.lists(st.sampled_from("abcdefz"), max_size=3),
            "message": st.none()
            | st.fixed_dictionaries(
                {
                    "author": st.fixed_dictionaries(
                        {"role": st.sampled_from(["user", "assistant", "tool", "system"])}
                    ),
                    "content": st.fixed_dictionaries({"parts": st.lists(ANY, max_size=2)}),
                    "create_time": ANY,
                }
            ),
        }
    ),
)


@given(NODES, ANY)
def test_any_graph_becomes_a_tree(nodes: dict[str, Any], current: object) -> None:
    told = {"mapping": nodes, "current_node": current, "create_time": 5}
    parsed = chatgpt.parsed(json.dumps(told))
    if parsed.chat is not None:
        parsed.chat.check()
        assert {one.role for one in parsed.chat.messages} <= set(MessageRole)


@given(st.lists(st.dictionaries(st.text(), ANY, max_size=3), max_size=5), st.integers(1, 64))
def test_a_file_is_cut_where_its_objects_end(objects: list[object], chunk: int) -> None:
    class Slow:
        """Gives a few letters at a time, as a file may."""

        def __init__(self, text: str) -> None:
            self.text = text

        def read(self, _: int) -> str:
            head, self.text = self.text[:chunk], self.text[chunk:]
            return head

    text = json.dumps(objects, ensure_ascii=False)
    found = [json.loads(one) for one in elements(Slow(text))]  # type: ignore[arg-type]
    assert json.dumps(found) == json.dumps(objects)


def test_a_zip_is_read_and_a_second_time_brings_nothing(tmp_path: Path, store: ChatStore) -> None:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("user.json", "{}")
        made.writestr("conversations.json", json.dumps([a_trip(), a_trip() | {"mapping": 3}]))
    with ChatFile(path) as file:
        found = list(file.chats())
        assert file.fraction == 1.0
    assert [one.chat is not None for one in found] == [True, False]
    chats = [one.chat for one in found if one.chat]
    (made_id,) = store.archive.add(chats)
    assert made_id is not None
    assert [one.text for one in store.branch(made_id)] == ["look", "Well,\n\nit is so.", "thanks"]
    assert store.archive.add(chats) == (None,)


@pytest.mark.parametrize(
    "content", ["", "hello", '{"a": 1}', '[{"mapping": {}}', '[{"a": "\\', "[", "null", "\x00"]
)
def test_other_files_are_refused_in_words(content: str, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(content, "utf-8")
    with ChatFile(path) as file, pytest.raises(ArchiveError):
        list(file.chats())


def test_a_zip_without_chats_and_a_file_that_is_gone_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("other.json", "[]")
    with pytest.raises(ArchiveError):
        ChatFile(path)
    with pytest.raises(ArchiveError):
        ChatFile(tmp_path / "gone.json")
