from __future__ import annotations

import configparser
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from manual import page
from package_deb import project_version
from PySide6.QtGui import QImage

from needs import NeedsError, needed_packages

ROOT = Path(__file__).parents[2]
LINUX = ROOT / "packaging" / "linux"


def test_the_desktop_entry_names_what_the_program_knows() -> None:
    entry = configparser.ConfigParser(interpolation=None)
    entry.optionxform = str  # type: ignore[assignment,method-assign] # keys keep their case
    entry.read(LINUX / "sotto.desktop", encoding="utf-8")
    assert entry["Desktop Entry"]["Icon"] == "sotto"
    for name in entry["Desktop Entry"]["Actions"].strip(";").split(";"):
        told = entry[f"Desktop Action {name}"]
        assert told["Exec"] in ("sotto quick", "sotto --new-window")
        assert told["Name[ko]"]


def test_the_metadata_tells_of_this_version() -> None:
    tree = ET.parse(LINUX / "sotto.metainfo.xml")  # noqa: S314 - our own
    newest = tree.find("releases/release")
    assert newest is not None
    assert newest.get("version") == project_version()
    assert tree.findtext("launchable") == "sotto.desktop"


@pytest.mark.parametrize("edge", [16, 22, 24, 32, 48, 64, 128, 256, 512])
def test_the_icon_is_there_in_each_size_with_round_corners(edge: int) -> None:
    image = QImage(str(LINUX / "icons" / f"{edge}x{edge}.png"))
    assert (image.width(), image.height()) == (edge, edge)
    assert image.pixelColor(0, 0).alpha() < 40
    assert image.pixelColor(edge // 2, edge // 8).name() == "#0b6e65"


def test_the_manual_is_roff_and_has_every_command() -> None:
    text = page()
    for name in ("ask", "card", "doctor", "models download", "backup", "worker"):
        assert f".SS {name}\n" in text
    assert "\\-\\-think\\-tokens" in text
    requests = [line.split()[0] for line in text.splitlines() if line.startswith(".")]
    assert set(requests) <= {".TH", ".SH", ".SS", ".TP", ".B", ".I", ".RB", ".RI", ".IR", ".br"}


def test_a_program_of_the_system_needs_the_package_of_the_c_library(tmp_path: Path) -> None:
    (tmp_path / "true").write_bytes(Path("/bin/true").read_bytes())
    if Path("/usr/bin/dpkg-query").exists():
        assert [one.split()[0] for one in needed_packages(tmp_path)] == ["libc6"]


def test_a_library_that_is_nowhere_is_told(tmp_path: Path) -> None:
    lost = tmp_path / "liblost.so"
    (tmp_path / "a.c").write_text("int a(void) { return 1; }")
    (tmp_path / "b.c").write_text("int a(void); int b(void) { return a(); }")
    for command in (
        ("liblost.so", "a.c"),
        ("libb.so", "b.c", "-L.", "-llost"),
    ):
        subprocess.run(["cc", "-shared", "-o", *command], cwd=tmp_path, check=True)
    lost.unlink()
    with pytest.raises(NeedsError, match=r"liblost\.so"):
        needed_packages(tmp_path)
