"""A file that was typed from answer sheets (E9): its rows, and of two typings one sheet. Nobody is looked up here."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kapabla.errors import Refused

CODE, ENTRY = "code", "entry"
# What was chosen on the sheet about the research, where the person has not chosen before.
CHOICES = {"choice_1": 1, "choice_2": 2, "choice_3": 3}
_TYPINGS = {"1", "2"}
_DELIMITERS = (";", ",", "\t")
_DECODED = "utf-8-sig"


@dataclass(frozen=True, order=True)
class SheetFault:
    """`row` is the line of the file, the header is 1. `value` is what a sentence about it needs, never an answer."""

    row: int
    column: str
    code: str
    value: str = ""


@dataclass(frozen=True)
class Sheet:
    """One person's answers: the cells that hold something, by column."""

    row: int
    code: str
    cells: Mapping[str, str]


def read_sheets(data: bytes, known: set[str]) -> tuple[list[Sheet], list[SheetFault]]:
    """`known` are the columns that there may be beside code, entry and the choices."""
    try:
        text = data.decode(_DECODED)
    except UnicodeDecodeError:
        raise Refused("not_utf8") from None
    lines = list(_lines(text))
    if len(lines) < 2:
        raise Refused("sheets_empty")
    (_, header), *rest = lines
    names = [name.strip().lower() for name in header]
    _check_header(names, known | {CODE, ENTRY} | CHOICES.keys())
    typed = [(row, {name: text for name, text in zip(names, cells, strict=False) if text}) for row, cells in rest]
    faults = [SheetFault(row, "", "cells_differ") for row, cells in rest if len(cells) != len(names)]
    faults += [SheetFault(row, CODE, "code_missing") for row, cells in typed if CODE not in cells]
    faults += [SheetFault(row, "", "sheet_empty") for row, cells in typed if not cells.keys() - {CODE, ENTRY}]
    groups: dict[str, list[tuple[int, dict[str, str]]]] = defaultdict(list)
    for row, cells in typed:
        if CODE in cells:
            groups["".join(cells[CODE].upper().split("-")).replace(" ", "")].append((row, cells))
    sheets = [_one(group, is_double=ENTRY in names, faults=faults) for group in groups.values()]
    return sheets, faults


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each with the line it begins on; blank ones count nowhere but in the numbering."""
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    reader, begins = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield begins, [cell.strip() for cell in cells]
        begins = reader.line_num + 1


def _check_header(names: Sequence[str], known: set[str]) -> None:
    if CODE not in names:
        raise Refused("sheets_without_code")
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise Refused("sheet_column_twice", column=twice)
    unknown = [name for name in names if name not in known]
    if unknown:
        raise Refused("sheet_column_unknown", columns=", ".join(unknown))


def _one(group: list[tuple[int, dict[str, str]]], *, is_double: bool, faults: list[SheetFault]) -> Sheet:
    """Typed by two, the cells agree; typed once, a person has one row."""
    (row, cells), *others = group
    if not is_double:
        faults += [SheetFault(again, CODE, "code_twice", str(row)) for again, _ in others]
    elif len(group) != len(_TYPINGS) or {typed.get(ENTRY) for _, typed in group} != _TYPINGS:
        faults += [SheetFault(again, ENTRY, "entries_incomplete") for again, _ in group]
    else:
        (again, second) = others[0]
        answered = (cells.keys() | second.keys()) - {CODE, ENTRY}
        differing = sorted(name for name in answered if cells.get(name) != second.get(name))
        faults += [SheetFault(again, name, "entries_differ", str(row)) for name in differing]
    return Sheet(row, cells[CODE], {name: text for name, text in cells.items() if name not in (CODE, ENTRY)})
