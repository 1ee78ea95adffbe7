"""Real files of each format, made here."""

from __future__ import annotations

import io
from collections.abc import Sequence

import docx


def pdf(pages: Sequence[str]) -> bytes:
    """A PDF file with one line of Helvetica on each page; "" is a page without text."""
    count = len(pages)
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(count))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number, text in enumerate(pages):
        content = f"BT /F1 18 Tf 72 720 Td ({text}) Tj ET" if text else "0 0 10 10 re f"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {5 + 2 * number} 0 R"
            " /Resources << /Font << /F1 3 0 R >> >> >>"
        )
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
    return _assembled(objects)


def locked_pdf() -> bytes:
    """A PDF file that wants a password: its dictionary of encryption fits no known one."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [] /Count 0 >>"]
    junk = "41" * 32
    objects.append(f"<< /Filter /Standard /V 1 /R 2 /O <{junk}> /U <{junk}> /P -4 >>")
    return _assembled(objects, f"/Encrypt 3 0 R /ID [<{'42' * 16}> <{'42' * 16}>]")


def word() -> bytes:
    """A Word file with headings, lists and a table."""
    document = docx.Document()
    document.add_heading("Report", 0)
    document.add_paragraph("It was a good year.")
    document.add_heading("Sales", 1)
    document.add_paragraph("oaks", style="List Bullet")
    document.add_paragraph("elms", style="List Bullet")
    document.add_paragraph("first", style="List Number")
    table = document.add_table(rows=2, cols=2)
    for row, texts in zip(table.rows, (("Tree", "Price"), ("oak", "1|2")), strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    return saved(document)


def saved(document: docx.document.Document) -> bytes:
    """A document's bytes."""
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _assembled(objects: Sequence[str], more: str = "") -> bytes:
    made = b"%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(made))
        made += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    start = len(made)
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    made += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}".encode()
    made += f"trailer << /Size {len(objects) + 1} /Root 1 0 R {more} >>\n".encode()
    return made + f"startxref\n{start}\n%%EOF\n".encode()
