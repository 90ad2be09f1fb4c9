"""Attack 3: the same people in two releases, or two studies, joined on their ids."""

from kapabla.release.pseudonyms import release_ids

SUBJECTS = [f"subject{n}" for n in range(2000)]


def test_two_releases_of_the_same_people_share_no_id():
    """C7.3."""
    first, second = (release_ids(bytes([n]) * 32, "s", SUBJECTS) for n in (1, 2))
    assert set(first.values()).isdisjoint(second.values())


def test_two_studies_under_one_key_share_no_id():
    """C7.3."""
    first, second = (release_ids(bytes(32), study, SUBJECTS) for study in ("s", "t"))
    assert set(first.values()).isdisjoint(second.values())


def test_within_a_release_a_person_keeps_the_id_at_every_wave():
    """C3.3: the positive twin; pre and post belong together."""
    assert release_ids(bytes(32), "s", SUBJECTS) == release_ids(bytes(32), "s", SUBJECTS[::-1])


def test_two_releases_under_one_key_would_be_joined():
    """The mutant: the key of the study in place of one for each release."""
    first, second = (release_ids(bytes(32), "s", SUBJECTS) for _ in range(2))
    assert set(first.values()) == set(second.values())
