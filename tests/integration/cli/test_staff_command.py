"""Accounts from the command line: let in anew by another administrator, with that one's own code; what doctor tells."""

import re
from datetime import timedelta

import click
import pyotp
import pytest
from sqlalchemy import select

from kapabla.clock import local_date, system_clock
from kapabla.office import sign_in
from kapabla.office.records import OfficeAudit
from tests import factories as make


@pytest.fixture
def typed(monkeypatch):
    """What the administrator types at the hidden prompt."""
    answers = []
    monkeypatch.setattr(click, "prompt", lambda *_words, **_options: answers.pop())
    return answers


def until(service, role, days):
    with service.vaults.unit() as work:
        member = sign_in.get_staff(work.office, f"{role}@example.com")
        member.ends_on = local_date(system_clock()) + timedelta(days=days)


def test_somebody_is_let_in_anew_by_the_code_of_another_administrator(run, service, typed):
    phone = pyotp.TOTP(make.make_staff(service, "admin"))
    make.make_staff(service, "officer")
    typed.append("000000")
    refused = run("staff", "reset", "officer@example.com", "--by", "admin@example.com")
    assert refused.status == 1
    assert "The one-time code is wrong" in refused.err
    typed.append(phone.at(system_clock()))
    said = run("staff", "reset", "officer@example.com", "--by", "admin@example.com")
    token = re.search(r"/logga-in/konto/(\S+)", said.out)[1]
    with service.vaults.reading() as work:
        officer = sign_in.get_staff(work.office, "officer@example.com")
        assert sign_in.find_sign_up(work.office, token, at=system_clock()).id == officer.id
        (row,) = work.office.scalars(select(OfficeAudit).where(OfficeAudit.action == "staff_reset"))
        assert row.actor == sign_in.get_staff(work.office, "admin@example.com").id


@pytest.mark.parametrize(
    ("whose", "by", "told"),
    [
        ("admin", "admin", "Somebody else who is administrator has to let this person in again."),
        ("trainer", "officer", "An account with the role officer may not do this."),
        ("trainer", "admin", "The account has ended."),
    ],
)
def test_who_may_not_let_in_anew_is_told_why(run, service, typed, whose, by, told):
    phone = pyotp.TOTP(make.make_staff(service, by))
    if whose != by:
        make.make_staff(service, whose)
        until(service, whose, -1)
    typed.append(phone.at(system_clock()))
    said = run("staff", "reset", f"{whose}@example.com", "--by", f"{by}@example.com")
    assert said.status == 1
    assert told in said.err


def test_doctor_names_accounts_that_end_soon_and_an_administrator_who_is_alone(run, service):
    for role in ("admin", "officer"):
        make.make_staff(service, role)
    until(service, "officer", 12)
    said = run("doctor").out
    assert re.search(r"FAIL administrators: 1 can let others in", said)
    assert re.search(r"FAIL accounts: ending soon: officer@example.com on \d{4}-\d\d-\d\d\n", said)
    until(service, "officer", 60)
    assert "ok   accounts: none ends within a month" in run("doctor").out
