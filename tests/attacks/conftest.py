"""For all attacks: one simulated population with its releases, made once a run and changed by nobody; and, for those
through the API, the research process alone with a release that is known cell by cell."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kapabla.jobs.population import make_population, withdraw_some
from kapabla.jobs.releases import build_release
from kapabla.jobs.simulation import Truth
from kapabla.jobs.withdrawal_notices import lock_or_give_up
from kapabla.office import release_register, sign_in
from kapabla.release import published
from kapabla.service import Service, open_service
from tests import factories as make
from tests import served
from tests.conftest import FixedClock, copied_config

TODAY = date(2026, 11, 25)
APPROVERS = ("steward", "admin")


@dataclass(frozen=True)
class Simulated:
    """`truth`: what was drawn, by subject. Releases `r1` and `r2`: between them eight people have left."""

    service: Service
    truth: Truth
    in_first: frozenset[str]
    secrets: dict[str, str]  # of the phone of each member of staff, by role

    def part(self, release: str, name: str) -> bytes:
        return published.part(self.service.config.release_dir, release, name)

    def manifest(self, release: str) -> dict[str, Any]:
        with self.service.vaults.reading() as work:
            found: dict[str, Any] = release_register.get(work.office, release).manifest or {}
        return found


def release(service: Service, name: str) -> None:
    """Ordered, built and approved by two."""
    with service.vaults.unit() as work:
        by = sign_in.get_staff(work.office, "researcher@example.com")
        release_register.order(
            work.office, service.office_chain, release=name, study=make.STUDY, purpose="evaluation", is_test=True,
            by=by, at=service.clock(),
        )  # fmt: skip
    with service.vaults.unit() as work:
        record = build_release(service, work, name)
        assert record.state == "built", record.reason
    for role in APPROVERS:
        with service.vaults.unit() as work:
            member = sign_in.get_staff(work.office, f"{role}@example.com")
            release_register.approve(work.office, service.office_chain, release=name, by=member, at=service.clock())
    with service.vaults.unit() as work:
        assert lock_or_give_up(service, work, name) == "locked"


@pytest.fixture(scope="session")
def simulated(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, key_template: Path, _material_once: None
) -> Iterator[Simulated]:
    config = copied_config(tmp_path_factory.mktemp("simulated"), sqlite_template, key_template)
    service = open_service(config, clock=FixedClock())
    secrets = {role: make.make_staff(service, role) for role in ("researcher", *APPROVERS)}
    make.freeze_plan(service)
    truth = make_population(service, people=260, seed=11, study=make.STUDY, today=TODAY, effect=0.6, attrition=0.2)
    release(service, "r1")
    in_first = frozenset(subject for subject, known in truth.known.items() if known.is_in_release)
    withdraw_some(service, count=8, seed=3, study=make.STUDY, today=TODAY)
    release(service, "r2")
    yield Simulated(service, truth, in_first, secrets)
    for engine in service.vaults.engines.values():
        engine.dispose()


@pytest.fixture
def research(config, make_app):
    return make_app(replace(config, audiences=("research",), identity_url=None, answers_url=None))


@pytest.fixture
def research_service(research):
    return research.extensions["kapabla"]


@pytest.fixture
def known(research_service):
    """The released table."""
    dataset = served.make_dataset()
    served.make_approvers(research_service)
    served.lock_release(research_service, dataset)
    return dataset


@pytest.fixture
def ask(research, research_service, known):
    """`ask(content="record", …)`: one call with a key that holds."""
    token = served.make_token(research_service).token
    browser = research.test_client()

    def post(**given):
        return browser.post("/api/", data={"token": token, "format": "json", **given})

    return post
