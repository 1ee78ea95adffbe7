"""What went wrong, read from the output of pip, CMake or apt."""

from __future__ import annotations

import re
from pathlib import Path

from tools.setup.failures import SetupError

NO_COMPILER = SetupError(
    "No working C++ compiler was found.",
    "Install one (on Debian: apt-get install g++) and run the same command again.",
)

_AGAIN = "then run the same command again."
_KNOWN: tuple[tuple[str, str, str], ...] = (
    (
        r"No space left on device|Errno 28",
        "The disk is full.",
        f"Free about 3 GB, {_AGAIN}",
    ),
    (
        r"Killed signal terminated program|cc1plus: out of memory|virtual memory exhausted",
        "The compiler ran out of memory.",
        "Close other programs and run the same command again with CMAKE_BUILD_PARALLEL_LEVEL=1.",
    ),
    (
        r"DO NOT MATCH THE HASHES|EINTEGRITY",
        "A downloaded package is not the one that was locked.",
        "Do not use it: check where packages are downloaded from (pip or npm config list).",
    ),
    (
        r"CMAKE_CXX?_COMPILER|is not able to compile a simple test program",
        NO_COMPILER.problem,
        NO_COMPILER.hint,
    ),
    (
        r"NewConnectionError|ConnectTimeoutError|ReadTimeoutError|ProxyError|SSLError"
        r"|Failed to establish a new connection|Temporary failure|Name or service not known"
        r"|Network is unreachable|Connection refused|Connection reset|Connection timed out"
        r"|ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT"
        r"|Could not fetch URL|Could not resolve|Failed to fetch|IncompleteRead",
        "The packages could not be downloaded.",
        f"Check the network connection and any proxy, {_AGAIN}",
    ),
)


def failure(output: str, code: int, log: Path) -> SetupError:
    """Turn the output of a failed program into one problem and one hint.

    Args:
        output: The end of its output.
        code: Its exit code.
        log: Where the whole output lies, named when nothing better is known.
    """
    for pattern, problem, hint in _KNOWN:
        if re.search(pattern, output):
            return SetupError(problem, hint)
    unavailable = re.search(r"No matching distribution found for (\S+)", output)
    if unavailable:
        return SetupError(
            f"There is no {unavailable[1]} for this system and Python version.",
            "Use Linux with glibc 2.34 or newer, or macOS, and Python 3.11 to 3.13.",
        )
    unbuilt = re.search(r"Failed (?:to build|building wheel for) (\S+)", output)
    what = f"{unbuilt[1]} could not be built" if unbuilt else f"A step ended with code {code}"
    return SetupError(f"{what}.", f"The whole output is in {log}.")
