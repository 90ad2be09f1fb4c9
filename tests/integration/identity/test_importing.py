"""A list of people becomes people once, whatever is loaded twice (A1, E10)."""

import time

import pytest
from sqlalchemy import event, func, select

from kapabla.clock import local_date
from kapabla.identity import importing
from kapabla.identity.cohorts import Cohort
from kapabla.identity.contact import erase_person, read_contact
from kapabla.identity.list_reading import read_list
from kapabla.identity.people import Person
from kapabla.identity.vocabulary import vocabulary_of
from tests.factories import make_cohort, make_person

HEADER = "namn;e-post;telefon;adress;kommun;yrke\n"


def look(service, text, *, cohort=None):
    reading = read_list((HEADER + text).encode(), vocabulary=vocabulary_of(service.material))
    with service.vaults.reading() as work:
        group = work.identity.get_one(Cohort, cohort or make_cohort(service))
        return importing.preview(work.identity, service.keys, reading, group)


def load(service, text, *, cohort=None):
    reading = read_list((HEADER + text).encode(), vocabulary=vocabulary_of(service.material))
    cohort = cohort or make_cohort(service)
    with service.vaults.unit() as work:
        group = work.identity.get_one(Cohort, cohort)
        found = importing.preview(work.identity, service.keys, reading, group)
        on = local_date(service.clock())
        created = len(importing.carry_out(work.identity, service.keys, found, group, on=on, is_test=False))
    return importing.as_json(found, created)


def people(service):
    with service.vaults.reading() as work:
        return work.identity.scalar(select(func.count()).select_from(Person))


def channels(service):
    with service.vaults.reading() as work:
        return {read_contact(service.keys, p).name: p.channel for p in work.identity.scalars(select(Person))}


def test_same_file_twice_creates_nobody_the_second_time(any_service):
    """A1."""
    text = (
        "Anna Ask;anna@example.com;;;Vindeln;frisör\n"
        "Bo Björk;;070-174 06 05;;Robertsfors;handlare\n"
        "Cia Cedersved;;;Byvägen 1, Vindeln;Vindeln;jägare\n"
    )
    first, second = load(any_service, text), load(any_service, text)
    assert (first["created"], first["unchanged"]) == (3, 0)
    assert (second["created"], second["unchanged"], second["duplicates"]) == (0, 3, 0)
    assert people(any_service) == 3


def test_json_has_the_promised_keys(service):
    """interfaces.md, "Import of participants"."""
    result = load(service, "Anna Ask;anna@example.com;;;Vindeln;frissa\n")
    assert {"rows", "created", "unchanged", "duplicates", "rejected", "ignored_columns"} <= set(result)
    assert result["rejected"][0] | {"value": ""} == {"row": 2, "column": "role", "code": "role_unknown", "value": ""}


def test_row_repeated_in_the_file_is_a_duplicate(service):
    text = "Anna Ask;anna@example.com;;;Vindeln;frisör\nanna  ASK;ANNA@example.com;;;Vindeln;frisör\n"
    result = load(service, text)
    assert (result["created"], result["duplicates"], result["rejected"]) == (1, 1, [])


def test_row_repeated_on_paper_is_a_duplicate(service):
    text = "Cia Ceder;;;Byvägen 1;Vindeln;jägare\nCia Ceder;;;byvägen 1;Vindeln;jägare\n"
    assert load(service, text)["duplicates"] == 1
    assert people(service) == 1


def test_household_shares_an_address_and_the_second_gets_a_letter(service):
    """A1: not called a duplicate; e-mail to a shared mailbox would show one what the other gets."""
    text = "Anna Ask;hem@example.com;;;Vindeln;frisör\nBo Ask;hem@example.com;;;Vindeln;jägare\n"
    result = load(service, text)
    assert (result["created"], result["duplicates"]) == (2, 0)
    assert result["notes"] == [{"row": 3, "code": "shared_address", "value": "2"}]
    assert channels(service) == {"Anna Ask": "email", "Bo Ask": "letter"}
    assert load(service, text)["created"] == 0


def test_household_is_seen_when_the_second_comes_with_a_later_list(service):
    """A1: the mailbox is already somebody's."""
    made = make_person(service, name="Anna Ask", email="hem@example.com")
    result = load(service, "Bo Ask;hem@example.com;;;Vindeln;jägare\n")
    assert result["notes"] == [{"row": 2, "code": "shared_address", "value": made.number}]
    assert channels(service)["Bo Ask"] == "letter"


def test_who_gets_a_letter_without_a_postal_code_is_told_of(service):
    text = (
        "Anna Ask;anna@example.com;;Byvägen 1;Vindeln;frisör\n"
        "Bo Björk;;;Byvägen 2;Vindeln;jägare\n"
        "Cia Ceder;;;Byvägen 3, 922 31 Vindeln;Vindeln;jägare\n"
        "Dan Dunge;;070-174 06 05;;Vindeln;jägare\n"
    )
    assert load(service, text)["notes"] == [{"row": 3, "code": "postal_code_missing", "value": ""}]


def test_namesakes_in_two_municipalities_are_two_people(service):
    load(service, "Nils Nilsson;;;Byvägen 1;Vindeln;jägare\n")
    assert load(service, "Nils Nilsson;;;Storgatan 2;Robertsfors;jägare\n")["created"] == 1


def test_namesakes_at_two_addresses_are_two_people(service):
    load(service, "Nils Nilsson;;;Byvägen 1;Vindeln;jägare\n")
    assert load(service, "Nils Nilsson;;;Byvägen 9;Vindeln;jägare\n")["created"] == 1


def test_person_of_another_cohort_stays_there_and_is_told_of(service):
    """D03: a warning, not a stop."""
    make_person(service, name="Anna Ask", email="anna@example.com", cohort=make_cohort(service, name="En annan"))
    text = "Anna Ask;anna@example.com;;;Vindeln;frisör\nBo Björk;bo@example.com;;;Vindeln;jägare\n"
    result = load(service, text)
    assert (result["created"], result["rejected"]) == (1, [])
    assert [note["code"] for note in result["notes"]] == ["elsewhere"]


def test_duplicate_never_overwrites(service):
    """E10."""
    load(service, "Anna Ask;anna@example.com;;;Vindeln;frisör\n")
    load(service, "Anna Ask;anna@example.com;070-174 06 05;;Robertsfors;jägare\n")
    with service.vaults.reading() as work:
        person = work.identity.scalars(select(Person)).one()
        assert (person.municipality, person.role) == ("2404", "hairdresser")
        assert read_contact(service.keys, person).phone is None


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("Testa Påhittsson;testa@example.com;;;Vindeln;frisör\n", "has_left"),
        ("Testa Påhittsson;testa@example.com;;;Umeå;frisör\n", "may_have_left"),
        ("Någon Annan;testa@example.com;;;Vindeln;frisör\n", "may_have_left"),
        ("Testa Påhittsson;ny@example.com;;;Vindeln;frisör\n", "may_have_left"),
        ("Testa Påhittsson;;;Byvägen 1;Vindeln;frisör\n", "may_have_left"),
    ],
)
def test_erased_person_does_not_come_back_with_the_next_list(any_service, row, told):
    """E2.4: by name and a way to be reached it is them; by one of the two it may be a namesake or the household."""
    made = make_person(any_service)
    with any_service.vaults.unit() as work:
        erase_person(work.identity, any_service.keys, made.id, on=local_date(any_service.clock()))
    result = load(any_service, row)
    assert result["created"] == 0
    assert [fault["code"] for fault in result["rejected"]] == [told]


def test_preview_writes_nothing(any_service):
    """D02."""
    make_cohort(any_service)
    found = look(any_service, "Anna Ask;anna@example.com;;;Vindeln;frisör\n")
    assert len(found.new) == 1
    assert people(any_service) == 0


def test_five_thousand_rows_twice_in_seconds_with_a_constant_number_of_statements(any_service):
    """A1, performance.md."""
    cohort = make_cohort(any_service)
    rows = "".join(f"Person {n};p{n}@example.com;;Byvägen {n};Vindeln;frisör\n" for n in range(5000))
    statements = []
    engine = any_service.vaults.engines["identity"]

    def count(_connection, _cursor, statement, *_):
        if statement.startswith(("SELECT", "INSERT")):
            statements.append(statement)

    event.listen(engine, "before_cursor_execute", count)
    started = time.monotonic()
    assert load(any_service, rows, cohort=cohort)["created"] == 5000
    first = len(statements)
    assert load(any_service, rows, cohort=cohort) | {"notes": []} == {
        "rows": 5000, "created": 0, "unchanged": 5000, "duplicates": 0, "rejected": [], "ignored_columns": [],
        "notes": [],
    }  # fmt: skip
    took = time.monotonic() - started
    event.remove(engine, "before_cursor_execute", count)
    assert took < 30
    # One INSERT a table may go out in a few batches, never one a row.
    assert first < 60
    assert len(statements) - first == 3
    assert people(any_service) == 5000
