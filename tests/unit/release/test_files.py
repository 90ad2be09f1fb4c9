"""Released files, opened with other readers (F1, F2, F3, F4; attacks 7, 24, 25)."""

import csv
import io
import json

import pyreadstat
import pytest

from kapabla.material import default_root, load_material
from kapabla.material.instruments import MissingReason
from kapabla.release import codebook
from kapabla.release.columns import ColumnSpec, Kind, columns_of
from kapabla.release.dataset import Dataset, to_wide
from kapabla.release.writers import WRITERS
from kapabla.release.writers.delimited import write_csv, write_csv_excel, write_missing
from kapabla.release.writers.spss import write_sav

COLUMNS = (
    ColumnSpec("record_id", Kind.ID, {"sv": "Id", "en": "Id"}),
    ColumnSpec("wave", Kind.WAVE, {"sv": "Tillfälle", "en": "Wave"}, {"t0": "före"}),
    ColumnSpec("role", Kind.PLACE, {"sv": "Roll", "en": "Role"}, {"vet": "Veterinär åäö"}, is_quasi_identifier=True),
    ColumnSpec("se_1", Kind.CATEGORY, {"sv": "Säker?", "en": "Sure?"}, {n: f"steg {n}" for n in range(1, 6)}, 1, 5),
    ColumnSpec("se_mean", Kind.SCORE, {"sv": "Medel", "en": "Mean"}, minimum=1, maximum=5),
)
DATA = Dataset(
    COLUMNS,
    (
        {"record_id": "KP1", "wave": "t0", "role": "vet", "se_1": 3, "se_mean": 2.625},
        {"record_id": "KP1", "wave": "t1", "role": "vet", "se_1": MissingReason.DECLINED, "se_mean": 10 / 3},
        {
            "record_id": "KP2",
            "wave": "t0",
            "role": MissingReason.WITHHELD,
            "se_1": MissingReason.SKIPPED,
            "se_mean": 1.0,
        },
    ),
    ("t0", "t1"),
)


def test_csv_is_plain_and_reads_back_to_the_very_numbers():
    """F1: no mark, comma, LF; a blank for what is missing."""
    body = write_csv(DATA, "")
    assert not body.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in body
    rows = list(csv.DictReader(io.StringIO(body.decode())))
    assert float(rows[1]["se_mean"]) == 10 / 3
    assert rows[1]["se_1"] == rows[2]["role"] == ""


def test_excel_profile_has_a_mark_decimal_comma_and_no_formula():
    """F1; attack 25."""
    evil = Dataset(
        COLUMNS[:3],
        tuple(
            {"record_id": "KP1", "wave": "t0", "role": text} for text in ("=1+1", "+46", "-2", "@x", "\uff1d1", "ok")
        ),
        ("t0",),
    )
    text = write_csv_excel(evil, "").decode("utf-8-sig")
    cells = [row[2] for row in csv.reader(io.StringIO(text), delimiter=";")][1:]
    assert cells == ["'=1+1", "'+46", "'-2", "'@x", "'\uff1d1", "ok"]
    assert ";2,625" in write_csv_excel(DATA, "").decode("utf-8-sig")


def test_missing_has_its_reason():
    """C11."""
    rows = write_missing(DATA).decode().splitlines()
    assert "KP1,t1,se_1,declined" in rows
    assert "KP2,t0,role,withheld" in rows


def test_spss_has_labels_measures_and_user_missing(tmp_path):
    """F2: what pyreadstat reads back equals the CSV; the codes stand in the cell and are declared missing."""
    path = tmp_path / "x.sav"
    path.write_bytes(write_sav(DATA, "Titel (Exempeldata)"))
    frame, meta = pyreadstat.read_sav(str(path), user_missing=True)
    assert list(frame["se_1"]) == [3, -94, -93]
    assert list(frame["role"]) == ["vet", "vet", ""]
    assert frame["se_mean"][1] == 10 / 3
    assert meta.column_names_to_labels["se_1"] == "Säker?"
    assert meta.variable_value_labels["se_1"][3.0] == "steg 3"
    assert meta.variable_value_labels["se_1"][-94.0] == "Vill inte svara"
    assert meta.variable_measure["se_1"] == "ordinal"
    assert meta.missing_ranges["se_1"] == [{"lo": -99.0, "hi": -91.0}]
    assert meta.file_label == "Titel (Exempeldata)"
    plain, _ = pyreadstat.read_sav(str(path))
    assert plain["se_1"].isna().tolist() == [False, True, True]


@pytest.mark.parametrize("name", WRITERS)
def test_same_table_gives_same_bytes(name):
    """F5; attack 24: no time, path or author in the file."""
    import time

    _, write = WRITERS[name]
    first = write(DATA, "t")
    time.sleep(1.1)
    assert write(DATA, "t") == first


def test_wide_is_rebuilt_from_long():
    """F4: a row a person, a column an item and wave; the cells are the very same."""
    wide = to_wide(DATA)
    assert [row["record_id"] for row in wide.rows] == ["KP1", "KP2"]
    assert wide.rows[0]["se_1_t0"] == 3
    assert wide.rows[0]["se_1_t1"] is MissingReason.DECLINED
    assert wide.rows[1]["se_mean_t1"] is MissingReason.NOT_REACHED
    for row in DATA.rows:
        person = next(w for w in wide.rows if w["record_id"] == row["record_id"])
        assert person[f"se_mean_{row['wave']}"] == row["se_mean"]


def test_every_column_is_described_once_and_none_is_free_text():
    """F3; attack 7: the allow-list of the real study."""
    material = load_material(default_root())
    columns = columns_of(material.studies["kapabla-2026"], material)
    names = [column.name for column in columns]
    assert len(names) == len(set(names))
    assert all(len(name) <= 26 and name == name.lower() for name in names)
    assert "kurs_comment" not in names
    assert {"se_1", "se_8", "se_mean", "avs_mean", "kun_a_01", "bak_3"} <= set(names)
    book = json.loads(codebook.as_json(Dataset(columns, (), ()), "t"))
    assert [entry["name"] for entry in book["columns"]] == names
    assert all(entry["labels"]["sv"] and entry["labels"]["en"] for entry in book["columns"])
