"""What hostile code would try, as snippets of Python that set `escaped` where they got through.

Each runs with `host`, which tells what is there to be reached: `tcp_port` and `udp_port` on the
loopback, `unix_path` and `abstract_name` of listening sockets, `datagram_path`, `secret_file`
and `secret_folder`, `process` (its id; it belongs to whoever runs the test), `variable` (set in
the environment of the test) and `written` (a file outside that must not come into being).
"""

from __future__ import annotations

from typing import Final

PRELUDE: Final = """
import ctypes, os, socket, subprocess, sys
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *values):
    libc.syscall.restype = ctypes.c_long
    return libc.syscall(ctypes.c_long(number), *[ctypes.c_long(one) for one in values])
escaped = False
"""

ATTACKS: Final = {
    "connect by TCP": """
socket.create_connection(("127.0.0.1", host["tcp_port"]), 2)
escaped = True
""",
    "connect by TCP over IPv6": """
socket.create_connection(("::1", host["tcp_port"]), 2)
escaped = True
""",
    "send by UDP": """
one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
one.sendto(b"hello", ("127.0.0.1", host["udp_port"]))
escaped = True
""",
    "listen on TCP": """
one = socket.socket()
one.bind(("0.0.0.0", 0))
escaped = True
""",
    "ask for the network's devices": """
socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
escaped = True
""",
    "raw packets": """
socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
escaped = True
""",
    "the kernel's cipher sockets": """
socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET)
escaped = True
""",
    "connect to a socket of the host": """
one = socket.socket(socket.AF_UNIX)
one.connect(host["unix_path"])
escaped = True
""",
    "connect to an abstract socket of the host": """
one = socket.socket(socket.AF_UNIX)
one.connect(chr(0) + host["abstract_name"])
escaped = True
""",
    "a datagram to a socket of the host": """
one = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
one.sendto(b"hello", host["datagram_path"])
escaped = True
""",
    "a datagram out of a pair": """
one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
one.sendmsg([b"hello"], [], 0, host["datagram_path"])
escaped = True
""",
    "read a file of the user": """
open(host["secret_file"]).read()
escaped = True
""",
    "list a folder of the user": """
escaped = "secret" in os.listdir(host["secret_folder"])
""",
    "read the passwords": """
open("/etc/shadow").read()
escaped = True
""",
    "read who this computer is": """
open("/etc/machine-id").read()
escaped = True
""",
    "read the environment of other processes": """
for name in os.listdir("/proc"):
    if name.isdigit() and int(name) != os.getpid():
        try:
            text = open(f"/proc/{name}/environ", "rb").read()
        except OSError:
            continue
        escaped = escaped or host["variable"].encode() in text
""",
    "read the first process's environment": """
escaped = b"=" in open(f"/proc/{host['process']}/environ", "rb").read()
""",
    "its own environment": """
escaped = host["variable"] in os.environ
""",
    "walk out by an open folder": """
for number in range(3, 64):
    try:
        place = os.open("../" * 8 + host["secret_file"], os.O_RDONLY, dir_fd=number)
    except OSError:
        continue
    escaped = True
""",
    "walk out by the root of a process": """
for name in ("self", "1", str(os.getppid())):
    try:
        open(f"/proc/{name}/root" + host["secret_file"]).read()
        escaped = True
    except OSError:
        pass
""",
    "a link to a file outside": """
os.symlink(host["secret_file"], "link")
open("link").read()
escaped = True
""",
    "a hard link to a file outside": """
os.link(host["secret_file"], "hard")
open("hard").read()
escaped = True
""",
    "write a file outside": """
open(host["written"], "w").write("x")
escaped = True
""",
    "make a folder outside": """
os.mkdir(host["written"])
escaped = os.path.isdir(host["written"])
""",
    "write into the system": """
open("/usr/lib/sotto-was-here", "w").write("x")
escaped = True
""",
    "change Python itself": """
open(os.path.join(sys.prefix, "sotto-was-here"), "w").write("x")
escaped = True
""",
    "change Sotto itself": """
import app.tools
open(app.tools.__file__, "a").write("x")
escaped = True
""",
    "empty a file outside": """
os.truncate(host["secret_file"], 0)
escaped = True
""",
    "remove a file outside": """
os.unlink(host["secret_file"])
escaped = True
""",
    "open up a folder outside": """
os.chmod(host["secret_folder"], 0o777)
""",
    "give away a file outside": """
os.utime(host["secret_file"], (1, 1))
""",
    "signal a process of the host": """
os.kill(host["process"], 9)
escaped = True
""",
    "signal everybody": """
libc.kill(-1, 0)
for one in range(2, 400000):
    if one != os.getpid() and one == host["process"]:
        escaped = libc.kill(one, 0) == 0
""",
    "attach to another process": """
escaped = libc.ptrace(16, host["process"], 0, 0) == 0
""",
    "let itself be debugged": """
escaped = libc.ptrace(0, 0, 0, 0) == 0
""",
    "read another process's memory": """
escaped = open(f"/proc/{host['process']}/mem", "rb") is not None
""",
    "steal an open file": """
one = os.pidfd_open(host["process"])
escaped = call(438, one, 0, 0) >= 0
""",
    "tighten another process's limits": """
import resource
resource.prlimit(host["process"], resource.RLIMIT_NOFILE, (8, 8))
escaped = True
""",
    "loosen its own limits": """
import resource
resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
escaped = True
""",
    "a namespace of users": """
escaped = libc.unshare(0x10000000) == 0
""",
    "a namespace of mounts by clone": """
child = call({"x86_64": 56, "aarch64": 220}[os.uname().machine], 0x10020000 | 17, 0, 0, 0, 0)
if child == 0:
    os._exit(0)
escaped = child > 0
""",
    "a namespace by clone3": """
escaped = call(435, 0, 0) >= 0 or ctypes.get_errno() != 38
""",
    "mount": """
escaped = libc.mount(b"none", b"/tmp", b"tmpfs", 0, None) == 0
""",
    "change the root": """
os.chroot(".")
escaped = True
""",
    "become root": """
os.setuid(0)
escaped = os.getuid() == 0 and host["is_root"] is False
""",
    "take on capabilities": """
status = open("/proc/self/status").read()
escaped = int(status.split("CapEff:")[1].split()[0], 16) != 0
""",
    "a program that makes root": """
name = next(one for one in ("/usr/bin/su", "/bin/su") if os.path.exists(one))
done = subprocess.run([name, "root", "-c", "id"], capture_output=True, text=True, timeout=5)
escaped = done.returncode == 0
""",
    "turn a knob of the kernel": """
open("/proc/sys/kernel/core_pattern", "w").write("|/tmp/x")
escaped = True
""",
    "pull the kernel's emergency cord": """
open("/proc/sysrq-trigger", "w")
escaped = True
""",
    "write into /sys": """
escaped = any(os.access(os.path.join(top, one), os.W_OK)
              for top, _, files in os.walk("/sys") for one in files)
""",
    "load code into the kernel": """
escaped = call({"x86_64": 321, "aarch64": 280}[os.uname().machine], 0, 0, 0) >= 0
escaped = escaped or ctypes.get_errno() != 1
""",
    "the kernel's keys": """
number = {"x86_64": 250, "aarch64": 219}[os.uname().machine]
escaped = call(number, 0, -4, 0) >= 0
""",
    "io_uring": """
escaped = call(425, 1, 0) >= 0 or ctypes.get_errno() != 1
""",
    "userfaultfd": """
number = {"x86_64": 323, "aarch64": 282}[os.uname().machine]
escaped = call(number, 0) >= 0
""",
    "count the processor's events": """
number = {"x86_64": 298, "aarch64": 241}[os.uname().machine]
escaped = call(number, 0, 0, 0, 0, 0) >= 0 or ctypes.get_errno() != 1
""",
    "calls newer than the filter": """
escaped = call(462, 0, 0, 0) >= 0 or ctypes.get_errno() != 38
""",
    "memory that nobody counts": """
os.memfd_create("x")
escaped = True
""",
    "type into the terminal": """
import fcntl
fcntl.ioctl(0, 0x5412, b"x")
escaped = True
""",
    "raw disks": """
names = os.listdir("/dev")
escaped = any(one.startswith(("sd", "vd", "nvme", "mem", "kmsg")) for one in names)
""",
    "make a device": """
os.mknod("disk", 0o600 | 0o060000, os.makedev(254, 0))
escaped = True
""",
    "fill the place for programs": """
open("/dev/filler", "w").write("x")
escaped = True
""",
    "drop the filter": """
escaped = libc.prctl(22, 0, 0, 0, 0) == 0
""",
}

HARMLESS_IN_NAMESPACES: Final = frozenset(
    # The process of that number, if there is one, is the box's own.
    {"a datagram out of a pair"}
)

HARNESS = """
import json, os
host, attacks, prelude = json.loads({told!r})
got = []
for name, code in attacks.items():
    names = {{"host": host}}
    try:
        exec(prelude + code, names)
    except BaseException as error:
        continue
    if names["escaped"]:
        got.append(name)
print(json.dumps(got))
"""
"""Code that makes every attack and prints the names of those that got out."""
