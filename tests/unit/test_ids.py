"""Random keys: they can be read aloud, never meet, and tell nothing of when they were made."""

from collections import Counter
from itertools import pairwise

from kapabla.ids import new_id, new_secret


def test_ids_do_not_meet():
    assert len({new_id() for _ in range(20_000)}) == 20_000


def test_id_fits_its_column_and_spells_no_word():
    made = new_id()
    assert len(made) == 16
    assert set(made) <= set("23456789bcdfghjkmnpqrstvwxz")


def test_order_of_ids_is_not_the_order_they_were_made_in():
    """Row order and rank would link the vaults (C2.3)."""
    made = [new_id() for _ in range(400)]
    rising = sum(one < other for one, other in pairwise(made))
    assert 140 < rising < 260


def test_every_place_takes_every_character():
    for place in (0, 15):
        counts = Counter(new_id()[place] for _ in range(5_000))
        assert len(counts) == 27
        assert max(counts.values()) < 2 * min(counts.values())


def test_secret_is_32_bytes_and_never_the_same():
    assert len(new_secret()) == 32
    assert new_secret() != new_secret()
