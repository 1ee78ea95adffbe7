"""Makes a release out of the clone: numbers, changelog, commit and tag.

    python packaging/release.py 0.2.0            # checks, and says what would be done
    python packaging/release.py 0.2.0 --apply    # does it; nothing is pushed

The release workflow builds what the tag names (README.md beside this file).  Standard library only;
run it by its path.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
_VERSION: Final = re.compile(r"(\d+)\.(\d+)\.(\d+)(?:(a|b|rc)(\d+))?")
_STAGES: Final = ("a", "b", "rc", None)
_PROJECT: Final = re.compile(r'(?m)^version = "([^"]+)"$')
_UNRELEASED: Final = "## [Unreleased]\n"
_METAINFO: Final = "packaging/linux/*.metainfo.xml"
_BRANCH: Final = "main"


class ReleaseError(Exception):
    """No release can be made; the text says why."""


@dataclass(frozen=True, slots=True)
class Release:
    """What would be written.

    Attributes:
        version: the new one.
        notes: its part of the changelog, for the page of the release.
        files: new content by path inside the clone.
    """

    version: str
    notes: str
    files: Mapping[str, str]

    @property
    def tag(self) -> str:
        """What the commit will be called."""
        return f"v{self.version}"


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Run the command line; 0 when the release is made, or could be."""
    parser = argparse.ArgumentParser(description="Make a release out of the clone.")
    parser.add_argument("version", help="the new version, e.g. 0.2.0 or 0.2.0rc1")
    parser.add_argument("--apply", action="store_true", help="do it; without it, only say what")
    options = parser.parse_args(arguments)
    try:
        release = prepare(root, options.version, _today())
        check_clone(root, release.tag)
    except ReleaseError as error:
        print(f"release: {error}", file=sys.stderr)
        return 1
    print(f"{release.tag}: would write {', '.join(release.files)}\n\n{release.notes}")
    if not options.apply:
        print("Nothing was done. With --apply it is written, committed and tagged.")
        return 0
    for name, text in release.files.items():
        (root / name).write_text(text, encoding="utf-8")
    _git(root, "add", *release.files)
    _git(root, "commit", "--quiet", "--message", f"release: {release.version}")
    _git(root, "tag", "--annotate", release.tag, "--message", f"Sotto {release.version}")
    print(f"Done. To publish: git push origin {_BRANCH} {release.tag}")
    return 0


def prepare(root: Path, version: str, date: str) -> Release:
    """Work out what a release changes.

    Args:
        root: the clone.
        version: the new one.
        date: of the release, as 2026-11-27.

    Raises:
        ReleaseError: the version is none or not newer, or the changelog says nothing new.
    """
    project = (root / "pyproject.toml").read_text(encoding="utf-8")
    found = _PROJECT.search(project)
    if found is None:
        raise ReleaseError("pyproject.toml has no version.")
    if _order(version) <= _order(found[1]):
        raise ReleaseError(f"{version} is not newer than {found[1]}.")
    changelog, notes = _dated((root / "CHANGELOG.md").read_text(encoding="utf-8"), version, date)
    files = {
        "pyproject.toml": _PROJECT.sub(f'version = "{version}"', project, count=1),
        "CHANGELOG.md": changelog,
    }
    for path in sorted(root.glob(_METAINFO)):
        text = path.read_text(encoding="utf-8")
        files[path.relative_to(root).as_posix()] = _with_release(text, version, date)
    return Release(version, notes, files)


def check_clone(root: Path, tag: str) -> None:
    """See whether the clone is one that a release can be made of.

    Raises:
        ReleaseError: it has changes, is on another branch, or the tag is there.
    """
    if _git(root, "status", "--porcelain", "--untracked-files=no"):
        raise ReleaseError("There are changes that are not committed.")
    branch = _git(root, "branch", "--show-current")
    if branch != _BRANCH:
        raise ReleaseError(f"Releases are made on {_BRANCH}, not on {branch or 'no branch'}.")
    if _git(root, "tag", "--list", tag):
        raise ReleaseError(f"The tag {tag} is there already.")


def notes_of(changelog: str, version: str) -> str:
    """The part of a changelog that tells of a version.

    Raises:
        ReleaseError: there is none.
    """
    heading = re.compile(rf"(?m)^## \[{re.escape(version)}\].*$")
    found = heading.search(changelog)
    if found is None:
        raise ReleaseError(f"The changelog has no part for {version}.")
    return re.split(r"(?m)^(?:## |\[[^\]]+\]: )", changelog[found.end() :], maxsplit=1)[0].strip()


def _dated(changelog: str, version: str, date: str) -> tuple[str, str]:
    """The changelog with what is unreleased under the version, and that part alone."""
    if changelog.count(_UNRELEASED) != 1:
        raise ReleaseError(f"The changelog has no heading {_UNRELEASED.strip()!r}, or several.")
    heading = f"## [{version}] - {date}\n"
    dated = changelog.replace(_UNRELEASED, f"{_UNRELEASED}\n{heading}")
    notes = notes_of(dated, version)
    if not re.search(r"(?m)^- \S", notes):
        raise ReleaseError("The changelog tells of nothing new.")
    return dated, notes


def _with_release(metainfo: str, version: str, date: str) -> str:
    """AppStream metadata that know the release; the newest stands first."""
    entry = f'<releases>\n    <release version="{version}" date="{date}"/>'
    if metainfo.count("<releases>") != 1:
        raise ReleaseError("The AppStream metadata have no list of releases.")
    return metainfo.replace("<releases>", entry)


def _order(version: str) -> tuple[int, ...]:
    found = _VERSION.fullmatch(version)
    if found is None:
        raise ReleaseError(f"{version} is no version: 1.2.3, or 1.2.3rc1 before it.")
    major, minor, patch, stage, number = found.groups()
    return int(major), int(minor), int(patch), _STAGES.index(stage), int(number or 0)


def _today() -> str:
    told = os.environ.get("SOURCE_DATE_EPOCH")
    now = datetime.fromtimestamp(int(told), UTC) if told else datetime.now(UTC)
    return f"{now:%Y-%m-%d}"


def _git(root: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(root), *arguments], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ReleaseError(f"git {arguments[0]} failed: {done.stderr.strip()}")
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
