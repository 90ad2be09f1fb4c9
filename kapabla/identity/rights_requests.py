"""What people ask for by law, with the day it came in and the clock that follows (`privacy.md` E3.5, Art. 12.3).

The row says which right, never what of: whether somebody was in the research, or what was answered, is not in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Date, ForeignKey, Select, String, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from kapabla.errors import NotFound
from kapabla.identity.people import Person
from kapabla.ids import new_id
from kapabla.vaults import IdentityBase, table_of

# Days from that on which it came in: so long the law gives, and so long until it is urgent.
DAYS_TO_ANSWER, DAYS_UNTIL_URGENT = 30, 20
ACCESS, ERASURE, RECTIFICATION, RESTRICTION, OBJECTION = (
    "access", "erasure", "rectification", "restriction", "objection",
)  # fmt: skip
KINDS = (ACCESS, ERASURE, RECTIFICATION, RESTRICTION, OBJECTION)
OUTCOMES = ("carried_out", "refused", "taken_back")


class RightsRequest(IdentityBase):
    """`person_id`: none where we know nobody by that name, and after an erasure. `outcome`: empty while it is open."""

    __tablename__ = "rights_request"
    __table_args__ = {"info": {"retention": "identity"}}

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    kind: Mapped[str] = mapped_column(String(14))
    way: Mapped[str] = mapped_column(String(8))
    came_on: Mapped[date] = mapped_column(Date)
    outcome: Mapped[str] = mapped_column(String(12), default="")
    done_on: Mapped[date | None] = mapped_column(Date)

    @property
    def due_on(self) -> date:
        return self.came_on + timedelta(days=DAYS_TO_ANSWER)


_requests = table_of(RightsRequest)


@dataclass(frozen=True)
class Listed:
    """`number` is None where it is about nobody who is here."""

    request: RightsRequest
    number: str | None

    def days_left(self, on: date) -> int:
        return (self.request.due_on - on).days

    def is_urgent(self, on: date) -> bool:
        return not self.request.outcome and (on - self.request.came_on).days >= DAYS_UNTIL_URGENT


def add_request(
    session: Session, person_id: str | None, kind: str, *, way: str, came_on: date, done_on: date | None = None
) -> RightsRequest:
    """The same right asked for twice before it is carried out is one request, from the first day."""
    known = session.scalar(_open(person_id, kind)) if person_id else None
    if known is not None:
        known.came_on = min(known.came_on, came_on)
        found = known
    else:
        found = RightsRequest(person_id=person_id, kind=kind, way=way, came_on=came_on)
        session.add(found)
    if done_on is not None:
        close_request(session, found, "carried_out", on=done_on)
    session.flush()
    return found


def carried_out(session: Session, person_id: str, kind: str, *, on: date) -> None:
    """Whatever of that kind was open for the person is done."""
    for found in session.scalars(_open(person_id, kind)):
        close_request(session, found, "carried_out", on=on)
    session.flush()


def erased(session: Session, person_id: str, *, on: date) -> None:
    """Before the person's row goes: with it every open request has been met, and none leads to anybody any more."""
    of_person = _requests.c.person_id == person_id
    is_open = _requests.c.outcome == ""
    session.execute(update(_requests).where(of_person, is_open).values(outcome="carried_out", done_on=on))
    session.execute(update(_requests).where(of_person).values(person_id=None))


def close_request(session: Session, request: RightsRequest, outcome: str, *, on: date) -> None:
    """Said twice, the first stands."""
    if not request.outcome:
        request.outcome, request.done_on = outcome, on
        session.flush()


def get_request(session: Session, request_id: str) -> Listed:
    row = session.execute(_listed().where(_requests.c.id == request_id)).one_or_none()
    if row is None:
        raise NotFound("request_unknown")
    return Listed(row[0], row.number)


def is_latest(session: Session, request: RightsRequest) -> bool:
    """Whether the person has not asked for the same again since."""
    others = select(_requests.c.id).where(
        _requests.c.person_id == request.person_id, _requests.c.kind == request.kind, _requests.c.id != request.id,
        or_(_requests.c.outcome == "", _requests.c.came_on > request.came_on),
    )  # fmt: skip
    return session.scalar(others.limit(1)) is None


def open_requests(session: Session) -> list[Listed]:
    """Those that came first stand first."""
    query = _listed().where(_requests.c.outcome == "").order_by(_requests.c.came_on, _requests.c.id)
    return [Listed(row[0], row.number) for row in session.execute(query)]


def closed_requests(session: Session, *, limit: int) -> list[Listed]:
    query = _listed().where(_requests.c.outcome != "").order_by(_requests.c.done_on.desc(), _requests.c.id)
    return [Listed(row[0], row.number) for row in session.execute(query.limit(limit))]


def urgent_requests(session: Session, *, on: date) -> Sequence[Listed]:
    """For the overview: those whose time is running out, or has."""
    return [listed for listed in open_requests(session) if listed.is_urgent(on)]


def _listed() -> Select[RightsRequest, str]:
    return select(RightsRequest, Person.number).outerjoin(Person, Person.id == RightsRequest.person_id)


def _open(person_id: str | None, kind: str) -> Select[RightsRequest]:
    return select(RightsRequest).where(
        RightsRequest.person_id == person_id, RightsRequest.kind == kind, RightsRequest.outcome == ""
    )
