"""Packs a frozen Sotto as a Debian package.

    python packaging/deb/package_deb.py --app build/package/dist/sotto --output dist

Standard library only; run it by its path, on a Debian or Ubuntu not newer than those it is for,
since the C library of here is what the package asks for.  The page of the manual is written by the
environment that froze the app.
"""

from __future__ import annotations

import argparse
import gzip
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from email.utils import formatdate
from pathlib import Path
from typing import Final

from needs import NeedsError, needed_packages

_HERE: Final = Path(__file__).resolve().parent
_ROOT: Final = _HERE.parents[1]
_LINUX: Final = _ROOT / "packaging" / "linux"
_BUILD: Final = _ROOT / "build" / "package"

RECOMMENDED: Final = (
    "bubblewrap",  # else Landlock holds the model's code, which holds less
    "fonts-noto-cjk",
    "fonts-noto-color-emoji",
    "fonts-noto-core",
    "gnome-keyring | libsecret-1-0 | kwalletmanager",  # else a passphrase
    "libenchant-2-2",  # the spell check
    "xdg-desktop-portal",  # its dialogs, and keys heard from anywhere on Wayland
)

_CONTROL: Final = """\
Package: sotto
Version: {version}
Architecture: {architecture}
Maintainer: The Sotto developers <developers@sotto.invalid>
Installed-Size: {kibibytes}
Depends: {depends}
Recommends: {recommends}
Section: utils
Priority: optional
Description: private conversation with gpt-oss on your own computer
 Sotto runs OpenAI's open-weight model gpt-oss-20b inside its own window, on a
 graphics card with 16 GB or on the processor. Chats are kept encrypted, the
 model's thoughts are filtered before anything of them is shown, and code and
 web pages are used only after the user agreed. A small practice model comes
 along; the real one is fetched by the application or taken from a file.
"""

_CHANGES: Final = """\
sotto ({version}) stable; urgency=medium

  * What changed for the people who use it is in NEWS.gz.

 -- The Sotto developers <developers@sotto.invalid>  {date}
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; 0 when the package was made."""
    parser = argparse.ArgumentParser(description="Pack a frozen Sotto as a Debian package.")
    parser.add_argument("--app", type=Path, default=_BUILD / "dist" / "sotto")
    parser.add_argument("--output", type=Path, default=_ROOT / "dist", help="a folder")
    parser.add_argument("--version", default=project_version(), help="%(default)s")
    parser.add_argument("--python", type=Path, default=_BUILD / "venv" / "bin" / "python")
    parser.add_argument("--fast", action="store_true", help="compress little, for a trial")
    options = parser.parse_args(arguments)
    try:
        print(pack(options))
    except (NeedsError, OSError) as error:
        print(f"deb: {error}", file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        print(f"deb: {error.cmd[0]} ended with {error.returncode}", file=sys.stderr)
        return 1
    return 0


def project_version() -> str:
    """The version in pyproject.toml."""
    text = (_ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return str(tomllib.loads(text)["project"]["version"])


def pack(options: argparse.Namespace) -> Path:
    """Make the package and give its path.

    Raises:
        NeedsError: a library of the system is not here or has no package.
        subprocess.CalledProcessError: a program failed; it has said why.
    """
    told = subprocess.run(
        ["dpkg", "--print-architecture"], capture_output=True, text=True, check=True
    )
    architecture = told.stdout.strip()
    with tempfile.TemporaryDirectory(prefix="sotto-deb-") as folder:
        tree = Path(folder, "tree")
        lay_out(tree, options.app, options.python)
        (tree / "DEBIAN").mkdir()
        control = _CONTROL.format(
            version=options.version,
            architecture=architecture,
            kibibytes=sum(one.lstat().st_size for one in tree.rglob("*")) // 1024,
            depends=", ".join(needed_packages(tree / "usr" / "lib" / "sotto")),
            recommends=", ".join(RECOMMENDED),
        )
        (tree / "DEBIAN" / "control").write_text(control, encoding="utf-8")
        for name in ("postinst", "postrm"):
            shutil.copy(_HERE / name, tree / "DEBIAN" / name)
            (tree / "DEBIAN" / name).chmod(0o755)
        _settle(tree)
        options.output.mkdir(parents=True, exist_ok=True)
        output: Path = options.output / f"sotto_{options.version}_{architecture}.deb"
        level = ["-Zzstd", "-z1"] if options.fast else ["-Zxz", "-z6"]
        command = ["dpkg-deb", *level, "--root-owner-group", "--build", str(tree), str(output)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return output


def lay_out(tree: Path, app: Path, python: Path) -> None:
    """Put everything where Debian has it."""
    usr = tree / "usr"
    shutil.copytree(app, usr / "lib" / "sotto", symlinks=True)
    # Says that the system's package manager brings newer ones (app/updates/installation.py).
    marker = usr / "lib" / "sotto" / "_internal" / "resources" / "package.txt"
    marker.write_text("deb\n", encoding="utf-8")
    (usr / "bin").mkdir()
    (usr / "bin" / "sotto").symlink_to("../lib/sotto/sotto")
    share = usr / "share"
    _copy(_LINUX / "sotto.desktop", share / "applications" / "sotto.desktop")
    _copy(_LINUX / "sotto.metainfo.xml", share / "metainfo" / "sotto.metainfo.xml")
    _copy(_LINUX / "sotto-mime.xml", share / "mime" / "packages" / "sotto.xml")
    _copy(_HERE / "lintian-overrides", share / "lintian" / "overrides" / "sotto")
    _copy(_LINUX / "apparmor", share / "sotto" / "apparmor")
    icons = share / "icons" / "hicolor"
    _copy(_LINUX / "sotto.svg", icons / "scalable" / "apps" / "sotto.svg")
    for icon in sorted((_LINUX / "icons").glob("*.png")):
        _copy(icon, icons / icon.stem / "apps" / "sotto.png")
    page = tree.parent / "sotto.1"
    environ = os.environ | {"PYTHONPATH": str(_ROOT), "COLUMNS": "80"}
    subprocess.run([str(python), str(_HERE / "manual.py"), str(page)], check=True, env=environ)
    _compressed(page.read_bytes(), share / "man" / "man1" / "sotto.1.gz")
    _documents(share / "doc" / "sotto", app, python)


def _documents(folder: Path, app: Path, python: Path) -> None:
    _compressed((_ROOT / "CHANGELOG.md").read_bytes(), folder / "NEWS.gz")
    moment = int(os.environ.get("SOURCE_DATE_EPOCH") or (app / "sotto").stat().st_mtime)
    changes = _CHANGES.format(version=project_version(), date=formatdate(moment))
    _compressed(changes.encode(), folder / "changelog.gz")
    notices = folder / "third-parties"
    script = str(_ROOT / "packaging" / "notices.py")
    command = [str(python), script, "--folder", str(app), "--output", str(notices)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    (folder / "copyright").write_text(
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n"
        "Upstream-Name: Sotto\n\n"
        "Files: *\nCopyright: 2026 The Sotto developers\nLicense: Apache-2.0\n"
        " The text is in /usr/share/common-licenses/Apache-2.0. What others wrote and comes\n"
        " along is listed with its licences in /usr/share/doc/sotto/third-parties.\n",
        encoding="utf-8",
    )


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _compressed(content: bytes, target: Path) -> None:
    """As gzip does it, without the time of day, so that the same text gives the same file."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(gzip.compress(content, 9, mtime=0))


def _settle(tree: Path) -> None:
    """Rights as Debian wants them, and the time of the release for all files."""
    moment = int(os.environ.get("SOURCE_DATE_EPOCH", "0"))
    for path in (tree, *sorted(tree.rglob("*"))):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or _is_program(path) else 0o644)
        if moment:
            os.utime(path, (moment, moment), follow_symlinks=False)


def _is_program(path: Path) -> bool:
    """Wheels bring texts that say they were programs, and libraries that need not be."""
    if ".so" in path.name or not os.access(path, os.X_OK):
        return False
    with path.open("rb") as file:
        return file.read(4).startswith((b"\x7fELF", b"#!"))


if __name__ == "__main__":
    sys.exit(main())
