"""Whatever way a number, an address or a known name is written: it is found."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kapabla import guard
from kapabla.guard import Finding, Kind
from kapabla.guard.findings import joined
from kapabla.guard.personal_numbers import has_right_check_digit

SEPARATORS = st.sampled_from(["", " ", "-", " - ", ".", "–", "−", "/", " ", "+"])
AROUND = st.sampled_from(
    [("", ""), ("Hon har ", "."), ("(", ")"), ("pnr:", " tror jag"), ("Det är ", ", säger 3 av 5")]
)
NAME = "Torbjörn Rönnbäck"


@st.composite
def personal_numbers(draw):
    """Twelve or ten digits of a possible person, with a right check digit; of every third the coordination number."""
    day = draw(st.dates(date(1900, 1, 1), date(2024, 12, 31)))
    number = day.day + (60 if draw(st.integers(0, 2)) == 0 else 0)
    nine = f"{day:%y%m}{number:02d}{draw(st.integers(1, 999)):03d}"
    ten = next(nine + str(digit) for digit in range(10) if has_right_check_digit(nine + str(digit)))
    return f"{day.year // 100}{ten}" if draw(st.booleans()) else ten


def covers(text, part):
    start = text.index(part)
    return any(found.start <= start and start + len(part) <= found.end for found in guard.find(text))


@given(personal_numbers(), st.data())
def test_a_personal_number_is_found_however_it_is_separated(number, data):
    """B9: a separator, or none, between any two digits."""
    written = number[0] + "".join(data.draw(SEPARATORS) + digit for digit in number[1:])
    before, after = data.draw(AROUND)
    assert covers(f"{before}{written}{after}", written)


@given(personal_numbers(), st.sampled_from(["-", "+", "–", ""]))
def test_a_personal_number_in_its_own_form_is_called_one(number, dash):
    text = f"Numret {number[:-4]}{dash}{number[-4:]} är hennes."
    assert [found.kind for found in guard.find(text)] == [Kind.PERSONAL_NUMBER]


@given(personal_numbers(), st.integers(0, 9))
def test_a_misspelt_personal_number_in_its_own_form_is_found(number, digit):
    """With a wrong digit it is a possible number no more, and tells nearly as much."""
    wrong = f"{number[:-7]}{digit}{number[-6:-4]}-{number[-4:]}"
    assert covers(f"Numret är {wrong}.", wrong)


@given(
    st.integers(70_174_06_05, 70_174_06_99),
    SEPARATORS.filter(lambda separator: separator != "+"),
    st.sampled_from(["0", "+46", "+46 ", "0046", "00 46 ", "46", "+46(0)"]),
)
def test_a_mobile_number_is_found_however_it_is_grouped(number, separator, prefix):
    digits = str(number)
    written = prefix + digits[:2] + separator + digits[2:5] + separator + digits[5:7] + separator + digits[7:]
    assert covers(f"Ring {written} i kväll", written)


local_part = st.from_regex(r"[a-zåäö0-9][a-zåäö0-9._+-]{0,12}[a-zåäö0-9]", fullmatch=True)


@given(
    local_part, st.from_regex(r"[a-zåäö0-9]{1,10}(-[a-z]{2,5})?", fullmatch=True),
    st.sampled_from(["se", "com", "example.org"]),
    st.sampled_from(["@", " @ ", "(at)", " (at) ", "[at]", " at ", " snabel-a ", " snabela ", "(a)", "(snabel-a)"]),
    st.sampled_from([".", " punkt ", " dot ", "(dot)"]),
)  # fmt: skip
def test_an_e_mail_address_is_found_however_its_sign_is_hidden(local, host, ending, sign, point):
    if sign in ("@", " @ "):
        point = "."
    written = f"{local}{sign}{host}{point}{ending}"
    assert covers(f"Skriv till {written} så svarar jag", written)


@given(st.data(), st.booleans(), st.booleans())
def test_a_known_name_is_found_in_either_order_and_one_letter_wrong(data, is_turned, has_marks):
    """B9: a letter too many, too few, another, or two changed about."""
    index = guard.NameIndex([NAME, "Bo Ahl"])
    place = data.draw(st.integers(1, len(NAME) - 2).filter(lambda at: " " not in NAME[at : at + 2]))
    kind = data.draw(st.sampled_from(["none", "more", "fewer", "other", "turned"]))
    letter = data.draw(st.sampled_from("aeikrstx"))
    middle = {
        "none": NAME[place], "more": NAME[place] + letter, "fewer": "", "other": letter,
        "turned": NAME[place + 1] + NAME[place],
    }[kind]  # fmt: skip
    written = NAME[:place] + middle + NAME[place + (2 if kind == "turned" else 1) :]
    if is_turned:
        written = " ".join(reversed(written.split()))
    if not has_marks:
        written = written.translate(str.maketrans("åäöÅÄÖ", "aaoAAO"))
    text = f"jag såg {written} igår"
    start = text.index(written)
    assert any(found.start <= start and start + len(written) <= found.end for found in guard.find(text, index))


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 9), st.sampled_from(Kind)), max_size=8))
def test_joined_findings_cover_the_same_and_never_overlap(raw):
    findings = [Finding(start, start + length, kind) for start, length, kind in raw]
    after = joined(findings)
    places = [place for found in after for place in range(found.start, found.end)]
    assert len(places) == len(set(places))
    assert set(places) == {place for found in findings for place in range(found.start, found.end)}


@given(st.text(max_size=300))
def test_any_text_can_be_read_and_masked(text):
    findings = guard.find(text)
    assert all(0 <= found.start < found.end <= len(text) for found in findings)
    guard.masked(text, findings)


@pytest.mark.parametrize(
    "piece", ["a", "a.", "1 ", "1-", "a b ", "A. ", "noll ", "@", "a@", "Åsa ", "0 ", "3/", "född ", "("]
)
def test_the_longest_text_is_read_at_once(piece):
    """4,000 characters of whatever: a pattern that tries again and again would hold up the jobs."""
    import time

    text = (piece * 4000)[:4000]
    began = time.process_time()
    guard.find(text, guard.NameIndex([NAME]))
    assert time.process_time() - began < 5
