"""Runs Python in a box, for tests."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from app.tools.sandbox.box import Sandbox
from app.tools.sandbox.policy import Launch, Limits, Mount, Policy, SandboxKind


@dataclass
class Box:
    """One policy: a writable /mnt/data and a scratch folder, both in `folder`."""

    kind: SandboxKind
    folder: Path
    limits: Limits = field(default_factory=Limits)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def launch(self, code: str, lifeline: int = -1) -> Launch:
        for name in ("data", "scratch"):
            (self.folder / name).mkdir(mode=0o700, exist_ok=True)
        policy = Policy(
            (Mount(self.data, "/mnt/data", is_writable=True),),
            self.limits,
            "/mnt/data",
            scratch=self.folder / "scratch",
        )
        command = (sys.executable, "-I", "-c", code)
        return Sandbox(self.kind).launch("app.tools.sandbox.program", command, policy, lifeline)

    def run(self, code: str, seconds: float = 60) -> subprocess.CompletedProcess[str]:
        """Run it to its end; what it printed and said of errors comes back."""
        launch = self.launch(code)
        return subprocess.run(
            launch.argv,
            env=launch.environment,
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
            start_new_session=True,
            check=False,
        )
