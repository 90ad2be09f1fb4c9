"""Reading a CSV: what is a number, what is missing, and what is refused."""

import math

import pytest

from analysis import table
from analysis.envelope import Misuse, Refused
from analysis.table import read_numbers, read_table


def column(path, name="a"):
    return [None if math.isnan(value) else value for value in read_numbers(path, [name])[name].tolist()]


@pytest.mark.parametrize("cell", ["", " ", "\t", "NA", "NaN", " NA "])
def test_missing_is_blank_na_and_nan(csv_file, cell):
    assert column(csv_file(f"a,b\n1,1\n{cell},1\n")) == [1, None]


@pytest.mark.parametrize(
    "cell", ["x", "nan", "na", "N/A", "null", "None", "-", ".", "inf", "-Infinity", "1_000", "0x10", "1 2", "true",
             "１", "1e999", '"1,5"', "−1", "1%"],
)  # fmt: skip
def test_any_other_text_is_refused(csv_file, cell):
    with pytest.raises(Refused) as refused:
        column(csv_file(f"a,b\n1,1\n{cell},1\n"))
    assert refused.value.reason == "non_numeric"


@pytest.mark.parametrize(("cell", "value"), [("99", 99), ("-9", -9), ("+1", 1), ("1.5", 1.5), (".5", 0.5), ("2.", 2),
                                             (" 3 ", 3), ("1e-3", 0.001), ("007", 7), ('"4"', 4)])  # fmt: skip
def test_numbers(csv_file, cell, value):
    assert column(csv_file(f"a,b\n{cell},1\n")) == [value]


def test_swedish_excel(csv_file):
    path = csv_file(b"\xef\xbb\xbf" + "Ålder vid start;b;Övrigt, fritt\r\n3,5;1;x\r\n-0,25;;y\r\n;2,0;z\r\n".encode())
    assert column(path, "Ålder vid start") == [3.5, -0.25, None]
    assert column(path, "b") == [1, None, 2]


@pytest.mark.parametrize("cell", ["1.5", "1.500,5", "1.500"])
def test_a_point_in_a_swedish_file_is_refused(csv_file, cell):
    with pytest.raises(Refused) as refused:
        column(csv_file(f"a;b\n{cell};1\n"))
    assert refused.value.reason == "non_numeric"


def test_as_many_semicolons_as_commas_is_a_comma_file(csv_file):
    assert column(csv_file("a,b;c\n1,2\n")) == [1]


def test_quoted_header_over_two_lines(csv_file):
    assert column(csv_file('"x\ny",a\n1,2\n3,4\n')) == [2, 4]


def test_blank_line_is_missing_in_one_column_and_nothing_in_two(csv_file):
    assert column(csv_file("a\n1\n\n2\n")) == [1, None, 2]
    assert column(csv_file("a,b\n1,1\n\n2,2\n  \n")) == [1, 2]


def test_short_row_ends_in_blanks(csv_file):
    assert column(csv_file("b,a\n1,1\n2\n")) == [1, None]


def test_only_the_named_columns_are_read(csv_file):
    assert column(csv_file("a,b,b\n1,free text,x\n2,,y\n")) == [1, 2]


@pytest.mark.parametrize("content", ["a,b\n1,5,2\n", "a,a\n1,2\n", 'a,b\n"1,2\n3,4\n', "a,å\n1,å\n".encode("latin-1")])
def test_no_readable_table_is_misuse(csv_file, content):
    with pytest.raises(Misuse):
        column(csv_file(content))


def test_no_final_line_end_and_many_chunks(csv_file, monkeypatch):
    monkeypatch.setattr(table, "CHUNK", 3)
    assert column(csv_file("a,b\n" + "\n".join(f"{i},0" for i in range(10)))) == list(range(10))


def test_texts_are_the_cells_as_they_stand(csv_file):
    found = read_table(csv_file("a,g\n1,1\n2, kontroll \n3,1.0\n,NA\n"), numbers=["a"], texts=["g", "a"])
    assert found.texts == {"g": ["1", "kontroll", "1.0", None], "a": ["1", "2", "3", None]}
    assert found.numbers["a"].tolist()[:3] == [1, 2, 3]


def test_text_keeps_its_comma_in_a_swedish_file(csv_file):
    assert read_table(csv_file("a;g\n1;x,y\n"), numbers=[], texts=["g"]).texts == {"g": ["x,y"]}
