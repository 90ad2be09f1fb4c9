"""Correcting and moving one person. The number, the secret and the history stay."""

import hashlib
from datetime import date

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from kapabla.errors import Refused
from kapabla.identity import sending
from kapabla.identity.cohorts import Cohort, Enrolment
from kapabla.identity.contact import Contact, known_tombstones, sealed_fields, tombstones_of
from kapabla.identity.messages import ADDRESS_CORRECTED, INVITATION_STEP, Message
from kapabla.identity.people import Person
from kapabla.identity.sending import SENT_TO
from kapabla.ids import new_id
from kapabla.keys import Keyring


class ChangedSince(Refused):
    """Somebody else has changed the person since the page was opened."""

    code = "changed_since"


class AddressShared(Refused):
    """Another person has the e-mail address, or the number: each would be sent the other's own link to it (D03)."""

    code = "address_shared"

    def __init__(self, number: str, field: str) -> None:
        super().__init__(number=number, field=field)
        self.number, self.field = number, field


class AddressErased(Refused):
    """The new e-mail address or telephone number is that of somebody who asked to be erased (B4)."""

    code = "address_erased"

    def __init__(self, field: str) -> None:
        super().__init__(field=field)
        self.field = field


def version_of(person: Person) -> str:
    """Says nothing of what stands in the row, but changes with it: seals are never the same twice."""
    parts = [person.name_sealed, person.email_sealed, person.phone_sealed, person.address_sealed]
    plain = f"{person.municipality}|{person.role}|{person.language}|{person.channel}".encode()
    return hashlib.sha256(b"|".join([part or b"" for part in parts] + [plain])).hexdigest()[:16]


def correct_person(
    session: Session, keys: Keyring, person: Person, *, contact: Contact, municipality: str, role: str,
    language: str, channel: str, seen: str,
) -> None:  # fmt: skip
    """Replace what is known of a person. `seen` is the version that the change was made from."""
    if version_of(person) != seen:
        raise ChangedSince()
    columns = sealed_fields(keys, person.id, contact)
    if channel in SENT_TO:
        _check_own_address(session, person, SENT_TO[channel], columns)
    _check_not_erased(session, keys, person, contact, columns)
    if _is_another_way(person, columns, channel):
        # A new address has not been tried yet; the old one works no better for a corrected trade.
        sending.address_changed(session, person.id)
        if person.address_broken:
            _count_as_failed(session, person)
        person.address_broken = False
    for column, value in columns.items():
        setattr(person, column, value)
    person.municipality, person.role = municipality, role
    person.language, person.channel = language, channel
    session.flush()


def _is_another_way(person: Person, columns: dict[str, bytes | None], channel: str) -> bool:
    """Another e-mail address; where text messages are or were the way, another number or another way."""
    if "sms" in (channel, person.channel):
        return channel != person.channel or columns["phone_index"] != person.phone_index
    return columns["email_index"] != person.email_index


def _count_as_failed(session: Session, person: Person) -> None:
    """An invitation that did not arrive after it had been taken: with another address it is one to send again."""
    invitation = (Message.person_id == person.id) & (Message.step == INVITATION_STEP) & (Message.number == 0)
    bounced = invitation & Message.channel.in_(SENT_TO) & (Message.state == "handed_over")
    session.execute(update(Message).where(bounced).values(state="failed", fault=ADDRESS_CORRECTED))


def _check_own_address(
    session: Session, person: Person, field: str, columns: dict[str, bytes | None]
) -> None:  # fmt: skip
    """Whoever else has it, reached by it or not: the same as of a list."""
    index = f"{field}_index"
    others = select(Person.number).where(getattr(Person, index) == columns[index], Person.id != person.id)
    number = session.scalar(others.order_by(Person.number))
    if number is not None:
        raise AddressShared(number, field)


def _check_not_erased(
    session: Session, keys: Keyring, person: Person, contact: Contact, columns: dict[str, bytes | None]
) -> None:
    """Of what is new alone: what a person has shared all along with somebody who is erased stays theirs."""
    erased = known_tombstones(session)
    for field in ("email", "phone"):
        is_new = columns[f"{field}_index"] != getattr(person, f"{field}_index")
        alone = Contact(**{field: getattr(contact, field)})
        if is_new and erased & set(tombstones_of(keys, alone, None)):
            raise AddressErased(field)


def override_gate(session: Session, person: Person) -> None:
    """Let a person begin the course without the start questions (D5). It is never taken back: a release says so."""
    person.gate_overridden = True
    session.flush()


def current_cohort(session: Session, person: Person) -> Cohort | None:
    query = select(Cohort).join(Enrolment, Enrolment.cohort_id == Cohort.id)
    return session.scalar(query.where(Enrolment.person_id == person.id, Enrolment.is_current.is_(True)))


def earlier_cohorts(session: Session, person: Person) -> list[tuple[Cohort, date]]:
    """Where the person was before, each with the day they came there, the latest first (A7)."""
    query = select(Cohort, Enrolment.enrolled_on).join(Enrolment, Enrolment.cohort_id == Cohort.id)
    mine = query.where(Enrolment.person_id == person.id, Enrolment.is_current.is_(False))
    found = session.execute(mine.order_by(Enrolment.enrolled_on.desc(), Cohort.name))
    return [(row.Cohort, row.enrolled_on) for row in found]


def first_day(session: Session, person: Person) -> date | None:
    """Before which the county cannot have been told anything: the first cohort had not begun, nor was the person in."""
    query = select(func.min(Cohort.starts_on), func.min(Enrolment.enrolled_on)).join(
        Enrolment, Enrolment.cohort_id == Cohort.id
    )
    row = session.execute(query.where(Enrolment.person_id == person.id)).one()
    return min((day for day in row if day), default=None)


def move_person(session: Session, person: Person, cohort: Cohort, *, on: date) -> None:
    """End the present place and start another, so that history is kept (A7). To where one is already: nothing."""
    present = current_cohort(session, person)
    if present is not None and present.id == cohort.id:
        return
    mine = (Enrolment.person_id == person.id) & Enrolment.is_current.is_(True)
    session.execute(update(Enrolment).where(mine).values(is_current=False))
    session.add(Enrolment(id=new_id(), person_id=person.id, cohort_id=cohort.id, enrolled_on=on, is_current=True))
    session.flush()
