"""The audit chain: whole as written, broken by every kind of tampering, told from where on."""

import threading

import pytest
from sqlalchemy import text

from kapabla.audit import Event

VAULTS = ("identity", "answers", "office")


def chain_of(service, vault):
    return getattr(service, f"{vault}_chain")


def write(service, vault, number=5):
    for index in range(number):
        with service.vaults.unit() as work:
            event = Event("staff1", "officer", "see_contact", f"person:{index}", reason="ring tillbaka")
            chain_of(service, vault).append(getattr(work, vault), event, at=service.clock())


def first_fault(service, vault):
    with service.vaults.reading() as work:
        return chain_of(service, vault).verify(getattr(work, vault))


def tamper(service, vault, *statements):
    """As whoever owns the database could: the guards are taken away first."""
    engine = service.vaults.engines[vault]
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            for doing in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER audit_no_{doing}"))
        else:
            connection.execute(text("ALTER TABLE audit DISABLE TRIGGER audit_append_only"))
        for statement in statements:
            connection.execute(text(statement))
        if engine.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE audit ENABLE TRIGGER audit_append_only"))


@pytest.mark.parametrize("vault", VAULTS)
def test_a_chain_is_whole_from_the_first_row(any_service, vault):
    assert first_fault(any_service, vault) is None
    write(any_service, vault)
    assert first_fault(any_service, vault) is None


@pytest.mark.parametrize("column", ["at", "actor", "role", "action", "object", "outcome", "reason"])
def test_a_changed_field_breaks_the_chain_where_it_stands(any_service, column):
    write(any_service, "office")
    statement = f"UPDATE audit SET {column} = 'x' WHERE seq = 3"  # noqa: S608
    tamper(any_service, "office", statement)
    assert first_fault(any_service, "office") == 3


@pytest.mark.parametrize(
    ("statement", "at"),
    [
        ("DELETE FROM audit WHERE seq = 2", 2),
        ("DELETE FROM audit WHERE seq = 5", 5),
        ("DELETE FROM audit", 1),
        ("UPDATE audit SET seq = 9 WHERE seq = 5", 5),
    ],
)
def test_a_removed_or_moved_row_is_noticed(any_service, statement, at):
    """Also the last one: the head tells where the chain ends."""
    write(any_service, "office")
    tamper(any_service, "office", statement)
    assert first_fault(any_service, "office") == at


def test_two_rows_that_change_places_are_noticed(any_service):
    write(any_service, "office")
    swap = [("2", "99"), ("4", "2"), ("99", "4")]
    tamper(any_service, "office", *(f"UPDATE audit SET seq = {to} WHERE seq = {was}" for was, to in swap))  # noqa: S608
    assert first_fault(any_service, "office") == 2


@pytest.mark.parametrize(("seq", "at"), [(6, 6), (0, 1)])
def test_a_row_put_in_without_the_key_is_noticed(any_service, seq, at):
    """Also one that is a perfect copy of a true row: its place is in what is signed."""
    write(any_service, "office")
    columns = "at, actor, role, action, object, outcome, reason, previous, hash"
    tamper(
        any_service, "office",
        f"INSERT INTO audit (seq, {columns}) SELECT {seq}, {columns} FROM audit WHERE seq = 5",  # noqa: S608
    )  # fmt: skip
    assert first_fault(any_service, "office") == at


def test_a_chain_begun_anew_does_not_fit_its_head(any_service):
    """Whoever empties the log and the tail of it has to move the head too, and the head is sent elsewhere each day."""
    write(any_service, "office")
    tamper(any_service, "office", "DELETE FROM audit WHERE seq > 3")
    assert first_fault(any_service, "office") == 4
    with any_service.vaults.engines["office"].begin() as connection:
        connection.execute(text("UPDATE audit_head SET seq = 3"))
    assert first_fault(any_service, "office") == 4


def test_a_row_that_names_another_predecessor_is_noticed(any_service):
    write(any_service, "office")
    tamper(any_service, "office", "UPDATE audit SET previous = hash WHERE seq = 1")
    assert first_fault(any_service, "office") == 1


def test_two_fields_cannot_lend_each_other_characters(any_service):
    write(any_service, "office", 1)
    tamper(any_service, "office", "UPDATE audit SET actor = 'staff1o', role = 'fficer' WHERE seq = 1")
    assert first_fault(any_service, "office") == 1


def test_another_vaults_key_does_not_fit(any_service):
    write(any_service, "office")
    with any_service.vaults.reading() as work:
        from kapabla.audit import Chain
        from kapabla.office.records import OfficeAudit, OfficeAuditHead

        other = Chain(OfficeAudit, OfficeAuditHead, any_service.keys.get("audit", "identity"))
        assert other.verify(work.office) == 1


def test_writers_at_once_make_one_chain(any_service):
    """Twenty threads, twenty rows each, and nobody is turned away."""
    faults = []

    def run():
        try:
            write(any_service, "office", 20)
        except Exception as fault:
            faults.append(fault)

    threads = [threading.Thread(target=run) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert first_fault(any_service, "office") is None
    with any_service.vaults.reading() as work:
        assert any_service.office_chain.latest(work.office, 1)[0]["seq"] == 400


def test_what_a_participant_did_carries_the_date_alone(any_service):
    with any_service.vaults.unit() as work:
        event = Event("participant", "participant", "consent", "choice:1")
        any_service.answers_chain.append(work.answers, event, at=any_service.clock(), date_only=True)
    with any_service.vaults.reading() as work:
        assert any_service.answers_chain.latest(work.answers, 1)[0]["at"] == "2026-11-25"


def test_a_rolled_back_change_leaves_no_row_and_no_gap(any_service):
    write(any_service, "office", 1)

    def write_and_fail():
        with any_service.vaults.unit() as work:
            any_service.office_chain.append(work.office, Event("a", "b", "c", "d"), at=any_service.clock())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()
    write(any_service, "office", 1)
    assert first_fault(any_service, "office") is None
