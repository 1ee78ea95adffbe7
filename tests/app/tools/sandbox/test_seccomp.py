"""The filter, run by a small interpreter of such programs, for both machines and both boxes."""

from __future__ import annotations

import errno
import os
import socket
import struct

import pytest

from app.tools.sandbox.seccomp import ALLOW, ERRNO, KILL_PROCESS, program, rules
from app.tools.sandbox.syscalls import AUDIT_ARCH, number

MACHINES = ("x86_64", "aarch64")


def verdict(code: bytes, arch: int, call: int, *arguments: int) -> int:
    """What the kernel would make of a call (Linux' kernel/seccomp.c and net/core/filter.c)."""
    padded = (*arguments, *[0] * (6 - len(arguments)))
    data = struct.pack("=iIQ6Q", call, arch, 0, *(one % 2**64 for one in padded))
    steps = [struct.unpack_from("=HBBI", code, at) for at in range(0, len(code), 8)]
    word, at = 0, 0
    while True:
        kind, if_true, if_false, value = steps[at]
        at += 1
        if kind == 0x20:
            assert value % 4 == 0
            word = struct.unpack_from("=I", data, value)[0]
        elif kind == 0x54:
            word &= value
        elif kind == 0x15:
            at += if_true if word == value else if_false
        elif kind == 0x35:
            at += if_true if word >= value else if_false
        else:
            assert kind == 0x06
            return int(value)


def asked(machine: str, name: str, *arguments: int, **box: bool) -> int:
    box = {"has_namespaces": True, "holds_signals": True, **box}
    call = number(name, machine)
    assert call is not None
    return verdict(program(machine, rules(**box)), AUDIT_ARCH[machine], call, *arguments)


@pytest.mark.parametrize("machine", MACHINES)
def test_calls_that_ordinary_programs_make_are_allowed(machine: str) -> None:
    forked = 0x01200000 | 17  # CLONE_CHILD_SETTID, CLONE_CHILD_CLEARTID, SIGCHLD
    thread = 0x003D0F00
    for arguments in ((forked,), (thread,)):
        assert asked(machine, "clone", *arguments) == ALLOW
    assert asked(machine, "socket", socket.AF_UNIX, socket.SOCK_STREAM | 0o2000000) == ALLOW
    assert asked(machine, "socket", socket.AF_UNIX, socket.SOCK_DGRAM) == ALLOW
    assert asked(machine, "connect", 3, 1 << 40, 16) == ALLOW
    assert asked(machine, "prlimit64", 0, 7) == ALLOW
    assert asked(machine, "ioctl", 1, 0x5401) == ALLOW
    assert asked(machine, "kill", 1234, 9) == ALLOW
    for call in (0, 1, 63, 400):  # read, write and their like
        assert verdict(program(machine, rules(True, True)), AUDIT_ARCH[machine], call) == ALLOW


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("has_namespaces", [True, False])
def test_ways_out_are_refused_in_both_boxes(machine: str, has_namespaces: bool) -> None:
    def answer(name: str, *arguments: int) -> int:
        return asked(machine, name, *arguments, has_namespaces=has_namespaces)

    refused = ERRNO | errno.EPERM
    for flag in (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000):
        assert answer("clone", flag | 17) == refused
        assert answer("clone", flag | 0x003D0F00) == refused
    assert answer("clone3", 1 << 40, 88) == ERRNO | errno.ENOSYS
    for name in ("ptrace", "mount", "unshare", "bpf", "keyctl", "userfaultfd", "setns", "chroot"):
        assert answer(name, 0) == refused
        assert answer(name, 2**64 - 1) == refused
    assert answer("socket", socket.AF_INET, socket.SOCK_DGRAM) == ERRNO | errno.ENETUNREACH
    assert answer("socket", socket.AF_INET6, socket.SOCK_STREAM) == ERRNO | errno.ENETUNREACH
    for family in (0, socket.AF_NETLINK, socket.AF_PACKET, 38, 40, 2**31, 2**32 - 1):
        assert answer("socket", family, socket.SOCK_STREAM) == ERRNO | errno.EOPNOTSUPP
    # Only the lower half is looked at by the kernel, too.
    assert answer("socket", 2**32 | socket.AF_INET, 1) == ERRNO | errno.ENETUNREACH
    assert answer("prlimit64", 1, 7) == refused
    assert answer("ioctl", 0, 0x5412) == refused
    assert answer("ioctl", 0, 2**32 | 0x5412) == refused


@pytest.mark.parametrize("machine", MACHINES)
def test_what_a_namespace_would_hide_is_refused_without(machine: str) -> None:
    def answer(name: str, *arguments: int, holds_signals: bool = True) -> int:
        box = {"has_namespaces": False, "holds_signals": holds_signals}
        return asked(machine, name, *arguments, **box)

    refused = ERRNO | errno.EPERM
    assert answer("connect", 3) == refused
    assert answer("truncate", 1) == refused
    assert answer("socket", socket.AF_UNIX, socket.SOCK_STREAM | 0o4000) == ALLOW
    for kind in (socket.SOCK_DGRAM, socket.SOCK_SEQPACKET, socket.SOCK_DGRAM | 0o2000000):
        assert answer("socket", socket.AF_UNIX, kind) == refused
        assert answer("socketpair", socket.AF_UNIX, kind) == refused
    assert answer("sendto", 3, 4, 5, 0, 0, 0) == ALLOW
    assert answer("sendto", 3, 4, 5, 0, 1 << 40, 16) == refused
    for name in ("fchmodat", "fchownat", "utimensat", "setxattr", "setpriority"):
        assert answer(name, 0) == ERRNO  # done, as far as the caller can tell
    assert answer("kill", 1, 9) == ALLOW  # Landlock's to refuse
    for name in ("kill", "tgkill", "rt_sigqueueinfo"):
        assert answer(name, 1, 9, holds_signals=False) == refused
        assert answer(name, 2**32 - 1, 9, holds_signals=False) == refused
        assert answer(name, os.getpid(), 9, holds_signals=False) == ALLOW


@pytest.mark.parametrize("machine", MACHINES)
def test_another_machines_calls_and_unknown_ones_are_not_looked_at_further(machine: str) -> None:
    code = program(machine, rules(True, True))
    i386, x32 = 0x40000003, 0x40000000
    assert verdict(code, i386, 1) == KILL_PROCESS
    other = next(AUDIT_ARCH[one] for one in MACHINES if one != machine)
    assert verdict(code, other, 1) == KILL_PROCESS
    for call in (450, 452, 463, 10_000, x32, x32 | 59, -1):
        assert verdict(code, AUDIT_ARCH[machine], call) == ERRNO | errno.ENOSYS


def test_a_machine_nobody_has_looked_at_has_no_filter() -> None:
    with pytest.raises(KeyError):
        program("riscv64", rules(True, True))
