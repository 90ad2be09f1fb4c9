"""Agreements from the command line (E6)."""

import json

from sqlalchemy import func, select

from kapabla.office.releases import DataAgreement
from tests import factories as make


def test_an_agreement_is_written_down_prolonged_and_listed(run, service):
    make.make_staff(service, "researcher")
    add = ("agreement", "add", "--for", "researcher@example.com", "--number")
    said = run(*add, "Dnr 12-2026", "--ends", "2026-12-31")
    assert (said.status, said.out) == (0, "The agreement Dnr 12-2026 lasts to 2026-12-31.\n")
    assert run(*add, "Dnr 12-2026", "--ends", "2026-11-01").status == 0
    listed = json.loads(run("agreement", "list", "--json").out)
    assert {"for": "researcher@example.com", "number": "Dnr 12-2026", "ends_on": "2026-11-01", "lasts": False} in listed
    assert "ended" in run("agreement", "list").out
    with service.vaults.reading() as work:
        numbers = work.office.scalar(select(func.count()).where(DataAgreement.number == "Dnr 12-2026"))
    assert numbers == 1


def test_what_is_no_agreement_is_refused_in_a_sentence(run, service):
    make.make_staff(service, "steward")
    for email, number, told in (
        ("steward@example.com", "1", "An agreement has a number, and is made with an account that has the role resea"),
        ("nej@example.com", "1", "No account has that address."),
    ):
        said = run("agreement", "add", "--for", email, "--number", number, "--ends", "2027-01-01")
        assert said.status == 1
        assert said.err.startswith(told)
    assert run("agreement", "add", "--for", "x@example.com", "--number", "1", "--ends", "snart").status == 2
