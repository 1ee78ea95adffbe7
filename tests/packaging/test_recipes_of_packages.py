from __future__ import annotations

import plistlib
import re
import subprocess
from pathlib import Path

import pytest

import bundle
from shipped import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
SCRIPTS = sorted((ROOT / "packaging").rglob("*.sh"))


def jobs_of(text: str) -> list[str]:
    """The text of each job."""
    return re.split(r"(?m)^  (?=[a-z]+:$)", text.partition("\njobs:\n")[2])[1:]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_what_others_wrote_is_used_by_its_hash_and_gets_no_rights_by_default(
    workflow: Path,
) -> None:
    text = workflow.read_text("utf-8")
    used = re.findall(r"uses: (\S+)(.*)", text)
    assert used
    assert [
        name
        for name, note in used
        if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", name)
        or not re.fullmatch(r" # v\d+\.\d+\.\d+", note)
    ] == []
    assert "\npermissions:\n  contents: read\n" in text
    assert "pull_request_target" not in text
    assert text.count("actions/checkout@") == text.count("persist-credentials: false")


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_secrets_are_only_where_a_maintainer_has_agreed(workflow: Path) -> None:
    jobs = jobs_of(workflow.read_text("utf-8"))
    assert jobs
    with_secrets = [job for job in jobs if "secrets." in job]
    assert all("environment: release" in job for job in with_secrets)


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_what_comes_from_outside_is_never_put_into_a_command(workflow: Path) -> None:
    """Values of a run reach shells as variables; in the text of a command they could be code."""
    found = re.findall(r"run: (?:\|\n(?:(?: {10}.*)?\n)+|.*\n)", workflow.read_text("utf-8"))
    assert found
    assert [command for command in found if "${{" in command] == []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.parent.name)
def test_scripts_can_be_read_and_stop_at_the_first_fault(script: Path) -> None:
    subprocess.run(["bash", "-n", str(script)], check=True)
    assert "\nset -euo pipefail\n" in script.read_text("utf-8")


def test_a_bundle_gets_its_version_files_and_addresses(tmp_path: Path) -> None:
    contents = tmp_path / "Sotto.app" / "Contents"
    (contents / "Frameworks" / "resources").mkdir(parents=True)
    info = contents / "Info.plist"
    info.write_bytes(plistlib.dumps({"CFBundleIdentifier": "chat.sotto.Sotto"}))
    native = tmp_path / "native"
    native.mkdir()
    (native / "libllama.dylib").touch()
    options = ["--version", "0.2.0", "--native", str(native)]
    assert bundle.main([str(tmp_path / "Sotto.app"), *options]) == 0
    assert (contents / "Frameworks" / "native" / "libllama.dylib").is_file()
    found = plistlib.loads(info.read_bytes())
    assert found["CFBundleIdentifier"] == "chat.sotto.Sotto"
    assert found["CFBundleShortVersionString"] == "0.2.0"
    assert found["CFBundleURLTypes"][0]["CFBundleURLSchemes"] == ["sotto"]
    marker = contents / "Frameworks" / "resources" / "package.txt"
    assert marker.read_text("utf-8") == "macos\n"


def test_what_is_no_bundle_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--version", "0.2.0", "--native", str(tmp_path)]
    assert bundle.main([str(tmp_path), *options]) == 1
    assert "bundle:" in capsys.readouterr().err


def test_only_the_entitlements_that_are_needed_are_asked_for() -> None:
    found = plistlib.loads((ROOT / "packaging/macos/entitlements.plist").read_bytes())
    assert set(found) == {
        "com.apple.security.cs.allow-unsigned-executable-memory",
        "com.apple.security.cs.disable-library-validation",
    }
