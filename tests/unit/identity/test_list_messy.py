"""Five thousand rows with every kind of mess: exactly what was planted is told, and nothing else."""

import time

import pytest

from kapabla.identity.list_reading import read_list
from tests.data.lists.messy import HEADER, VOCABULARY, make_messy


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "mac-roman"])
def test_every_planted_fault_is_told_and_no_other(encoding):
    messy = make_messy(encoding=encoding)
    reading = read_list(messy.data, vocabulary=VOCABULARY)
    assert [(fault.row, fault.column, fault.code) for fault in reading.rejected] == messy.rejected
    assert [(row.row, row.name) for row in reading.rows] == messy.good
    assert {row.row: row.shares_address_with for row in reading.rows if row.shares_address_with} == messy.shared
    assert reading.row_count == messy.row_count >= 5_000
    assert reading.ignored_columns == ("Anteckning",)
    assert reading.personal_number_columns == ("Personnummer",)
    assert len(HEADER) == 9


def test_another_seed_is_read_as_exactly():
    messy = make_messy(1_000, seed=2)
    reading = read_list(messy.data, vocabulary=VOCABULARY)
    assert [(fault.row, fault.column, fault.code) for fault in reading.rejected] == messy.rejected


def test_five_thousand_rows_take_less_than_two_seconds():
    messy = make_messy()
    began = time.process_time()
    read_list(messy.data, vocabulary=VOCABULARY)
    assert time.process_time() - began < 2


def test_no_personal_number_is_left_in_what_was_read():
    messy = make_messy()
    assert b"811228" in messy.data
    assert "811228" not in repr(read_list(messy.data, vocabulary=VOCABULARY))


def test_the_same_seed_gives_the_same_file():
    assert make_messy(200).data == make_messy(200).data
    assert make_messy(200).data != make_messy(200, seed=2).data
