"""What has to be done for the promises, and by when: the yearly follow-up, the situation picture, the councils' agenda.

The law (2023:196, 4-6 §§) asks for a situation picture that is updated at least every second year; the agreements ask
for a joint follow-up every year."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from kapabla.material.promises import PromiseCycle
from kapabla.office.promise_editions import latest_published
from kapabla.office.promises import (
    SETTLED,
    CycleRecord,
    activities_of,
    all_cycles,
    feedback_of,
    find_cycle,
    meetings_of,
    promises_of,
    sources_of,
)

# A year is followed up when it is over: by the last of March there are figures of it (decision 64).
FOLLOWUP_BY = (3, 31)
PICTURE_YEARS = 2
# What has been followed up is worth little until people know of it.
TELL_WITHIN = timedelta(days=30)
# Half a year before an agreement ends, the next one has to be begun.
NEXT_MONTHS = 6
# The picture that the law asks for is the municipality's own, with that of the police.
_PICTURES = ("municipality", "police")


@dataclass(frozen=True)
class Task:
    """`kind`: followup, tell, picture, activity, meeting, next or take_in. `what`: the year, the title or the agenda.
    `cycle_id`: empty of an agreement that is on file alone."""

    due_on: date
    kind: str
    municipality: str
    years: str
    cycle_id: str
    what: str = ""

    def is_overdue(self, today: date) -> bool:
        return self.due_on < today


def tasks(session: Session, today: date, files: Iterable[PromiseCycle] = ()) -> list[Task]:
    """What is overdue comes first, since it is due first. `files`: agreements of before, which nobody can follow up
    until they have been taken in."""
    found = [task for cycle in all_cycles(session) for task in _of_cycle(session, cycle, today)]
    found += [task for file in files for task in _take_in(session, file)]
    return sorted(found, key=lambda task: (task.due_on, task.municipality, task.kind, task.what))


def _task(cycle: CycleRecord, kind: str, due_on: date, what: str = "") -> Task:
    return Task(due_on, kind, cycle.municipality, cycle.years, cycle.id, what)


def _take_in(session: Session, file: PromiseCycle) -> Iterator[Task]:
    """By the day that its first year was to be followed up."""
    if find_cycle(session, file.municipality, file.from_year) is None:
        years = f"{file.from_year}–{file.to_year}"
        yield Task(date(file.from_year + 1, *FOLLOWUP_BY), "take_in", file.municipality, years, "", years)


def _of_cycle(session: Session, cycle: CycleRecord, today: date) -> Iterator[Task]:
    yield from _meetings(session, cycle)
    if cycle.status == "draft":
        return
    yield from _followups(session, cycle, today)
    if cycle.status == "closed":
        return
    yield from _picture(session, cycle)
    yield from _next(session, cycle)
    for promise in promises_of(session, cycle):
        for activity in activities_of(session, promise):
            if activity.status not in SETTLED:
                yield _task(cycle, "activity", activity.due_on, activity.title)


def _followups(session: Session, cycle: CycleRecord, today: date) -> Iterator[Task]:
    """Of every year that has been. The present one is told of too, so that it does not come as a surprise."""
    last = today.year if cycle.status == "prolonged" else min(cycle.to_year, today.year)
    told = {one.year for one in feedback_of(session, cycle)}
    for year in range(cycle.from_year, last + 1):
        published = latest_published(session, cycle, year)
        if published is None or not published.edition.is_followed_up:
            yield _task(cycle, "followup", date(year + 1, *FOLLOWUP_BY), str(year))
        elif year not in told:
            yield _task(cycle, "tell", published.publish_on + TELL_WITHIN, str(year))


def _picture(session: Session, cycle: CycleRecord) -> Iterator[Task]:
    days = [one.as_of for one in sources_of(session, cycle) if one.as_of and one.kind in _PICTURES]
    # Without one, it was due when the period began.
    yield _task(cycle, "picture", _years_later(max(days), PICTURE_YEARS) if days else date(cycle.from_year, 1, 1))


def _next(session: Session, cycle: CycleRecord) -> Iterator[Task]:
    end = cycle.to_on or date(cycle.to_year, 12, 31)
    if find_cycle(session, cycle.municipality, cycle.to_year + 1) is None:
        yield _task(cycle, "next", _months_earlier(end, NEXT_MONTHS))


def _meetings(session: Session, cycle: CycleRecord) -> Iterator[Task]:
    for meeting in meetings_of(session, cycle):
        if not meeting.is_over:
            yield _task(cycle, "meeting", meeting.held_on, f"{meeting.council}: {meeting.agenda}")


def _years_later(day: date, years: int) -> date:
    return day.replace(year=day.year + years, day=min(day.day, 28) if day.month == 2 else day.day)


def _months_earlier(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 - months
    return date(number // 12, number % 12 + 1, min(day.day, 28))
