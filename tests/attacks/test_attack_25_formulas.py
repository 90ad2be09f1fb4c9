"""Attack 25: a cell that a spreadsheet would run."""

import csv
import io

import pyreadstat
import pytest
from python_calamine import CalamineWorkbook

from kapabla.release.columns import ColumnSpec, Kind
from kapabla.release.dataset import Dataset
from kapabla.release.writers import WRITERS, delimited

EVIL = ["+1", "-2+3", "=1+1", '=HYPERLINK("http://example.se")', "@SUM(A1)", "\uff1d1+1"]
COLUMN = ColumnSpec("record_id", Kind.ID, {"sv": "x", "en": "x"})
DATA = Dataset((COLUMN,), tuple({"record_id": text} for text in sorted(EVIL)), ())


def test_the_csv_for_excel_makes_formulas_text():
    """C7.25, F1."""
    body = WRITERS["csv-excel"][1](DATA, "x").decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(body), delimiter=";"))
    assert [row[0] for row in rows[1:]] == [f"'{text}" for text in sorted(EVIL)]


@pytest.mark.parametrize("name", ["csv", "sav"])
def test_files_for_programs_are_unchanged(name, tmp_path):
    """C7.25."""
    path = tmp_path / f"x.{name}"
    path.write_bytes(WRITERS[name][1](DATA, "x"))
    if name == "csv":
        found = [row[0] for row in csv.reader(io.StringIO(path.read_text()))][1:]
    else:
        found = pyreadstat.read_sav(str(path))[0]["record_id"].tolist()
    assert found == sorted(EVIL)


def test_a_workbook_holds_them_as_text(tmp_path):
    """C7.25."""
    path = tmp_path / "x.xlsx"
    path.write_bytes(WRITERS["xlsx"][1](DATA, "x"))
    assert b"<f>" not in path.read_bytes()
    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows[1:]] == sorted(EVIL)


def test_without_the_quote_a_spreadsheet_would_run_them(monkeypatch):
    """The mutant."""
    monkeypatch.setattr(delimited, "_FORMULA", ())
    body = WRITERS["csv-excel"][1](DATA, "x").decode("utf-8-sig")
    assert [row[0] for row in csv.reader(io.StringIO(body), delimiter=";")][1:] == sorted(EVIL)
