"""Ids of one release (`privacy.md` C3.1): no two releases can be joined on them."""

import hashlib
import hmac
from collections.abc import Iterable

from kapabla.errors import Refused

ALPHABET = "23456789BCDFGHJKMNPQRSTVWXZ"
LENGTH = 14
KEY_BYTES = 32


def release_id(release_key: bytes, study: str, subject: str) -> str:
    """`KP` + 14 characters: the first 64 bits of HMAC-SHA-256(release key, study ‖ 0x1f ‖ subject) in base 27.

    No vowels, so no words; never read as a number. One key of 32 bytes a release;
    destroying it cuts the ids off.

    >>> release_id(bytes(32), "s", "x") == release_id(bytes(32), "s", "x")
    True
    """
    if len(release_key) < KEY_BYTES:
        raise Refused("release_key_too_short")
    digest = hmac.new(release_key, study.encode() + b"\x1f" + subject.encode(), hashlib.sha256).digest()
    number = int.from_bytes(digest[:8], "big")
    characters = []
    for _ in range(LENGTH):
        number, place = divmod(number, len(ALPHABET))
        characters.append(ALPHABET[place])
    return "KP" + "".join(reversed(characters))


def release_ids(release_key: bytes, study: str, subjects: Iterable[str]) -> dict[str, str]:
    """Subject to id; refuses the build where two subjects would get one id."""
    ids = {subject: release_id(release_key, study, subject) for subject in subjects}
    if len(set(ids.values())) != len(ids):
        raise Refused("id_collision")
    return ids


def lots(subjects: Iterable[str]) -> dict[str, str]:
    """Subject to a place in the order of drawing, unlike that of the ids: who was drawn is not the first of a file.

    The same in every release: drawn anew, the company of few blanks would be others each time, and whoever is blank in
    all releases would be those whom it was to hide. Subjects are keyed and leave with no release, so neither does this.
    """
    return {subject: hashlib.sha256(b"lot\x1f" + subject.encode()).hexdigest() for subject in subjects}


def cohort_labels(release_key: bytes, study: str, cohorts: Iterable[str]) -> dict[str, str]:
    """Cohort to a label of this release alone: `C1`, `C2` … in an order that the release key gives.

    The label in the placement is the same in every release; two releases must not be joined on it (C6, C3.3).

    >>> sorted(cohort_labels(bytes(32), "s", ["x", "y", "x"]).values())
    ['C1', 'C2']
    """
    ordered = sorted(set(cohorts), key=lambda cohort: release_id(release_key, f"{study}/cohort", cohort))
    return {cohort: f"C{number}" for number, cohort in enumerate(ordered, start=1)}
