"""Meetings of a cohort: opened by a trainer, shown to a room, closed; how many came and never who (D14)."""

import re
from datetime import date

import pytest
from sqlalchemy import event, select

from kapabla.identity.meetings import Meeting
from kapabla.identity.records import IdentityAudit
from tests import factories as make

STAFF_STATEMENTS = 15


@pytest.fixture
def cohort(service):
    return make.make_cohort(service)


@pytest.fixture
def trainer(client):
    make.sign_in_as(client, "trainer")
    return client


def open_one(client, cohort, *, dag="2026-11-25", satt="rummet", utan_kod="nej", **kwargs):
    client.get(f"/admin/omgangar/{cohort}/moten")
    client.fill(action=client.path, dag=dag, satt=satt, utan_kod=utan_kod, **kwargs)


def the_meeting(service):
    with service.vaults.reading() as work:
        return work.identity.scalars(select(Meeting)).one()


def set_came(service, number):
    with service.vaults.unit() as work:
        work.identity.scalars(select(Meeting)).one().came = number


def test_a_trainer_opens_a_meeting_shows_it_and_closes_it(service, trainer, cohort):
    trainer.get(f"/admin/omgangar/{cohort}")
    assert f'href="/admin/omgangar/{cohort}/moten"' in trainer.text
    open_one(trainer, cohort)
    code = re.search(r'<p class="copy code">([A-Z2-9]{3}-[A-Z2-9]{3})</p>', trainer.text)[1]
    found = the_meeting(service)
    assert (found.held_on, found.mode, found.takes_walk_ins) == (date(2026, 11, 25), "room", False)
    trainer.get(f"{trainer.path}/skarm")
    assert code in trainer.text
    assert "<svg" in trainer.text
    assert "Sitt så att ingen annan ser din skärm." in trainer.text
    for trace in ("Omgång 1", "Namn trainer", "Logga ut"):
        assert trace not in trainer.text
    trainer.get(f"/admin/omgangar/{cohort}/moten/{found.id}")
    trainer.fill(action=f"{trainer.path}/stang")
    assert "Mötet är stängt." in trainer.text
    assert code not in trainer.text
    assert the_meeting(service).is_closed
    trainer.get(f"/admin/omgangar/{cohort}/moten/{found.id}/skarm")
    assert trainer.path.endswith(found.id)


def test_opening_twice_is_one_meeting_with_one_code(service, trainer, cohort):
    """B07: two codes on one wall would divide the room."""
    trainer.get(f"/admin/omgangar/{cohort}/moten")
    given = trainer.hidden(action=trainer.path) | {"dag": "2026-11-25", "satt": "rummet", "utan_kod": "ja"}
    for _ in range(2):
        trainer.post(f"/admin/omgangar/{cohort}/moten", given)
        assert trainer.path.endswith(the_meeting(service).id)


def test_opening_and_closing_are_logged_by_the_meetings_id(service, trainer, cohort):
    """B8."""
    open_one(trainer, cohort)
    trainer.fill(action=f"{trainer.path}/stang")
    with service.vaults.reading() as work:
        rows = work.identity.execute(select(IdentityAudit.action, IdentityAudit.object)).all()
    meeting_id = the_meeting(service).id
    assert [tuple(row) for row in rows] == [
        ("meeting_open", f"meeting:{meeting_id}"), ("meeting_close", f"meeting:{meeting_id}"),
    ]  # fmt: skip


def test_a_meeting_closes_itself_when_its_day_is_over(client, cohort, clock):
    """The day that ends is that of the village: midnight in Sweden is eleven in the evening of the clock."""
    clock.tick(hours=13, minutes=50)
    make.sign_in_as(client, "trainer")
    open_one(client, cohort)
    assert "Stäng mötet" in client.text
    clock.tick(minutes=15)
    client.get(client.path)
    assert "Mötet är stängt." in client.text


def test_a_meeting_of_a_later_day_has_its_code_and_is_not_open_yet(trainer, cohort):
    open_one(trainer, cohort, dag="2026-12-02")
    assert "Koden börjar gälla den dagen." in trainer.text
    trainer.get(f"{trainer.path}/skarm")
    assert not trainer.path.endswith("skarm")


@pytest.mark.parametrize(
    ("dag", "said"),
    [
        ("i morgon", "Skriv mötets dag så här: 2026-09-12."),
        ("2026-11-24", "Välj en dag från 25 november 2026 till 31 januari 2027."),
        ("2027-02-01", "Välj en dag från 25 november 2026 till 31 januari 2027."),
    ],
)
def test_a_wrong_day_is_said_and_what_was_typed_stands(trainer, cohort, dag, said):
    open_one(trainer, cohort, dag=dag, status=400)
    assert "<title>Rätta: Möten" in trainer.text
    assert said in trainer.text
    assert f'value="{dag}"' in trainer.text


def test_nothing_is_chosen_for_the_trainer(trainer, cohort):
    open_one(trainer, cohort, satt="", utan_kod="", status=400)
    assert "Välj om mötet är i rummet eller på nätet." in trainer.text
    assert "Välj om den som inte är anmäld får vara med." in trainer.text


def test_how_many_came_is_a_number_from_five_on(service, trainer, cohort):
    open_one(trainer, cohort)
    address = trainer.path
    for number, said in (
        (0, "Färre än 5 personer"),
        (4, "Färre än 5 personer"),
        (5, "5 personer"),
        (17, "17 personer"),
    ):
        set_came(service, number)
        trainer.get(address)
        assert f"<p>{said} har skrivit mötets kod.</p>" in trainer.text


def test_a_meeting_of_another_cohort_is_not_there(service, trainer, cohort):
    """A9."""
    other = make.make_cohort(service, name="Omgång 2")
    meeting_id, _ = make.make_meeting(service, cohort=other)
    trainer.get(f"/admin/omgangar/{cohort}/moten/{meeting_id}", status=404)
    trainer.get(f"/admin/omgangar/{other}/moten/{meeting_id}")


def test_the_pages_of_meetings_ask_few_statements(app, service, trainer, cohort):
    seen = []

    def note(_connection, _cursor, statement, *_rest):
        seen.append(statement)

    for engine in app.extensions["kapabla"].vaults.engines.values():
        event.listen(engine, "before_cursor_execute", note)
    meeting_id, _ = make.make_meeting(service)
    for path in ("", f"/{meeting_id}", f"/{meeting_id}/skarm"):
        seen.clear()
        trainer.get(f"/admin/omgangar/{cohort}/moten{path}")
        assert 0 < len(seen) <= STAFF_STATEMENTS
