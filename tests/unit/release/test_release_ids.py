"""Ids of one release, and labels of its cohorts (C3)."""

import hashlib
import hmac
import re

import pytest

from kapabla.errors import Refused
from kapabla.release import pseudonyms
from kapabla.release.pseudonyms import cohort_labels, lots, release_id, release_ids

KEY = bytes(range(32))


def test_an_id_is_kp_and_14_characters_that_encode_64_bits_of_the_hmac():
    digest = hmac.new(KEY, b"study\x1fsubject", hashlib.sha256).digest()
    number = 0
    for character in release_id(KEY, "study", "subject")[2:]:
        number = number * 27 + "23456789BCDFGHJKMNPQRSTVWXZ".index(character)
    assert number == int.from_bytes(digest[:8], "big")


def test_no_client_takes_an_id_for_a_number_or_for_missing():
    ids = [release_id(KEY, "s", str(n)) for n in range(300)]
    assert all(re.fullmatch(r"KP[2-9B-DF-HJKMNP-TV-XZ]{14}", found) for found in ids)


def test_two_subjects_with_one_id_refuse_the_build(monkeypatch):
    monkeypatch.setattr(pseudonyms, "release_id", lambda *_: "KP22222222222222")
    with pytest.raises(Refused, match="id_collision"):
        release_ids(KEY, "s", ["a", "b"])


def test_a_short_key_makes_no_id():
    with pytest.raises(Refused, match="release_key_too_short"):
        release_id(b"short", "s", "x")


def test_cohorts_are_called_otherwise_in_the_next_release():
    cohorts = [f"{n:064x}" for n in range(12)]
    first, second = (cohort_labels(key, "s", cohorts) for key in (KEY, KEY[::-1]))
    assert sorted(first.values()) == sorted(second.values()) == sorted(f"C{n}" for n in range(1, 13))
    assert first != second


def test_the_lot_is_the_same_in_every_release_and_is_not_the_order_of_the_ids():
    """Attack 31 over releases: whoever keeps few blanks company keeps it, also where somebody else has left."""
    subjects = [f"{number:064x}" for number in range(50)]
    drawn = lots(subjects)
    assert lots(subjects[1:]).items() <= drawn.items()
    for key in (bytes(32), bytes(range(32))):
        ids = release_ids(key, "s", subjects)
        assert sorted(subjects, key=drawn.__getitem__) != sorted(subjects, key=ids.__getitem__)
