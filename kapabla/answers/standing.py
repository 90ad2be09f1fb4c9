"""Where one subject stands: choices, closed waves and progress, read with few statements."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Date,
    Integer,
    String,
    bindparam,
    cast,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from kapabla.answers.attendance import Attendance
from kapabla.answers.consents import FOLLOW_UP, QUOTATION, RESEARCH, Consent
from kapabla.answers.learning import LearningEvent
from kapabla.answers.progress import Event, Progress, progress_of
from kapabla.answers.submissions import Submission, WaveState
from kapabla.vaults import table_of

_consents, _waves, _events = table_of(Consent), table_of(WaveState), table_of(LearningEvent)
_pages, _attendance = table_of(Submission), table_of(Attendance)
# A database takes so many values in a statement, and a process so many rows in its memory.
AT_ONCE = 500


@dataclass(frozen=True)
class Terms:
    """What the county has decided of a person, or the person has told it, that steers the journey.

    `starts_on` is the first day of the cohort.
    """

    arm: str
    starts_on: date
    left: str = "none"
    gate_overridden: bool = False


@dataclass(frozen=True)
class Standing:
    """`choices` by number (the latest answers); `closed` the day of each wave that was sent in or is over, by code;
    `begun` the waves with a saved page; progress in the course; `attended` the days of meetings; `chosen_on` the day of
    the first choices."""

    choices: dict[int, bool]
    closed: dict[str, date]
    begun: frozenset[str]
    progress: Progress
    terms: Terms
    attended: frozenset[date] = frozenset()
    chosen_on: date | None = None

    @property
    def has_chosen(self) -> bool:
        return RESEARCH in self.choices

    @property
    def in_research(self) -> bool:
        """Said yes, and has not left the research since."""
        return self.choices.get(RESEARCH, False) and self.terms.left == "none"

    @property
    def wants_follow_up(self) -> bool:
        return self.in_research and self.choices.get(FOLLOW_UP, False)


def read_standing(session: Session, subject: str, terms: Terms) -> Standing:
    return _as_standing([tuple(row[1:]) for row in session.execute(_OF_ONE, {"subject": subject})], terms)


def read_standings(session: Session, terms: Mapping[str, Terms]) -> dict[str, Standing]:
    """Of many, by subject: one statement for each `AT_ONCE` of them."""
    subjects, rows = list(terms), defaultdict(list)
    for first in range(0, len(subjects), AT_ONCE):
        for row in session.execute(_OF_MANY, {"subjects": subjects[first : first + AT_ONCE]}):
            rows[row[0]].append(tuple(row[1:]))
    return {subject: _as_standing(rows[subject], terms[subject]) for subject in subjects}


def _statement(is_wanted: Callable[[ColumnElement[str]], ColumnElement[bool]]) -> CompoundSelect[Any]:
    """The five tables under one another, told apart by their second column."""
    nothing, no_day = cast(null(), Integer), cast(null(), Date)
    consent = select(
        _consents.c.subject, literal("consent"), _consents.c.number, _consents.c.choice,
        cast(_consents.c.answer, Integer), literal(""), literal(""), _consents.c.given_on,
    ).where(is_wanted(_consents.c.subject), _consents.c.choice != QUOTATION)  # fmt: skip
    closed = select(
        _waves.c.subject, literal("closed"), nothing, nothing, nothing, _waves.c.wave, literal(""), _waves.c.reached_on
    ).where(is_wanted(_waves.c.subject))
    begun = select(
        _pages.c.subject, literal("begun"), nothing, nothing, nothing, _pages.c.wave, literal(""), no_day
    ).where(is_wanted(_pages.c.subject))
    event = select(
        _events.c.subject, _events.c.kind, _events.c.number, _events.c.module, _events.c.step,
        cast(_events.c.node, String), cast(_events.c.choice, String), _events.c.happened_on,
    ).where(is_wanted(_events.c.subject))  # fmt: skip
    meeting = select(
        _attendance.c.subject, literal("attended"), nothing, nothing, nothing, _attendance.c.mode, literal(""),
        _attendance.c.attended_on,
    ).where(is_wanted(_attendance.c.subject))  # fmt: skip
    return union_all(consent, closed, begun.distinct(), event, meeting)


# Put together once: every page of a participant asks the first.
_OF_ONE = _statement(lambda column: column == bindparam("subject"))
_OF_MANY = _statement(lambda column: column.in_(bindparam("subjects", expanding=True)))


def _as_standing(rows: list[tuple[object, ...]], terms: Terms) -> Standing:
    choices: dict[int, bool] = {}
    closed: dict[str, date] = {}
    begun: set[str] = set()
    events: list[tuple[Event, date]] = []
    attended: set[date] = set()
    chosen: list[date] = []
    for kind, _number, second, third, text, choice, day in sorted(rows, key=_by_number):
        if kind == "consent":
            choices[int(str(second))] = bool(third)
            if isinstance(day, date):
                chosen.append(day)
        elif kind == "begun":
            begun.add(str(text))
        elif kind == "closed" and isinstance(day, date):
            closed[str(text)] = day
        elif kind == "attended" and isinstance(day, date):
            attended.add(day)
        elif isinstance(day, date):
            events.append((Event(str(kind), int(str(second)), int(str(third)), str(text), str(choice)), day))
    return Standing(
        choices, closed, frozenset(begun), progress_of(events), terms, frozenset(attended), min(chosen, default=None)
    )


def _by_number(row: tuple[object, ...]) -> int:
    return int(str(row[1])) if row[1] is not None else 0
