"""Breaches (E9, Art. 33): when one was noticed, the 72 hours that follow, and what was done. Never about one person."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import JSON, DateTime, ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from kapabla.errors import NotFound
from kapabla.ids import new_id
from kapabla.vaults import OfficeBase

HOURS_TO_REPORT = 72


def utc(at: datetime) -> datetime:
    """SQLite gives a moment back without its zone, which is always this one."""
    return at if at.tzinfo else at.replace(tzinfo=UTC)


class Incident(OfficeBase):
    """`studies`: whose people may be affected."""

    __tablename__ = "incident"
    __table_args__ = {"info": {"retention": "register"}}

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(120))
    noticed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    studies: Mapped[list[str]] = mapped_column(JSON)
    reported_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    # When it was decided that nobody is likely to be harmed (Art. 33.1); why stands in the timeline (Art. 33.5).
    exempt_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    closed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    @property
    def due_at(self) -> datetime:
        return utc(self.noticed_at) + timedelta(hours=HOURS_TO_REPORT)

    @property
    def is_decided(self) -> bool:
        """Reported, or found to need no report: until then the clock runs, and it is not closed."""
        return self.reported_at is not None or self.exempt_at is not None


class IncidentEntry(OfficeBase):
    """A line of the timeline: added to, never changed."""

    __tablename__ = "incident_entry"
    __table_args__ = {"info": {"retention": "register"}}

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    incident_id: Mapped[str] = mapped_column(ForeignKey("incident.id"), index=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    text: Mapped[str] = mapped_column(String(2000))


def add_incident(session: Session, *, name: str, noticed_at: datetime, studies: Sequence[str]) -> Incident:
    incident = Incident(name=name[:120], noticed_at=noticed_at, studies=list(studies))
    session.add(incident)
    session.flush()
    return incident


def get_incident(session: Session, incident_id: str) -> Incident:
    found = session.get(Incident, incident_id)
    if found is None:
        raise NotFound("incident_unknown")
    return found


def add_entry(session: Session, incident: Incident, text: str, *, staff_id: str, at: datetime) -> None:
    session.add(IncidentEntry(incident_id=incident.id, staff_id=staff_id, at=at, text=text[:2000]))
    session.flush()


def entries_of(session: Session, incident: Incident) -> Sequence[IncidentEntry]:
    query = select(IncidentEntry).where(IncidentEntry.incident_id == incident.id)
    return session.scalars(query.order_by(IncidentEntry.at, IncidentEntry.id)).all()


def all_incidents(session: Session) -> Sequence[Incident]:
    return session.scalars(select(Incident).order_by(Incident.noticed_at.desc(), Incident.id)).all()


def unreported(session: Session) -> Sequence[Incident]:
    """For the overview: those whose clock is running."""
    query = select(Incident).where(
        Incident.reported_at.is_(None), Incident.exempt_at.is_(None), Incident.closed_at.is_(None)
    )
    return session.scalars(query.order_by(Incident.noticed_at)).all()
