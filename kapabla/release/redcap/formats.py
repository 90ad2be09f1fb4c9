"""A table as csv, json or xml, in pieces: a large one is never whole in memory. The same table, the same bytes."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from kapabla.release.redcap.parameters import Parameters
from kapabla.release.redcap.refusals import xml_text

Cell = str | int
_DELIMITERS = {",": ",", ";": ";", "tab": "\t", "|": "|", "^": "^"}
# About as much as one write to a socket takes.
_PIECE = 64 * 1024


@dataclass(frozen=True)
class Layout:
    """What only csv has: what parts the cells."""

    delimiter: str = ","

    @classmethod
    def of(cls, parameters: Parameters) -> "Layout":
        return cls(_DELIMITERS[parameters.choice("csvDelimiter", _DELIMITERS, ",")])


@dataclass(frozen=True)
class Table:
    """headers: of the csv, where they are other than the names. is_single: one object, and no list, as json.
    is_whole: whether every answer of the release is in it, which is known when the rows have been read."""

    names: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    headers: Sequence[str] = ()
    is_single: bool = False
    layout: Layout = field(default=Layout())
    is_whole: Callable[[], bool] = lambda: False


class _Line:
    """What `csv.writer` writes to: it hands the line back."""

    def write(self, text: str) -> str:
        return text


def pieces(table: Table, form: str) -> Iterator[str]:
    return _gathered({"csv": _csv, "json": _json, "xml": _xml}[form](table))


def _gathered(texts: Iterable[str]) -> Iterator[str]:
    held: list[str] = []
    size = 0
    for text in texts:
        held.append(text)
        size += len(text)
        if size >= _PIECE:
            yield "".join(held)
            held, size = [], 0
    yield "".join(held)


def _csv(table: Table) -> Iterator[str]:
    """LF, no mark of byte order, and quotes only where they are needed; not made safe for a spreadsheet, since a client
    would read the sign that does so as data."""
    writer = csv.writer(_Line(), delimiter=table.layout.delimiter, lineterminator="\n")
    yield writer.writerow(table.headers or table.names)
    for row in table.rows:
        yield writer.writerow(row)


def _json(table: Table) -> Iterator[str]:
    objects = (_object(table, row) for row in table.rows)
    if table.is_single:
        yield from objects
        return
    lead = "["
    for text in objects:
        yield lead + text
        lead = ","
    yield "[]" if lead == "[" else "]"


def _object(table: Table, row: Sequence[Cell]) -> str:
    return json.dumps(dict(zip(table.names, row, strict=True)), ensure_ascii=False, separators=(",", ":"))


def _xml(table: Table) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8" ?>\n<records>\n'
    for row in table.rows:
        cells = (f"<{name}>{xml_text(str(cell))}</{name}>" for name, cell in zip(table.names, row, strict=True))
        yield f"<item>{''.join(cells)}</item>\n"
    yield "</records>\n"
