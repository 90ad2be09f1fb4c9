"""Letters (A6, D07): who gets one, what stands in it, and that it has been printed. Never who is protected or has left.

A letter is for those who have chosen that way, and for those whose e-mail or number does not work: where they have an
address.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, exists, insert, or_, select, update
from sqlalchemy.orm import Session

from kapabla.identity.codes import format_code
from kapabla.identity.cohorts import Enrolment
from kapabla.identity.contact import read_contact
from kapabla.identity.enrolling import access_of
from kapabla.identity.list_reading import has_postal_code
from kapabla.identity.messages import INVITATION_STEP, Message
from kapabla.identity.people import Person
from kapabla.identity.sending import SENT_TO, forget_lost
from kapabla.ids import new_id
from kapabla.keys import Keyring
from kapabla.material import Material
from kapabla.material.messages import Written, write
from kapabla.material.texts import Text
from kapabla.vaults import table_of

_people, _messages = table_of(Person), table_of(Message)


@dataclass(frozen=True)
class PaperLetter:
    """`address` is the lines of the window, the name first; `text` has the code in a paragraph of its own."""

    person_id: str
    number: str
    address: tuple[str, ...]
    language: str
    link: str
    code: str
    text: Written


def count_letters(session: Session, cohort_id: str) -> tuple[int, int]:
    """How many get a letter, and how many of them have had one."""
    printed = [row.printed_on is not None for row in session.execute(_to_print_in(cohort_id))]
    return len(printed), sum(printed)


def count_by_hand(session: Session, cohort_id: str) -> int:
    """How many neither a message nor a letter reaches, though they may be told of it: their code is handed over."""
    return len(session.execute(_of_cohort(_on_paper().where(Person.address_sealed.is_(None)), cohort_id)).all())


def without_postal_code(session: Session, keys: Keyring, cohort_id: str) -> list[str]:
    """The numbers of those whose letter would be brought nowhere."""
    ids = [row.id for row in session.execute(_to_print_in(cohort_id))]
    people = session.scalars(select(Person).where(Person.id.in_(ids)).order_by(Person.number))
    return [one.number for one in people if not has_postal_code(read_contact(keys, one).address or "")]


def readers_of(session: Session, cohort_id: str) -> list[tuple[str, str]]:
    """Number and language of those who get a letter."""
    columns = (Person.number, Person.language)
    return [(row[0], row[1]) for row in session.execute(_to_print_in(cohort_id).with_only_columns(*columns))]


def letters_of(
    session: Session, keys: Keyring, material: Material, cohort_id: str, base_url: str, *, again: bool
) -> list[PaperLetter]:
    """By number: those who have not had one, or everybody again. The same link and code each time."""
    ids = [row.id for row in session.execute(_to_print_in(cohort_id)) if again or row.printed_on is None]
    people = list(session.scalars(select(Person).where(Person.id.in_(ids)).order_by(Person.number)))
    access = access_of(session, keys, ids)
    found = []
    for person in people:
        contact, own = read_contact(keys, person), access[person.id]
        code = format_code(own.code)
        found.append(
            PaperLetter(
                person.id, person.number, _lines(contact.name, contact.address or ""), person.language,
                own.link(base_url), code,
                letter_text(material, person.language, contact.name or "", code, short_address(base_url)),
            )
        )  # fmt: skip
    return found


def short_address(base_url: str) -> str:
    """Of the page where a code is typed, as somebody types it.

    >>> short_address("https://kapabla.example.se")
    'kapabla.example.se/k'
    """
    return f"{base_url.partition('://')[2]}/k"


def mark_printed(session: Session, people: Sequence[str], *, on: date) -> None:
    """A letter is an invitation: who has had none by e-mail is invited by it."""
    session.execute(update(_people).where(_people.c.id.in_(people)).values(printed_on=on))
    forget_lost(session, people)
    invited = set(session.scalars(select(_messages.c.person_id).where(_messages.c.step == INVITATION_STEP)))
    rows = [
        {
            "id": new_id(), "person_id": person, "batch_id": None, "step": INVITATION_STEP, "number": 0,
            "channel": "letter", "state": "handed_over", "fault": "",
        }
        for person in people
        if person not in invited
    ]  # fmt: skip
    if rows:
        session.execute(insert(_messages), rows)


def to_print() -> Select[str, date | None]:
    """Whoever gets a letter, in any cohort."""
    return _on_paper().where(Person.address_sealed.is_not(None))


def _on_paper() -> Select[str, date | None]:
    """Whoever has chosen it, or is to be sent messages that do not arrive, with an address or without."""
    wants = or_(Person.channel == "letter", Person.channel.in_(SENT_TO) & Person.address_broken.is_(True))
    return (
        select(Person.id, Person.printed_on)
        .where(
            wants, Person.is_protected.is_(False), Person.is_restricted.is_(False),
            Person.no_more_messages.is_(False), Person.left != "all",
        )
        .order_by(Person.number)
    )  # fmt: skip


def _to_print_in(cohort_id: str) -> Select[str, date | None]:
    return _of_cohort(to_print(), cohort_id)


def _of_cohort(people: Select[str, date | None], cohort_id: str) -> Select[str, date | None]:
    here = exists().where(
        Enrolment.person_id == Person.id, Enrolment.cohort_id == cohort_id, Enrolment.is_current.is_(True)
    )
    return people.where(here)


def _lines(name: str | None, address: str) -> tuple[str, ...]:
    parts = [part.strip() for part in address.replace("\n", ",").split(",")]
    return tuple(part for part in (name or "", *parts) if part)


def letter_text(material: Material, language: str, name: str, code: str, address: str) -> Written:
    facts: dict[str, str | Text] = {
        "name": name, "code": code, "short_address": address, "hours": material.organisation.hours,
        "minutes": str(max(course.minutes for course in material.courses.values())),
    }  # fmt: skip
    written = write(material.messages.letter, None, material.organisation, language, facts)
    return Written(written.subject, written.text if name else written.text.replace(" !", "!", 1))
