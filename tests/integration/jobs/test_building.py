"""A release takes its time, and nobody waits for it."""

import sqlite3
from datetime import date

import pytest
from sqlalchemy import delete, select
from sqlalchemy.engine import make_url

from kapabla.answers.placement import Placement, ReleaseInclusion
from kapabla.jobs import releases
from kapabla.jobs.population import make_population
from kapabla.jobs.runner import run_once
from kapabla.office import release_register, sign_in
from kapabla.release import published
from kapabla.store import Store
from tests import factories as make


def write_at_once(url):
    """Fails where anybody holds the vault's lock for writing: SQLite has one."""
    connection = sqlite3.connect(make_url(url).database, timeout=0)
    connection.execute("BEGIN IMMEDIATE")
    connection.rollback()
    connection.close()


def order(service, *names, people):
    make_population(
        service, people=people, seed=2, study=make.STUDY, today=date(2026, 11, 25), effect=0.7, attrition=0.1
    )
    make.make_staff(service, "researcher")
    with service.vaults.unit() as work:
        by = sign_in.get_staff(work.office, "researcher@example.com")
        for name in names:
            release_register.order(
                work.office, service.office_chain, release=name, study=make.STUDY, purpose="evaluation", is_test=True,
                by=by, at=service.clock(),
            )  # fmt: skip


def build(service, name):
    with service.vaults.unit() as work:
        return releases.build_release(service, work, name).state


def test_a_release_that_another_overtook_is_built_anew_and_held_against_it(service, monkeypatch):
    """C5.5: of two that are built at the same moment none goes unseen by the other."""
    order(service, "r1", "r2", people=14)

    class Slow(Store):
        def put_index(self, release, index):
            super().put_index(release, index)
            if release == "r1":
                monkeypatch.setattr(releases, "Store", Store)
                assert build(service, "r2") == "built"

    monkeypatch.setattr(releases, "Store", Slow)
    with pytest.raises(releases.Overtaken):
        build(service, "r1")
    assert build(service, "r1") == "built"
    told = {name: published.dashboard(service.config.release_dir, name)["compared_with"] for name in ("r1", "r2")}
    assert told == {"r1": ["r2"], "r2": []}


def test_others_write_while_a_release_is_built_and_who_is_erased_meanwhile_stays_erased(service, config, monkeypatch):
    order(service, "r1", people=40)

    class Watched(Store):
        def put_index(self, release, index):
            for url in (config.answers_url, config.identity_url, config.office_url):
                write_at_once(url)
            with service.vaults.unit() as work:
                everybody = work.answers.scalars(select(Placement.subject).order_by(Placement.subject)).all()
                work.answers.execute(delete(Placement).where(Placement.subject.in_(everybody[::2])))
            super().put_index(release, index)

    monkeypatch.setattr(releases, "Store", Watched)
    run_once(service)
    with service.vaults.reading() as work:
        record = release_register.get(work.office, "r1")
        included = set(work.answers.scalars(select(ReleaseInclusion.subject)))
        placed = set(work.answers.scalars(select(Placement.subject)))
    assert record.state == "built"
    assert included <= placed
    assert 0 < len(included) < record.people
