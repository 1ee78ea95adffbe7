from __future__ import annotations

import os
from pathlib import Path

import pytest

from tools.setup.programs import LoggedProgram, duration, stage
from tools.setup.stamps import Stamps, digest


def test_a_long_program_gives_signs_of_life_and_its_exit_code(
    programs: LoggedProgram, announced: list[str], tmp_path: Path
) -> None:
    fifo = tmp_path / "go"
    os.mkfifo(fifo)

    class ReleasedByTheFirstSign(list[str]):
        def append(self, line: str) -> None:
            announced.append(line)
            if len(announced) == 1:
                fifo.write_text("go", encoding="ascii")

    program = LoggedProgram(programs.log, ReleasedByTheFirstSign().append)
    script = f"echo Building wheel for llama; echo '[7/140] Building'; read x < {fifo}; exit 3"
    code, output = program.run(["/bin/sh", "-c", script], os.environ, beat_seconds=0.2)

    assert code == 3
    assert "[7/140]" in output
    assert announced[0].endswith("compiling llama.cpp, file 7 of 140")


def test_the_output_of_all_programs_is_in_the_log_and_of_each_in_its_answer(
    programs: LoggedProgram,
) -> None:
    programs.log.parent.mkdir(parents=True)
    programs.log.write_text("of an earlier set-up", encoding="utf-8")
    assert programs.run(["/bin/sh", "-c", "echo one"], os.environ) == (0, "one\n")
    assert programs.run(["/bin/sh", "-c", "echo two >&2"], os.environ) == (0, "two\n")
    assert programs.log.read_text(encoding="utf-8") == "one\ntwo\n"


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("", "working"),
        ("Collecting numpy\n", "looking up packages"),
        ("Collecting numpy\n  Downloading numpy.whl\n", "downloading"),
        ("Building wheel for llama\n*** Configuring\n", "building"),
        ("Building wheel for llama\n[1/9] a\n[8/9] b\n", "compiling llama.cpp, file 8 of 9"),
        ("Building wheel for llama\n[9/9] b\nInstalling collected packages: a\n", "installing"),
    ],
)
def test_the_stage_is_read_from_what_pip_printed_last(output: str, expected: str) -> None:
    assert stage(output) == expected


def test_durations_read_like_speech() -> None:
    assert duration(45.2) == "45 s"
    assert duration(125) == "2 min 5 s"


def test_a_step_is_done_only_for_the_inputs_it_was_finished_with(tmp_path: Path) -> None:
    stamps = Stamps(tmp_path / "stamps")
    assert not stamps.is_done("build", "a")
    assert not stamps.is_outdated("build", "a")
    stamps.finish("build", "a")
    assert stamps.is_done("build", "a")
    assert stamps.is_outdated("build", "b")


def test_a_digest_depends_on_contents_and_on_where_parts_end(tmp_path: Path) -> None:
    lock = tmp_path / "lock.txt"
    lock.write_text("numpy==1", encoding="utf-8")
    before = digest("ab", "c", lock)
    assert before == digest("ab", "c", lock)
    assert before != digest("a", "bc", lock)
    lock.write_text("numpy==2", encoding="utf-8")
    assert before != digest("ab", "c", lock)
