"""Where one subject stands: choices, closed waves and progress, read with few statements."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Date, Integer, String, cast, literal, null, select, union_all
from sqlalchemy.orm import Session

from kapabla.answers.attendance import Attendance
from kapabla.answers.consents import FOLLOW_UP, RESEARCH, Consent
from kapabla.answers.learning import LearningEvent
from kapabla.answers.progress import Event, Progress, progress_of
from kapabla.answers.submissions import Submission, WaveState
from kapabla.vaults import table_of

_consents, _waves, _events = table_of(Consent), table_of(WaveState), table_of(LearningEvent)
_pages, _attendance = table_of(Submission), table_of(Attendance)


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
    `begun` the waves with a saved page; progress in the course; `attended` the days of meetings."""

    choices: dict[int, bool]
    closed: dict[str, date]
    begun: frozenset[str]
    progress: Progress
    terms: Terms
    attended: frozenset[date] = frozenset()

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
    """One statement: the five tables under one another, told apart by their first column."""
    nothing, no_day = cast(null(), Integer), cast(null(), Date)
    consent = select(
        literal("consent"), _consents.c.number, _consents.c.choice, cast(_consents.c.answer, Integer),
        literal(""), literal(""), no_day,
    ).where(_consents.c.subject == subject)  # fmt: skip
    closed = select(
        literal("closed"), nothing, nothing, nothing, _waves.c.wave, literal(""), _waves.c.reached_on
    ).where(_waves.c.subject == subject)
    begun = select(literal("begun"), nothing, nothing, nothing, _pages.c.wave, literal(""), no_day).where(
        _pages.c.subject == subject
    )
    event = select(
        _events.c.kind, _events.c.number, _events.c.module, _events.c.step,
        cast(_events.c.node, String), cast(_events.c.choice, String), _events.c.happened_on,
    ).where(_events.c.subject == subject)  # fmt: skip
    meeting = select(
        literal("attended"), nothing, nothing, nothing, _attendance.c.mode, literal(""), _attendance.c.attended_on
    ).where(_attendance.c.subject == subject)
    rows = session.execute(union_all(consent, closed, begun.distinct(), event, meeting))
    return _as_standing([tuple(row) for row in rows], terms)


def _as_standing(rows: list[tuple[object, ...]], terms: Terms) -> Standing:
    choices: dict[int, bool] = {}
    closed: dict[str, date] = {}
    begun: set[str] = set()
    events: list[tuple[Event, date]] = []
    attended: set[date] = set()
    for kind, _number, second, third, text, choice, day in sorted(rows, key=_by_number):
        if kind == "consent":
            choices[int(str(second))] = bool(third)
        elif kind == "begun":
            begun.add(str(text))
        elif kind == "closed" and isinstance(day, date):
            closed[str(text)] = day
        elif kind == "attended" and isinstance(day, date):
            attended.add(day)
        elif isinstance(day, date):
            events.append((Event(str(kind), int(str(second)), int(str(third)), str(text), str(choice)), day))
    return Standing(choices, closed, frozenset(begun), progress_of(events), terms, frozenset(attended))


def _by_number(row: tuple[object, ...]) -> int:
    return int(str(row[1])) if row[1] is not None else 0
