"""Finds every place in the code where something could leave the process or be put on a screen."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final


def _by_kind(table: str) -> dict[str, frozenset[str]]:
    """Names after their kind, one kind a line."""
    rows = (line.split(":") for line in table.strip().splitlines())
    return {kind.strip(): frozenset(names.split()) for kind, names in rows}


CALLED: Final = _by_kind("""
    disk: NamedTemporaryFile SpooledTemporaryFile TemporaryDirectory TemporaryFile mkdtemp mkstemp \
        copy2 copyfile copyfileobj copytree dump fdopen replace_text symlink_to write_bytes \
        write_text QFile QPdfWriter QPrinter QSaveFile QSettings QTemporaryFile RotatingFileHandler
    written: print send send_bytes sendall sendmsg sendto write writelines
    clipboard: QDrag QMimeData clipboard createMimeDataFromSelection
    process: Popen QProcess check_call check_output create_subprocess_exec create_subprocess_shell \
        execv execve execvp execvpe fork posix_spawn putenv spawnv startDetached
    desktop: QDBusConnection QSystemTrayIcon openUrl showMessage
    database: execute executemany executescript rows
    painted: drawContents drawStaticText drawText
    spoken: QAccessibleAnnouncementEvent QAccessibleEvent updateAccessibility
    dump: dump_traceback enable register set_trace
""")
"""Names of functions, methods and classes by the kind of way out that they are."""

LIBRARIES: Final = _by_kind("""
    network: aiohttp ddgs http httpx httpx2 mcp requests socket ssl urllib3 websockets zmq
    process: multiprocessing subprocess
    keyring: keyring
    dump: faulthandler marshal pickle tracemalloc
    memory: mmap shared_memory
""")
"""Libraries that are a way out by themselves."""

_LEVELS: Final = frozenset(["critical", "debug", "error", "exception", "info", "log", "warning"])
_LOGGERS: Final = frozenset(["LOGGER", "_LOGGER", "_log", "_logger", "log", "logger", "logging"])
_DUMPERS: Final = frozenset(["breakpointhook", "faulthandler", "pdb", "tracemalloc"])
_FILE_OPENERS: Final = frozenset(["bz2", "codecs", "gzip", "io", "lzma", "os"])


@cache
def ways_out(source: str) -> frozenset[str]:
    """Kinds of ways out that a module has."""
    return frozenset(kind for node in ast.walk(ast.parse(source)) for kind in _of_node(node))


def modules(root: Path) -> Iterator[Path]:
    """Everything that runs in the process that holds thoughts."""
    for room in ("app", "engine", "ui"):
        yield from sorted((root / room).rglob("*.py"))


def log_arguments(source: str) -> Iterator[tuple[int, ast.expr]]:
    """What a module hands to loggers, its fixed words apart, with the lines."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and _is_log(node):
            given = [*node.args, *(one.value for one in node.keywords)]
            yield from ((node.lineno, one) for one in given if not isinstance(one, ast.Constant))


@cache
def imported_from(source: str) -> frozenset[str]:
    """Full names of the modules that a module imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{one.name}" for one in node.names)}
    return frozenset(found)


def _of_node(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from _of_libraries(one.name for one in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        yield from _of_libraries([node.module, *(one.name for one in node.names)])
    elif isinstance(node, ast.Call):
        yield from _of_call(node)
    elif isinstance(node, ast.FunctionDef) and node.name in CALLED["clipboard"]:
        yield "clipboard"
    elif isinstance(node, ast.Attribute):
        yield from _of_attribute(node)
    elif isinstance(node, ast.Subscript):
        is_set = isinstance(node.ctx, ast.Store) and ast.unparse(node.value) == "os.environ"
        yield from ["process"] * is_set


def _of_attribute(node: ast.Attribute) -> Iterator[str]:
    """What is handed on rather than called here."""
    if node.attr in {"stdout", "stderr"} and isinstance(node.value, ast.Name):
        yield from ["written"] * (node.value.id == "sys")
    elif node.attr in CALLED["desktop"]:
        yield "desktop"


def _of_libraries(names: Iterator[str] | list[str]) -> Iterator[str]:
    for name in names:
        top = name.split(".")[0]
        yield from (kind for kind, known in LIBRARIES.items() if top in known)
        if name.startswith("urllib.request"):
            yield "network"


def _of_call(call: ast.Call) -> Iterator[str]:
    if _is_log(call):
        yield "log"
        return
    name = _name(call.func)
    if name == "open" and _opens_a_file(call):
        yield "disk"
    if (name == "save" and call.args) or (name == "move" and _owner(call.func) == "shutil"):
        yield "disk"
    for kind, known in CALLED.items():
        if name in known and (kind != "dump" or _owner(call.func) in _DUMPERS):
            yield kind


def _is_log(call: ast.Call) -> bool:
    owner = _owner(call.func)
    return _name(call.func) in _LEVELS and owner.split(".")[-1] in _LOGGERS


def _opens_a_file(call: ast.Call) -> bool:
    """Dialogs are opened too, but without a mode; what is only read lets nothing out."""
    if isinstance(call.func, ast.Attribute) and _owner(call.func) not in _FILE_OPENERS:
        mode = call.args[0] if call.args else _keyword(call, "mode")
    elif _owner(call.func) == "os":
        flags = ast.unparse(call.args[1]) if len(call.args) > 1 else ""
        return any(one in flags for one in ("O_WRONLY", "O_RDWR", "O_CREAT", "flags"))
    else:
        mode = call.args[1] if len(call.args) > 1 else _keyword(call, "mode")
    if not isinstance(mode, ast.Constant):
        return mode is not None and isinstance(call.func, ast.Name)
    return isinstance(mode.value, str) and bool(set(mode.value) & set("wax+"))


def _keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((one.value for one in call.keywords if one.arg == name), None)


def _name(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _owner(function: ast.expr) -> str:
    return ast.unparse(function.value) if isinstance(function, ast.Attribute) else ""
