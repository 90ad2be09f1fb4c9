"""Walk-ins (A13): whoever uses the open code of a meeting becomes a person of its cohort, so many at a time."""

from datetime import datetime

from sqlalchemy import LargeBinary, func, insert, literal, select
from sqlalchemy.orm import Session

from kapabla.clock import epoch
from kapabla.errors import Refused
from kapabla.identity.enrolling import NewPerson, enrol_one
from kapabla.identity.meetings import OpenMeeting
from kapabla.identity.people import StepOver
from kapabla.identity.sessions import CodeAttempt
from kapabla.ids import id_from, new_id
from kapabla.keys import Keyring, keyed_hash
from kapabla.vaults import table_of

# A village hall comes in within some minutes; a program would make people without end.
PER_MINUTE = 20
PER_MEETING = 100

_attempts, _steps = table_of(CodeAttempt), table_of(StepOver)


class TooManyAtOnce(Refused):
    code = "too_many_at_once"


class MeetingFull(Refused):
    code = "meeting_full"


def admit(session: Session, session_key: bytes, meeting: OpenMeeting, *, at: datetime) -> None:
    """Count one more who comes in, in one statement. Raises `TooManyAtOnce`, `MeetingFull`."""
    counted = keyed_hash(session_key, b"walk-in", meeting.id.encode())
    everybody = select(func.count()).where(_attempts.c.address_hash == counted)
    lately = everybody.where(_attempts.c.at > epoch(at) - 60)
    row = select(literal(new_id()), literal(counted, LargeBinary), literal(epoch(at))).where(
        everybody.scalar_subquery() < PER_MEETING, lately.scalar_subquery() < PER_MINUTE
    )
    came_in = session.execute(
        insert(_attempts).from_select(["id", "address_hash", "at"], row).returning(_attempts.c.id)
    )
    if came_in.first() is None:
        raise MeetingFull() if (session.scalar(everybody) or 0) >= PER_MEETING else TooManyAtOnce()


def id_of_walk_in(session_key: bytes, meeting: OpenMeeting, form_key: str) -> str:
    """The same form sent twice is the same person; from the id nobody can tell the form."""
    return id_from(keyed_hash(session_key, b"walk-in person", meeting.id.encode(), form_key.encode()))


def enrol_walk_in(session: Session, keys: Keyring, meeting: OpenMeeting, new: NewPerson, *, person_id: str) -> bool:
    """Make the person, who has opened the invitation and said how to be reached. False where they are here already.

    The row says that they were enrolled on the first day of the cohort: that of the meeting is what they did.
    """
    if not enrol_one(session, keys, meeting.cohort_id, new, person_id=person_id, on=meeting.cohort_starts_on):
        return False
    session.execute(insert(_steps), [{"person_id": person_id, "step": step} for step in ("opened", "kontakt")])
    return True
