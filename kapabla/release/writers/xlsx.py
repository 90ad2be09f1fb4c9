"""Excel .xlsx through xlsxwriter: values as cells, names as the first row, nothing of whoever wrote it."""

import io
from datetime import datetime

from kapabla.material.instruments import MissingReason
from kapabla.release.dataset import Dataset

# The same bytes every time: a workbook would otherwise tell when it was made.
_MADE_AT = datetime(2000, 1, 1)  # noqa: DTZ001  (xlsxwriter wants a naive one)
MAX_ROWS, MAX_COLUMNS = 1_048_576, 16_384


class _Exact(float):
    """xlsxwriter formats numbers to 16 figures, which drops the last bit of one in three; this one keeps all 17."""

    def __format__(self, _spec: str) -> str:
        return float.__repr__(self)


def write_xlsx(dataset: Dataset, title: str) -> bytes:
    """One sheet, `data`. Numbers are numbers, texts are texts (never formulas or links), missing cells are blank.

    The title (with "Exempeldata" of test people) stands in the workbook's properties. Example: the cell 3.25 is a
    number, which Swedish Excel shows as 3,25.
    """
    import xlsxwriter

    body = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(body, options) as book:
        book.set_properties({"title": title, "created": _MADE_AT})
        sheet = book.add_worksheet("data")
        sheet.freeze_panes(1, 1)
        for place, column in enumerate(dataset.columns):
            sheet.write_string(0, place, column.name)
        for line, row in enumerate(dataset.rows, start=1):
            for place, column in enumerate(dataset.columns):
                cell = row[column.name]
                if isinstance(cell, MissingReason):
                    continue
                if isinstance(cell, str):
                    sheet.write_string(line, place, cell)
                else:
                    sheet.write_number(line, place, _Exact(cell) if isinstance(cell, float) else cell)
    return body.getvalue()
