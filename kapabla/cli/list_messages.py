"""What whoever imports a list on the command line is told, in English: the file as a whole, and what stops nothing."""

from typing import Any

from kapabla.identity.list_reading import ListRefused

ROWS = {
    "name_missing": "write the person's name",
    "municipality_missing": "write the municipality",
    "municipality_unknown": "“{value}” is none of the county's fifteen municipalities; write one of them",
    "role_missing": "write the person's trade or role",
    "role_unknown": "the trade “{value}” is not known; write one of those in roles.toml",
    "language_unknown": "no course is in “{value}”; write svenska, lätt svenska or engelska, or leave it empty",
    "contact_missing": "write one way to reach the person: e-mail, telephone or address",
    "email_no_at": "the e-mail address has no @",
    "email_not_ascii": "the e-mail address has å, ä or ö before the @; no mail server takes it",
    "email_wrong": "the e-mail address is not right; write it as name@example.com",
    "phone_wrong": "the telephone number is not right; write it as 070-174 06 05",
    "personal_number": "this is a personal number; remove it",
    "protected": "never put people with protected identity in a file; make a code without a name",
    "formula": "the text begins with a character that spreadsheets take for a formula; write it without",
    "too_few_cells": "the row has fewer cells than the header; fill them in or remove the row",
    "too_many_cells": "the row has more cells than the header; remove what stands too far to the right",
    "control_characters": "the text has characters that cannot be read; write it anew",
    "too_long": "the text is too long; shorten it",
    "duplicate_in_file": "the same person as row {value}",
    "has_left": "this person has been erased and is not imported again",
    "may_have_left": "same name, or same e-mail or telephone, as somebody who has been erased; somebody else is added "
    "by form",
}
FILES = {
    "empty": "The file is empty. It needs a header and one row for each person.",
    "too_large": "The file is larger than {maximum_mb} MB. Divide the list into several files.",
    "too_many_rows": "The list has more than {maximum} rows. Divide it into several files.",
    "wrong_type": "The file cannot be read as a list. Save it as xlsx or csv, without a password.",
    "unreadable": "The characters of the file cannot be read. Save it as csv in UTF-8.",
    "no_header": "There is no header. Write namn, e-post, kommun and yrke on the first line.",
    "column_missing": "The column {column} is missing. Add it.",
    "column_twice": "The columns {other} and {column} are the same thing twice. Remove or rename one of them.",
}
NOTES = {
    "shared_address": "same e-mail or telephone as {whom}; gets a letter or a code instead of e-mail",
    "same_name": "same name and municipality as {whom}; remove the row if it is the same person",
    "postal_code_missing": "gets a letter, but the address has no postal code; write it, or the letter does not arrive",
    "elsewhere": "is {whom} in another cohort, and stays there",
}


def file_message(refused: ListRefused) -> str:
    return FILES[refused.code].format(**refused.context)


def row_message(fault: dict[str, Any]) -> str:
    where = f"row {fault['row']}" + (f", {fault['column']}" if fault["column"] else "")
    return f"{where}: {ROWS[fault['code']].format(value=fault['value'])}"


def note_message(note: dict[str, Any]) -> str:
    """`value` is a row of the file, or the number of somebody who is there already."""
    whom = note["value"] if note["value"].startswith("K-") else f"row {note['value']}"
    return f"row {note['row']}: {NOTES[note['code']].format(whom=whom)}"
