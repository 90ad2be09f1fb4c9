"""Attack 28: a withdrawal is undone by an older backup, or lives on in an older release.

That a release's old token answers 403 belongs to the research API.
"""

from datetime import date

import pytest
from sqlalchemy import func, select

from kapabla import bridge
from kapabla.answers.placement import Placement
from kapabla.answers.submissions import Submission
from kapabla.backup import restoring
from kapabla.backup.making import save_journals
from kapabla.identity.people import Person, Tombstone
from kapabla.jobs.simulation import trail_of
from kapabla.journals import Journal
from tests import factories as make
from tests.integration.backup.conftest import embedded, site  # noqa: F401  (fixtures)

DAY = date(2026, 11, 25)
WAYS = {
    "everything, removed": ("all", True), "everything": ("all", False),
    "research, removed": ("research", True), "research": ("research", False),
}  # fmt: skip


def traces(service, made):
    with service.vaults.reading() as work:
        placement = work.answers.get(Placement, made.subject)
        person = work.identity.get(Person, made.id)
        answered = select(func.count()).select_from(Submission).where(Submission.subject == made.subject)
        return {
            "person": person and person.left, "placement": placement and placement.left,
            "answers": work.answers.scalar(answered),
        }  # fmt: skip


def tombstones(service):
    with service.vaults.reading() as work:
        return sorted(work.identity.scalars(select(Tombstone.hash)))


def make_answered(service, name):
    made = make.make_person(service, name=name, email=f"{len(name)}@example.com")
    make.take_part(service, made, on=DAY)
    make.save_wave(service, made, "t0", on=DAY)
    return made


def leave(service, made, scope, *, erase):
    entrant = make.entrant_of(service, made)
    with service.vaults.unit() as work:
        bridge.withdraw(
            work, service.keys, trail_of(service), entrant, scope=scope, erase=erase, at=service.clock()
        )  # fmt: skip


def test_who_has_left_is_gone_again_after_a_restore_of_before(site, any_service):  # noqa: F811
    """C7.28, E2.4, on both databases; and who was back before the backup keeps what they have answered since."""
    people = {way: make_answered(any_service, way) for way in WAYS}
    back = make_answered(any_service, "back")
    leave(any_service, back, "research", erase=True)
    make.take_part(any_service, back, on=DAY)
    make.save_wave(any_service, back, "t0", on=DAY)
    site.back_up()
    for way, (scope, erase) in WAYS.items():
        leave(any_service, people[way], scope, erase=erase)
    gone = {way: traces(any_service, made) for way, made in people.items()}
    buried = tombstones(any_service)
    assert [found["answers"] for found in gone.values()] == [0, 1, 0, 1]
    assert len(buried) > 0
    site.lose()
    assert site.restore().left_again == {"answers": 4, "identity": 4}
    assert {way: traces(any_service, made) for way, made in people.items()} == gone
    assert tombstones(any_service) == buried
    assert traces(any_service, back) == {"person": "none", "placement": "none", "answers": 1}


def test_the_copy_of_the_journals_does_as_well_when_the_disk_is_gone(embedded, service):  # noqa: F811
    made = make_answered(service, "somebody")
    embedded.back_up()
    leave(service, made, "all", erase=True)
    gone = traces(service, made)
    save_journals(service.config, embedded.folder, at=service.clock())
    embedded.lose()
    for vault in ("identity", "answers"):
        (service.config.data_dir / "journals" / f"{vault}.jsonl").unlink()
    embedded.restore()
    assert traces(service, made) == gone
    assert [entry["who"] for entry in Journal(service.config.data_dir, "answers").entries()] == [made.subject]


def test_a_journal_that_was_shortened_or_changed_stops_the_restore(embedded, service):  # noqa: F811
    """Whoever wants somebody back cannot take the line away."""
    made = make_answered(service, "somebody")
    leave(service, made, "research", erase=False)
    embedded.back_up()
    embedded.lose()
    path = service.config.data_dir / "journals" / "answers.jsonl"
    path.write_text(path.read_text().replace(made.subject, "0" * 64))
    with pytest.raises(restoring.Refused, match="journals_differ"):
        embedded.restore()


def test_without_the_journals_the_backup_brings_everything_back(embedded, service, monkeypatch):  # noqa: F811
    """The mutant: a restore that only brings back rows."""
    made = make_answered(service, "somebody")
    embedded.back_up()
    leave(service, made, "all", erase=True)
    embedded.lose()
    monkeypatch.setattr(restoring, "_leave_again", lambda *_: 0)
    embedded.restore()
    assert traces(service, made) == {"person": "none", "placement": "none", "answers": 1}


def test_who_left_between_two_releases_is_in_the_second_by_no_content(simulated):
    """C7.28, E2.3: fewer people by as many as left, and the first keeps its bytes."""
    first, second = (simulated.manifest(name) for name in ("r1", "r2"))
    assert 0 < first["n_people"] - second["n_people"] <= 8
    assert simulated.part("r1", "data_long.csv")
