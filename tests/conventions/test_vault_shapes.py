"""What the answers vault may never hold, and what every table has to say of itself: a new one is judged as it comes."""

import re

import pytest
from sqlalchemy import Date, DateTime, Time, UniqueConstraint

from kapabla import tables

VAULTS = ("identity", "answers", "office")
# The tables of the answers vault that have no subject at all.
WITHOUT_SUBJECT = {"audit", "audit_head", "outbox", "open_survey_submission", "answer_count"}
RETENTION = {"answers", "audit", "identity", "office", "open_survey", "register", "staff", "tombstone", "transient"}
# Days that staff set, or that an erasure leaves: none tells when a participant did something.
IDENTITY_DAYS = {
    ("cohort", "starts_on"), ("cohort", "ends_on"), ("enrolment", "enrolled_on"), ("tombstone", "erased_on"),
    ("message_batch", "ordered_at"), ("meeting", "held_on"),
    # When the county was told and had answered: the law counts from it (Art. 12.3).
    ("rights_request", "came_on"), ("rights_request", "done_on"),
    ("person", "printed_on"),
}  # fmt: skip
WHO = re.compile(
    r"(^|_)(name|first_name|last_name|email|mail|phone|mobile|address|birth|personal|person|ssn|ip|agent|contact)(_|$)"
)


def all_tables(vault):
    return sorted(tables.METADATA[vault].tables.values(), key=lambda table: table.name)


def unique_columns(table):
    yield [column.name for column in table.primary_key.columns]
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            yield [column.name for column in constraint.columns]
    for index in table.indexes:
        if index.unique:
            yield [column.name for column in index.columns]


@pytest.mark.parametrize("table", all_tables("answers"), ids=lambda table: table.name)
def test_every_key_of_the_answers_vault_begins_with_the_subject(table):
    """C2.3: a counter over subjects, or a key alone, would tell who came after whom."""
    if table.name in WITHOUT_SUBJECT:
        assert "subject" not in table.c
        return
    assert table.c.subject.type.length == 64
    for columns in unique_columns(table):
        assert columns[0] == "subject", columns


def test_no_table_that_participants_add_to_keeps_the_order_of_arrival(service):
    """Attack 5: SQLite numbers rows as they come, unless the table lies in the order of its key."""
    participants = {
        "answers": {table.name for table in all_tables("answers")} - WITHOUT_SUBJECT,
        # Live sessions are deleted when they end, tries of codes within a day.
        "identity": {"step_over"},
    }
    for vault, names in participants.items():
        with service.vaults.engines[vault].connect() as connection:
            made = dict(connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'table'").all())
        for table in all_tables(vault):
            if table.name in names:
                assert made[table.name].endswith("WITHOUT ROWID"), table.name
                assert table.dialect_options["sqlite"]["with_rowid"] is False, table.name


@pytest.mark.parametrize("table", all_tables("answers"), ids=lambda table: table.name)
def test_no_clock_time_in_the_answers_vault(table):
    for column in table.c:
        assert not isinstance(column.type, (DateTime, Time)), column.name


@pytest.mark.parametrize("table", all_tables("answers"), ids=lambda table: table.name)
def test_no_column_of_the_answers_vault_says_who(table):
    for column in table.c:
        assert not WHO.search(column.name), column.name


@pytest.mark.parametrize("table", all_tables("answers"), ids=lambda table: table.name)
def test_the_database_gives_no_numbers_in_the_answers_vault(table):
    """An order of rows over subjects could be laid beside the order of another vault."""
    assert table.autoincrement_column is None


def test_identity_keeps_only_the_listed_days():
    """A time in the identity vault beside a save in the answers vault would join the two."""
    found = {
        (table.name, column.name)
        for table in all_tables("identity")
        for column in table.c
        if isinstance(column.type, (Date, DateTime, Time))
    }
    assert found == IDENTITY_DAYS


@pytest.mark.parametrize("vault", VAULTS)
def test_every_table_has_a_retention_class(vault):
    for table in all_tables(vault):
        assert table.info.get("retention") in RETENTION, table.name


@pytest.mark.parametrize("vault", VAULTS)
def test_no_key_reaches_into_another_vault(vault):
    for table in all_tables(vault):
        for key in table.foreign_keys:
            assert key.column.table.metadata is tables.METADATA[vault], key.target_fullname


def test_the_vaults_share_no_table_but_their_own_chain_and_outbox():
    names = [{table.name for table in all_tables(vault)} for vault in VAULTS]
    assert names[0] & names[1] == names[0] & names[2] == names[1] & names[2] == {"audit", "audit_head", "outbox"}
