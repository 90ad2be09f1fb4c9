"""Taking back an import: the people it made are gone as if they had never been, while nothing has reached them."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Select, delete, exists, or_, select
from sqlalchemy.orm import Session

from kapabla.errors import Refused
from kapabla.identity.cohorts import Cohort, Enrolment
from kapabla.identity.messages import Message
from kapabla.identity.people import Person, StepOver
from kapabla.vaults import table_of

_people, _enrolments = table_of(Person), table_of(Enrolment)
_AT_ONCE = 500
_REACHED = ("sending", "handed_over", "unclear")


class TooLateToUndo(Refused):
    """Somebody among them has got a message, come in, been moved, left or been given an arm by lot."""

    code = "too_late_to_undo"


def undo_import(session: Session, cohort: Cohort, numbers: Sequence[str]) -> None:
    """All or nobody. No tombstone: the same list can be imported again."""
    ids = _untouched_of(session, cohort, numbers)
    if len(ids) != len(numbers):
        raise TooLateToUndo()
    for part in _parts(ids):
        session.execute(delete(_people).where(_people.c.id.in_(part)))
    session.expire_all()


def can_undo(session: Session, cohort: Cohort, numbers: Sequence[str]) -> bool:
    return len(_untouched_of(session, cohort, numbers)) == len(numbers)


def _untouched_of(session: Session, cohort: Cohort, numbers: Sequence[str]) -> list[str]:
    return [found for part in _parts(numbers) for found in session.scalars(_untouched(cohort, part))]


def _parts(names: Sequence[str]) -> Iterator[Sequence[str]]:
    """A few hundred at a time: a statement holds only so many values."""
    return (names[start : start + _AT_ONCE] for start in range(0, len(names), _AT_ONCE))


def _untouched(cohort: Cohort, numbers: Sequence[str]) -> Select[str]:
    places = select(_enrolments.c.person_id).where(_enrolments.c.cohort_id == cohort.id)
    moved = exists().where(_enrolments.c.person_id == _people.c.id, _enrolments.c.is_current.is_(False))
    reached = exists().where(Message.person_id == _people.c.id, Message.state.in_(_REACHED))
    began = exists().where(StepOver.person_id == _people.c.id)
    return select(_people.c.id).where(
        _people.c.number.in_(numbers), _people.c.id.in_(places), _people.c.left == "none",
        _people.c.allocation_id.is_(None), ~or_(moved, reached, began),
    )  # fmt: skip
