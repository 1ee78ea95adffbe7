"""What goes into the frozen app and what stays out; read by `sotto.spec`, inside PyInstaller.

PyInstaller follows imports.  Here is what it cannot see: modules that are named in texts, what the
model's Python code may import, and what it would bring along though nobody uses it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Final

from PyInstaller.utils.hooks import collect_data_files, collect_submodules

ROOT: Final = Path(__file__).resolve().parents[2]

EXCLUDED: Final = (
    # Of the standard library: windows, tests, and what installs.
    *("ensurepip", "idlelib", "lib2to3", "pydoc_data", "test", "tkinter", "turtle", "turtledemo"),
    *("_tkinter", "venv", "antigravity", "this", "nis"),
    "readline",  # GPL
    # Optional for a package that is used, and not used by Sotto.
    *("debugpy", "jedi", "parso"),  # the notebook has no debugger and no completion
    *("pip", "setuptools", "pkg_resources", "wheel", "_distutils_hack", "PyInstaller"),
    *("pytest", "hypothesis", "sphinx", "numpydoc", "Cython", "IPython.sphinxext"),
    *("PySide6.QtQml", "PySide6.QtQuick", "PySide6.QtOpenGL", "PySide6.QtTest"),
    *("uvicorn", "mcp.cli", "ddgs.api_server", "ddgs.mcp", "pypdfium2_cli", "dateparser_cli"),
)
"""Modules that stay out."""

_NAMED: Final = (
    # Sotto's own are started by name in boxes (`app.tools.sandbox.launcher`).
    *("app", "engine", "ui"),
    # Looked up at run time by packages that are used.
    *("ddgs.engines", "keyring.backends", "tiktoken_ext", "pygments.lexers", "pygments.styles"),
    *("ipykernel", "IPython.core", "IPython.lib", "IPython.utils", "jupyter_client", "comm"),
    *("matplotlib_inline", "traitlets"),
    # For the code that the model writes.
    *("matplotlib", "mpl_toolkits", "numpy", "pandas", "PIL", "dateutil"),
)

_UNWANTED_PARTS: Final = {
    *("tests", "testing", "conftest", "_pytesttester", "sphinxext", "idle_test"),
    *("distutils", "f2py", "pyinstaller", "setup", "setup_common"),
}
_UNWANTED_MODULES: Final = re.compile(
    r"matplotlib\.backends\.(backend_(gtk|macosx|nbagg|qt|tk|webagg|wx).*|_backend_.*|qt.*)"
    r"|(ipykernel|IPython)\.(gui|pylab|inprocess|thread).*|PIL\.(ImageQt|ImageTk|_imagingtk)"
    r"|ipykernel\.(debugger|eventloops|trio_runner|datapub|pickleutil|parentpoller_)"
    r"|numpy\._core\.cversions|IPython\.core\.tests.*"
)

# numpy and pandas read their own tests' helpers when imported.
_WANTED_MODULES: Final = re.compile(r"(numpy|pandas)\.(testing|_testing)(\..*)?|numpy\.f2py")

_DATA: Final = ("justext", "latex2mathml", "tld", "trafilatura", "ziafont", "ziamath")

_PLUGINS: Final = {
    "iconengines": None,
    "imageformats": ("gif", "ico", "jpeg", "svg", "webp"),
    "platforminputcontexts": ("compose", "ibus"),
    "platforms": ("offscreen", "wayland", "xcb", "windows", "cocoa"),
    "platformthemes": ("xdgdesktopportal",),
    "printsupport": None,
    "styles": None,
    "wayland-decoration-client": None,
    "wayland-graphics-integration-client": (),
    "wayland-shell-integration": ("xdg-shell", "libqt-shell"),
    "xcbglintegrations": (),
}
"""Folders of Qt's plugins that go in, and which of each; None for all."""

_UNWANTED_FILES: Final = re.compile(
    r"(^|.*/)llama_cpp/lib/.*"  # native/ has them
    r"|lib(ggml|llama)[^/]*"
    r"|.*libQt6(Quick|Qml|OpenGL|VirtualKeyboard|Pdf|Test|EglF[sS]|WlShell)[^/]*"
    r"|.*matplotlib/mpl-data/sample_data/.*"
    r"|.*/(tests|testing)/.*\.(csv|dat|html|json|npy|png|py|txt|xml)"
    r"|.*\.(pyi|pxd|pyx|h|hpp|c|cpp|cmake|lib|a|prl)"
    r"|babel/locale-data/.*"
    r"|.*dist-info/(RECORD|INSTALLER|REQUESTED|direct_url\.json|WHEEL|top_level\.txt|sboms/.*)"
    r"|share/.*"  # Debian's, of GTK and the like
)
_FROM_SYSTEM: Final = re.compile(r"(/usr)?/lib(64)?/.*|/usr/local/lib/lib.*")
_BROUGHT: Final = re.compile(
    r"lib(python3|ssl|crypto|ffi|sqlite3|lzma|bz2|tinfo|ncursesw|panelw|expat|uuid)\.?[^/]*"
)
"""Libraries of the system that go in: those of Python's own modules, whose names differ between
systems.  Those of the desktop must be the desktop's own, and the C++ library not older than the
one that a graphics driver needs, which is loaded into Sotto's process."""

_QT_TRANSLATION: Final = re.compile(r".*/translations/(.*)\.qm")
_QT_LANGUAGES: Final = ("qtbase_ko",)


def hidden_imports() -> list[str]:
    """Modules that go in though no import of Sotto's names them."""
    found = [name for package in _NAMED for name in collect_submodules(package, _may_go_in)]
    return sorted({*found, *standard_library()})


def standard_library() -> Iterator[str]:
    """All of Python's own library that makes sense here: the model's code may import any of it."""
    for name in sorted(sys.stdlib_module_names):
        if name in EXCLUDED or name.startswith(("_test", "_xx", "xx", "__phello")):
            continue
        try:
            yield from collect_submodules(name, _may_go_in) or [name]
        except (ImportError, OSError):  # of another system
            continue


def data_files() -> list[tuple[str, str]]:
    """Files that are read at run time: source and folder in the app."""
    resources = [
        (str(path), str(path.parent.relative_to(ROOT)))
        for path in sorted((ROOT / "resources").rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    ]
    licence = [(str(ROOT / "LICENSE"), ".")]
    return [*resources, *licence, *(one for name in _DATA for one in collect_data_files(name))]


def descriptions() -> list[tuple[str, str]]:
    """What describes each installed package that Sotto needs: versions, entry points, licences."""
    found: list[tuple[str, str]] = []
    for one in needed_distributions():
        folder = Path(str(one.locate_file("")))
        described = [file for file in one.files or () if file.parts[0].endswith(".dist-info")]
        found += [(str(folder / file), str(file.parent)) for file in described]
    return [one for one in found if Path(one[0]).is_file()]


def needed_distributions(root: str = "sotto") -> Iterable[metadata.Distribution]:
    """Sotto's own distribution and all that it needs here, each once."""
    from packaging.requirements import Requirement  # noqa: PLC0415 - of the venv of packages

    seen: dict[str, metadata.Distribution] = {}
    waiting = [root]
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if name in seen:
            continue
        try:
            seen[name] = metadata.distribution(name)
        except metadata.PackageNotFoundError:  # for another system
            continue
        needs = [Requirement(text) for text in seen[name].requires or ()]
        waiting += [
            one.name for one in needs if one.marker is None or one.marker.evaluate({"extra": ""})
        ]
    return seen.values()


def is_wanted(name: str, source: str = "") -> bool:
    """Whether a file goes in.

    Args:
        name: its place in the app.
        source: where it comes from.
    """
    path = name.replace("\\", "/")
    if _FROM_SYSTEM.fullmatch(source) and "/" not in path and not _BROUGHT.fullmatch(path):
        return False
    if _UNWANTED_FILES.fullmatch(path):
        return False
    if translation := _QT_TRANSLATION.fullmatch(path):
        return translation[1] in _QT_LANGUAGES
    if plugin := re.fullmatch(r"PySide6/(?:Qt/)?(?:plugins)/([^/]+)/(.+)", path):
        kinds = _PLUGINS.get(plugin[1], ())
        return kinds is None or any(kind in plugin[2] for kind in kinds)
    return "PySide6/Qt/qml/" not in path


def _may_go_in(name: str) -> bool:
    if _WANTED_MODULES.fullmatch(name):
        return True
    if _UNWANTED_MODULES.fullmatch(name) or name.endswith("__main__"):
        return False
    excluded = any(name == one or name.startswith(f"{one}.") for one in EXCLUDED)
    return not excluded and not _UNWANTED_PARTS & set(name.split("."))
