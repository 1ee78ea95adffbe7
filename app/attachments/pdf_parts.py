"""PDF files page by page.  Used in the reading process, which bounds its time and memory."""

from __future__ import annotations

from typing import Final

import pypdfium2 as pdfium

from app.attachments.decoding import clean
from app.attachments.parts import FileNote, FilePart, ReadFile
from app.attachments.refusals import Refusal, RefusedError
from app.attachments.text_parts import MOST_CHARACTERS
from app.attachments.values import FileKind, PartUnit

MOST_PAGES: Final = 5000
_MOST_DAMAGED: Final = 20


def pdf_file(name: str, data: bytes) -> ReadFile:
    """Read a PDF file.

    Raises:
        RefusedError: it is damaged, locked or a scan.
    """
    try:
        file = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        is_locked = error.err_code == pdfium.raw.FPDF_ERR_PASSWORD
        raise RefusedError(Refusal.LOCKED if is_locked else Refusal.DAMAGED) from error
    try:
        total = len(file)
        pages = _pages(file, total)
    finally:
        file.close()
    with_text = sum(bool(text) for text in pages)
    if not with_text:
        raise RefusedError(Refusal.SCAN)
    note = FileNote.REST_UNREAD if len(pages) < total else FileNote.NONE
    if note is FileNote.NONE and with_text < len(pages):
        note = FileNote.NO_TEXT_PAGES
    parts = tuple(
        FilePart(f"[Page {number}]\n{text or '[No text on this page.]'}\n\n", number, number)
        for number, text in enumerate(pages, 1)
    )
    return ReadFile(name, FileKind.PDF, PartUnit.PAGE, total, parts, note)


def _pages(file: pdfium.PdfDocument, total: int) -> list[str]:
    found: list[str] = []
    length = damaged = 0
    for number in range(min(total, MOST_PAGES)):
        text = ""
        try:
            text = _page(file, number)
        except pdfium.PdfiumError:
            damaged += 1
        found.append(text)
        length += len(text)
        if length > MOST_CHARACTERS or damaged == _MOST_DAMAGED:
            break
    return found


def _page(file: pdfium.PdfDocument, number: int) -> str:
    page = file[number]
    try:
        # Hyphens at the ends of lines come as U+FFFE.
        text = str(page.get_textpage().get_text_bounded()).replace("\ufffe", "-")
        return clean(text).strip()
    finally:
        page.close()
