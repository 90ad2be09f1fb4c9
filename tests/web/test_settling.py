"""Decision 113: one person is never both of the two who approve, by way of an account that they make themselves."""

from datetime import date

import pytest
from sqlalchemy import select

from kapabla.office import accounts, sign_in, staff_sessions
from kapabla.office.records import TELL_LET_IN, OfficeOutbox
from tests import factories as make
from tests.page_client import SAME_ORIGIN, PageClient, unmarked

STEWARD = "steward@example.com"
# What the rights that wait let somebody do.
WAIT = ("/forskning/data/r1/godkann", "/forskning/data/r1/alla", "/admin/begaran/1/kod")


@pytest.fixture
def service(app):
    return app.extensions["kapabla"]


@pytest.fixture
def admin(service):
    """An account that the machine's command has made, as every first one."""
    make.make_staff(service, "admin")
    return "admin@example.com"


def by_the_admin(service, admin, do):
    with service.vaults.unit() as work:
        by = sign_in.get_staff(work.office, admin)
        do(work.office, service.office_chain, by=by, at=service.clock())


def give(email, role):
    def do(session, chain, **by):
        accounts.give(
            session, chain, email=email, name="Jag Själv", role=role, ends_on=date(2027, 6, 1), municipality=None, **by
        )

    return do


def to_another_role(email, role):
    def do(session, chain, **by):
        member = sign_in.get_staff(session, email)
        accounts.change_role(session, chain, member, role, municipality=None, **by)

    return do


def let_in_anew(email):
    def do(session, chain, **by):
        accounts.let_in_anew(session, chain, sign_in.get_staff(session, email), **by)

    return do


def at_work(app, service, clock, email):
    """Signed in with both factors, however the account has been changed since."""
    client = PageClient(app)
    with service.vaults.unit() as work:
        member = sign_in.get_staff(work.office, email)
        member.sign_up_hash = None  # the link, where there was one, has been used
        client.browser.set_cookie("s", staff_sessions.start_session(work.office, member, stage="full", at=clock()))
    return client


def waits(client):
    """With which of what lets something out the account is asked to wait."""
    found = []
    for path in WAIT:
        client.get("/konto")
        reply = client.browser.post(path, data=client.hidden(), headers=SAME_ORIGIN)
        if "Du kan göra det här från och med 2 december 2026." in unmarked(reply.text):
            assert reply.status_code == 403
            found.append(path)
    return found


@pytest.mark.parametrize(
    "way", [[to_another_role(STEWARD, "admin"), to_another_role(STEWARD, "steward")], [let_in_anew(STEWARD)]]
)
def test_an_account_that_a_colleague_has_let_in_lets_nothing_out_for_a_week(app, service, clock, admin, way):
    make.make_staff(service, "steward")
    assert waits(at_work(app, service, clock, STEWARD)) == []
    for step in way:
        by_the_admin(service, admin, step)
    clock.tick(days=6)
    assert waits(at_work(app, service, clock, STEWARD)) == list(WAIT)
    clock.tick(days=1)
    assert waits(at_work(app, service, clock, STEWARD)) == []


def test_an_account_that_an_administrator_makes_waits_too(app, service, clock, admin):
    by_the_admin(service, admin, give(STEWARD, "steward"))
    assert waits(at_work(app, service, clock, STEWARD)) == list(WAIT)


def test_an_account_that_is_opened_again_waits_as_a_new_one(app, service, clock, admin):
    make.make_staff(service, "steward")
    with service.vaults.unit() as work:
        sign_in.get_staff(work.office, STEWARD).ends_on = date(2026, 6, 1)

    def open_again(session, chain, **by):
        accounts.change_end(session, chain, sign_in.get_staff(session, STEWARD), date(2027, 6, 1), **by)

    by_the_admin(service, admin, open_again)
    assert waits(at_work(app, service, clock, STEWARD)) == list(WAIT)


def test_a_researcher_has_an_agreement_and_does_not_wait(app, service, clock, admin):
    make.make_staff(service, "researcher")
    by_the_admin(service, admin, let_in_anew("researcher@example.com"))
    assert waits(at_work(app, service, clock, "researcher@example.com")) == []


def test_all_who_could_object_are_told_but_neither_who_did_it_nor_who_was_let_in(service, admin):
    make.make_staff(service, "steward")
    by_the_admin(service, admin, give("sjalv@example.com", "admin"))
    by_the_admin(service, admin, give("utbildare@example.com", "trainer"))
    with service.vaults.reading() as work:
        rows = list(work.office.scalars(select(OfficeOutbox.payload).where(OfficeOutbox.kind == TELL_LET_IN)))
        steward, new = (sign_in.get_staff(work.office, email).id for email in (STEWARD, "sjalv@example.com"))
    assert [(row["staff"], row["about"]) for row in rows] == [(steward, new)]
