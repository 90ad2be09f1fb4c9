"""What holds for any bytes and any people: the reader refuses or reads, and how a list is written changes nothing."""

import csv
import io
import string

from hypothesis import example, given, settings
from hypothesis import strategies as some

from kapabla.identity.list_reading import ListReading, ListRefused, read_list, read_pasted
from tests.data.lists.messy import MUNICIPALITIES, ROLES, VOCABULARY
from tests.unit.identity.test_list_files import TABLE, workbook

steady = settings(deadline=None, max_examples=150)

HEADER = "namn;e-post;telefon;adress;kommun;yrke\n"
# Letters that every encoding of the test has, with the signs that lists and formulas are written with.
LETTERS = string.ascii_letters + string.digits + "åäöÅÄÖéü" + " .-'+=@/(){}\"\n;,|\t"
CELLS = some.text(LETTERS, max_size=12)
PEOPLE = some.lists(
    some.tuples(CELLS, CELLS, CELLS, CELLS, some.sampled_from([*MUNICIPALITIES, ""]), some.sampled_from([*ROLES, "x"])),
    max_size=8,
)
# Åäö in the header decide between Windows-1252 and Mac Roman, as they do in a real list.
TITLES = ("Namn", "E-post", "Telefon", "Adress", "Kommun", "Yrke", "Språk för utskick, på länsnivå, år åå")


def attempt(data):
    return _refused_or_read(lambda: read_list(data, vocabulary=VOCABULARY))


def _refused_or_read(read):
    try:
        return read()
    except ListRefused as refused:
        return refused


def written(people, delimiter, encoding):
    file = io.StringIO()
    writer = csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerow(TITLES)
    writer.writerows([(*person, "") for person in people])
    return file.getvalue().encode(encoding)


WORKBOOK = workbook(TABLE)


@steady
@given(some.binary(max_size=400))
@example(b"\xff\xfe")
@example(b"PK\x03\x04")
def test_any_bytes_are_read_or_refused(data):
    assert isinstance(attempt(data), ListReading | ListRefused)


@steady
@given(some.binary(max_size=400))
def test_any_bytes_after_a_header_are_read_or_refused(data):
    assert isinstance(attempt(HEADER.encode() + data), ListReading | ListRefused)


@steady
@given(some.text(max_size=200), some.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]))
def test_any_text_after_a_header_is_read_or_refused(text, encoding):
    assert isinstance(attempt((HEADER + text).encode(encoding, "replace")), ListReading | ListRefused)


@steady
@given(some.text(some.characters(), max_size=200))
def test_anything_may_be_pasted(text):
    reading = _refused_or_read(lambda: read_pasted(HEADER + text, vocabulary=VOCABULARY))
    assert isinstance(reading, ListReading | ListRefused)


@steady
@given(some.data())
def test_a_damaged_workbook_is_read_or_refused(data):
    file = bytearray(WORKBOOK)
    for _ in range(data.draw(some.integers(1, 8))):
        file[data.draw(some.integers(4, len(file) - 1))] = data.draw(some.integers(0, 255))
    assert isinstance(attempt(bytes(file)), ListReading | ListRefused)


@steady
@given(PEOPLE)
def test_encoding_and_delimiter_change_nothing(people):
    expected = attempt(written(people, ";", "utf-8"))
    for encoding in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "mac-roman"):
        for delimiter in ";,\t|":
            reading = attempt(written(people, delimiter, encoding))
            assert (reading.rows, reading.rejected) == (expected.rows, expected.rejected)


@steady
@given(PEOPLE)
def test_every_row_is_either_kept_or_told(people):
    reading = attempt(written(people, ";", "utf-8"))
    kept, told = {row.row for row in reading.rows}, {fault.row for fault in reading.rejected}
    assert not kept & told
    assert len(kept) + len(told) == reading.row_count


@steady
@given(PEOPLE)
def test_a_list_put_twice_in_one_file_adds_nobody(people):
    once, twice = attempt(written(people, ";", "utf-8")), attempt(written(people * 2, ";", "utf-8"))
    assert [row.name for row in twice.rows] == [row.name for row in once.rows]


@steady
@given(PEOPLE)
def test_what_is_kept_holds_no_formula(people):
    for row in attempt(written(people, ";", "utf-8")).rows:
        for text in (row.name, row.email, row.address):
            assert not (text or "").startswith(("=", "+", "-", "@", "\t", "\r"))
