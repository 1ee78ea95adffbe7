from __future__ import annotations

from pathlib import Path

from app.third_parties import NOTICES_NAME, notices, places


def test_the_first_place_that_has_the_text_gives_it(tmp_path: Path) -> None:
    first, second = tmp_path / "one" / NOTICES_NAME, tmp_path / NOTICES_NAME
    second.write_bytes(b"Qt, LGPL-3.0 \xff")
    assert notices((first, second)) == "Qt, LGPL-3.0 \ufffd"
    first.parent.mkdir()
    first.write_text("All of them", encoding="utf-8")
    assert notices((first, second)) == "All of them"


def test_where_no_package_brought_it_there_is_none(tmp_path: Path) -> None:
    assert not notices((tmp_path / NOTICES_NAME, tmp_path))


def test_it_is_called_as_the_packages_call_it() -> None:
    written = Path(__file__).parents[2] / "packaging" / "notices.py"
    assert f'"{NOTICES_NAME}"' in written.read_text(encoding="utf-8")


def test_debian_has_it_among_its_documents_and_a_short_path_is_no_fault() -> None:
    debian = Path("/usr/share/doc/sotto/third-parties") / NOTICES_NAME
    assert debian in places(Path("/usr/lib/sotto/_internal"))
    assert places(Path("/sotto")) == (Path("/sotto/licences") / NOTICES_NAME,)
