"""Links and codes of a cohort as a list, for handing over on paper. Whoever asks for it leaves a trace."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from kapabla.identity.codes import format_code
from kapabla.identity.cohorts import Enrolment
from kapabla.identity.enrolling import access_of
from kapabla.identity.people import Person
from kapabla.identity.sending import SENT_TO
from kapabla.keys import Keyring


def link_rows(
    session: Session, keys: Keyring, cohort_id: str, base_url: str, *, everybody: bool
) -> list[tuple[str, str, str]]:
    """(number, link, code) by number: those who are sent nothing, or everybody. Never who is protected or has left."""
    query = (
        select(Person.id, Person.number)
        .join(Enrolment, Enrolment.person_id == Person.id)
        .where(Enrolment.cohort_id == cohort_id, Enrolment.is_current.is_(True), Person.is_protected.is_(False))
        .where(Person.left != "all")
        .order_by(Person.number)
    )
    if not everybody:
        query = query.where(Person.channel.not_in(SENT_TO))
    people = [(row.id, row.number) for row in session.execute(query)]
    access = access_of(session, keys, [person_id for person_id, _ in people])
    return [(number, access[i].link(base_url), format_code(access[i].code)) for i, number in people]
