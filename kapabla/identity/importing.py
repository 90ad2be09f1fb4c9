"""A read list against the people there are: what would be created, what is there already, what was erased."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kapabla.identity.cohorts import Cohort, Enrolment
from kapabla.identity.contact import Contact, index_of, known_tombstones, tombstones_of
from kapabla.identity.enrolling import NewPerson, enrol
from kapabla.identity.list_reading import ListReading, ListRow, RowFault
from kapabla.identity.people import Person
from kapabla.keys import Keyring
from kapabla.vaults import table_of

_people, _enrolments = table_of(Person), table_of(Enrolment)


@dataclass(frozen=True)
class Preview:
    """Nothing is written. `unchanged` are in this cohort already; `elsewhere` are active in another one."""

    reading: ListReading
    new: tuple[ListRow, ...]
    unchanged: tuple[ListRow, ...]
    elsewhere: tuple[ListRow, ...]
    rejected: tuple[RowFault, ...]

    @property
    def duplicates(self) -> int:
        return sum(fault.code == "duplicate_in_file" for fault in self.reading.rejected) + len(self.elsewhere)

    @property
    def rejected_rows(self) -> int:
        return len({fault.row for fault in self.rejected})


def preview(session: Session, keys: Keyring, reading: ListReading, cohort: Cohort) -> Preview:
    """Two statements whatever the length of the list: the known look-ups are read once."""
    key = keys.get("sealing")
    here = _known(session)
    erased = known_tombstones(session)
    new, unchanged, elsewhere = [], [], []
    rejected = [fault for fault in reading.rejected if fault.code != "duplicate_in_file"]
    for row in reading.rows:
        cohorts = _cohorts_of(key, row, here)
        if cohort.id in cohorts:
            unchanged.append(row)
        elif cohorts:
            elsewhere.append(row)
        elif erased and erased & set(tombstones_of(keys, _contact(row), row.municipality)):
            rejected.append(RowFault(row.row, "name", "has_left"))
        else:
            new.append(row)
    return Preview(reading, tuple(new), tuple(unchanged), tuple(elsewhere), tuple(sorted(rejected)))


def carry_out(session: Session, keys: Keyring, found: Preview, cohort: Cohort, *, on: date, is_test: bool) -> int:
    """Create the new people, all in the same transaction. Repeated, it creates nobody."""
    people = [
        NewPerson(
            contact=_contact(row), municipality=row.municipality, role=row.role, channel=_channel(row),
            language=row.language, is_test=is_test,
        )
        for row in found.new
    ]  # fmt: skip
    return len(enrol(session, keys, cohort, people, on=on))


def as_json(found: Preview, created: int) -> dict[str, Any]:
    """The shape of `participants import --json` in `interfaces.md`, without the sentences."""
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
    }


def _known(session: Session) -> dict[tuple[str, bytes], list[tuple[bytes | None, str]]]:
    """Look-up hash of each way to reach somebody, to the name hashes and cohorts found there."""
    rows = session.execute(
        select(_people.c.email_index, _people.c.phone_index, _people.c.name_index, _enrolments.c.cohort_id).join(
            _enrolments, (_enrolments.c.person_id == _people.c.id) & _enrolments.c.is_current.is_(True)
        )
    )
    known: dict[tuple[str, bytes], list[tuple[bytes | None, str]]] = {}
    for row in rows:
        ways = (("email", row.email_index), ("phone", row.phone_index), ("name", row.name_index))
        for kind, value in ways:
            if value:
                known.setdefault((kind, value), []).append((row.name_index, row.cohort_id))
    return known


def _cohorts_of(key: bytes, row: ListRow, here: Mapping[tuple[str, bytes], list[tuple[bytes | None, str]]]) -> set[str]:
    """Cohorts that hold this very person: the same address and name, or (with an address alone) the same name."""
    name = index_of(key, "name", row.name)
    ways = [("email", index_of(key, "email", row.email))] if row.email else []
    ways += [("phone", index_of(key, "phone", row.phone))] if row.phone else []
    ways = ways or [("name", name)]
    return {cohort for way in ways for known_name, cohort in here.get(way, []) if known_name == name}


def _contact(row: ListRow) -> Contact:
    return Contact(name=row.name, email=row.email, phone=row.phone, address=row.address)


def _channel(row: ListRow) -> str:
    """E-mail first; whoever shares an address with another row gets a letter or a code on paper instead."""
    return "email" if row.email and row.shares_address_with is None else "letter"
