"""Restriction (Art. 18): what is known of a person is kept as it is, and used for nothing, until it is lifted."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from kapabla.identity import rights_requests, withdrawals
from kapabla.identity.people import Person


def restrict(session: Session, person: Person, *, way: str, came_on: date, on: date, at: datetime) -> None:
    """At once in this vault; beside the answers within a job cycle. No release and no message from then on."""
    person.is_restricted = True
    rights_requests.add_request(
        session, person.id, rights_requests.RESTRICTION, way=way, came_on=came_on, done_on=on
    )  # fmt: skip
    withdrawals.order_placement(session, person.id, at=at)


def lift(session: Session, person: Person, *, at: datetime) -> None:
    person.is_restricted = False
    session.flush()
    withdrawals.order_placement(session, person.id, at=at)
