"""Where one subject stands: choices, closed waves and progress, read with few statements."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Date, Integer, String, cast, literal, null, select, union_all
from sqlalchemy.orm import Session

from kapabla.answers.attendance import Attendance
from kapabla.answers.consents import FOLLOW_UP, RESEARCH, Consent
from kapabla.answers.learning import LearningEvent
from kapabla.answers.progress import Event, Progress, progress_of
from kapabla.answers.submissions import WaveState
from kapabla.vaults import table_of

_consents, _waves, _events = table_of(Consent), table_of(WaveState), table_of(LearningEvent)
_attendance = table_of(Attendance)


@dataclass(frozen=True)
class Standing:
    """`choices` by number (the latest answers); `waves` the states of closed waves by code; progress in the course;
    `attended` the days of meetings."""

    choices: dict[int, bool]
    waves: dict[str, str]
    progress: Progress
    last_step_on: date | None
    left: str = "none"
    attended: frozenset[date] = frozenset()

    @property
    def has_chosen(self) -> bool:
        return RESEARCH in self.choices

    @property
    def in_research(self) -> bool:
        """Said yes, and has not left the research since."""
        return self.choices.get(RESEARCH, False) and self.left == "none"

    @property
    def wants_follow_up(self) -> bool:
        return self.in_research and self.choices.get(FOLLOW_UP, False)


def read_standing(session: Session, subject: str, left: str) -> Standing:
    """One statement: the four tables under one another, told apart by their first column.

    `left` is what the person has left, as identity and the placement both know.
    """
    nothing, no_day = cast(null(), Integer), cast(null(), Date)
    consent = select(
        literal("consent"), _consents.c.number, _consents.c.choice, cast(_consents.c.answer, Integer),
        literal(""), literal(""), no_day,
    ).where(_consents.c.subject == subject)  # fmt: skip
    wave = select(literal("wave"), nothing, nothing, nothing, _waves.c.wave, _waves.c.state, _waves.c.reached_on).where(
        _waves.c.subject == subject
    )
    event = select(
        _events.c.kind, _events.c.number, _events.c.module, _events.c.step,
        cast(_events.c.node, String), cast(_events.c.choice, String), _events.c.happened_on,
    ).where(_events.c.subject == subject)  # fmt: skip
    meeting = select(
        literal("attended"), nothing, nothing, nothing, _attendance.c.mode, literal(""), _attendance.c.attended_on
    ).where(_attendance.c.subject == subject)
    return _as_standing([tuple(row) for row in session.execute(union_all(consent, wave, event, meeting))], left)


def _as_standing(rows: list[tuple[object, ...]], left: str) -> Standing:
    choices: dict[int, bool] = {}
    waves: dict[str, str] = {}
    events: list[Event] = []
    days: list[date] = []
    attended: set[date] = set()
    for kind, _number, second, third, text, state, day in sorted(rows, key=_by_number):
        if kind == "consent":
            choices[int(str(second))] = bool(third)
        elif kind == "wave":
            waves[str(text)] = str(state)
        elif kind == "attended" and isinstance(day, date):
            attended.add(day)
        else:
            events.append(Event(str(kind), int(str(second)), int(str(third)), str(text), str(state)))
            if kind in ("read", "skipped") and isinstance(day, date):
                days.append(day)
    return Standing(choices, waves, progress_of(events), max(days, default=None), left, frozenset(attended))


def _by_number(row: tuple[object, ...]) -> int:
    return int(str(row[1])) if row[1] is not None else 0
