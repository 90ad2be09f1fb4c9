"""Files read back by other readers than ours, equal to the CSV, and the same bytes every time (F1, F2, F5)."""

import csv
import io
import random
import time
import zipfile
from dataclasses import replace
from xml.etree import ElementTree

import duckdb
import pandas
import pyreadstat
import pytest
from python_calamine import CalamineWorkbook

from benchmarks.tables import make_table
from kapabla.material.instruments import MissingReason
from kapabla.release.dataset import Dataset, to_wide
from kapabla.release.writers import WRITERS
from kapabla.release.writers.delimited import write_missing
from kapabla.release.writers.parquet import copy_csv
from tests.unit.release.samples import make_dataset

TITLE = "Kapabla 2026, utgåva 'x' (Exempeldata)"
LONG = make_dataset(30, seed=4)
WIDE = to_wide(LONG)
SHAPES = pytest.mark.parametrize("data", [LONG, WIDE], ids=["long", "wide"])


def written(name, data, tmp_path):
    ending, write = WRITERS[name]
    path = tmp_path / f"data{ending}"
    path.write_bytes(write(data, TITLE))
    return path


def expected(data):
    """What the CSV says, read by the csv module: text or None."""
    rows = list(csv.DictReader(io.StringIO(WRITERS["csv"][1](data, TITLE).decode())))
    return [{name: cell or None for name, cell in row.items()} for row in rows]


def as_text(value, column):
    if value is None or value != value or value == "":
        return None
    return str(value) if column.is_text else repr(float(value)) if not column.is_whole else str(int(value))


def read_back(rows, data):
    return [{c.name: as_text(row[c.name], c) for c in data.columns} for row in rows]


@SHAPES
def test_the_csv_holds_every_value_and_blanks_for_the_rest(data):
    """F1, F2."""
    for row, cells in zip(data.rows, expected(data), strict=True):
        for column in data.columns:
            cell = row[column.name]
            assert cells[column.name] == (None if isinstance(cell, MissingReason) else as_text(cell, column))


def test_the_csv_is_utf8_without_a_mark_with_commas_and_lf():
    """F1."""
    body = WRITERS["csv"][1](LONG, TITLE)
    assert body.startswith(b"record_id,wave,")
    assert b"\r" not in body


def test_the_csv_for_excel_opens_rightly_in_swedish_excel():
    """F1."""
    body = WRITERS["csv-excel"][1](LONG, TITLE)
    assert body.startswith(b"\xef\xbb\xbfrecord_id;wave;")
    rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig")), delimiter=";"))
    plain = expected(LONG)
    assert "3,3333333333333335" in {row["se_mean"] for row in rows}
    assert [row["se_mean"].replace(",", ".") or None for row in rows] == [row["se_mean"] for row in plain]


@SHAPES
def test_the_workbook_reads_back_equal_to_the_csv(data, tmp_path):
    """F2."""
    sheet = CalamineWorkbook.from_path(written("xlsx", data, tmp_path)).get_sheet_by_name("data").to_python()
    rows = [dict(zip(sheet[0], row, strict=True)) for row in sheet[1:]]
    assert read_back(rows, data) == expected(data)


@SHAPES
def test_the_sav_reads_back_equal_to_the_csv_with_codes_for_the_reasons(data, tmp_path):
    """F2."""
    frame, meta = pyreadstat.read_sav(str(written("sav", data, tmp_path)), user_missing=True)
    rows = frame.to_dict("records")
    for row, cells in zip(data.rows, rows, strict=True):
        for column in data.columns:
            if isinstance(row[column.name], MissingReason):
                assert cells[column.name] == ("" if column.is_text else row[column.name].value)
                cells[column.name] = None
    assert read_back(rows, data) == expected(data)
    for column in data.columns:
        lacks = [{"lo": "", "hi": ""}] if column.is_text else [{"lo": -99.0, "hi": -91.0}]
        assert meta.missing_ranges.get(column.name) == (lacks if column.missing or not column.is_text else None)


def test_a_blank_text_of_the_sav_is_missing_and_says_why(tmp_path):
    """F2: it was a value like the others, an occupation without a name."""
    path = str(written("sav", LONG, tmp_path))
    frame, meta = pyreadstat.read_sav(path)
    blanks = [isinstance(row["municipality"], MissingReason) for row in LONG.rows]
    assert any(blanks)
    assert frame["municipality"].isna().tolist() == blanks
    assert meta.variable_value_labels["municipality"][""] == "Lämnas inte ut"


def test_the_sav_is_labelled(tmp_path):
    """F2."""
    _, meta = pyreadstat.read_sav(str(written("sav", LONG, tmp_path)))
    assert meta.column_names_to_labels["se_1"] == "Jag vågar fråga, ”även” när det känns svårt"
    assert meta.variable_value_labels["se_1"] == {
        1: "Håller inte alls med", 2: "Håller delvis inte med", 3: "Varken eller", 4: "Håller delvis",
        5: "Håller helt", -91: "Kom inte så långt", -92: "Visades inte", -93: "Hoppade över",
        -94: "Vill inte svara", -95: "Har ingen uppfattning", -97: "Lämnas inte ut",
    }  # fmt: skip
    assert meta.variable_measure["se_1"] == "ordinal"
    assert meta.variable_measure["se_mean"] == "scale"
    assert meta.file_label == TITLE


def test_labels_of_the_sav_stand_in_the_order_of_the_study(tmp_path):
    """And not in that of their codes: `t12` after `t3`, and here all of them at odds with it."""
    waves = {"t3": "Tre månader", "t0": "Före", "t12": "Tolv månader", "t1": "Efter", "t0b": "Före, igen"}
    columns = tuple(replace(c, categories=waves) if c.name == "wave" else c for c in LONG.columns)
    _, meta = pyreadstat.read_sav(str(written("sav", replace(LONG, columns=columns), tmp_path)))
    assert list(meta.variable_value_labels["wave"].items()) == list(waves.items())


def test_a_reader_that_honours_the_missing_range_gets_blanks(tmp_path):
    frame, _ = pyreadstat.read_sav(str(written("sav", LONG, tmp_path)))
    assert read_back(frame.to_dict("records"), LONG) == expected(LONG)


@SHAPES
def test_the_dta_reads_back_equal_to_the_csv_with_letters_for_the_reasons(data, tmp_path):
    """F2."""
    frame, _ = pyreadstat.read_dta(str(written("dta", data, tmp_path)), user_missing=True)
    rows = frame.to_dict("records")
    for row, cells in zip(data.rows, rows, strict=True):
        for column in data.columns:
            if isinstance(row[column.name], MissingReason):
                assert cells[column.name] == ("" if column.is_text else row[column.name].stata)
                cells[column.name] = None
    assert read_back(rows, data) == expected(data)


def test_the_dta_opens_in_pandas_with_its_labels(tmp_path):
    """F2."""
    path = written("dta", LONG, tmp_path)
    frame = pandas.read_stata(path, convert_categoricals=False)
    assert read_back(frame.to_dict("records"), LONG) == expected(LONG)
    with pandas.read_stata(path, iterator=True) as reader:
        assert reader.variable_labels()["se_1"].startswith("Jag vågar fråga, ”även”")
        assert "Håller helt" in {labels.get(5) for labels in reader.value_labels().values()}


@SHAPES
def test_the_parquet_reads_back_equal_to_the_csv_with_types(data, tmp_path):
    """F2."""
    path = written("parquet", data, tmp_path)
    with duckdb.connect() as database:
        found = database.execute("SELECT * FROM read_parquet(?)", [str(path)])
        names = [column[0] for column in found.description]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        types = dict(database.execute("SELECT name, type FROM parquet_schema(?)", [str(path)]).fetchall())
    assert names == [column.name for column in data.columns]
    assert read_back(rows, data) == expected(data)
    for column in data.columns:
        wanted = "BYTE_ARRAY" if column.is_text else "INT32" if column.is_whole else "DOUBLE"
        assert types[column.name] == wanted


def test_missing_csv_names_person_wave_column_and_reason():
    rows = list(csv.reader(io.StringIO(write_missing(LONG).decode())))
    assert rows[0] == ["record_id", "wave", "column", "reason"]
    assert {tuple(row) for row in rows[1:]} == set(LONG.missing())
    assert {row[3] for row in rows[1:]} == {reason.slug for reason in MissingReason}


@pytest.mark.parametrize("name", WRITERS)
def test_the_same_table_gives_the_same_bytes_in_the_next_second(name):
    """F5."""
    write = WRITERS[name][1]
    first, start = write(LONG, TITLE), int(time.time())
    while int(time.time()) == start:  # Stata's and SPSS's headers know the time to the minute and the second
        time.sleep(0.02)
    assert write(LONG, TITLE) == first


@pytest.mark.parametrize("name", WRITERS)
def test_a_release_of_nobody_has_its_columns(name, tmp_path):
    empty = replace(LONG, rows=())
    assert len(WRITERS[name][1](empty, TITLE)) > 0


def test_letters_quotes_and_line_breaks_survive_every_format(tmp_path):
    column = LONG.columns[0]
    texts = ["KPa åäö ÅÄÖ é", 'KPb "q", k; x', "KPc '=1+1", "KPd =1+1", "KPe ”–”", "KPf\nrad"]
    table = Dataset((column,), tuple({"record_id": text} for text in texts), ())
    sheet = CalamineWorkbook.from_path(written("xlsx", table, tmp_path)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in sheet[1:]] == texts
    for name, read in (("sav", pyreadstat.read_sav), ("dta", pyreadstat.read_dta)):
        assert read(str(written(name, table, tmp_path)))[0]["record_id"].tolist() == texts
    with duckdb.connect() as database:
        found = database.execute("FROM read_parquet(?)", [str(written("parquet", table, tmp_path))]).fetchall()
    assert [row[0] for row in found] == texts


def test_scores_keep_their_last_bit_in_every_format(tmp_path):
    column = LONG.columns[-1]
    rng = random.Random(7)  # noqa: S311
    values = [rng.uniform(1, 5) for _ in range(200)]
    ids = LONG.columns[0]
    rows = tuple({"record_id": f"KP{n:04d}", column.name: value} for n, value in enumerate(values))
    table = Dataset((ids, replace(column, waves=())), rows, ())
    for name, read in (("sav", pyreadstat.read_sav), ("dta", pyreadstat.read_dta)):
        assert read(str(written(name, table, tmp_path)))[0][column.name].tolist() == values
    with duckdb.connect() as database:
        found = database.execute("FROM read_parquet(?)", [str(written("parquet", table, tmp_path))]).fetchall()
    assert [row[1] for row in found] == values


@pytest.mark.parametrize("blanks", [99, 100, 500])
@pytest.mark.parametrize(("name", "read"), [("sav", pyreadstat.read_sav), ("dta", pyreadstat.read_dta)])
def test_a_number_after_many_blanks_is_still_a_number(name, read, blanks, tmp_path):
    """Rows stand in the order of random ids: any number of blanks may come before the first value."""
    ids, score = LONG.columns[0], replace(LONG.columns[-1], waves=())
    cells = [MissingReason.NOT_SHOWN] * blanks + [1.5, MissingReason.SKIPPED, 2.0]
    rows = tuple({ids.name: f"KP{n:04d}", score.name: cell} for n, cell in enumerate(cells))
    frame, _ = read(str(written(name, Dataset((ids, score), rows, ()), tmp_path)))
    assert len(frame) == blanks + 3
    assert frame[score.name].dropna().tolist() == [1.5, 2.0]


@pytest.mark.parametrize("rows", [999, 1000, 1001, 2001])
def test_a_workbook_of_more_rows_than_are_written_at_once_is_whole(rows, tmp_path):
    column = LONG.columns[0]
    table = Dataset((column,), tuple({"record_id": f"KP{n:06d}"} for n in range(rows)), ())
    sheet = CalamineWorkbook.from_path(written("xlsx", table, tmp_path)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in sheet[1:]] == [f"KP{n:06d}" for n in range(rows)]


def test_a_workbook_says_its_size_and_has_its_names_in_view(tmp_path):
    with zipfile.ZipFile(written("xlsx", LONG, tmp_path)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    ElementTree.fromstring(sheet)  # noqa: S314  (our own document)
    assert f'<dimension ref="A1:I{len(LONG) + 1}"/>' in sheet
    assert 'state="frozen"' in sheet


def test_what_xml_cannot_hold_is_written_as_excel_writes_it(tmp_path):
    column = LONG.columns[0]
    table = Dataset((column,), ({"record_id": "a\x01b\r_x0041_ & <c>"},), ())
    with zipfile.ZipFile(written("xlsx", table, tmp_path)) as book:
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))  # noqa: S314  (our own document)
    texts = [element.text for element in sheet.iter() if element.tag.endswith("}t")]
    assert texts == ["a_x0001_b_x000D__x005F_x0041_ & <c>"]


def test_whole_numbers_and_decimals_of_one_column_keep_their_spelling():
    score = replace(LONG.columns[-1], waves=())
    rows = tuple({"record_id": f"KP{n}", score.name: cell} for n, cell in enumerate([1, 1.0, 2.5, 2]))
    table = Dataset((LONG.columns[0], score), rows, ())
    for name, wanted in (("csv", ["1", "1.0", "2.5", "2"]), ("csv-excel", ["1", "1,0", "2,5", "2"])):
        lines = WRITERS[name][1](table, TITLE).decode("utf-8-sig").replace(";", "\t").splitlines()[1:]
        assert [line.replace("KP", "").split("\t" if name == "csv-excel" else ",")[1] for line in lines] == wanted


def test_a_parquet_is_copied_from_file_to_file_as_it_is_written(tmp_path):
    """A table too large for memory takes the same way, and comes to the same bytes."""
    source, target = tmp_path / "x.csv", tmp_path / "x.parquet"
    source.write_bytes(WRITERS["csv"][1](LONG, TITLE))
    copy_csv(source, target, LONG.columns, TITLE)
    assert target.read_bytes() == WRITERS["parquet"][1](LONG, TITLE)


def test_the_table_of_the_benchmarks_goes_through_every_writer():
    """What `./dev bench` measures with thousands is done here with a few, and not timed."""
    table = make_table(20, 30)
    assert (len(table), len(table.columns)) == (60, 30)
    assert to_wide(table).people == table.people
    assert all(len(write(table, TITLE)) > 0 for _, write in WRITERS.values())
