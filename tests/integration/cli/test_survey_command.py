"""survey list and dispose: how many have answered, and that answers go by a decision when the result is out."""

import json
from datetime import date, timedelta

import pytest

from kapabla.answers.open_surveys import count_answers
from kapabla.cli.demo_surveys import fill_surveys
from kapabla.office import sign_in

EDITOR, STEWARD, ADMIN = "redaktor@example.com", "dataskydd@example.com", "admin@example.com"


@pytest.fixture
def filled(service):
    with service.vaults.unit() as work:
        for email, role in ((EDITOR, "editor"), (STEWARD, "steward"), (ADMIN, "admin")):
            # Of a demo account no code is asked for.
            sign_in.add_staff(
                work.office, email=email, name="Dag", role=role, ends_on=date(2099, 1, 1), at=service.clock(),
                is_demo=True,
            )  # fmt: skip
    fill_surveys(service, editor=EDITOR, approvers=(STEWARD, ADMIN))


def test_answers_are_counted_and_go_by_a_decision_when_the_result_is_out(run, service, filled):
    listed = run("survey", "list", "--json")
    assert listed.status == 0, listed.err
    told = json.loads(listed.out)
    assert [(row["survey"], row["web"] > row["paper"] > 0) for row in told] == [
        ("vindeln-2026", False), ("vindeln-2025", True), ("vindeln-2024", True),
    ]  # fmt: skip
    assert date.fromisoformat(told[0]["closes_on"]) - date.fromisoformat(told[0]["opens_on"]) == timedelta(days=40)
    assert "vindeln-2025" in run("survey", "list").out
    for slug, decision, by, refused in (
        ("vindeln-2026", "Dnr 12-2026", STEWARD, "is not published yet"),
        ("nej", "Dnr 12-2026", STEWARD, "There is no survey of that name."),
        ("vindeln-2025", "nej", STEWARD, "decision"),
        ("vindeln-2025", "Dnr 12-2026", EDITOR, "may"),
    ):
        said = run("survey", "dispose", slug, "--decision", decision, "--by", by)
        assert said.status == 1
        assert refused in said.err
    said = run("survey", "dispose", "vindeln-2025", "--decision", "Dnr 12-2026", "--by", STEWARD)
    assert (said.status, said.out) == (0, "vindeln-2025: 230 answers destroyed\n")
    with service.vaults.reading() as work:
        assert count_answers(work.answers, "vindeln-2025") == {}
        assert count_answers(work.answers, "vindeln-2024") != {}
