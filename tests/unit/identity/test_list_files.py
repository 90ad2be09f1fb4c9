"""Files as they come: kinds, encodings, delimiters, line numbers, headers; and what is refused as a whole."""

import io
import zipfile
from datetime import UTC, date, datetime

import pytest
import xlsxwriter

from kapabla.identity.list_reading import MAX_BYTES, ListRefused, read_list
from tests.data.lists.messy import VOCABULARY

HEADER = ["Namn", "E-post", "Adress", "Kommun", "Yrke"]
ANNA = ["Åsa Öberg", "asa@example.com", "Älvvägen 1", "Umeå", "Frisör"]
BO = ["Bo Ek", "bo@example.com", "", "Malå", "Jägare"]
TABLE = [HEADER, ANNA, BO]
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "mac-roman"]


def read(text, encoding="utf-8"):
    return read_list(text.encode(encoding), vocabulary=VOCABULARY)


def joined(table, delimiter=";", end="\n"):
    return end.join(delimiter.join(row) for row in table)


def workbook(*sheets, **options):
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, **options}) as book:
        # Without this the bytes differ from one second to the next.
        book.set_properties({"created": datetime(2026, 1, 31, tzinfo=UTC)})
        for table in sheets:
            sheet = book.add_worksheet()
            for row, cells in enumerate(table):
                for column, value in enumerate(cells):
                    sheet.write(row, column, value)
    return file.getvalue()


def read_workbook(*sheets, **options):
    return read_list(workbook(*sheets, **options), vocabulary=VOCABULARY)


def refusal(data):
    with pytest.raises(ListRefused) as refused:
        read_list(data, vocabulary=VOCABULARY)
    return refused.value.code


def lines(reading):
    return [row.row for row in reading.rows], [(fault.row, fault.code) for fault in reading.rejected]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_each_encoding_and_delimiter_gives_the_same_people(encoding, delimiter, end):
    reading = read(joined(TABLE, delimiter, end), encoding)
    assert reading.rows == read(joined(TABLE)).rows
    assert [row.name for row in reading.rows] == ["Åsa Öberg", "Bo Ek"]
    assert (reading.format, reading.encoding, reading.delimiter) == ("csv", encoding, delimiter)


def test_big_endian_utf_16_with_its_mark_is_read():
    assert read("\ufeff" + joined(TABLE), "utf-16-be").rows == read(joined(TABLE)).rows


def test_a_workbook_is_read_as_a_file_is():
    reading = read_workbook(TABLE)
    assert reading.rows == read(joined(TABLE)).rows
    assert (reading.format, reading.encoding, reading.delimiter) == ("xlsx", "", "")


def test_the_first_sheet_with_rows_is_read():
    assert read_workbook([], [["", " "]], TABLE, [["Kommentar"]]).rows == read(joined(TABLE)).rows


def test_numbers_and_dates_of_a_workbook_are_written_as_people_write_them():
    header = [*HEADER, "Telefon", "Skyddad"]
    table = [
        header,
        [*ANNA, 701740605, False],
        [*BO, 46910123456, 0],
        [1951, *BO[1:2], date(2026, 1, 31), *BO[3:], "", 1],
    ]
    reading = read_workbook(table, default_date_format="yyyy-mm-dd")
    assert [row.phone for row in reading.rows] == ["+46701740605", "+46910123456"]
    assert lines(reading)[1] == [(4, "protected")]
    table[3][-1] = ""
    assert read_workbook(table, default_date_format="yyyy-mm-dd").rows[2].address == "2026-01-31"
    assert read_workbook(table, default_date_format="yyyy-mm-dd").rows[2].name == "1951"


def test_a_workbook_counts_its_rows_as_the_spreadsheet_does():
    table = [[], ["", *HEADER], ["", *ANNA], [], ["", "Bo\nEk", *BO[1:3], "Luleå", "Jägare"]]
    assert lines(read_workbook(table)) == ([3], [(5, "municipality_unknown")])


def test_the_header_is_line_1_and_a_row_counts_from_its_first_line():
    table = [HEADER, [*ANNA[:2], '"c/o Ek\n\nVäg 1; 2 tr"', *ANNA[3:]], BO]
    reading = read(joined(table))
    assert lines(reading) == ([2, 5], [])
    assert reading.rows[0].address == "c/o Ek\nVäg 1; 2 tr"


@pytest.mark.parametrize("blank", ["", "   ", ";;;;", " ; ;;; ", "\xa0"])
def test_blank_lines_are_no_rows_and_no_faults(blank):
    text = "\n".join([";".join(HEADER), ";".join(ANNA), blank, blank, ";".join(BO), blank, ""])
    assert lines(read(text)) == ([2, 5], [])
    assert read(text).row_count == 2


def test_blank_lines_may_come_before_the_header():
    assert lines(read(f"\n;;\n{joined(TABLE)}")) == ([4, 5], [])


@pytest.mark.parametrize("hint", ["sep=,", '"sep=,"', "SEP=,"])
def test_the_hint_of_excel_names_the_delimiter(hint):
    reading = read(f"{hint}\r\n{joined(TABLE, ',')}")
    assert reading.delimiter == ","
    assert lines(reading) == ([3, 4], [])


def test_a_delimiter_inside_a_quoted_title_is_not_counted():
    assert read(joined([[*HEADER, '"Ort, by, gård, a, b, c"'], [*ANNA, ""]])).delimiter == ";"


def test_a_row_with_too_few_or_too_many_cells_is_told_once():
    text = joined([HEADER, ANNA[:4], [*ANNA, "", "x"], [*ANNA, "", ""], ["Bo"]])
    assert lines(read(text)) == ([4], [(2, "too_few_cells"), (3, "too_many_cells"), (5, "too_few_cells")])


def test_a_stray_quotation_mark_spoils_its_own_line_alone():
    text = joined(
        [HEADER, ['"Anna', *ANNA[1:]], BO, ["Ulla Ek", "ulla@example.com", '"Väg 1; 2 tr"', "Umeå", "Frisör"]]
    )
    assert lines(read(text)) == ([3, 4], [(2, "too_few_cells")])


def test_a_stray_quotation_mark_early_in_a_long_list_spoils_its_own_line_alone():
    people = [
        [f"Person {number}", f"p{number}@example.com", "Storgatan 1", "Umeå", "Frisör"] for number in range(5_000)
    ]
    reading = read(joined([HEADER, ['"Anna', *ANNA[1:]], *people]))
    assert len(reading.rows) == 5_000
    assert lines(reading)[1] == [(2, "too_few_cells")]


def test_columns_stand_in_any_order_and_spelling():
    table = [
        ["ROLE", "e mail", " Municipality ", "Sur-name", "first_name"],
        ["frisör", "a@example.com", "Umeå", "Ek", "Eva"],
    ]
    (row,) = read(joined(table)).rows
    assert (row.name, row.email, row.municipality, row.role) == ("Eva Ek", "a@example.com", "2480", "hairdresser")


@pytest.mark.parametrize(
    "title", ["E-post", "epost", "E-POST ", "e post", "Mail", "email", "E-mail", "e‑post", "E\xa0post", "Mejl"]
)
def test_the_column_of_addresses_has_many_names(title):
    assert (
        read(joined([["Namn", title, "Kommun", "Yrke/roll"], ["Eva", "e@example.com", "Umeå", "Frisör"]])).rows[0].email
    )


def test_what_no_page_may_hold_is_told_and_shown_as_a_sign():
    """Found by `./dev bench long list_fuzz`: the preview showed it as it was."""
    found = read("namn;e-post;kommun;yrke;No\x1at\n\x00Åsa;a@example.com;Vindeln\uffff;frisör;x\n")
    assert found.ignored_columns == ("No\ufffdt",)
    assert found.cells[2]["name"] == "\ufffdÅsa"
    assert {(fault.column, fault.code) for fault in found.rejected} == {
        ("name", "control_characters"), ("municipality", "control_characters"),
    }  # fmt: skip


def test_unknown_columns_are_named_and_not_read():
    table = [[*HEADER, "Kommentar", ""], [*ANNA, "=1+1 811228-9874\x07", "x"], [*BO, "", ""]]
    reading = read(joined([[*table[0][:-1], "", "Sist"], [*table[1], ""], [*table[2], ""]]))
    assert reading.ignored_columns == ("Kommentar", "Kolumn 7", "Sist")
    # Not read, but for what must not lie here: the row is to come without it.
    assert [(fault.row, fault.code) for fault in reading.rejected] == [(2, "personal_number")]
    assert "811228" not in repr(reading)


@pytest.mark.parametrize(
    "title", ["Personnummer", "PNR", "person nr", "Födelsenummer", "SSN", "Personnummer (ÅÅMMDD-XXXX)"]
)
def test_a_column_of_personal_numbers_is_dropped_by_its_name(title):
    reading = read(joined([[*HEADER, title], [*ANNA, "811228-9874"], [*BO, "vet ej"]]))
    assert reading.personal_number_columns == (title,)
    assert len(reading.rows) == 2
    assert "811228" not in repr(reading)


def test_a_column_of_nothing_but_personal_numbers_is_dropped_whatever_its_name():
    reading = read(joined([[*HEADER, "Id"], [*ANNA, "811228-9874"], [*BO, ""]]))
    assert (reading.personal_number_columns, reading.ignored_columns) == (("Id",), ())
    reading = read(joined([[*HEADER, "Id"], [*ANNA, "811228-9874"], [*BO, "A 17"]]))
    assert (reading.personal_number_columns, reading.ignored_columns) == ((), ("Id",))


def test_a_known_column_is_read_though_its_only_value_is_a_personal_number():
    assert lines(read(joined([HEADER, ["811228-9874", *ANNA[1:]]]))) == ([], [(2, "personal_number")])


@pytest.mark.parametrize(
    ("table", "code"),
    [
        ([["Anna", "anna@example.com", "Umeå", "Frisör"]], "no_header"),
        ([["E-post", "Kommun", "Yrke"]], "column_missing"),
        ([["Förnamn", "E-post", "Kommun", "Yrke"]], "column_missing"),
        ([["Namn", "E-post", "Yrke"]], "column_missing"),
        ([["Namn", "E-post", "Kommun"]], "column_missing"),
        ([["Namn", "Kommun", "Yrke"]], "column_missing"),
        ([[*HEADER, "Mail"]], "column_twice"),
        ([[*HEADER, "namn"]], "column_twice"),
        ([[]], "empty"),
        ([["", ""], [""]], "empty"),
    ],
)
def test_a_list_without_a_usable_header_is_refused(table, code):
    assert refusal(joined(table).encode()) == code
    assert refusal(workbook(table)) == code


@pytest.mark.parametrize(
    ("titles", "left"), [(["Telefon", "Mobil"], "Telefon"), (["Mobiltelefon", "Telefon arbete"], "Telefon arbete")]
)
def test_of_a_telephone_and_a_mobile_the_mobile_is_kept_and_the_other_is_said(titles, left):
    numbers = ["0911-23 23 23", "070-174 06 05"] if titles[1] == "Mobil" else ["070-174 06 05", "0911-23 23 23"]
    found = read(joined([[*HEADER, *titles], [*ANNA, *numbers]]))
    assert found.ignored_columns == (left,)
    assert found.rows[0].phone == "+46701740605"


def test_two_columns_of_one_thing_are_both_named():
    with pytest.raises(ListRefused) as refused:
        read(joined([["Namn", "E-post arbete", "E-post privat", "Kommun", "Yrke"], ANNA]))
    assert (refused.value.code, refused.value.context["other"]) == ("column_twice", "E-post arbete")
    assert refused.value.context["column"] == "E-post privat"


def test_a_personal_number_in_a_column_that_is_not_used_rejects_the_row():
    """interfaces.md: a number inside another cell."""
    rows = [[*ANNA, "pnr 8501012390"], ["Bo Björk", "bo@example.com", *ANNA[2:], "ring på fredag"]]
    assert lines(read(joined([[*HEADER, "Övrigt"], *rows]))) == ([3], [(2, "personal_number")])


def test_a_list_of_nobody_is_no_fault():
    assert read(joined([HEADER])).row_count == 0


@pytest.mark.parametrize(
    "data", [b"", b"\n\n", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff\x00 ", b" \t ", "\xa0".encode()]
)
def test_an_empty_file_is_refused(data):
    assert refusal(data) == "empty"


def packed(name, way=zipfile.ZIP_STORED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", way) as archive:
        archive.writestr(name, "x")
    return file.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7\n1 0 obj",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0JFIF",
        b"{\\rtf1 namn;kommun}",
        # Old Excel, and an xlsx that is locked by a password: both are OLE containers.
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        packed("namn.csv"),
        packed("xl/workbook.xml"),
        packed("xl/workbook.xml", zipfile.ZIP_LZMA),
        b"PK\x03\x04 damaged",
        workbook(TABLE)[:-200],
        joined(TABLE).encode().replace(b"Namn", b"N\0amn"),
    ],
)
def test_what_is_no_list_is_refused(data):
    assert refusal(data) == "wrong_type"


def test_characters_that_no_encoding_explains_are_refused():
    assert refusal(b"\xef\xbb\xbf" + joined(TABLE).encode("cp1252")) == "unreadable"
    assert refusal(b"\xff\xfe" + joined(TABLE).encode("utf-16-le") + b"\xd8") == "unreadable"


def test_a_file_that_is_too_large_is_refused():
    assert refusal(b"a" * (MAX_BYTES + 1)) == "too_large"


def test_too_many_rows_are_refused_and_as_many_as_allowed_are_read():
    text = joined([HEADER, *([ANNA] * 20_000)])
    assert read(text).row_count == 20_000
    assert refusal(f"{text}\n{joined([BO])}".encode()) == "too_many_rows"


def test_one_cell_far_away_does_not_fill_the_memory():
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADER)
        sheet.write(1_048_575, 16_383, "x")
    assert refusal(file.getvalue()) == "too_many_rows"


def test_a_workbook_packed_to_burst_is_refused():
    file = io.BytesIO(workbook(TABLE))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image1.png", bytes(101 * 1024 * 1024))
    assert refusal(file.getvalue()) == "too_large"


TITLED = [["Deltagarlista, våren 2026"], [], HEADER, ANNA, BO]


def test_headings_are_found_below_a_title_and_rows_keep_their_numbers():
    for reading in (read(joined(TITLED)), read(joined(TITLED, ",").replace("lista,", "lista")), read_workbook(TITLED)):
        assert ([row.row for row in reading.rows], reading.heading_row) == ([4, 5], 3)


def test_the_sheet_that_is_a_list_is_read_and_others_that_are_lists_are_named():
    reading = read_workbook([["Försättsblad"], ["Om listan"]], TITLED, [HEADER, BO], [["Yrke", "Antal"]])
    assert ([row.row for row in reading.rows], reading.sheet) == ([4, 5], "Sheet2")
    assert reading.unread_sheets == ("Sheet3",)


def test_a_refusal_tells_the_sheet_and_the_row_that_was_read():
    with pytest.raises(ListRefused) as refused:
        read_workbook([["Försättsblad"]], [["Lista"], ["Namn", "E-post", "Kommun"], ["Anna", "a@example.com", "Umeå"]])
    assert refused.value.context == {"column": "yrke", "row": 2, "sheet": "Sheet2"}


def test_what_a_filter_hides_is_not_read():
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        for name in ("Å & dold", "Blad & två"):
            sheet = book.add_worksheet(name)
            for row, cells in enumerate(TABLE):
                sheet.write_row(row, 0, cells)
            sheet.set_row(1, None, None, {"hidden": True})
        book.worksheets()[1].activate()
        book.worksheets()[0].hide()
    reading = read_list(file.getvalue(), vocabulary=VOCABULARY)
    assert ([row.row for row in reading.rows], reading.hidden_rows) == ([3], 1)
    assert (reading.sheet, reading.unread_sheets) == ("Blad & två", ())
