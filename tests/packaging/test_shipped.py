from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import notices
import sbom
from shipped import PARTS, Component, ShippedError, components, parts, python_package, text_of

MADE = datetime(2027, 1, 15, tzinfo=UTC)


def distributions() -> dict[str, metadata.Distribution]:
    """Sotto's and all it needs, by their names in normal form."""
    found: dict[str, metadata.Distribution] = {}
    waiting = ["sotto"]
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if name in found:
            continue
        found[name] = metadata.distribution(name)
        for text in found[name].requires or ():
            need = Requirement(text)
            if need.marker is None or need.marker.evaluate({"extra": ""}):
                waiting.append(need.name)
    return found


@pytest.fixture(scope="module")
def needed() -> list[Component]:
    return [
        python_package(name, found, Path(str(found.locate_file(folder))))
        for name, found in distributions().items()
        if name != "sotto"
        for folder in {file.parts[0] for file in found.files or ()}
        if folder.endswith(".dist-info")
    ]


@pytest.fixture
def frozen(tmp_path: Path) -> Path:
    """A frozen app, as small as one can be."""
    inside = tmp_path / "sotto" / "_internal"
    for name in ("native/libllama.so", "sqlcipher3/_sqlite3.so", "PySide6/Qt/lib/libQt6Core.so.6"):
        (inside / name).parent.mkdir(parents=True, exist_ok=True)
        (inside / name).touch()
    folder = inside / "thing-1.2.dist-info"
    (folder / "licenses").mkdir(parents=True)
    (folder / "METADATA").write_text(
        "Metadata-Version: 2.4\nName: Thing\nVersion: 1.2\nLicense-Expression: MIT\n"
        "Project-URL: Homepage, https://thing.example\n",
        "utf-8",
    )
    (folder / "licenses" / "LICENSE").write_text("Do what you like. Copyright Somebody.", "utf-8")
    return tmp_path / "sotto"


def test_everything_that_sotto_needs_has_a_licence_and_its_text(needed: list[Component]) -> None:
    assert len(needed) > 80
    assert [one.name for one in needed if not any(text.strip() for text in one.texts)] == []
    assert [one.name for one in needed if not one.licence] == []


def test_nothing_that_sotto_needs_is_under_the_gpl_alone(needed: list[Component]) -> None:
    gpl = re.compile(r"(?<!L)GPL")
    assert [
        f"{one.name}: {one.licence}"
        for one in needed
        if gpl.search(one.licence) and " OR " not in one.licence
    ] == []


def test_every_part_has_its_texts() -> None:
    """Also those that are shipped on other systems only."""
    for part in parts(["anything"]):
        assert part.texts
    found = re.findall(r"texts = \[(.*)\]", PARTS.read_text("utf-8"))
    names = [name for line in found for name in re.findall(r'"([^"]+)"', line)]
    assert len(names) > 12
    assert all(text_of(name).strip() for name in names)


def test_a_frozen_app_says_what_is_in_it(frozen: Path) -> None:
    found = {one.name: one for one in components(frozen)}
    assert {"Thing", "Qt", "llama.cpp and ggml", "SQLCipher", "SQLite", "OpenSSL"} <= set(found)
    assert "Lucide icons" not in found
    assert found["Thing"].purl == "pkg:pypi/thing@1.2"
    assert found["Thing"].homepage == "https://thing.example"


def test_notices_hold_each_text_once_and_how_to_replace_qt(frozen: Path, tmp_path: Path) -> None:
    output = tmp_path / "licences"
    assert notices.main(["--folder", str(frozen), "--output", str(output)]) == 0
    text = (output / notices.NOTICES_NAME).read_text("utf-8")
    assert text.count("Do what you like. Copyright Somebody.") == 1
    assert "Thing 1.2 | MIT | https://thing.example" in text
    assert "Another Qt in place of this one" in text
    assert text.count("GNU LESSER GENERAL PUBLIC LICENSE\n") == 1


@pytest.mark.parametrize(
    ("name", "why"),
    [("libreadline.so.8", "under the GPL"), ("libof-nobody-knows.so.1", "nobody knows")],
)
def test_what_must_not_be_shipped_or_nobody_knows_is_refused(
    frozen: Path, tmp_path: Path, name: str, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (frozen / "_internal" / name).touch()
    with pytest.raises(ShippedError, match=why):
        components(frozen)
    for command in (notices.main, sbom.main):
        with pytest.raises(SystemExit, match="1"):
            command(["--folder", str(frozen), "--output", str(tmp_path / "no")])
        assert why in capsys.readouterr().err
    assert not (tmp_path / "no").exists()


def test_a_package_without_a_licence_text_is_refused(frozen: Path) -> None:
    (frozen / "_internal" / "thing-1.2.dist-info" / "licenses" / "LICENSE").unlink()
    with pytest.raises(ShippedError, match="no licence text: Thing"):
        components(frozen)


def test_the_bill_of_materials_has_the_required_parts_and_is_the_same_each_time(
    frozen: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole document was once held against CycloneDX's schema of 1.6 (packaging/README.md)."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1800000000")
    files = [tmp_path / "one.json", tmp_path / "two.json"]
    for file in files:
        assert sbom.main(["--folder", str(frozen), "--output", str(file)]) == 0
    assert files[0].read_bytes() == files[1].read_bytes()
    found = json.loads(files[0].read_text("utf-8"))
    assert (found["bomFormat"], found["specVersion"], found["version"]) == ("CycloneDX", "1.6", 1)
    assert re.fullmatch(
        r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", found["serialNumber"]
    )
    assert found["metadata"]["timestamp"] == "2027-01-15T08:00:00Z"
    references = [one["bom-ref"] for one in found["components"]]
    assert len(set(references)) == len(references)
    assert found["dependencies"][0]["dependsOn"] == references
    assert all(one["type"] == "library" and one["licenses"] for one in found["components"])


def test_another_content_is_another_document() -> None:
    one = Component("A", "1", "MIT", ("x",), "python")
    assert (
        sbom.sbom([one], "1", MADE)["serialNumber"] != sbom.sbom([one], "2", MADE)["serialNumber"]
    )
