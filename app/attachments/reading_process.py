"""The process that reads PDF, Word and HTML files, so that a hostile one hurts nothing else.

Started by `app.attachments.reader`, in a box without a network where this computer can make one.
It talks as the process of the browser tool does (`app.tools.browser.wire`).
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from app.attachments.parts import ReadFile
from app.attachments.refusals import Refusal, RefusedError
from app.attachments.values import FileKind
from app.tools.browser.wire import serve


def main(_arguments: Sequence[str], _places: dict[str, str]) -> None:
    """Answer requests until there are no more."""
    sys.setrecursionlimit(5000)
    serve(_answer)


def _answer(asked: dict[str, Any], body: bytes) -> dict[str, Any]:
    try:
        return asdict(_read(asked["name"], FileKind(asked["kind"]), body))
    except RefusedError as error:
        return {"error": error.refusal.value}
    except (MemoryError, RecursionError):
        return {"error": Refusal.TOO_LONG.value}


def _read(name: str, kind: FileKind, body: bytes) -> ReadFile:
    """Read a file; what each kind stands on is loaded with the first of it."""
    if kind is FileKind.PDF:
        from app.attachments.pdf_parts import pdf_file  # noqa: PLC0415 - see above

        return pdf_file(name, body)
    if kind is FileKind.DOCUMENT:
        from app.attachments.docx_parts import docx_file  # noqa: PLC0415 - see above

        return docx_file(name, body)
    from app.attachments.html_parts import html_file  # noqa: PLC0415 - see above
    from app.tools.browser.reading_process import limited  # noqa: PLC0415 - see above

    return html_file(name, body, limited)


if __name__ == "__main__":
    main((), {})
