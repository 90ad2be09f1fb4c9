"""Time made coarse: weeks, months, quarters or nothing; bands of durations (`privacy.md` C4.1)."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from kapabla.release.disclosure.groups import Values

# Seconds: under 5 minutes, 5 to 15, over 15.
_SHORT, _LONG = 5 * 60, 15 * 60


class DateStep(Enum):
    """From the finest to the coarsest."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    NONE = "none"


@dataclass(frozen=True)
class Visit:
    """A person's wave and the day on which it was sent. `person` is any number that is the same for all waves."""

    person: int
    wave: str
    on: date


def coarsen(day: date, step: DateStep) -> date | None:
    """The first day of the step that the day lies in: the Monday of its ISO week, or the first of month or quarter.

    >>> coarsen(date(2026, 11, 25), DateStep.WEEK), coarsen(date(2026, 11, 25), DateStep.QUARTER)
    (datetime.date(2026, 11, 23), datetime.date(2026, 10, 1))
    """
    if step is DateStep.WEEK:
        return day - timedelta(days=day.weekday())
    if step is DateStep.MONTH:
        return day.replace(day=1)
    if step is DateStep.QUARTER:
        return day.replace(month=3 * ((day.month - 1) // 3) + 1, day=1)
    return None


def finest_step(visits: Sequence[Visit], rows: Sequence[Values], *, k: int) -> DateStep:
    """The finest step at which everybody's date at a wave is shared by k people with the same quasi-identifiers.

    rows: the protected values of person 0, 1, 2 …; a blank widens one's own group, as for k. Counted as people, each
    wave by itself, since the wave is released too. Where nothing holds, no date is released (attack 6). Example: four
    people in one week and six in the next, k = 5: no week, but perhaps the month.
    """
    for step in (DateStep.WEEK, DateStep.MONTH, DateStep.QUARTER):
        sizes = _sizes(visits, rows, [coarsen(visit.on, step) for visit in visits])
        if min(sizes.values(), default=len(rows)) >= k:
            return step
    return DateStep.NONE


def _sizes(visits: Sequence[Visit], rows: Sequence[Values], coarse: Sequence[Hashable]) -> dict[tuple[int, str], int]:
    """How many people share wave, coarse date and all values that one of them has, by person and wave."""
    at: dict[tuple[str, Hashable], set[int]] = defaultdict(set)
    for visit, when in zip(visits, coarse, strict=True):
        at[visit.wave, when].add(visit.person)
    sizes: dict[tuple[int, str], int] = {}
    for (wave, _), people in at.items():
        by_places: dict[tuple[int, ...], Counter[Values]] = {}
        for person in people:
            places = tuple(place for place, value in enumerate(rows[person]) if value is not None)
            if places not in by_places:
                by_places[places] = Counter(
                    tuple(rows[other][place] for place in places)
                    for other in people
                    if all(rows[other][place] is not None for place in places)
                )
            sizes[person, wave] = by_places[places][tuple(rows[person][place] for place in places)]
    return sizes


def whole_weeks(since: date, on: date) -> int:
    """Whole weeks from one day to another, rounded down; negative before it.

    >>> whole_weeks(date(2026, 9, 1), date(2026, 9, 14)), whole_weeks(date(2026, 9, 8), date(2026, 9, 1))
    (1, -1)
    """
    return (on - since).days // 7


def duration_band(seconds: int) -> int:
    """1 under 5 minutes, 2 from 5 to 15, 3 above 15. A duration to the second is a fingerprint (attack 7).

    >>> [duration_band(seconds) for seconds in (299, 300, 900, 901)]
    [1, 2, 2, 3]
    """
    return 1 if seconds < _SHORT else 2 if seconds <= _LONG else 3


def weeks_band(weeks: int) -> int:
    """1 under a week, 2 one to three weeks, 3 four to eight, 4 more. A pace of its own could be recognised.

    >>> [weeks_band(weeks) for weeks in (0, 1, 3, 4, 8, 9)]
    [1, 2, 2, 3, 3, 4]
    """
    return 1 + sum(weeks > limit for limit in (0, 3, 8))


def is_fast_page(seconds: int, items: int, fast_seconds_per_item: int) -> bool:
    """Whether a page was answered faster than it can be read: fewer seconds than its items times the study's estimate.

    >>> is_fast_page(5, items=3, fast_seconds_per_item=2)
    True
    """
    return seconds < items * fast_seconds_per_item
