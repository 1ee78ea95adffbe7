from __future__ import annotations

import logging
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.logs import PrivateFormatter, redact, set_up_logging
from app.paths import Paths
from engine.errors import UserFacingError


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(*(tmp_path / kind for kind in ("data", "config", "cache", "state")))


@pytest.fixture
def log(paths: Paths) -> Path:
    return paths.state / "sotto.log"


@pytest.fixture(autouse=True)
def loggers_as_they_were() -> Iterator[None]:
    names = [None, "app", "engine", "ui"]
    levels = {name: logging.getLogger(name).level for name in names}
    yield
    root = logging.getLogger()
    for handler in [one for one in root.handlers if isinstance(one.formatter, PrivateFormatter)]:
        root.removeHandler(handler)
        handler.close()
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def test_our_loggers_write_to_the_state_folder_and_others_only_warnings(
    paths: Paths, log: Path
) -> None:
    set_up_logging(paths, environ={})
    logging.getLogger("app.chats").info("chat opened")
    logging.getLogger("app.chats").debug("too small")
    logging.getLogger("somebody.else").info("chatter")
    logging.getLogger("somebody.else").warning("careful")

    text = log.read_text()
    assert "INFO app.chats" in text
    assert "chat opened" in text
    assert "careful" in text
    assert "too small" not in text
    assert "chatter" not in text


@pytest.mark.parametrize(
    ("level", "heard"),
    [("debug", 2), ("DEBUG", 2), ("info", 1), ("error", 0), ("nonsense", 1), ("", 1)],
)
def test_the_level_comes_from_the_environment(
    paths: Paths, log: Path, level: str, heard: int
) -> None:
    set_up_logging(paths, environ={"SOTTO_LOG": level})
    logging.getLogger("engine").debug("line")
    logging.getLogger("engine").info("line")

    assert log.read_text().count("line") == heard


def test_the_file_is_private_and_never_grows_beyond_three_of_a_megabyte(
    paths: Paths, log: Path
) -> None:
    set_up_logging(paths, environ={})
    logger = logging.getLogger("app")
    for number in range(1850):
        logger.info("%d %s", number, "filler " * 250)

    files = list(paths.state.iterdir())
    assert {one.name for one in files} == {"sotto.log", "sotto.log.1", "sotto.log.2"}
    assert all(one.stat().st_size <= 1_000_000 for one in files)
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert stat.S_IMODE(paths.state.stat().st_mode) == 0o700


def test_setting_up_again_moves_the_log_and_says_nothing_twice(
    paths: Paths, log: Path, tmp_path: Path
) -> None:
    other = Paths(*(tmp_path / "other" / kind for kind in ("data", "config", "cache", "state")))
    set_up_logging(paths, environ={})
    set_up_logging(other, environ={})
    logging.getLogger("app").info("once")

    assert (other.state / "sotto.log").read_text().count("once") == 1
    assert log.read_text() == ""


def test_a_log_that_cannot_be_written_keeps_nobody_from_starting(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    set_up_logging(Paths(*[tmp_path / "file" / "folder"] * 4), environ={})
    logging.getLogger("app").warning("into the void")

    assert capsys.readouterr().err == ""


def test_the_log_can_be_read_along_on_stderr(
    paths: Paths, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up_logging(paths, verbose=True, environ={})
    logging.getLogger("ui").info("window shown")

    assert "window shown" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("mail to ann.b+c@mail.example.org now", "mail to [e-mail] now"),
        ("key sk-proj-abcdefghij0123456789xyz", "key [key]"),
        ("hf_abcdefghijklmnopqrst", "[key]"),
        ("AKIAIOSFODNN7EXAMPLEXX", "[key]"),
        ("raw " + "0f" * 32, "raw [key]"),
        ("wrapped q" + "Zk9" * 20 + "==", "wrapped [key]"),
        ("password: hunter2", "password: [key]"),
        ("PASSPHRASE=correct-horse", "PASSPHRASE=[key]"),
        (
            "opened /home/ann/.local/share/sotto/chats.db",
            "opened /home/ann/.local/share/sotto/chats.db",
        ),
        (
            "loaded gpt-oss-20b in 3.21 s, 32768 tokens",
            "loaded gpt-oss-20b in 3.21 s, 32768 tokens",
        ),
        (
            "tests/app/test_a_name_that_is_long_enough_to_look_like_one.py",
            "tests/app/test_a_name_that_is_long_enough_to_look_like_one.py",
        ),
        ("사용자@example.com", "[e-mail]"),
    ],
)
def test_addresses_and_keys_are_taken_out_and_the_rest_stays(text: str, kept: str) -> None:
    assert redact(text) == kept


def test_a_line_that_is_far_too_long_is_cut() -> None:
    first, second = redact("word " * 1000 + "\nshort").split("\n")

    assert first == "word " * 399 + "word […]"
    assert second == "short"


def test_of_a_key_that_was_cut_nothing_is_left() -> None:
    assert redact("x " * 990 + "sk-" + "a1" * 2000) == "x " * 990 + "[…]"
    assert redact("a1" * 500_000) == " […]"


def test_what_cannot_be_encoded_does_not_stop_the_log(paths: Paths, log: Path) -> None:
    set_up_logging(paths, environ={})
    (ours,) = (
        one for one in logging.getLogger().handlers if isinstance(one.formatter, PrivateFormatter)
    )
    # To our handler alone: pytest's own would carry the text to where it cannot be sent.
    ours.handle(logging.LogRecord("app", logging.WARNING, "", 0, "half \ud800 here", None, None))

    assert "half \\ud800 here" in log.read_text()


def test_an_error_is_told_by_type_and_place_and_not_in_its_own_words(
    paths: Paths, log: Path
) -> None:
    set_up_logging(paths, environ={})
    try:
        try:
            int("my diary of last night")
        except ValueError as error:
            raise UserFacingError("It broke.", "Again.", detail="step 3") from error
    except UserFacingError:
        logging.getLogger("app").exception("failed: %s", "a thing")

    text = log.read_text()
    assert "my diary" not in text
    assert "test_logs.py:" in text
    assert text.index("builtins.ValueError") < text.index("UserFacingError: It broke. (step 3)")


def test_an_error_of_the_system_is_told_by_its_number(paths: Paths, log: Path) -> None:
    set_up_logging(paths, environ={})
    try:
        Path("/nonexistent/my diary").read_bytes()
    except OSError:
        logging.getLogger("app").exception("failed")

    assert "FileNotFoundError: errno 2" in log.read_text()
    assert "my diary" not in log.read_text()


def test_a_record_without_an_error_has_no_places() -> None:
    assert PrivateFormatter().formatException((None, None, None)) == ""
