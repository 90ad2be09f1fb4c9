"""Personal numbers are found wherever they stand, and telephone numbers are not taken for them."""

import pytest

from kapabla.identity.list_reading.cells import read_phone
from kapabla.identity.list_reading.personal_numbers import (
    has_personal_number,
    has_personal_number_for_phone,
    is_personal_number,
)

# Test numbers of the Swedish Tax Agency's open list, and the same with 60 added to the day.
NUMBERS = [
    "811228-9874", "8112289874", "198112289874", "19811228-9874", "811228+9874", "811288-9871", "201701102384",
    "19121212-1212", "121212+1212", "811228 9874", "811228–9874", "1980-01-01-1231", "800101 - 1231", "1980 01 01 1231",
    "19800101-1234", "198001011234", "811228-9875",
]  # fmt: skip
PHONES = [
    "070-174 06 05", "0701740605", "070 1740605", "+46701740605", "+46 70 174 06 05", "0046701740605", "701740605",
    "090-12 34 56", "090123456", "0910-12 34 56", "+46 (0)70-174 06 05", "46701740605", "08-465 004 00",
]  # fmt: skip


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("text", ["{}", "Anna Ek {}", "({})", "pnr:{}, ring först", "{}Anna", "rad ett\n{}"])
def test_a_personal_number_is_found_in_any_text(number, text):
    assert has_personal_number(text.format(number))


@pytest.mark.parametrize("number", NUMBERS)
def test_a_personal_number_is_found_where_a_telephone_number_should_stand(number):
    assert has_personal_number_for_phone(number)
    assert is_personal_number(number)


@pytest.mark.parametrize("phone", PHONES)
def test_a_telephone_number_is_not_a_personal_number(phone):
    assert not has_personal_number(phone)
    assert not has_personal_number(f"Storgatan 1, tel {phone}")
    assert not has_personal_number_for_phone(phone)
    assert not is_personal_number(phone)


def test_no_mobile_number_is_a_personal_number():
    """Each of a long stretch that holds dates and right check digits by chance."""
    dialled = [f"07012{number:05}" for number in range(0, 100_000, 7)]
    assert not any(has_personal_number(phone) or has_personal_number_for_phone(phone) for phone in dialled)


def test_no_number_of_the_county_is_a_personal_number():
    areas = ("090", "0910", "0911", "0912", "0918", "0930", "0932", "0933", "0934", "0935", "0940", "0950", "0953")
    dialled = [f"{area}{number:06}" for area in areas for number in range(100_000, 1_000_000, 317)]
    assert not any(has_personal_number(phone) or has_personal_number_for_phone(phone) for phone in dialled)


@pytest.mark.parametrize("number", ["000229-1114", "001231-1230", "070123-4561", "091012-3454"])
def test_a_hyphen_before_the_last_four_makes_it_a_personal_number_though_it_could_be_dialled(number):
    mended = next(f"{number[:-1]}{digit}" for digit in range(10) if has_personal_number(f"{number[:-1]}{digit}"))
    assert has_personal_number_for_phone(mended)


@pytest.mark.parametrize(
    "text",
    [
        "8112289875",
        "070123-4562",
        "811328-9874",
        "811232-9874",
        "8112289874123",
        "991122-33445",
        "12345678901",
        "5590000000000",
        "",
    ],
)
def test_a_wrong_check_digit_an_impossible_date_and_a_longer_number_are_none(text):
    assert not has_personal_number(text)


@pytest.mark.parametrize("text", ["811228-9874 ring", "Anna 811228-9874"])
def test_a_text_around_the_number_makes_the_cell_more_than_a_number(text):
    assert has_personal_number(text)
    assert not is_personal_number(text)


@pytest.mark.parametrize("phone", [*PHONES, "+46070-174 06 05", "0701740605"])
def test_every_spelling_of_a_telephone_number_becomes_one_form(phone):
    expected = {"0": "+46701740605", "9": "+4690123456", "91": "+46910123456", "8": "+46846500400"}
    assert read_phone(phone) in expected.values()
    if "70" in phone:
        assert read_phone(phone) == "+46701740605"


@pytest.mark.parametrize(
    "phone",
    ["", "12", "070-17", "finns ej", "070-174 06 05 eller 08", "070-174 06 05 06 07", "7,01E+08", "+", "+++++++"],
)
def test_what_cannot_be_dialled_is_no_telephone_number(phone):
    assert read_phone(phone) is None


@pytest.mark.parametrize("phone", ["()()()()", "٠٧٠١٧٤٠٦٠٥", "0000000", "+0701740605", "-0701740605", "1" * 16])
def test_what_only_looks_like_a_number_is_none(phone):
    assert read_phone(phone) is None


def test_a_number_abroad_keeps_its_country():
    assert read_phone("+47 22 12 34 56") == read_phone("0047 22123456") == "+4722123456"
