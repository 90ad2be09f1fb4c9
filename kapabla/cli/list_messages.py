"""What whoever imports a list on the command line is told, in English: the file as a whole, and what stops nothing."""

from typing import Any

from kapabla.identity.list_reading import ListRefused

FILES = {
    "empty": "The file is empty. It needs a header and one row for each person.",
    "too_large": "The file is larger than {maximum_mb} MB. Divide the list into several files.",
    "too_many_rows": "The list has more than {maximum} rows. Divide it into several files.",
    "wrong_type": "The file cannot be read as a list. Save it as xlsx or csv, without a password.",
    "unreadable": "The characters of the file cannot be read. Save it as csv in UTF-8.",
    "no_header": "There is no header. Write namn, e-post, kommun and yrke on the first line.",
    "column_missing": "The column {column} is missing. Add it.",
    "column_twice": "The column {column} is there twice. Remove one of them.",
}
NOTES = {
    "shared_address": "same e-mail or telephone as {whom}; gets a letter or a code instead of e-mail",
    "elsewhere": "is {whom} in another cohort, and stays there",
}


def file_message(refused: ListRefused) -> str:
    return FILES[refused.code].format(**refused.context)


def note_message(note: dict[str, Any]) -> str:
    """`value` is a row of the file, or the number of somebody who is there already."""
    whom = note["value"] if note["value"].startswith("K-") else f"row {note['value']}"
    return f"row {note['row']}: {NOTES[note['code']].format(whom=whom)}"
