"""The demo is whole or made anew: an interrupted first start never leaves half of one."""

import re
from threading import Thread

import pytest
from sqlalchemy import func, select

from kapabla.cli import demo
from kapabla.clock import local_date
from kapabla.config import AUDIENCES
from kapabla.identity.cohorts import Cohort
from kapabla.identity.people import Person
from kapabla.jobs.simulation import Simulator
from kapabla.office import release_register, uploads
from kapabla.office.staff import Staff
from tests.factories import make_person
from tests.integration.cli.conftest import free_port

# Four a cohort: whether figures can be shown is not asked here.
FEW = 24


@pytest.fixture(autouse=True)
def few(monkeypatch):
    monkeypatch.setattr(demo, "PEOPLE", FEW)


def stop_at(monkeypatch, number):
    """Ctrl-C when so many people have walked."""
    walk, walked = Simulator.walk, []

    def stopping(self, entrant, drawn):
        if len(walked) == number:
            raise KeyboardInterrupt
        walked.append(entrant)
        walk(self, entrant, drawn)

    monkeypatch.setattr(Simulator, "walk", stopping)


def counted(service):
    with service.vaults.reading() as work:
        return (
            work.identity.scalar(select(func.count()).select_from(Person)),
            work.identity.scalar(select(func.count()).select_from(Cohort)),
            work.office.scalar(select(func.count()).select_from(Staff)),
            [record.state for record in release_register.all_releases(work.office)],
        )


def interrupt(monkeypatch, config, number):
    with monkeypatch.context() as patch:
        stop_at(patch, number)
        with pytest.raises(KeyboardInterrupt):
            demo.prepare_demo(config)


def test_an_interrupted_demo_is_made_anew_at_the_next_start_and_only_then(
    config, service, monkeypatch, capsys, run, started
):
    interrupt(monkeypatch, config, 6)
    assert counted(service)[3] == []
    capsys.readouterr()
    demo.prepare_demo(config)
    whole, said = counted(service), capsys.readouterr().out
    # One more of each: the cohort and the person of the unused invitation.
    assert whole == (FEW + 1, 7, len(demo.STAFF), ["locked"])
    assert "Exemplet blev inte färdigt förra gången. Det görs om från början." in said
    with service.vaults.reading() as work:
        (waiting,) = uploads.all_uploads(work.office)
        assert (waiting.place, waiting.state) == ("instruments/til/v2.toml", "asked")
        # Whoever tries it can be both people: three of the accounts may approve.
        approvers = {
            uploads.awaited_approver(work.office, waiting.id, one.id, on=local_date(service.clock()))
            for one in work.office.scalars(select(Staff))
        }
        assert {one.role for one in approvers if one} == {"editor", "steward", "admin"}
    for email, _, role in demo.STAFF:
        assert re.search(rf"{role} +{re.escape(email)} +engångskod just nu \d{{6}}", said)
    link = said.split("/k/")[1].split("\n")[0]
    for audience in AUDIENCES:
        # Served alone too: the demo is made, and looked at, by whoever opens every vault.
        again = run("serve", "--demo", KAPABLA_AUDIENCES=audience, PORT=str(free_port()))
        assert again.status == 0
        assert counted(service) == whole
        assert link in again.out
        assert "färdigt" not in again.out
        assert "Fyller" not in again.out
    assert len(started) == len(AUDIENCES)


def test_of_two_first_starts_at_once_the_second_waits(config):
    made = []

    def make_second():
        with demo._alone(config):
            made.append(True)

    with demo._alone(config):
        second = Thread(target=make_second)
        second.start()
        second.join(0.3)
        assert made == []
    second.join(10)
    assert made == [True]


def test_nobody_real_is_taken_away_with_half_a_demo(config, service, monkeypatch):
    interrupt(monkeypatch, config, 0)
    made = make_person(service, name="Riktig Person")
    with pytest.raises(demo.NotOnlyDemo, match="Choose another folder with KAPABLA_DATA_DIR"):
        demo.prepare_demo(config)
    with service.vaults.reading() as work:
        assert work.identity.get(Person, made.id) is not None
