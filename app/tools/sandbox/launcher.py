"""What runs first in a box: closes it, then runs a module.  Imports little.

Started by `Sandbox.launch` as `python -c BOOTSTRAP SPECIFICATION MODULE ARGUMENT...`; the
specification is JSON with the fields of `app.tools.sandbox.policy.Specification`.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import resource
import signal
import sys
from typing import Final

from app.tools.sandbox import landlock, seccomp
from app.tools.sandbox.policy import SandboxKind, Specification
from app.tools.sandbox.processes import end_tree

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_CAPBSET_DROP, _PR_SET_CHILD_SUBREAPER = 1, 4, 24, 36
_CAPABILITY_VERSION_3: Final = 0x20080522
_LAST_CAPABILITY: Final = 63


def run() -> None:
    """Close the box around this process and run the module that `sys.argv` names."""
    specification = Specification(**json.loads(sys.argv[1]))
    module, arguments = sys.argv[2], sys.argv[3:]
    if specification.lifeline >= 0:
        os.close(specification.lifeline)  # whoever has it could open its other end
    if specification.kind != SandboxKind.BUBBLEWRAP:
        _go_on_in_a_child()
    os.setsid()
    close(specification)
    sys.argv[:] = [module, *arguments]
    importlib.import_module(module).main(arguments, specification.places)


def close(specification: Specification) -> None:
    """Give up, for good, what the specification does not leave.

    Raises:
        OSError: something could not be given up; then nothing may run.
    """
    if specification.user:
        os.setgroups([])
        os.setresgid(specification.user, specification.user, specification.user)
        os.setresuid(specification.user, specification.user, specification.user)
        # Else /proc/self would be root's.
        _prctl(_PR_SET_DUMPABLE, 1)
    os.umask(0o077)
    os.chdir(specification.directory)
    _limit(specification)
    if specification.kind == SandboxKind.NONE:
        return
    _drop_capabilities()
    has_namespaces = specification.kind == SandboxKind.BUBBLEWRAP
    holds_signals = landlock.abi() >= landlock.SIGNALS_ABI
    refused = seccomp.rules(has_namespaces, holds_signals)
    code = seccomp.program(os.uname().machine, refused)
    if not has_namespaces:
        landlock.restrict(specification.readable, specification.writable)
    seccomp.install(code)


def _limit(specification: Specification) -> None:
    wanted = {
        resource.RLIMIT_AS: specification.memory,
        resource.RLIMIT_FSIZE: specification.file_bytes,
        resource.RLIMIT_NOFILE: specification.open_files,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MEMLOCK: 1 << 20,
    }
    if sys.platform == "linux":
        wanted[resource.RLIMIT_MSGQUEUE] = 0
    if specification.processes:
        wanted[resource.RLIMIT_NPROC] = specification.processes
    for kind, value in wanted.items():
        hard = resource.getrlimit(kind)[1]
        allowed = value if hard == resource.RLIM_INFINITY else min(value, hard)
        try:
            resource.setrlimit(kind, (allowed, allowed))
        except (OSError, ValueError):
            # Some systems have limits in name only; a box is never left without.
            if specification.kind != SandboxKind.NONE:
                raise
    # Python ignores it, so that a file that is too large is an error and no sudden death.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


def _drop_capabilities() -> None:
    for capability in range(_LAST_CAPABILITY + 1):
        _prctl(_PR_CAPBSET_DROP, capability)  # refused without rights, when there is nothing
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    if libc.capset(header, (ctypes.c_uint32 * 6)()):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _go_on_in_a_child() -> None:
    """Return in a child; the parent looks after it and all that comes of it.

    Without a namespace of processes nothing ends them all at once: whoever is left without a
    parent comes to this one, and when its child or its own parent is gone, it ends the rest.
    """
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)
    parent = os.getppid()
    _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    signal.signal(signal.SIGTERM, lambda *_: _end_all(143))
    if os.getppid() != parent:
        os._exit(1)
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        return
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    while True:
        ended, status = os.wait()
        if ended == child:
            _end_all(abs(os.waitstatus_to_exitcode(status)) & 0xFF)


def _end_all(code: int) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    end_tree(os.getpid(), itself=False)
    os._exit(code)


def _prctl(option: int, value: int) -> None:
    if sys.platform != "linux":
        return  # nothing holds a box there, but code still ends with its parent's request
    ctypes.CDLL(None).prctl(option, ctypes.c_ulong(value), 0, 0, 0)
