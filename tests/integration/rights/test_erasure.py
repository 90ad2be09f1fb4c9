"""B6: erasure that really erases. Everything that was stored of a person, byte by byte, is looked for in every file of
the installation, the write-ahead logs among them, and in what was logged."""

import logging
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from kapabla.answers.consents import Consent
from kapabla.answers.submissions import Submission
from kapabla.identity import entry, withdrawals
from kapabla.identity.contact import Contact, sealed_fields
from kapabla.identity.messages import Message
from kapabla.identity.people import Person
from kapabla.identity.rights_requests import RightsRequest, add_request
from kapabla.jobs.runner import run_once
from kapabla.vaults import METADATA
from tests import factories as make
from tests.page_client import PageClient

ON = date(2026, 11, 25)
COMMENT = "Markör-Zebra-i-egna-ord"
# Logs hold ids; of a request stays that it was met, about nobody.
LEFT_OUT = ("audit", "audit_head", "outbox", "rights_request")
# Shorter cells are codes that many share; longer ones are texts that are published.
SHORTEST, LONGEST = 6, 400


@pytest.fixture
def service(texts_service):
    return texts_service


@pytest.fixture
def made(service):
    return with_every_trace(service)


def with_every_trace(service):
    """Somebody with a trace in every place where there can be one, beside somebody who stays."""
    found = make.make_person(service, name="Markör Markörsson", email="markor@example.com")
    stays = make.make_person(service, name="Blir Kvar", email="kvar@example.com")
    for person in (found, stays):
        make.take_part(service, person, on=ON)
        make.save_wave(service, person, "t0", on=ON)
        make.finish_course(service, person)
    make.write_comment(service, found, COMMENT, on=ON)
    with service.vaults.unit() as work:
        contact = Contact("Markör Markörsson", "markor@example.com", "070-174 06 05", "Markörgatan 1")
        person = work.identity.get_one(Person, found.id)
        for column, value in sealed_fields(service.keys, found.id, contact).items():
            setattr(person, column, value)
        entry.start_session(work.identity, found.id, at=service.clock())
        work.identity.add(Message(person_id=found.id, step="start", channel="email", state="handed_over"))
        asked = add_request(work.identity, found.id, "access", way="phone", came_on=ON)
        withdrawals.order_copy(work.identity, found.id, asked.id, at=service.clock())
    run_once(service)
    return found


def own_cells(service, made):
    """Every text and every run of bytes in a row of the person or the subject that stands in nobody else's row."""
    mine, others = set(), set()
    with service.vaults.reading() as work:
        for vault in ("identity", "answers"):
            for table in METADATA[vault].sorted_tables:
                key = next((name for name in ("person_id", "subject") if name in table.c), "id")
                if table.name in LEFT_OUT or (key == "id" and table.name != "person"):
                    continue
                for row in getattr(work, vault).execute(select(table)).mappings():
                    cells = {as_bytes(value) for value in row.values()}
                    (mine if row[key] in (made.id, made.subject) else others).update(cells)
    return {cell for cell in mine - others if SHORTEST <= len(cell) <= LONGEST}


def as_bytes(value):
    return value if isinstance(value, bytes) else value.encode() if isinstance(value, str) else b""


def files(service):
    folders = (service.config.data_dir, service.config.release_dir)
    return {path: path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()}


def places(service, mark):
    return sorted(path.name for path, body in files(service).items() if mark in body)


def test_nothing_of_an_erased_person_is_left_in_any_file_or_log(service, made, clock, caplog, capsys):
    """Staff record it, the jobs carry it out. What stays: tombstones, the person's id in the log and a journal, the
    subject in the other journal. Another process has the vaults open, so that no log is emptied by closing."""
    marks = own_cells(service, made)
    assert len(marks) >= 20  # B6
    assert {made.number.encode(), made.subject.encode(), COMMENT.encode()} <= marks
    assert [mark for mark in marks if not places(service, mark)] == []
    readers = [engine.connect() for engine in service.vaults.engines.values()]
    with caplog.at_level(logging.DEBUG):
        with service.vaults.unit() as work:
            withdrawals.order_withdrawal(work.identity, made.id, scope="all", erase=True, at=clock())
        run_once(service)
        clock.tick(hours=25)
        run_once(service)
    ids = {made.id.encode(), made.subject.encode()}
    assert {mark: places(service, mark) for mark in marks - ids if places(service, mark)} == {}
    assert places(service, made.subject.encode()) == ["answers.jsonl"]
    assert set(places(service, made.id.encode())) <= {"identity.db", "identity.db-wal", "identity.jsonl"}
    logged = caplog.text + "".join(capsys.readouterr())
    plain = (made.number, made.subject, made.token, COMMENT, "markor@example.com", "Markör Markörsson")
    assert [word for word in plain if word in logged] == []
    with service.vaults.reading() as work:
        # Where the id stands in the database, it stands in the log alone.
        for table in METADATA["identity"].sorted_tables:
            rows = [str(tuple(row)) for row in work.identity.execute(select(table))]
            assert table.name == "audit" or not any(made.id in row for row in rows), table.name
        assert work.identity.get(Person, made.id) is None
        assert all(row.person_id is None for row in work.identity.scalars(select(RightsRequest)))
        # Who stays has all that was theirs.
        assert len(list(work.answers.scalars(select(Submission.subject)))) == 1
        assert set(work.answers.scalars(select(Consent.subject))) != set()
    for reader in readers:
        reader.close()


@pytest.mark.postgres
def test_nothing_of_an_erased_person_is_left_in_any_row_of_a_server_or_any_file_beside_it(
    pg_config, texts_root, open_any, clock
):
    """The same on PostgreSQL, whose own files its server keeps: every row of the three databases, and our files."""
    service = open_any(replace(pg_config, material_dir=texts_root))
    made = with_every_trace(service)
    marks = {mark.decode() for mark in own_cells(service, made) if is_text(mark)}
    assert {made.number, made.subject, COMMENT} <= marks
    assert {mark for mark in marks if not tables_with(service, mark)} == set()
    with service.vaults.unit() as work:
        withdrawals.order_withdrawal(work.identity, made.id, scope="all", erase=True, at=clock())
    run_once(service)
    clock.tick(hours=25)
    run_once(service)
    left = {mark: (tables_with(service, mark), places(service, mark.encode())) for mark in marks - {made.id}}
    assert left.pop(made.subject) == (set(), ["answers.jsonl"])
    assert {mark: found for mark, found in left.items() if any(found)} == {}
    assert tables_with(service, made.id) <= {"identity.audit"}


def is_text(mark):
    try:
        return mark.decode().isprintable()
    except UnicodeDecodeError:
        return False


def tables_with(service, mark):
    found = set()
    with service.vaults.reading() as work:
        for vault, metadata in METADATA.items():
            for table in metadata.sorted_tables:
                if any(mark in str(tuple(row)) for row in getattr(work, vault).execute(select(table))):
                    found.add(f"{vault}.{table.name}")
    return found


def test_erasure_in_the_request_empties_the_logs_at_once(texts_config, make_app):
    """By the person: the receipt comes when nothing is left, also in the write-ahead log."""
    app = make_app(texts_config)
    client, service = PageClient(app), app.extensions["kapabla"]
    stays = make.make_person(service, name="Blir Kvar", email="kvar@example.com")
    make.take_part(service, stays, on=ON)
    make.save_wave(service, stays, "t0", on=ON)
    found = make.make_person(service, name="Markör Markörsson", email="markor@example.com")
    make.start_course(client, found)
    make.save_wave(service, found, "t0", on=ON)
    readers = [engine.connect() for engine in service.vaults.engines.values()]
    marks = own_cells(service, found) - {found.id.encode(), found.subject.encode()}
    assert [mark for mark in marks if not places(service, mark)] == []
    client.get("/mina-uppgifter/avsluta")
    client.fill(vad="allt", svar="bort")
    assert {mark: places(service, mark) for mark in marks if places(service, mark)} == {}
    for reader in readers:
        reader.close()
