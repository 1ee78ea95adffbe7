"""The text of PDF files, page by page.  Used in the reading process, which bounds its time."""

from __future__ import annotations

from typing import Final

import pypdfium2 as pdfium

from app.tools.browser.html_text import TITLE_LIMIT, PageText
from app.tools.browser.marks import one_line, plain

MOST_PAGES: Final = 1000
MOST_DAMAGED: Final = 20


class PdfError(Exception):
    """A PDF file without text to read; its text says why, in one plain sentence."""


def pdf_text(body: bytes, most_chars: int) -> PageText:
    """Read a PDF file.

    Args:
        body: the file.
        most_chars: reading ends where there are more.

    Raises:
        PdfError: it is damaged, locked or a scan.
    """
    try:
        file = pdfium.PdfDocument(body)
    except pdfium.PdfiumError as error:
        is_locked = error.err_code == pdfium.raw.FPDF_ERR_PASSWORD
        raise PdfError(
            "The PDF file is locked with a password." if is_locked else "The PDF file is damaged."
        ) from error
    try:
        title = one_line(str(file.get_metadata_dict().get("Title", "")), TITLE_LIMIT)
        text = "\n\n".join(_pages(file, most_chars))
    finally:
        file.close()
    if not text:
        raise PdfError("The PDF file holds no text, only images; it may be a scan.")
    return PageText(title, text)


def _pages(file: pdfium.PdfDocument, most_chars: int) -> list[str]:
    found: list[str] = []
    length, damaged, count = 0, 0, len(file)
    for number in range(count):
        if number == MOST_PAGES or length > most_chars or damaged == MOST_DAMAGED:
            found.append(f"[Pages {number + 1} to {count} are left out.]")
            break
        try:
            text = _page(file, number)
        except pdfium.PdfiumError:
            damaged += 1
            continue
        if text:
            found.append(f"## Page {number + 1} of {count}\n\n{text}")
            length += len(text)
    return found if length else []


def _page(file: pdfium.PdfDocument, number: int) -> str:
    page = file[number]
    try:
        # Soft hyphens at the ends of lines come as U+FFFE.
        return plain(str(page.get_textpage().get_text_bounded()).replace("\ufffe", "-")).strip()
    finally:
        page.close()
