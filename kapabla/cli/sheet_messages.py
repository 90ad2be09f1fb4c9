"""What whoever types answers from paper is told of a row, in English: never whose it is, and never what it says."""

from kapabla.jobs.paper_sheets import SheetFault

ROWS = {
    "cells_differ": "the row has more or fewer cells than the header",
    "sheet_empty": "no answer stands in the row; leave out who has answered nothing",
    "code_missing": "write the code of the letter, or the participant number, that stands on the sheet",
    "code_unknown": "nobody in this cohort has the code; check it against the sheet",
    "code_twice": "the same code as row {value}; a sheet is typed once, or twice with the column entry",
    "entries_incomplete": "a sheet that is typed twice has one row with entry 1 and one with entry 2",
    "entries_differ": "not the same as in row {value}; look at the sheet and mend the one that is wrong",
    "questions_closed": "these questions take no answers from this person on that day; ask the officer of the cohort",
    "chosen_before": "this person has chosen already; leave the columns choice_1 to choice_3 blank",
    "choice_unclear": "write ja or nej in each of choice_1, choice_2 and choice_3",
    "not_asked": "the person is not asked this; look at the sheet, or leave the cell blank",
    "unknown_option": "there is no such option; write the number that stands at it",
    "several_options": "one option alone can be chosen; leave the cell blank where the sheet has several",
    "declined_and_chosen": "-94 (will not answer) stands alone",
    "not_a_number": "write a number with digits",
    "too_many_decimals": "the number has too many decimals",
    "too_small": "the number is smaller than can be answered",
    "too_large": "the number is larger than can be answered",
    "not_a_date": "write the day as 2026-09-12",
    "too_long": "the text is too long; shorten it",
    "place_used_twice": "an option stands twice in the order",
    "place_left_out": "write the order from the first, without a gap",
    "not_alone": "this option stands alone",
}


def sheet_message(fault: SheetFault) -> str:
    where = f"row {fault.row}" + (f", {fault.column}" if fault.column else "")
    return f"{where}: {ROWS[fault.code].format(value=fault.value)}"
