from __future__ import annotations

from pathlib import Path

import pytest

from app.updates.installation import Installation, this_installation
from app.updates.policy import are_updates_forbidden, policy_file


@pytest.mark.parametrize(
    ("word", "environ", "is_flatpak", "expected"),
    [
        (None, {}, False, Installation.SOURCE),
        ("deb\n", {}, False, Installation.DEB),
        ("archive", {}, False, Installation.ARCHIVE),
        ("archive", {"APPIMAGE": "/home/u/Sotto.AppImage"}, False, Installation.APPIMAGE),
        ("deb", {"APPIMAGE": "/home/u/Other.AppImage"}, False, Installation.DEB),
        ("windows", {}, False, Installation.WINDOWS),
        ("archive", {}, True, Installation.FLATPAK),
        ("something", {}, False, Installation.ARCHIVE),
    ],
)
def test_a_copy_knows_how_it_came(
    tmp_path: Path,
    word: str | None,
    environ: dict[str, str],
    is_flatpak: bool,
    expected: Installation,
) -> None:
    marker, flatpak = tmp_path / "package.txt", tmp_path / "flatpak-info"
    if word is not None:
        marker.write_text(word, encoding="utf-8")
    if is_flatpak:
        flatpak.touch()
    assert this_installation(environ, marker, flatpak) is expected


def test_package_managers_replace_their_own_alone() -> None:
    managed = {one for one in Installation if one.has_package_manager}
    assert managed == {Installation.DEB, Installation.FLATPAK}


@pytest.mark.parametrize(
    ("text", "is_forbidden"),
    [
        (None, False),
        ('{"updates": false}', True),
        ('{"updates": true}', False),
        ("{}", False),
        ("[]", False),
        ('{"updates": fal', True),
    ],
)
def test_an_administrator_can_forbid_it(
    tmp_path: Path,
    text: str | None,
    is_forbidden: bool,
) -> None:
    file = tmp_path / "policy.json"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    assert are_updates_forbidden({}, file) is is_forbidden
    assert are_updates_forbidden({"SOTTO_UPDATES": "Off"}, file)
    assert are_updates_forbidden({"SOTTO_UPDATES": "on"}, file) is is_forbidden


def test_the_policy_stands_where_only_administrators_write() -> None:
    assert policy_file({}, "linux") == Path("/etc/sotto/policy.json")
    assert policy_file({"PROGRAMDATA": "D:/All"}, "win32") == Path("D:/All/Sotto/policy.json")
    assert "Application Support" in str(policy_file({}, "darwin"))
