"""A read list against the people there are: what would be created, what is there already, what was erased."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kapabla.identity.cohorts import Cohort, Enrolment
from kapabla.identity.contact import Contact, fold, index_of, known_tombstones, tombstones_of
from kapabla.identity.enrolling import NewPerson, enrol
from kapabla.identity.list_reading import ListReading, ListRow, RowFault, has_postal_code
from kapabla.identity.list_reading.cells import read_mobile
from kapabla.identity.people import Person
from kapabla.keys import Keyring, unseal
from kapabla.vaults import table_of

_people, _enrolments = table_of(Person), table_of(Enrolment)


@dataclass(frozen=True)
class Preview:
    """Nothing is written. `unchanged` are in this cohort already; `elsewhere` are active in another and stay there.

    `numbers` is the participant's number of a row that is there already; `shared` is whom a new row shares an e-mail
    or telephone with ("4", a row, or "K-0398"): such a person gets a letter or a code instead of a message. `has_sms`
    is whether text messages can be sent.
    `namesakes` is who else has the name and municipality of a new row, told the same way: it stops nothing.
    """

    reading: ListReading
    new: tuple[ListRow, ...]
    unchanged: tuple[ListRow, ...]
    elsewhere: tuple[ListRow, ...]
    rejected: tuple[RowFault, ...]
    doubles: tuple[RowFault, ...]
    numbers: dict[int, str] = field(default_factory=dict)
    shared: dict[int, str] = field(default_factory=dict)
    has_sms: bool = False
    namesakes: dict[int, str] = field(default_factory=dict)

    @property
    def duplicates(self) -> int:
        return len(self.doubles) + len(self.elsewhere)

    def way_of(self, row: ListRow) -> str:
        """How a new person gets the way in: `email`, `sms`, `letter`, or `hand`, where there is nowhere to write to."""
        channel = self.channel_of(row)
        return "hand" if channel == "letter" and not row.address else channel

    def channel_of(self, row: ListRow) -> str:
        """E-mail first, then a text message to a mobile; whoever shares either with somebody gets a letter or a code on
        paper instead."""
        if row.row in self.shared:
            return "letter"
        if row.email:
            return "email"
        return "sms" if self.has_sms and row.phone and read_mobile(row.phone) else "letter"

    @property
    def without_postal_code(self) -> list[int]:
        """The rows of those who get a letter that would not arrive."""
        return [row.row for row in self.new if self.way_of(row) == "letter" and not has_postal_code(row.address or "")]

    @property
    def rejected_rows(self) -> int:
        return len({fault.row for fault in self.rejected})


@dataclass(frozen=True)
class _Known:
    """A person there is, by keyed look-ups alone."""

    id: str
    number: str
    cohort_id: str
    name: bytes | None
    municipality: str | None
    address_sealed: bytes | None


class _Register:
    """Everybody there is, read in one statement, and found by each way to reach them."""

    def __init__(self, session: Session, key: bytes) -> None:
        self._key = key
        self._by: dict[tuple[str, bytes], list[_Known]] = {}
        query = select(
            _people.c.id, _people.c.number, _enrolments.c.cohort_id, _people.c.name_index.label("name"),
            _people.c.municipality, _people.c.address_sealed, _people.c.email_index, _people.c.phone_index,
        ).join(_enrolments, (_enrolments.c.person_id == _people.c.id) & _enrolments.c.is_current.is_(True))  # fmt: skip
        for row in session.execute(query):
            person = _Known(row.id, row.number, row.cohort_id, row.name, row.municipality, row.address_sealed)
            for kind, value in (("email", row.email_index), ("phone", row.phone_index), ("name", row.name)):
                if value:
                    self._by.setdefault((kind, value), []).append(person)

    def find(self, row: ListRow) -> tuple[list[_Known], _Known | None]:
        """Those who are this very person; and somebody else who has the same e-mail or telephone, if anybody has."""
        name = index_of(self._key, "name", row.name)
        ways = [(kind, value) for kind, value in (("email", row.email), ("phone", row.phone)) if value]
        reached = [known for kind, value in ways for known in self._found(kind, value)]
        same = [known for known in reached if known.name == name]
        if not same and (not ways or reached):
            # On paper, or the second of a household: then name, municipality and street tell who it is.
            same = [known for known in self._by.get(("name", name), []) if self._lives_at(known, row)]
        return same, next((known for known in reached if known.name != name), None)

    def namesake(self, row: ListRow) -> str | None:
        named = self._by.get(("name", index_of(self._key, "name", row.name)), [])
        return next((known.number for known in named if known.municipality == row.municipality), None)

    def _found(self, kind: str, value: str) -> list[_Known]:
        return self._by.get((kind, index_of(self._key, kind, value)), [])

    def _lives_at(self, known: _Known, row: ListRow) -> bool:
        if known.municipality != row.municipality:
            return False
        if not known.address_sealed or not row.address:
            return True
        return fold(unseal(self._key, known.address_sealed, f"person.address.{known.id}")) == fold(row.address)


def preview(
    session: Session, keys: Keyring, reading: ListReading, cohort: Cohort, *, has_sms: bool = False,
    is_somebody_else: bool = False,
) -> Preview:  # fmt: skip
    """Two statements whatever the length of the list. `is_somebody_else`: of whoever is like somebody erased, the
    officer has said that it is another."""
    register, erased = _Register(session, keys.get("sealing")), known_tombstones(session)
    new: list[ListRow] = []
    unchanged: list[ListRow] = []
    elsewhere: list[ListRow] = []
    rejected = [fault for fault in reading.rejected if fault.code != "duplicate_in_file"]
    doubles = [fault for fault in reading.rejected if fault.code == "duplicate_in_file"]
    numbers: dict[int, str] = {}
    shared: dict[int, str] = {}
    rows, paper_doubles = _without_paper_doubles(reading.rows)
    for row in rows:
        same, other = register.find(row)
        here = next((known for known in same if known.cohort_id == cohort.id), None)
        if same:
            numbers[row.row] = (here or same[0]).number
            (unchanged if here else elsewhere).append(row)
        elif (left := _of_erased(keys, erased, row)) and not (left == "may_have_left" and is_somebody_else):
            rejected.append(RowFault(row.row, "name", left))
        else:
            new.append(row)
            if row.shares_address_with is not None or other is not None:
                shared[row.row] = other.number if other else str(row.shares_address_with)
    return Preview(
        reading, tuple(new), tuple(unchanged), tuple(elsewhere), tuple(sorted(rejected)),
        tuple(sorted(doubles + paper_doubles)), numbers, shared, has_sms, _namesakes(register, new, shared),
    )  # fmt: skip


def _namesakes(register: _Register, new: Iterable[ListRow], shared: Mapping[int, str]) -> dict[int, str]:
    """Somebody who stands in two lists, by e-mail in one and by address in the other, would be two people."""
    found: dict[int, str] = {}
    first: dict[tuple[str, str], int] = {}
    for row in new:
        who = (fold(row.name), row.municipality)
        number = register.namesake(row)
        if who in first:
            found[row.row] = str(first[who])
        elif number is not None and row.row not in shared:
            found[row.row] = number
        first.setdefault(who, row.row)
    return found


def _of_erased(keys: Keyring, erased: frozenset[bytes], row: ListRow) -> str:
    """Somebody who asked to be erased does not come back with a list (B4): surely them by name and a way to be reached,
    perhaps them by one of the two, which a namesake or the rest of a household shares. Empty where it is neither."""
    if not erased:
        return ""
    is_name = not erased.isdisjoint(tombstones_of(keys, Contact(name=row.name), row.municipality))
    is_way = not erased.isdisjoint(tombstones_of(keys, Contact(email=row.email, phone=row.phone), None))
    return "has_left" if is_name and is_way else "may_have_left" if is_name or is_way else ""


def _without_paper_doubles(rows: Iterable[ListRow]) -> tuple[list[ListRow], list[RowFault]]:
    """Two rows with neither e-mail nor telephone are one person where name, municipality and street are the same."""
    kept: list[ListRow] = []
    doubles: list[RowFault] = []
    first: dict[tuple[str, str, str], int] = {}
    for row in rows:
        who = (fold(row.name), row.municipality, fold(row.address or ""))
        if not (row.email or row.phone) and who in first:
            doubles.append(RowFault(row.row, "name", "duplicate_in_file", str(first[who])))
            continue
        first.setdefault(who, row.row)
        kept.append(row)
    return kept, doubles


def new_people(found: Preview, *, is_test: bool) -> list[NewPerson]:
    return [
        NewPerson(
            contact=contact_of(row), municipality=row.municipality, role=row.role,
            channel=found.channel_of(row), language=row.language, is_test=is_test,
        )
        for row in found.new
    ]  # fmt: skip


def carry_out(
    session: Session, keys: Keyring, found: Preview, cohort: Cohort, *, on: date, is_test: bool
) -> list[tuple[int, str]]:
    """Create the new people, all in the same transaction. Repeated, it creates nobody.

    Returns row and participant's number of each: who has the list finds its people by it, and nobody else does.
    """
    ids = enrol(session, keys, cohort, new_people(found, is_test=is_test), on=on)
    numbers = {row.id: row.number for row in session.execute(select(_people.c.id, _people.c.number))} if ids else {}
    return [(row.row, numbers[person_id]) for row, person_id in zip(found.new, ids, strict=True)]


def as_json(found: Preview, created: int) -> dict[str, Any]:
    """The shape of `participants import --json` in `interfaces.md`, without the sentences. `notes` stop nothing."""
    return {
        "rows": found.reading.row_count,
        "created": created,
        "unchanged": len(found.unchanged),
        "duplicates": found.duplicates,
        "rejected": [
            {"row": fault.row, "column": fault.column, "code": fault.code, "value": fault.value}
            for fault in found.rejected
        ],
        "ignored_columns": [*found.reading.ignored_columns, *found.reading.personal_number_columns],
        "notes": [
            *({"row": row, "code": "shared_address", "value": other} for row, other in sorted(found.shared.items())),
            *({"row": row, "code": "same_name", "value": other} for row, other in sorted(found.namesakes.items())),
            *({"row": row, "code": "postal_code_missing", "value": ""} for row in found.without_postal_code),
            *({"row": row.row, "code": "elsewhere", "value": found.numbers[row.row]} for row in found.elsewhere),
        ],
    }


def contact_of(row: ListRow) -> Contact:
    return Contact(name=row.name, email=row.email, phone=row.phone, address=row.address)
