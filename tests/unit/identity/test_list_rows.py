"""What is told about one row: every fault, with its column and code; and what a good row becomes."""

import pytest

from kapabla.identity.list_reading import ListRow, read_list, read_pasted
from tests.data.lists.messy import MUNICIPALITIES, ROLES, VOCABULARY

GOOD = {
    "namn": "Anna Ek", "e-post": "anna@example.com", "telefon": "070-174 06 05", "adress": "Storgatan 1",
    "kommun": "Umeå", "yrke": "Frisör", "språk": "svenska", "skyddad": "",
}  # fmt: skip


def read(*people, **cells):
    rows = people or (cells,)
    lines = ["\t".join(GOOD), *("\t".join({**GOOD, **row}.values()) for row in rows)]
    return read_list("\n".join(lines).encode(), vocabulary=VOCABULARY)


def faults(*people, **cells):
    return [(fault.column, fault.code) for fault in read(*people, **cells).rejected]


def test_a_good_row_becomes_a_person():
    assert read().rows == (
        ListRow(2, "Anna Ek", "anna@example.com", "+46701740605", "Storgatan 1", "2480", "hairdresser", "sv"),
    )
    assert read().rejected == ()


@pytest.mark.parametrize(
    ("cell", "value", "attribute", "expected"),
    [
        ("namn", "\xa0A\u030asa  Öberg ", "name", "Åsa Öberg"),
        ("namn", "Anna\u200b Ek\u00ad", "name", "Anna Ek"),
        ("e-post", " Anna.EK@Example.COM\xa0", "email", "anna.ek@example.com"),
        ("e-post", "asa@exämpel.se", "email", "asa@exämpel.se"),
        ("e-post", "a+b_c'd@sub-d.example.co.uk", "email", "a+b_c'd@sub-d.example.co.uk"),
        ("e-post", "-", "email", None),
        ("telefon", "+46 (0)70-174 06 05", "phone", "+46701740605"),
        ("telefon", "\u202a070-174 06 05\u202c", "phone", "+46701740605"),
        ("adress", "–", "address", None),
        ("kommun", " UMEÅ\xa0", "municipality", "2480"),
        ("kommun", "Umea\u030a", "municipality", "2480"),
        ("yrke", "fRISÖR", "role", "hairdresser"),
        ("språk", "English", "language", "en"),
        ("språk", "en-GB", "language", "en"),
        ("språk", " LÄTT  svenska", "language", "sv_easy"),
        ("språk", "", "language", "sv"),
        ("skyddad", "Nej", "name", "Anna Ek"),
        ("skyddad", "0", "name", "Anna Ek"),
    ],
)
def test_cells_are_tidied(cell, value, attribute, expected):
    (row,) = read({cell: value}).rows
    assert getattr(row, attribute) == expected


@pytest.mark.parametrize(
    ("cell", "value", "column", "code"),
    [
        ("namn", "", "name", "name_missing"),
        ("kommun", "", "municipality", "municipality_missing"),
        ("kommun", "Luleå", "municipality", "municipality_unknown"),
        ("yrke", "", "role", "role_missing"),
        ("yrke", "frissa", "role", "role_unknown"),
        ("språk", "klingonska", "language", "language_unknown"),
        ("namn", "B\0o Ek", "name", "control_characters"),
        ("yrke", "admin", "role", "role_unknown"),
        ("e-post", "anna.example.com", "email", "email_no_at"),
        ("e-post", "anna@", "email", "email_wrong"),
        ("e-post", "anna.öberg@example.com", "email", "email_not_ascii"),
        ("e-post", "anna@example", "email", "email_wrong"),
        ("e-post", "an na@example.com", "email", "email_wrong"),
        ("e-post", "anna@@example.com", "email", "email_wrong"),
        ("e-post", "anna..ek@example.com", "email", "email_wrong"),
        ("e-post", ".anna@example.com", "email", "email_wrong"),
        ("e-post", "anna@-example.com", "email", "email_wrong"),
        ("e-post", "Anna <anna@example.com>", "email", "email_wrong"),
        ("e-post", "a@example.com, b@example.com", "email", "email_wrong"),
        ("e-post", "a" * 250 + "@example.com", "email", "email_wrong"),
        ("telefon", "12", "phone", "phone_wrong"),
        ("telefon", "0701740605 (jobbet)", "phone", "phone_wrong"),
        ("namn", "Anna 811228-9874", "name", "personal_number"),
        ("telefon", "811228-9874", "phone", "personal_number"),
        ("adress", "c/o 8112289874", "address", "personal_number"),
        ("kommun", "811228-9874", "municipality", "personal_number"),
        ("adress", "x" * 1001, "address", "too_long"),
        ("namn", "Anna\x07", "name", "control_characters"),
        ("namn", "Anna \ufffd", "name", "control_characters"),
        ("yrke", "\x1b[2J", "role", "control_characters"),
        ("telefon", "-0701740605", "phone", "formula"),
        ("telefon", "=0701740605", "phone", "formula"),
        ("telefon", "+46 SUM(A1)", "phone", "formula"),
        ("e-post", "@anna", "email", "formula"),
        ("skyddad", "=1+1", "protected", "protected"),
    ],
)
def test_each_fault_has_its_column_and_code(cell, value, column, code):
    assert faults({cell: value}) == [(column, code)]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", " =", "\xa0=", "\u200b="])
@pytest.mark.parametrize(("cell", "column"), [("namn", "name"), ("adress", "address"), ("kommun", "municipality")])
def test_no_cell_may_begin_as_a_formula(sign, cell, column):
    assert faults({cell: f"{sign}Umeå"}) == [(column, "formula")]


@pytest.mark.parametrize("start", ["\t=", "\r=", "\n=", "\tAnna"])
def test_white_space_hides_no_formula(start):
    text = f'namn;e-post;kommun;yrke\n"{start}Ek";a@example.com;Umeå;Frisör\n'
    (fault,) = read_list(text.encode(), vocabulary=VOCABULARY).rejected
    assert (fault.column, fault.code) == ("name", "formula")


@pytest.mark.parametrize("sign", ["ja", "J", "x", "1", "true", "TRUE", "yes", "Y", "skyddad", "vet ej", "?"])
def test_whoever_is_marked_as_protected_is_rejected_and_nothing_else_is_said(sign):
    assert faults({"skyddad": sign, "kommun": "Hemlig by", "e-post": "fel"}) == [("protected", "protected")]
    assert "Hemlig" not in repr(read({"skyddad": sign, "kommun": "Hemlig by"}))


@pytest.mark.parametrize(
    "cells",
    [
        {"namn": "SEKRETESS Hemlig"},
        {"namn": "Hemlig (skyddad identitet)"},
        {"adress": "Sekretessmarkerad"},
        {"remark": "Har skyddade personuppgifter"},
        {"remark": "kvarskrivning"},
    ],
)
def test_whoever_is_marked_as_protected_anywhere_is_rejected(cells):
    row = {**GOOD, "remark": "", "namn": "Hemlig", **cells}
    text = "\t".join(row) + "\n" + "\t".join(row.values())
    found = read_list(text.encode(), vocabulary=VOCABULARY)
    assert [(fault.column, fault.code) for fault in found.rejected] == [("protected", "protected")]
    assert "Hemlig" not in repr(found)


def test_words_that_only_look_like_protection_are_none():
    assert (
        faults({"adress": "Skyddsvägen 1"}, {"namn": "Bo Ek", "e-post": "sekretess@example.com", "telefon": ""}) == []
    )


def test_all_faults_of_a_row_are_told():
    told = faults({"namn": "=Anna", "e-post": "anna", "telefon": "12", "kommun": "Luleå", "yrke": ""})
    assert told == [
        ("email", "email_no_at"),
        ("municipality", "municipality_unknown"),
        ("name", "formula"),
        ("phone", "phone_wrong"),
        ("role", "role_missing"),
    ]


@pytest.mark.parametrize("way", ["e-post", "telefon", "adress"])
def test_one_way_to_reach_the_person_is_enough(way):
    others = {name: "" for name in ("e-post", "telefon", "adress") if name != way}
    assert faults(others) == []
    assert faults({**others, way: " - "}) == [("contact", "contact_missing")]


def test_a_way_that_is_wrong_is_told_as_wrong_and_not_as_missing():
    assert faults({"e-post": "", "adress": "", "telefon": "12"}) == [("phone", "phone_wrong")]
    assert faults({"e-post": "=a", "adress": "", "telefon": ""}) == [("email", "formula")]


def test_only_an_unknown_place_or_trade_is_repeated():
    reading = read({"namn": "", "e-post": "hemlig", "telefon": "hemlig", "kommun": "Luleå", "yrke": "frissa"})
    assert {fault.value for fault in reading.rejected} == {"", "Luleå", "frissa"}
    assert "811228" not in repr(read({"kommun": "811228-9874"}))


@pytest.mark.parametrize(
    "again",
    [
        {"namn": "ANNA  EK", "telefon": ""},
        {"namn": "anna ek", "e-post": "ANNA@EXAMPLE.COM", "telefon": "0910-12 34 56"},
        {"e-post": "", "telefon": "+46701740605"},
        {"e-post": "annan@example.com", "kommun": "Malå"},
    ],
)
def test_the_same_address_and_name_is_the_same_person(again):
    reading = read({}, again)
    assert [(fault.row, fault.code, fault.value) for fault in reading.rejected] == [(3, "duplicate_in_file", "2")]
    assert [row.row for row in reading.rows] == [2]


@pytest.mark.parametrize("other", [{"telefon": ""}, {"e-post": ""}, {"e-post": "bo@example.com"}])
def test_the_same_address_and_another_name_is_a_household(other):
    reading = read({}, {"namn": "Bo Ek", **other})
    assert reading.rejected == ()
    assert [row.shares_address_with for row in reading.rows] == [None, 2]


def test_a_double_of_the_second_in_a_household_is_found():
    reading = read({}, {"namn": "Bo Ek"}, {"namn": "bo ek"})
    assert [(fault.row, fault.value) for fault in reading.rejected] == [(4, "3")]


def test_people_with_a_postal_address_alone_are_told_apart_by_name():
    paper = {"e-post": "", "telefon": ""}
    reading = read(paper, {**paper, "namn": "Bo Ek"}, {**paper, "adress": "STORGATAN  1"})
    assert [(fault.row, fault.code) for fault in reading.rejected] == [(4, "duplicate_in_file")]
    assert [row.shares_address_with for row in reading.rows] == [None, None]


def test_a_row_is_no_double_of_one_that_has_to_be_mended():
    reading = read({"kommun": "Luleå"}, {})
    assert [row.row for row in reading.rows] == [3]
    assert [fault.code for fault in reading.rejected] == ["municipality_unknown"]


@pytest.mark.parametrize("name", MUNICIPALITIES)
def test_each_municipality_of_the_county_is_known(name):
    assert read({"kommun": name.upper()}).rows[0].municipality == MUNICIPALITIES[name]


@pytest.mark.parametrize("name", ROLES)
def test_each_role_is_known(name):
    assert read({"yrke": name.lower()}).rows[0].role == ROLES[name]


def test_a_paste_box_is_read_as_a_file_is():
    text = "\t".join(GOOD) + "\n" + "\t".join(GOOD.values())
    assert read_pasted(text, vocabulary=VOCABULARY) == read()
    assert read_pasted(text.replace("\n", "\r\n") + "\ud800", vocabulary=VOCABULARY).row_count == 1


@pytest.mark.parametrize(
    ("street", "code", "town", "address"),
    [
        ("Byvägen 36", "922 31", "Vindeln", "Byvägen 36, 922 31 Vindeln"),
        ("Byvägen 36", "92231", "Vindeln", "Byvägen 36, 922 31 Vindeln"),
        ("Byvägen 36", "SE-922 31", "Vindeln", "Byvägen 36, SE-922 31 Vindeln"),
        ("Byvägen 36, Vindeln", "922 31", "VINDELN", "Byvägen 36, 922 31 VINDELN"),
        ("Byvägen 36, 922 31 Vindeln", "92231", "Vindeln", "Byvägen 36, 922 31 Vindeln"),
        ("c/o Ek, Byvägen 36", "", "Vindeln", "c/o Ek, Byvägen 36, Vindeln"),
        ("Byvägen 36", "", "", "Byvägen 36"),
        ("", "922 31", "Vindeln", None),
    ],
)
def test_postal_code_and_town_in_columns_of_their_own_belong_to_the_address(street, code, town, address):
    cells = ["Namn;E-post;Adress;Postnr;Ort;Kommun;Yrke", f"Anna Ek;a@example.com;{street};{code};{town};Umeå;Frisör"]
    reading = read_list("\n".join(cells).encode(), vocabulary=VOCABULARY)
    assert [row.address for row in reading.rows] == [address]
    assert reading.ignored_columns == ()
