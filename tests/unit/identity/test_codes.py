"""Links and typed codes: derived alike each time, apart for each person and generation; slips are told from unknown."""

import base64
import hashlib
import hmac
import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from kapabla.identity.codes import (
    ALPHABET,
    CodeEmpty,
    CodeMistyped,
    check_character,
    code_lookup,
    derive_code,
    derive_token,
    format_code,
    parse_code,
    token_hash,
)

KEY, SECRET = bytes(range(32)), bytes(range(32, 64))
steady = settings(deadline=None)
codes = some.text(ALPHABET, min_size=9, max_size=9).map(lambda body: body + check_character(body))


def is_mistyped(typed):
    try:
        parse_code(typed)
    except CodeMistyped:
        return True
    return False


def test_a_token_is_what_the_architecture_says():
    """HMAC over "link", secret and generation, each with its length; computed here apart from the code under test."""
    parts = (b"link", SECRET, (3).to_bytes(4, "big"))
    message = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    digest = hmac.new(KEY, message, hashlib.sha256).digest()
    assert derive_token(KEY, SECRET, 3) == base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")


def test_a_token_holds_128_bits_and_fits_an_address():
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{22}", derive_token(KEY, SECRET, number)) for number in range(500))


def test_a_token_is_kept_as_its_hash():
    assert (
        token_hash("abc").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )  # FIPS 180-2, B.1


@pytest.mark.parametrize("derive", [derive_token, derive_code])
def test_the_same_person_and_generation_give_the_same(derive):
    assert derive(KEY, SECRET, 1) == derive(KEY, SECRET, 1)


@pytest.mark.parametrize("derive", [derive_token, derive_code])
def test_another_key_secret_or_generation_gives_another(derive):
    assert len({derive(KEY, SECRET, 1), derive(SECRET, SECRET, 1), derive(KEY, KEY, 1), derive(KEY, SECRET, 2)}) == 4


@pytest.mark.parametrize("derive", [derive_token, derive_code])
def test_secret_and_generation_do_not_run_into_each_other(derive):
    assert derive(KEY, b"a", 0x62000000) != derive(KEY, b"ab", 0)


def test_link_and_code_of_a_person_say_nothing_of_each_other():
    token = base64.urlsafe_b64decode(derive_token(KEY, SECRET, 1) + "==")
    number, characters = int.from_bytes(token, "big"), []
    for _ in range(9):
        number, digit = divmod(number, 24)
        characters.append(ALPHABET[digit])
    assert derive_code(KEY, SECRET, 1)[:9] != "".join(characters)


def test_no_two_of_many_people_get_the_same_code_and_every_character_is_used():
    made = {derive_code(KEY, number.to_bytes(32, "big"), 1) for number in range(20_000)}
    assert len(made) == 20_000
    assert all({code[place] for code in made} == set(ALPHABET) for place in range(10))


def test_the_alphabet_has_no_vowels_and_no_look_alikes():
    assert ALPHABET == "2346789BCDFGHJKMPQRTVWXY"
    assert not set(ALPHABET) & set("AEIOU01L5S")


def test_a_derived_code_is_printed_as_two_fives_and_read_back():
    for generation in range(200):
        code = derive_code(KEY, SECRET, generation)
        assert re.fullmatch(rf"[{ALPHABET}]{{5}}-[{ALPHABET}]{{5}}", format_code(code))
        assert parse_code(format_code(code)) == code


@pytest.mark.parametrize(
    "typed",
    ["KB47R-T9MXV", "kb47r-t9mxv", "KB47RT9MXV", " kb47r t9mxv ", "K B 4 7 R T 9 M X V", "KB47R–T9MXV",
     "KB47R\u2011T9MXV", "KB47R\xa0T9MXV", "\tKB47R\n-T9MXV-"],
)  # fmt: skip
def test_case_spaces_and_hyphens_do_not_matter(typed):
    assert parse_code(typed) == "KB47RT9MXV"


@pytest.mark.parametrize("typed", ["", " ", "-", " - \n", "\u2013\xa0"])
def test_nothing_typed_is_told_as_nothing(typed):
    with pytest.raises(CodeEmpty):
        parse_code(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "KB47R-T9MX",
        "KB47R-T9MXVV",
        "KB47R-T9MXA",
        "KB47R-T9MX0",
        "KB47R_T9MXV",
        "KB47R-T9MXß",
        "ＫB47RT9MXV",
        "KB47R-T9MXW",
    ],
)
def test_wrong_length_alphabet_and_check_are_mistyped(typed):
    with pytest.raises(CodeMistyped):
        parse_code(typed)


@steady
@given(codes)
def test_every_single_wrong_character_is_caught(code):
    for place in range(10):
        for wrong in set(ALPHABET) - {code[place]}:
            assert is_mistyped(code[:place] + wrong + code[place + 1 :])


@steady
@given(codes)
def test_every_swap_of_neighbours_is_caught_but_the_first_with_the_last_character(code):
    for place in range(9):
        pair = code[place : place + 2]
        swapped = code[:place] + pair[::-1] + code[place + 2 :]
        assert is_mistyped(swapped) is (pair[0] != pair[1] and set(pair) != {"2", "Y"})


def test_the_swap_that_luhn_cannot_see_is_not_called_mistyped():
    body = "2Y" + "B" * 7
    assert parse_code("Y2" + "B" * 7 + check_character(body))


def test_one_in_twenty_four_of_random_codes_passes_the_check():
    dice = random.Random(1)  # noqa: S311 - the same codes every time
    made = ["".join(dice.choices(ALPHABET, k=10)) for _ in range(24_000)]
    assert 900 < sum(not is_mistyped(code) for code in made) < 1_100


@steady
@given(some.text())
def test_anything_may_be_typed(typed):
    try:
        code = parse_code(typed)
    except (CodeEmpty, CodeMistyped):
        return
    assert format_code(code)


def test_look_ups_are_keyed_and_apart_from_other_uses_of_the_key():
    lookup = code_lookup(KEY, "KB47RT9MXV")
    assert len(lookup) == 32
    assert lookup == code_lookup(KEY, parse_code("kb47r-t9mxv"))
    assert (
        len({lookup, code_lookup(SECRET, "KB47RT9MXV"), code_lookup(KEY, "KB47RT9MXW"), token_hash("KB47RT9MXV")}) == 4
    )
