"""An installation of its own for a benchmark: made as `kapabla init` makes one, and gone afterwards."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from kapabla.clock import local_date
from kapabla.config import Config, load_config
from kapabla.identity.cohorts import Cohort
from kapabla.identity.contact import Contact
from kapabla.identity.enrolling import NewPerson, access_of, create_cohort, enrol
from kapabla.installing import make_installation
from kapabla.service import Service

STUDY = "kapabla-2026"


@contextmanager
def installation() -> Iterator[Config]:
    with tempfile.TemporaryDirectory(prefix="kapabla-bench-") as folder:
        config = load_config({"KAPABLA_DATA_DIR": folder})
        make_installation(config)
        yield config


def new_cohort(service: Service, name: str) -> str:
    today, study = local_date(service.clock()), service.material.studies[STUDY]
    with service.vaults.unit() as work:
        return create_cohort(
            work.identity, name=name, study=study, arm=study.arms[0].code,
            starts_on=today - timedelta(days=1), ends_on=today + timedelta(days=90), responsible="",
        ).id  # fmt: skip


def invite(service: Service, count: int) -> list[str]:
    """The tokens of the links of new people."""
    cohort_id = new_cohort(service, "Mätning")
    people = [
        NewPerson(Contact(name=f"Prova {n}", email=f"prova{n}@example.com"), "2404", "hairdresser", "email")
        for n in range(count)
    ]
    with service.vaults.unit() as work:
        cohort = work.identity.get_one(Cohort, cohort_id)
        ids = enrol(work.identity, service.keys, cohort, people, on=local_date(service.clock()))
        access = access_of(work.identity, service.keys, ids)
        return [access[person_id].token for person_id in ids]
