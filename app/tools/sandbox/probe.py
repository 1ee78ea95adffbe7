"""Which box this computer can make, found out by making one."""

from __future__ import annotations

import json
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from app.tools.sandbox.box import Sandbox
from app.tools.sandbox.lifeline import Ending, Lifeline
from app.tools.sandbox.policy import Mount, Policy, SandboxKind
from app.tools.sandbox.syscalls import AUDIT_ARCH

_SECONDS: Final = 20.0
_TRIAL: Final = "app.tools.sandbox.trial"
_SECRETS: Final = ("/etc/hostname", "/etc/machine-id", "/etc/shadow")


def find_sandbox(kinds: tuple[SandboxKind, ...] = tuple(SandboxKind)) -> Sandbox:
    """Make a box of each kind, the best first, look around in it, and settle on one.

    Takes about 0.2 s, and blocks meanwhile; call it once, off the threads that people wait for.

    Args:
        kinds: those to try.
    """
    if sys.platform != "linux" or platform.machine() not in AUDIT_ARCH:
        return Sandbox(SandboxKind.NONE, f"no sandbox for {sys.platform} {platform.machine()}")
    reasons: list[str] = []
    for kind in (SandboxKind.BUBBLEWRAP, SandboxKind.LANDLOCK):
        if kind not in kinds:
            continue
        why = _why_not(Sandbox(kind))
        if not why:
            return Sandbox(kind, "; ".join(reasons))
        reasons.append(f"{kind}: {why}")
    return Sandbox(SandboxKind.NONE, "; ".join(reasons))


def _why_not(sandbox: Sandbox) -> str:
    """Why such a box cannot be made or does not hold; "" when it does."""
    if sandbox.kind is SandboxKind.BUBBLEWRAP and not shutil.which("bwrap"):
        return "bwrap is not installed"
    with tempfile.TemporaryDirectory(prefix="sotto-") as scratch:
        secret = Path(scratch, "secret")
        secret.write_text("not for the box")
        work = Path(scratch, "work")
        work.mkdir(mode=0o700)
        policy = Policy((Mount(work, "/mnt/data", is_writable=True),), directory="/mnt/data")
        lifeline = Lifeline()
        launch = sandbox.launch(_TRIAL, (str(secret), *_SECRETS), policy, lifeline.number)
        try:
            done = subprocess.run(  # noqa: S603 - our own command
                lifeline.command(launch.argv, Ending.of(launch.kind)),
                env=launch.environment,
                cwd="/",
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_SECONDS,
                check=True,
                pass_fds=lifeline.descriptors,
                start_new_session=True,
            )
            leaks = json.loads(done.stdout)["leaks"]
        except subprocess.CalledProcessError as error:
            last = error.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
            return f"code {error.returncode}: {''.join(last)}"
        except (OSError, ValueError, KeyError, subprocess.TimeoutExpired) as error:
            return repr(error)
        finally:
            lifeline.close()
    return f"it leaks {', '.join(leaks)}" if leaks else ""
