"""What a detector finds: where in a text, and what kind of thing. Never what it was compared with."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Stored with the text, so a value is never changed. In this order the surer one names what two have found."""

    PERSONAL_NUMBER = "personal_number"
    EMAIL = "email"
    PHONE = "phone"
    LINK = "link"
    ADDRESS = "address"
    VEHICLE = "vehicle"
    BIRTH_DATE = "birth_date"
    NAME = "name"
    PLACE = "place"
    OTHER = "other"  # what a reader has chosen to hide besides


# What tells who somebody is by itself: hidden in whatever leaves, and no reader can let it through by a slip.
ALWAYS_HIDDEN = frozenset({Kind.PERSONAL_NUMBER, Kind.EMAIL, Kind.PHONE})
_RANK = {kind: rank for rank, kind in enumerate(Kind)}


@dataclass(frozen=True, order=True)
class Finding:
    """Characters `start` to `end` (exclusive) of the text."""

    start: int
    end: int
    kind: Kind


def joined(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """In the order of the text and without overlap: what overlaps becomes one, of the surer kind.

    >>> joined([Finding(0, 5, Kind.NAME), Finding(3, 9, Kind.EMAIL)])
    (Finding(start=0, end=9, kind=<Kind.EMAIL: 'email'>),)
    """
    found: list[Finding] = []
    for finding in sorted(findings):
        if found and finding.start < found[-1].end:
            last = found.pop()
            kind = min(last.kind, finding.kind, key=_RANK.__getitem__)
            finding = Finding(last.start, max(last.end, finding.end), kind)
        found.append(finding)
    return tuple(found)
