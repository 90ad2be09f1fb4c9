"""Attack 1: hash every e-mail and every short form of it, and look for the ids."""

import hashlib

import pytest

from kapabla.release.pseudonyms import ALPHABET, release_ids

NAMES = [f"{first}.{last}{n}" for first in ("anna", "erik", "sara") for last in ("berg", "lind") for n in range(40)]
EMAILS = [f"{name}@example.se" for name in NAMES]


def in_base_27(number, length):
    digits = []
    for _ in range(length):
        number, place = divmod(number, 27)
        digits.append(ALPHABET[place])
    return "".join(reversed(digits))


def guesses(text):
    for form in (text, text.upper(), text.split("@")[0]):
        for name in ("md5", "sha1", "sha256", "sha512"):
            digest = hashlib.new(name, form.encode(), usedforsecurity=False)
            yield from (digest.hexdigest().upper()[:n] for n in range(8, len(digest.hexdigest()) + 1))
            yield "KP" + in_base_27(int.from_bytes(digest.digest()[:8], "big"), 14)


def test_no_hash_of_an_email_is_an_id():
    """C7.1, F8: subjects are made from secrets, and even where a subject were an e-mail the key stands between."""
    ids = set(release_ids(bytes(range(32)), "s", EMAILS).values())
    ids |= {found[2:] for found in ids}
    assert not any(guess in ids for email in EMAILS for guess in guesses(email))


@pytest.mark.parametrize("form", [str.upper, str])
def test_ids_without_a_key_would_be_found(form):
    """The mutant: a plain hash in the same alphabet."""
    plain = {
        "KP" + in_base_27(int.from_bytes(hashlib.sha256(form(email).encode()).digest()[:8], "big"), 14)
        for email in EMAILS
    }
    assert all(any(guess in plain for guess in guesses(email)) for email in EMAILS)
