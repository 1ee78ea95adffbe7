from __future__ import annotations

from pathlib import Path

import pytest

import contents
from contents import LIMIT_BYTES, complaints, parts


@pytest.fixture
def app(tmp_path: Path) -> Path:
    inner = tmp_path / "sotto" / "_internal"
    for name, count in {
        "libQt6Core.so.6": 10,
        "PySide6/Qt/lib/libQt6Core.so.6": LIMIT_BYTES + 1,
        "PySide6/QtCore.abi3.so": LIMIT_BYTES + 1,
        "numpy/core.so": LIMIT_BYTES,
        "numpy.libs/libopenblas-1.so": 1,
        "small/one": LIMIT_BYTES,
        "python3.11/lib-dynload/_ssl.so": LIMIT_BYTES + 1,
    }.items():
        path = inner / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * count)
    (inner / "libQt6Core.so.6").unlink()
    (inner / "libQt6Core.so.6").symlink_to("PySide6/Qt/lib/libQt6Core.so.6")
    return tmp_path / "sotto"


def test_a_package_counts_with_its_libraries_and_a_link_not_at_all(app: Path) -> None:
    assert parts(app) == {
        "libQt6Core": LIMIT_BYTES + 1,
        "QtCore": LIMIT_BYTES + 1,
        "numpy": LIMIT_BYTES + 1,
        "small": LIMIT_BYTES,
        "python": LIMIT_BYTES + 1,
    }


def test_a_large_part_without_a_reason_and_a_reason_without_a_part_are_told(
    app: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "contents.toml"
    table.write_text('[parts]\nlibQt6Core = "a"\nQtCore = "b"\npython = "c"\ngone = "d"\n')
    monkeypatch.setattr(contents, "TABLE", table)
    assert complaints(app) == [
        "numpy: 1.0 MB without a reason in contents.toml",
        "gone: has a reason in contents.toml and is not there",
    ]


def test_each_reason_is_a_reason() -> None:
    assert all(len(why) > 10 for why in contents.reasons().values())
