from __future__ import annotations

from pathlib import Path

import pytest

from app.redaction import Redaction

redact = Redaction(
    Path("/home/minji.kim"),
    "minji.kim",
    "minjis-laptop.lan",
    ("My divorce", "이혼 상담", "gpu-box.example"),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cannot open /home/minji.kim/models/m.gguf", "cannot open ~/models/m.gguf"),
        ("/home/paul/x and C:\\Users\\Paul\\x", "/home/[user]/x and C:\\Users\\[user]\\x"),
        ("/media/minji.kim/disk", "/media/[user]/disk"),
        ("on minjis-laptop.lan and minjis-laptop", "on [host] and [host]"),
        ("opened “My   divorce”", "opened “[private]”"),
        ("chat 이혼 상담 opened", "chat [private] opened"),
        ("worker gpu-box.example:50052", "worker [private]:50052"),
        ("worker 192.168.0.7:50052: local", "worker [address]:50052: local"),
        ("from 2001:db8::7 and [fe80::1]", "from [address] and [address]"),
        ("to https://user:pw@host.example/a?token=1 now", "to https://[address] now"),
        ("wrote to minji@example.org", "wrote to [e-mail]"),
        ("sk-abcdefghijklmnop1234 is a key", "[key] is a key"),
        ("machine 6f1ed002-ab5f-4a07-9f4c-0123456789ab", "machine [key]"),
        ("card 00:1a:2b:3c:4d:5e", "card [address]"),
    ],
)
def test_what_tells_who_and_where_somebody_is_is_taken_out(text: str, expected: str) -> None:
    assert redact(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-27 00:47:01,123 INFO app.chores [chores] a chore failed: OSError",
        "listening on 127.0.0.1:50052 and ::1",
        "llama-cpp-python: 0.3.36, ggml: 0.9.4 (0c1e570), driver 580.65.06",
        '  File "/opt/sotto/engine/worker.py", line 12 in run',
        "engine.llama.log::Line and std::vector",
        "plan: context 131072, micro-batch 512",
        "/opt/pkg/home/data/x and ~/home/data",
    ],
)
def test_what_helps_to_mend_sotto_stays(text: str) -> None:
    assert redact(text) == text


def test_names_that_tell_nobody_apart_are_left_alone() -> None:
    text = "root of the tree, /root/x, the user pressed Stop on localhost"
    assert Redaction(Path("/root"), "root", "localhost")(text) == text.replace("/root", "~")


def test_a_folder_whose_name_only_begins_like_the_home_is_another_one() -> None:
    text = "/rootfs/x /chroot/root/x /root"
    assert Redaction(Path("/root"))(text) == "/rootfs/x /chroot/root/x ~"


def test_a_home_that_is_the_root_of_the_disk_is_no_home() -> None:
    assert Redaction(Path("/"))("/usr/lib/x") == "/usr/lib/x"


def test_who_runs_this_is_known() -> None:
    home = str(Path.home())
    assert Redaction.of_this_user()(f"{home}/x") == "~/x"
