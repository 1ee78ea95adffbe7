from __future__ import annotations

import subprocess
import tomllib
from pathlib import Path

import pytest

from release import ROOT, ReleaseError, check_clone, main, notes_of, prepare

CHANGELOG = """# Changelog

## [Unreleased]

### Added
- A thing that is new.

## [0.1.0] - 2026-01-01
- The first one.
"""
METAINFO = """<component>
  <releases>
    <release version="0.1.0" date="2026-01-01"/>
  </releases>
</component>
"""


def git(root: Path, *arguments: str) -> str:
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    command = ["git", "-C", str(root), *who, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in (("NAME", "A"), ("EMAIL", "a@example.org")):
        monkeypatch.setenv(f"GIT_AUTHOR_{name}", value)
        monkeypatch.setenv(f"GIT_COMMITTER_{name}", value)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1800000000")
    root = tmp_path / "clone"
    linux = root / "packaging" / "linux"
    linux.mkdir(parents=True)
    (root / "pyproject.toml").write_text('[project]\nname = "sotto"\nversion = "0.1.0"\n', "utf-8")
    (root / "CHANGELOG.md").write_text(CHANGELOG, "utf-8")
    (linux / "sotto.metainfo.xml").write_text(METAINFO, "utf-8")
    git(root, "init", "--quiet", "--initial-branch", "main")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message", "begin")
    return root


def test_without_a_word_nothing_is_done(clone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["0.2.0"], clone) == 0
    said = capsys.readouterr().out
    assert "A thing that is new." in said
    assert "Nothing was done" in said
    assert git(clone, "status", "--porcelain") == ""
    assert git(clone, "tag") == ""


def test_a_release_stands_everywhere_and_is_tagged(clone: Path) -> None:
    assert main(["0.2.0", "--apply"], clone) == 0
    project = tomllib.loads((clone / "pyproject.toml").read_text("utf-8"))
    assert project["project"]["version"] == "0.2.0"
    changelog = (clone / "CHANGELOG.md").read_text("utf-8")
    assert "## [Unreleased]\n\n## [0.2.0] - 2027-01-15\n\n### Added" in changelog
    assert notes_of(changelog, "0.2.0") == "### Added\n- A thing that is new."
    metainfo = (clone / "packaging/linux/sotto.metainfo.xml").read_text("utf-8")
    assert metainfo.index('version="0.2.0" date="2027-01-15"') < metainfo.index('"0.1.0"')
    assert git(clone, "tag").split() == ["v0.2.0"]
    assert git(clone, "log", "--format=%s", "-1").strip() == "release: 0.2.0"
    assert git(clone, "status", "--porcelain") == ""


@pytest.mark.parametrize(
    ("version", "why"),
    [
        ("0.1.0", "not newer"),
        ("0.0.9", "not newer"),
        ("0.1.0rc1", "not newer"),
        ("next", "is no version"),
        ("v0.2.0", "is no version"),
    ],
)
def test_a_version_that_is_none_or_not_newer_is_refused(
    clone: Path, version: str, why: str
) -> None:
    with pytest.raises(ReleaseError, match=why):
        prepare(clone, version, "2027-01-15")


def test_a_candidate_comes_before_its_release(clone: Path) -> None:
    assert prepare(clone, "0.2.0rc1", "2027-01-15").tag == "v0.2.0rc1"


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ("- A thing that is new.\n", "", "nothing new"),
        ("## [Unreleased]", "## Unreleased", "no heading"),
    ],
)
def test_a_changelog_that_says_nothing_new_is_refused(
    clone: Path, before: str, after: str, why: str
) -> None:
    file = clone / "CHANGELOG.md"
    file.write_text(file.read_text("utf-8").replace(before, after), "utf-8")
    with pytest.raises(ReleaseError, match=why):
        prepare(clone, "0.2.0", "2027-01-15")


def test_a_clone_with_changes_is_refused(clone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (clone / "pyproject.toml").write_text('version = "0.1.0"\n', "utf-8")
    assert main(["0.2.0", "--apply"], clone) == 1
    assert "not committed" in capsys.readouterr().err
    assert git(clone, "tag") == ""


def test_a_release_is_made_once_and_on_main(clone: Path) -> None:
    git(clone, "tag", "v0.2.0")
    with pytest.raises(ReleaseError, match="there already"):
        check_clone(clone, "v0.2.0")
    git(clone, "switch", "--quiet", "--create", "side")
    with pytest.raises(ReleaseError, match="on main, not on side"):
        check_clone(clone, "v0.3.0")


def test_the_projects_own_files_can_be_released() -> None:
    release = prepare(ROOT, "99.0.0", "2027-01-15")
    assert 'version = "99.0.0"' in release.files["pyproject.toml"]
    assert release.notes


def test_the_version_stands_nowhere_else() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    version = project["project"]["version"]
    places = [
        path.relative_to(ROOT).as_posix()
        for room in ("app", "engine", "ui", "packaging")
        for path in (ROOT / room).rglob("*")
        if path.suffix in {".py", ".iss", ".toml", ".yml", ".yaml", ".spec", ".sh"}
        and f'"{version}"' in path.read_text("utf-8")
    ]
    assert places == []
