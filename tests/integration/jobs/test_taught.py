"""How people were taught, from their events to the columns of a release (D14)."""

from datetime import date

from sqlalchemy import select

from kapabla.answers.attendance import record_attendance
from kapabla.answers.learning import LearningEvent
from kapabla.answers.placement import Placement
from kapabla.clock import local_date
from kapabla.jobs import population
from kapabla.jobs.population import make_population
from kapabla.material.instruments import MissingReason
from kapabla.release.build import build
from kapabla.release.codebook import as_rows
from kapabla.release.dataset import to_long, to_wide
from tests import factories as make

TODAY = date(2026, 11, 25)
# Before the first of them read anything, so that whoever has read online since was taught in both ways.
MEETING = date(2025, 9, 1)


def built(service):
    study = service.material.studies[make.STUDY]
    with service.vaults.reading() as work:
        return build(
            work.answers, service.material, study, purpose="evaluation", is_test=True, release_key=b"r" * 32,
            on=local_date(service.clock()),
        ).dataset  # fmt: skip


def ways(dataset):
    """By person: it says the same at every wave."""
    found = {}
    for row in dataset.rows:
        assert found.setdefault(row["record_id"], row["taught"]) == row["taught"]
    return set(found.values())


def test_it_is_a_column_of_long_and_wide_and_codebook(service, monkeypatch):
    """F3, F4; B3: who said no to the research is in no release with it either."""
    monkeypatch.setattr(population, "MEETINGS", {})
    make_population(service, people=60, seed=4, study=make.STUDY, today=TODAY, effect=0.5, attrition=0.1)
    with service.vaults.reading() as work:
        read = set(work.answers.scalars(select(LearningEvent.subject).where(LearningEvent.kind == "read")))
        placed = set(work.answers.scalars(select(Placement.subject)))
    assert ways(built(service)) <= {"online", MissingReason.NOT_REACHED, MissingReason.WITHHELD}
    with service.vaults.unit() as work:
        for subject in read:
            record_attendance(work.answers, subject, "room", on=MEETING)
    dataset = built(service)
    # Those who never began are few here, and are withheld in company (attack 32).
    assert {"mixed"} <= ways(dataset) <= {"mixed", MissingReason.NOT_REACHED, MissingReason.WITHHELD}
    assert len(dataset.people) < len(placed)
    wide = to_wide(dataset)
    assert [column.name for column in wide.columns].count("taught") == 1
    assert to_long(wide) == dataset
    told = next(entry for entry in as_rows(dataset) if entry["name"] == "taught")
    assert told["values"] == {"room": "I rummet", "online": "På nätet", "mixed": "Båda"}
    assert told["quasi_identifier"]
    with service.vaults.unit() as work:
        record_attendance(work.answers, min(placed - read), "room", on=MEETING)
    assert built(service).rows
