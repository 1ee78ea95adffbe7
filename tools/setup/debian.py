"""The system's packages, where the system is Debian or made from it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence

from tools.setup.diagnosis import failure
from tools.setup.failures import SetupError
from tools.setup.programs import LoggedProgram, say


class DebianPackages:
    """Asks for, and as root installs, Debian packages.

    Args:
        programs: Runs apt-get.
        environment: The variables it gets.
        is_root: Whether this process may install packages.
    """

    def __init__(
        self, programs: LoggedProgram, environment: Mapping[str, str], is_root: bool
    ) -> None:
        self._programs = programs
        self._is_root = is_root
        self._environment = {**environment, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}

    @property
    def available(self) -> bool:
        """Whether this system has Debian's package tools."""
        path = self._environment.get("PATH")
        return all(shutil.which(name, path=path) for name in ("apt-get", "dpkg-query"))

    @property
    def may_install(self) -> bool:
        """Whether packages can be installed without asking anybody."""
        return self.available and self._is_root

    def missing(self, packages: Iterable[str]) -> list[str]:
        """List those packages that are not installed."""
        wanted = list(packages)
        answer = subprocess.run(
            ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *wanted],
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        ).stdout
        present = {line.split()[0] for line in answer.splitlines() if line.endswith(" installed")}
        return [package for package in wanted if package not in present]

    def install(self, packages: Sequence[str]) -> None:
        """Install packages with apt-get.

        Raises:
            SetupError: apt-get failed.
        """
        say(f"installing system packages: {' '.join(packages)}")
        wait = "DPkg::Lock::Timeout=300"
        update = ["apt-get", "-o", wait, "-q", "update"]
        install = ["apt-get", "-o", wait, "-q", "-y", "--no-install-recommends", "install"]
        # A failed update need not matter: the lists on the disk may do.
        self._programs.run(update, self._environment)
        code, output = self._programs.run([*install, *packages], self._environment)
        if code:
            raise failure(output, code, self._programs.log)

    def require(self, packages: Sequence[str], problem: str) -> None:
        """Install packages, or say that somebody must.

        Args:
            packages: What is needed.
            problem: What does not work without them, one sentence.

        Raises:
            SetupError: They cannot be installed from here.
        """
        if self.may_install:
            self.install(packages)
        elif self.available:
            raise SetupError(problem, f"Run: sudo apt-get install {' '.join(packages)}")
        else:
            raise SetupError(problem, f"Install what Debian calls: {' '.join(packages)}")
