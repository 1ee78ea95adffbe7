"""A filter for system calls.  Runs inside the box: standard library only.

The filter is a list of what is refused, since a list of what numpy, pandas and their like need
would break with each of their versions.  Linux' manual, seccomp(2) and
Documentation/userspace-api/seccomp_filter.rst, has the layout of programs and data.
"""

from __future__ import annotations

import ctypes
import errno
import os
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from app.tools.sandbox.syscalls import AUDIT_ARCH, FIRST_UNKNOWN, number

ALLOW: Final = 0x7FFF0000
KILL_PROCESS: Final = 0x80000000
ERRNO: Final = 0x00050000

# linux/bpf_common.h: load a word of the data, and, jump when equal, when greater or equal, return
_LOAD, _AND, _JUMP_EQUAL, _JUMP_FROM, _RETURN = 0x20, 0x54, 0x15, 0x35, 0x06
_NR, _ARCH = 0, 4
_NEW_NAMESPACES: Final = 0x7E020000  # CLONE_NEWNS to CLONE_NEWNET; NEWTIME is not clone's
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C
_TYPE: Final = 0xF  # a socket's type without its flags
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 38, 22, 2

# Debugging and reading other processes, keys, the kernel's own machinery, mounts and namespaces,
# the clock, and memory that no limit counts.
_REFUSED: Final = (
    "ptrace process_vm_readv process_vm_writev process_madvise process_mrelease kcmp pidfd_getfd "
    "add_key keyctl request_key bpf userfaultfd perf_event_open io_uring_setup io_uring_enter "
    "io_uring_register init_module finit_module delete_module kexec_load kexec_file_load reboot "
    "mount umount2 pivot_root chroot unshare setns open_tree move_mount fsopen fsconfig fsmount "
    "fspick mount_setattr name_to_handle_at open_by_handle_at fanotify_init quotactl quotactl_fd "
    "swapon swapoff acct syslog lookup_dcookie vhangup sethostname setdomainname settimeofday "
    "clock_settime clock_adjtime adjtimex iopl ioperm modify_ldt personality migrate_pages "
    "move_pages memfd_create memfd_secret shmget semget msgget mq_open"
)

# Landlock leaves these to whoever owns the file: they go by its name, not by an opened file.
_BY_NAME: Final = (
    "chmod fchmodat chown lchown fchownat setxattr lsetxattr removexattr lremovexattr utime "
    "utimes utimensat futimesat"
)
_OTHER_PROCESSES: Final = (
    "ioprio_set sched_setaffinity sched_setattr sched_setparam sched_setscheduler setpriority"
)
_SIGNALS: Final = "kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo pidfd_send_signal"


@dataclass(frozen=True, slots=True)
class Argument:
    """A condition on one argument of a call.

    Attributes:
        at: its place, from 0.
        value: what its lower 32 bits are compared with, after `mask`.
        is_equal: whether they have to be equal, or not to be.
    """

    at: int
    value: int
    is_equal: bool = True
    mask: int = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Rule:
    """A call that is answered by the filter where all conditions hold.

    Attributes:
        answer: an error number; 0 pretends that the call was done.
    """

    name: str
    answer: int = errno.EPERM
    conditions: tuple[Argument, ...] = ()


def rules(has_namespaces: bool, holds_signals: bool) -> tuple[Rule, ...]:
    """What is refused.

    Args:
        has_namespaces: files, processes and network of the host are out of sight anyway.
        holds_signals: the kernel keeps signals inside the box.
    """
    unix = socket.AF_UNIX
    found = [
        *(Rule(name) for name in _REFUSED.split()),
        # libc then falls back to clone, whose flags a filter can see.
        Rule("clone3", errno.ENOSYS),
        *(Rule("clone", conditions=(flag,)) for flag in _each_bit(0, _NEW_NAMESPACES)),
        *(Rule("ioctl", conditions=(Argument(1, code),)) for code in (_TIOCSTI, _TIOCLINUX)),
        Rule("socket", errno.ENETUNREACH, (Argument(0, socket.AF_INET),)),
        Rule("socket", errno.ENETUNREACH, (Argument(0, socket.AF_INET6),)),
        # ZeroMQ looks for the network's devices, and gives up the process on any other answer.
        Rule("socket", errno.EOPNOTSUPP, (Argument(0, unix, is_equal=False),)),
        Rule("prlimit64", conditions=(Argument(0, 0, is_equal=False),)),
    ]
    return tuple(found if has_namespaces else [*found, *_without_namespaces(holds_signals)])


def program(machine: str, refused: tuple[Rule, ...]) -> bytes:
    """Assemble a filter.

    Args:
        machine: as in `os.uname().machine`.
        refused: the first rule that holds counts; what no rule is about is allowed.

    Raises:
        KeyError: the machine is not known.
    """
    steps = [
        *(_step(_LOAD, _ARCH), _step(_JUMP_EQUAL, AUDIT_ARCH[machine], 1, 0)),
        *(_step(_RETURN, KILL_PROCESS), _step(_LOAD, _NR)),
        *(_step(_JUMP_FROM, FIRST_UNKNOWN, 0, 1), _step(_RETURN, ERRNO | errno.ENOSYS)),
    ]
    for rule in refused:
        call = number(rule.name, machine)
        if call is not None:
            steps += _block(call, rule)
    return b"".join([*steps, _step(_RETURN, ALLOW)])


def install(code: bytes) -> None:
    """Filter the calls of this thread and all it starts from now on, for good.

    Raises:
        OSError: the kernel refuses.
    """

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_char_p))

    libc = ctypes.CDLL(None, use_errno=True)
    held = Program(len(code) // 8, code)
    arguments = (_SECCOMP_MODE_FILTER, ctypes.byref(held), 0, 0)
    for option in ((_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), (_PR_SET_SECCOMP, *arguments)):
        if libc.prctl(*option):
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _without_namespaces(holds_signals: bool) -> Iterator[Rule]:
    # A box without a network namespace could knock at the desktop's own sockets; it may only be
    # knocked at.  A datagram needs no connection, so there are none.
    yield Rule("connect")
    stream = Argument(1, socket.SOCK_STREAM, is_equal=False, mask=_TYPE)
    yield Rule("socket", conditions=(stream,))
    yield Rule("socketpair", conditions=(stream,))
    yield Rule("sendto", conditions=(Argument(5, 0, is_equal=False),))
    # Much goes on well when these do nothing, and nothing when they fail.
    yield from (Rule(name, answer=0) for name in f"{_BY_NAME} {_OTHER_PROCESSES}".split())
    yield Rule("truncate")
    if not holds_signals:
        own = Argument(0, os.getpid(), is_equal=False)
        yield from (Rule(name, conditions=(own,)) for name in _SIGNALS.split())


def _each_bit(at: int, bits: int) -> Iterator[Argument]:
    for place in range(32):
        if bits >> place & 1:
            yield Argument(at, 1 << place, mask=1 << place)


def _block(call: int, rule: Rule) -> list[bytes]:
    """Steps that return where the rule holds, else run on into the next block."""
    tests = [_step(_LOAD, _NR), (call, True)]
    for condition in rule.conditions:
        tests += [_step(_LOAD, 16 + 8 * condition.at), _step(_AND, condition.mask)]
        tests.append((condition.value, condition.is_equal))
    steps = []
    for at, test in enumerate(tests):
        if isinstance(test, bytes):
            steps.append(test)
            continue
        past = len(tests) - at  # over the rest of the tests and the return
        value, is_equal = test
        steps.append(_step(_JUMP_EQUAL, value, *((0, past) if is_equal else (past, 0))))
    return [*steps, _step(_RETURN, ERRNO | rule.answer)]


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)
