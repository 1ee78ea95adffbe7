from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from app import resources
from app.archive import json_form
from app.archive.sources import ChatFile
from app.archive.values import BroughtIn, ExportForm, ExportWish, Preview
from app.chats.changes import ChatsChanged
from app.chats.values import Problem
from app.words import Words
from engine.harmony.messages import Effort
from tests.app.service.conftest import Bench

JSON = ExportWish(ExportForm.JSON)


@dataclass
class Heard:
    """What a job told."""

    done: list[Any] = field(default_factory=list)
    failed: list[Problem] = field(default_factory=list)
    progress: list[float] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        return bool(self.done or self.failed)


@pytest.fixture
def words() -> Words:
    return Words("en", resources.path("translations"))


def ask(bench: Bench, *texts: str) -> None:
    for text in texts:
        bench.service.new_chat()
        bench.service.send(text, Effort.LOW)
        bench.settle()


def export(bench: Bench, path: Path, words: Words) -> Heard:
    heard = Heard()
    bench.service.archive.desk.export(
        None,
        path,
        JSON,
        words,
        on_progress=heard.progress.append,
        on_done=heard.done.append,
        on_failed=heard.failed.append,
    )
    bench.wait_for(lambda: heard.is_over)
    return heard


def look(bench: Bench, path: Path) -> Heard:
    heard = Heard()
    bench.service.archive.desk.look(
        path,
        on_progress=heard.progress.append,
        on_found=heard.done.append,
        on_failed=heard.failed.append,
    )
    bench.wait_for(lambda: heard.is_over)
    return heard


def bring_in(bench: Bench, preview: Preview) -> BroughtIn:
    heard = Heard()
    bench.service.archive.desk.bring_in(
        preview,
        on_progress=heard.progress.append,
        on_done=heard.done.append,
        on_failed=heard.failed.append,
    )
    bench.wait_for(lambda: heard.is_over)
    assert heard.failed == []
    (brought,) = heard.done
    assert isinstance(brought, BroughtIn)
    return brought


def titles(bench: Bench) -> list[str]:
    bench.settle()
    (*_, last) = bench.of(ChatsChanged)
    assert isinstance(last, ChatsChanged)
    return [chat.title for chat in last.chats]


def test_all_chats_go_out_and_come_into_another_history(
    bench: Bench, tmp_path: Path, words: Words
) -> None:
    path = tmp_path / "all.json"
    ask(bench, "one", "two", "three")
    assert export(bench, path, words).done == [3]
    assert look(bench, path).done == [
        Preview(path, 0, 0, frozenset(one.source for one in chats_of(path)))
    ]
    other = Bench()
    try:
        other.found.set()
        other.service.start()
        (preview,) = look(other, path).done
        assert (preview.chats, preview.messages) == (3, 6)
        assert sorted(preview.titles) == ["one", "three", "two"]
        brought = bring_in(other, preview)
        assert (len(brought.chat_ids), brought.messages, brought.is_whole) == (3, 6, True)
        assert sorted(titles(other)) == ["one", "three", "two"]
        assert bring_in(other, preview).chat_ids == ()
        other.service.archive.desk.take_back(brought)
        assert titles(other) == []
    finally:
        other.service.close()


def test_an_export_that_is_cancelled_leaves_nothing(
    bench: Bench, tmp_path: Path, words: Words
) -> None:
    ask(bench, "one", "two")
    heard = Heard()
    job = bench.service.archive.desk.export(
        None,
        tmp_path / "x.json",
        JSON,
        words,
        on_progress=lambda _: job.cancel(),
        on_done=heard.done.append,
        on_failed=heard.failed.append,
    )
    bench.wait_for(lambda: heard.is_over)
    assert heard.done == [0]
    assert job.is_over
    assert list(tmp_path.iterdir()) == []


def test_an_import_that_is_cancelled_tells_what_came_until_then(
    bench: Bench, tmp_path: Path
) -> None:
    path = tmp_path / "many.json"
    nodes: dict[str, Any] = {"a": {"parent": None, "children": [], "message": said("hello")}}
    many = [{"id": f"{at}", "title": f"{at}", "mapping": nodes} for at in range(200)]
    path.write_text(json.dumps(many), "utf-8")
    (preview,) = look(bench, path).done
    assert preview.chats == 200
    heard = Heard()

    def stop_after_some(_: float) -> None:
        heard.progress.append(_)
        if len(heard.progress) == 3:
            job.cancel()

    job = bench.service.archive.desk.bring_in(
        preview,
        on_progress=stop_after_some,
        on_done=heard.done.append,
        on_failed=heard.failed.append,
    )
    bench.wait_for(lambda: heard.is_over)
    (brought,) = heard.done
    assert not brought.is_whole
    assert 0 < len(brought.chat_ids) < 200
    assert len(titles(bench)) == len(brought.chat_ids)
    (rest,) = look(bench, path).done
    assert rest.chats == 200 - len(brought.chat_ids)


def test_what_cannot_be_read_or_written_is_told(bench: Bench, tmp_path: Path, words: Words) -> None:
    path = tmp_path / "no.json"
    assert look(bench, path).failed[0].title == "The file cannot be read."
    path.write_text("hello", "utf-8")
    assert look(bench, path).failed[0].title == "Sotto does not know what is in this file."
    ask(bench, "one")
    failed = export(bench, tmp_path / "nowhere" / "x.json", words).failed
    assert failed[0].title == "The file could not be written."


def said(text: str) -> dict[str, Any]:
    return {"author": {"role": "user"}, "content": {"content_type": "text", "parts": [text]}}


def chats_of(path: Path) -> list[Any]:
    with ChatFile(path) as file:
        return [one.chat for one in file.chats()]


def test_json_forms_agree(bench: Bench, tmp_path: Path, words: Words) -> None:
    ask(bench, "one")
    export(bench, tmp_path / "x.json", words)
    whole = json.loads((tmp_path / "x.json").read_text("utf-8"))
    assert whole["sotto_chats"] == 1
    assert [json_form.read(json.dumps(one)).title for one in whole["chats"]] == ["one"]
