"""Attack 2: hashes of 0 to 20,000, and a sequence in the ids."""

import hashlib
from itertools import pairwise

from kapabla.release.pseudonyms import ALPHABET, release_ids
from tests.attacks.test_attack_01_dictionary import in_base_27

KEY = bytes(range(32))


def as_number(found):
    number = 0
    for character in found[2:]:
        number = number * 27 + ALPHABET.index(character)
    return number


def test_no_hash_of_a_counter_is_an_id():
    """C7.2."""
    ids = set(release_ids(KEY, "s", map(str, range(500))).values())
    for number in range(20_001):
        for form in (str(number).encode(), number.to_bytes(8, "big")):
            digest = hashlib.sha256(form).digest()
            assert "KP" + in_base_27(int.from_bytes(digest[:8], "big"), 14) not in ids


def test_ids_of_a_counter_are_no_sequence():
    """C7.2: neither in order nor at even steps."""
    numbers = [as_number(found) for found in release_ids(KEY, "s", map(str, range(500))).values()]
    steps = [b - a for a, b in pairwise(numbers)]
    assert len(set(steps)) == len(steps)
    assert 0.4 < sum(step > 0 for step in steps) / len(steps) < 0.6


def test_counted_ids_would_be_found():
    """The mutant: the number itself in the alphabet of ids."""
    numbers = [as_number("KP" + in_base_27(number, 14)) for number in range(500)]
    steps = [b - a for a, b in pairwise(numbers)]
    assert len(set(steps)) == 1
