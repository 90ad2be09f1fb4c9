"""Lists that staff take along: CSV as Excel in Sweden opens it, and nothing in a cell that it would run."""

import csv
import io
from collections.abc import Iterable, Sequence

from flask import Response

from kapabla.identity.list_reading.cells import find_unsafe


def as_file(filename: str, rows: Iterable[Sequence[str]]) -> Response:
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows(rows)
    reply = Response("\ufeff" + out.getvalue(), mimetype="text/csv")
    reply.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return reply


def harmless(text: str) -> str:
    """A spreadsheet must not run what it opens (`privacy.md` C6): a number abroad begins with 00, not its plus."""
    if text.startswith("+"):
        return f"00{text[1:]}"
    return text if find_unsafe(text, text) != "formula" else text.lstrip("=+-@\t\uff1d\uff0b\uff0d\uff20")
