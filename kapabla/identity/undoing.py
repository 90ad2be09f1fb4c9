"""Taking back an import: the people it made are gone as if they had never been, while nothing has reached them."""

from collections.abc import Sequence

from sqlalchemy import Select, delete, exists, func, or_, select
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
    ids = [
        person_id
        for start in range(0, len(numbers), _AT_ONCE)
        for person_id in session.scalars(_untouched(cohort, numbers[start : start + _AT_ONCE]))
    ]
    if len(ids) != len(numbers):
        raise TooLateToUndo()
    for start in range(0, len(ids), _AT_ONCE):
        session.execute(delete(_people).where(_people.c.id.in_(ids[start : start + _AT_ONCE])))
    session.expire_all()


def can_undo(session: Session, cohort: Cohort, numbers: Sequence[str]) -> bool:
    untouched = sum(
        session.scalar(select(func.count()).select_from(_untouched(cohort, part).subquery())) or 0
        for part in (numbers[start : start + _AT_ONCE] for start in range(0, len(numbers), _AT_ONCE))
    )
    return untouched == len(numbers)


def _untouched(cohort: Cohort, numbers: Sequence[str]) -> Select[tuple[str]]:
    places = select(_enrolments.c.person_id).where(_enrolments.c.cohort_id == cohort.id)
    moved = exists().where(_enrolments.c.person_id == _people.c.id, _enrolments.c.is_current.is_(False))
    reached = exists().where(Message.person_id == _people.c.id, Message.state.in_(_REACHED))
    began = exists().where(StepOver.person_id == _people.c.id)
    return select(_people.c.id).where(
        _people.c.number.in_(numbers), _people.c.id.in_(places), _people.c.left == "none",
        _people.c.allocation_id.is_(None), ~or_(moved, reached, began),
    )  # fmt: skip
