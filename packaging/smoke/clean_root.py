"""A clean Debian without Python, compilers or anything of this project, to install packages in."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

USER: Final = "1000"
HOME: Final = "/home/user"

# Not chroot: in one, no user may make a namespace, which is what boxes are made of.  Nor
# bubblewrap: it covers parts of /proc, and then a box within may not have a /proc of its own.
_ENTER: Final = """
root=$1; shift
mount --bind "$root" "$root"
mount --types proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --types tmpfs --options mode=1777 tmpfs "$root/tmp"
if [ -d /tmp/.X11-unix ]; then
    mkdir "$root/tmp/.X11-unix"
    mount --bind /tmp/.X11-unix "$root/tmp/.X11-unix"
fi
cd "$root"
pivot_root . mnt
umount --lazy /mnt
cd /
exec "$@"
"""


@dataclass(frozen=True)
class CleanRoot:
    """The folder that is a Debian's `/`; needs root."""

    folder: Path

    @classmethod
    def make(cls, folder: Path) -> CleanRoot:
        """Fetch a minimal Debian from where this machine's own apt gets its packages."""
        release = _of_this_machine("VERSION_CODENAME")
        sources = _sources(release)
        subprocess.run(
            ["mmdebstrap", "--quiet", "--variant=minbase", release, str(folder), "-"],
            input=sources,
            text=True,
            check=True,
        )
        root = cls(folder)
        root.as_root("apt-get", "update", "--quiet")
        root.as_root("useradd", "--uid", USER, "--create-home", "--home-dir", HOME, "user")
        return root

    def as_root(self, *command: str) -> str:
        """Run a command as its administrator, with the network for apt; gives what it printed."""
        shutil.copy("/etc/resolv.conf", self.folder / "etc" / "resolv.conf")
        proxies = {name: text for name, text in os.environ.items() if name.endswith("_proxy")}
        return self._run([], command, {"DEBIAN_FRONTEND": "noninteractive", **proxies})

    def as_user(self, *command: str, environ: Mapping[str, str] | None = None) -> str:
        """Run a command as an ordinary user, without a network; gives what it printed."""
        return self._run(self.user_prefix(), command, environ or {})

    def start(self, command: Sequence[str], environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
        """Start a program as the user and go on."""
        argv = [*self._enter(self.user_prefix()), *command]
        return subprocess.Popen(argv, env=_environ(environ), start_new_session=True)

    def install(self, *packages: str) -> None:
        """Install packages: names, or paths of files on this machine."""
        names = []
        for one in packages:
            if one.endswith(".deb"):
                shutil.copy(one, self.folder / "var" / "cache" / "apt")
                names.append(f"/var/cache/apt/{Path(one).name}")
            else:
                names.append(one)
        options = ("--yes", "--quiet", "--no-install-recommends")
        self.as_root("apt-get", "install", *options, *names)

    def path(self, inside: str) -> Path:
        """Where a path of the clean system lies here."""
        return self.folder / inside.lstrip("/")

    @staticmethod
    def user_prefix() -> list[str]:
        return ["setpriv", "--reuid", USER, "--regid", USER, "--clear-groups", "--"]

    def _enter(self, prefix: Sequence[str]) -> list[str]:
        spaces = ["--mount", "--ipc", "--pid", "--fork", "--kill-child"]
        spaces += ["--net"] if prefix else []
        script = ["/bin/sh", "-ec", _ENTER, "sh", str(self.folder)]
        return ["unshare", *spaces, "--", *script, *prefix]

    def _run(
        self, prefix: Sequence[str], command: Sequence[str], environ: Mapping[str, str]
    ) -> str:
        done = subprocess.run(
            [*self._enter(prefix), *command],
            env=_environ(environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout


def _environ(more: Mapping[str, str]) -> dict[str, str]:
    path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    return {"PATH": path, "HOME": HOME, "LANG": "C.UTF-8", **more}


def _of_this_machine(name: str) -> str:
    text = Path("/etc/os-release").read_text(encoding="utf-8")
    facts = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    return os.environ.get("SOTTO_TRIAL_RELEASE", facts[name].strip('"'))


def _sources(release: str) -> str:
    """What apt is told here about this release."""
    folder = Path("/etc/apt/sources.list.d")
    files = [Path("/etc/apt/sources.list"), *sorted(folder.glob("*.sources"))]
    texts = [one.read_text(encoding="utf-8") for one in files if one.is_file()]
    wanted = [text for text in texts if f" {release}" in text]
    assert wanted, f"apt of this machine knows nothing of {release}"
    return wanted[0]
