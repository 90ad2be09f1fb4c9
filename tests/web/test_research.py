"""The researcher's side: one locked release, its figures and files (C12, F5, G1, G2)."""

import csv
import hashlib
import io
from dataclasses import replace
from datetime import date

import pytest

from kapabla.jobs.population import make_population
from kapabla.jobs.runner import run_once
from kapabla.office import release_register, sign_in
from kapabla.service import open_service
from tests import factories as make
from tests.page_client import PageClient


@pytest.fixture
def service(app):
    return app.extensions["kapabla"]


@pytest.fixture
def released(client, service):
    """A small population, released and approved by two: ordered on the page, built by the jobs."""
    make_population(service, people=60, seed=4, study=make.STUDY, today=date(2026, 11, 25), effect=0.7, attrition=0.1)
    make.sign_in_as(client, "researcher")
    client.get("/forskning/data")
    client.fill(action="/forskning/data", studie=make.STUDY, syfte="evaluation", testpersoner="1")
    name = client.path.rsplit("/", 1)[1]
    run_once(service)
    for role in ("steward", "admin"):
        make.make_staff(service, role)
        with service.vaults.unit() as work:
            member = sign_in.get_staff(work.office, f"{role}@example.com")
            release_register.approve(work.office, service.office_chain, release=name, by=member, at=service.clock())
    return name


def test_a_release_needs_two_different_people(client, service):
    """F5: one account cannot approve twice, on the page or in the database."""
    make_population(service, people=40, seed=2, study=make.STUDY, today=date(2026, 11, 25), effect=0.7, attrition=0.1)
    make.make_staff(service, "researcher")
    with service.vaults.unit() as work:
        by = sign_in.get_staff(work.office, "researcher@example.com")
        release_register.order(
            work.office, service.office_chain, release="r1", study=make.STUDY, purpose="evaluation",
            is_test=True, by=by, at=service.clock(),
        )  # fmt: skip
    run_once(service)
    make.sign_in_as(client, "steward")
    client.get("/forskning/data/r1")
    client.fill(action="/forskning/data/r1/godkann", beslut="godkann")
    client.fill(action="/forskning/data/r1/godkann", beslut="godkann", status=409)
    assert "Den andra personen måste vara någon annan." in client.text
    client.get("/forskning/resultat")
    assert "Det finns ingen låst datautgåva än" in client.text


def test_dashboard_files_and_codebook(client, service, released, config):
    """G1, C12, F3: each figure with table and sentence; files verified; a test release says so everywhere."""
    client.get("/forskning/resultat")
    assert "Exempeldata." in client.text
    assert client.text.count("<figure") == client.text.count("<table") >= 4
    assert "Så är det räknat" in client.text
    client.get(f"/forskning/data/{released}")
    action = f"/forskning/data/{released}/fil/data_long.csv"
    reply = client.fill(action=action)
    assert hashlib.sha256(reply.data).hexdigest() in client.text
    rows = list(csv.DictReader(io.StringIO(reply.text)))
    assert set(rows[0]) >= {"record_id", "wave", "weeks_since_training", "se_1", "se_mean"}
    assert all(row["record_id"].startswith("KP") for row in rows)
    client.get("/forskning/kodbok")
    assert "se_mean" in client.text
    for name in ("README.txt", "manifest.json", "codebook.json"):
        client.get(f"/forskning/data/{released}")
        assert "Exempeldata" in client.fill(action=f"/forskning/data/{released}/fil/{name}").text


def test_shown_change_is_recomputed_from_the_released_file(client, service, released):
    """G2, G10: the number on the page is that of `analysis` on the file alone."""
    import numpy as np
    from scipy import stats

    client.get(f"/forskning/data/{released}")
    reply = client.fill(action=f"/forskning/data/{released}/fil/data_wide.csv")
    rows = list(csv.DictReader(io.StringIO(reply.text)))
    pairs = [(r["se_mean_t0"], r["se_mean_t1"]) for r in rows if r["se_mean_t0"] and r["se_mean_t1"]]
    pre, post = (np.array([float(v) for v in side]) for side in zip(*pairs, strict=True))
    from kapabla.release import published

    board = published.dashboard(service.config.release_dir, released)
    figure = next(f for f in board["figures"] if f["id"] == "forandring")
    shown = next(value for name, value in figure["values"].items() if name.startswith("Tilltro"))
    assert shown["n"] == len(pairs)
    assert shown["value"] == pytest.approx(float((post - pre).mean()), abs=1e-9)
    assert shown["p"] == pytest.approx(float(stats.ttest_rel(post, pre).pvalue), rel=1e-9)


def test_a_small_release_is_built_or_refused_and_never_hangs(service):
    """F7: blanking can take the last value of a recoded column; the order must still come to an end."""
    make_population(service, people=40, seed=2, study=make.STUDY, today=date(2026, 11, 25), effect=0.7, attrition=0.1)
    make.make_staff(service, "researcher")
    with service.vaults.unit() as work:
        by = sign_in.get_staff(work.office, "researcher@example.com")
        release_register.order(
            work.office, service.office_chain, release="r1", study=make.STUDY, purpose="evaluation",
            is_test=True, by=by, at=service.clock(),
        )  # fmt: skip
    # With it the day's round of steps, which the population has made due.
    assert run_once(service) == 2
    with service.vaults.reading() as work:
        assert release_register.get(work.office, "r1").state in ("built", "failed")


def test_a_download_leaves_exactly_one_row(client, service, released):
    """E6."""
    from sqlalchemy import func, select

    from kapabla.office.releases import Download

    client.get(f"/forskning/data/{released}")
    client.fill(action=f"/forskning/data/{released}/fil/SHA256SUMS")
    with service.vaults.reading() as work:
        assert work.office.scalar(select(func.count()).select_from(Download)) == 1
    assert service.config.release_dir.exists()


def test_withdrawn_people_are_in_no_later_release(service, config):
    """B4, E2.2: twelve leave with erasure before the release; the release has twelve fewer."""
    from sqlalchemy import select

    from kapabla.answers.erasing import erase_subject
    from kapabla.answers.placement import Placement
    from kapabla.release.build import build

    make_population(service, people=90, seed=3, study=make.STUDY, today=date(2026, 11, 25), effect=0.5, attrition=0.1)
    study = service.material.studies[make.STUDY]

    def released_people():
        with service.vaults.reading() as work:
            return build(
                work.answers, service.material, study, purpose="evaluation", is_test=True, release_key=bytes(range(32))
            ).ids

    before = released_people()
    gone = sorted(before)[:12]
    with service.vaults.unit() as work:
        for subject in gone[:6]:
            erase_subject(work.answers, subject)
        for subject in gone[6:]:
            work.answers.get_one(Placement, subject).left = "research"
    after = released_people()
    assert len(before) - len(after) == 12
    assert not set(gone) & set(after)
    with service.vaults.reading() as work:
        assert set(work.answers.scalars(select(Placement.subject))) & set(gone) == set(gone[6:])


def test_research_runs_without_the_other_vaults(config, make_app, clock, key_template):
    """E7.2: the research process starts and answers with identity and answers unset."""
    alone = replace(config, audiences=("research",), identity_url=None, answers_url=None)
    app = make_app(alone)
    client = PageClient(app)
    make.sign_in_as(client, "researcher")
    assert "Det finns ingen låst datautgåva än" in client.text
    with pytest.raises(Exception, match="vault_closed"):
        open_service(alone, clock=clock).vaults.work().answers  # noqa: B018
