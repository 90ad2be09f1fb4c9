"""B7, `privacy.md` E4.1-2: the day before D everything is kept, on D it goes, by decision alone, counted, never named;
what is to be kept is written out first; and when the study key is gone nobody can join names and answers."""

import csv
import hashlib
import hmac
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from kapabla import bridge
from kapabla.answers.consents import Consent
from kapabla.answers.placement import Placement
from kapabla.answers.records import AnswersAudit
from kapabla.answers.submissions import Submission
from kapabla.errors import Refused
from kapabla.identity.cohorts import Cohort, Enrolment
from kapabla.identity.invitations import Invitation
from kapabla.identity.people import Person
from kapabla.identity.records import IdentityAudit
from kapabla.installing import make_keys, wanted_keys
from kapabla.jobs import retention
from kapabla.jobs.archive import write_archive
from kapabla.jobs.runner import run_once
from kapabla.keys import KeyMissing, Keyring
from kapabla.office import disposals, sign_in
from kapabla.office.disposals import ANSWERS, DATA_CLASSES, IDENTITY, STUDY_KEY
from kapabla.office.records import OfficeAudit
from kapabla.vaults import METADATA
from tests import factories as make

DECISION = "123-2028"
KEY_DAY, ANSWERS_DAY = date(2028, 12, 31), date(2038, 12, 31)


def at(day):
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


@pytest.fixture
def people(service):
    """Two who answered, one of whom said no to the research, and one who never came."""
    found = [make.make_person(service, name=name, email=f"{name}@example.com") for name in ("ask", "bo", "cia")]
    for made, research in zip(found, (True, False), strict=False):
        make.take_part(service, made, on=date(2026, 11, 20), research=research)
        make.save_wave(service, made, "t0", on=date(2026, 11, 20))
    return found


@pytest.fixture
def steward(service):
    make.make_staff(service, "steward")
    with service.vaults.reading() as work:
        return sign_in.get_staff(work.office, "steward@example.com")


def may_go(service, classes=DATA_CLASSES):
    with service.vaults.reading() as work:
        return retention.what_may_go(service, work, service.material.studies[make.STUDY], classes)


def amounts(service):
    with service.vaults.reading() as work:
        return {due.data_class: due.amount for due in retention.plan(service, work)}


def count(service, vault, model):
    with service.vaults.reading() as work:
        return getattr(work, vault).scalar(select(func.count()).select_from(model))


def test_the_day_before_everything_is_kept_and_on_the_day_it_goes(service, clock, people, steward):
    clock.now = at(date(2028, 12, 30))
    assert amounts(service) == {"identity": 3, "study_key": 1, "answers": 2, "releases": 0, "release_keys": 0}
    with pytest.raises(Refused, match="nothing_due"):
        may_go(service)
    clock.now = at(KEY_DAY)
    dues = may_go(service)
    assert [(due.data_class, due.amount) for due in dues] == [("identity", 3), ("study_key", 1)]
    retention.purge(service, dues, decision=DECISION, by=steward)
    assert amounts(service) == {"identity": 0, "study_key": 0, "answers": 2, "releases": 0, "release_keys": 0}
    assert [count(service, "identity", model) for model in (Person, Enrolment, Invitation, Cohort)] == [0, 0, 0, 0]
    with pytest.raises(Refused, match="nothing_due"):
        may_go(service)
    clock.now = at(ANSWERS_DAY)
    retention.purge(service, may_go(service), decision=DECISION, by=steward)
    with service.vaults.reading() as work:
        for table in METADATA["answers"].sorted_tables:
            if "subject" in table.c:
                assert work.answers.scalar(select(func.count()).select_from(table)) == 0, table.name


def test_a_purge_stands_in_the_log_with_counts_only(service, clock, people, steward):
    clock.now = at(ANSWERS_DAY)
    retention.purge(service, may_go(service), decision=DECISION, by=steward)
    told = {}
    with service.vaults.reading() as work:
        for vault, model in (("identity", IdentityAudit), ("answers", AnswersAudit), ("office", OfficeAudit)):
            rows = getattr(work, vault).scalars(select(model).where(model.action == "purge").order_by(model.seq))
            told[vault] = [(row.object, row.reason) for row in rows]
        for chain, session in (
            (service.identity_chain, work.identity), (service.answers_chain, work.answers),
            (service.office_chain, work.office),
        ):  # fmt: skip
            assert chain.verify(session) is None
    object_ = f"study:{make.STUDY}"
    assert told["identity"] == [(object_, f"identity 3, decision {DECISION}")]
    assert told["answers"] == [(object_, f"answers 2, decision {DECISION}")]
    assert [reason.split(",")[0] for _, reason in told["office"]] == ["identity 3", "study_key 1", "answers 2"]


def test_without_the_study_key_nobody_can_join_names_and_answers(service, clock, config, people, steward, tmp_path):
    """All that is left, and a copy of the identity vault from before: every key that remains, with every person's
    secret, gives no subject. With the key, the same search finds everybody."""
    with service.vaults.reading() as work:
        secrets = list(work.identity.scalars(select(Person.secret)))
        entrants = [make.entrant_of(service, made) for made in people]
    subjects = {made.subject for made in people[:2]}

    def joined():
        keys = [service.keys.get(file.purpose, file.id) for file in Keyring(config.key_dir).list()]
        guesses = {
            hmac.new(left, right, hashlib.sha256).hexdigest()
            for key in keys
            for secret in secrets
            for left, right in ((key, secret), (secret, key))
        }
        with service.vaults.reading() as work:
            return guesses & set(work.answers.scalars(select(Placement.subject)))

    assert joined() == subjects
    clock.now = at(KEY_DAY)
    retention.purge(service, may_go(service), decision=DECISION, by=steward)
    assert joined() == set()
    with pytest.raises(KeyMissing):
        bridge.subject_for(service.keys, entrants[0])
    # Making what is missing, as `kapabla init` does, makes no other in its place.
    make_keys(config, wanted_keys(service.material), KEY_DAY)
    assert not Keyring(config.key_dir).has("study", make.STUDY)


def test_the_key_is_not_destroyed_while_somebody_holds_a_link(service, clock, people):
    clock.now = at(KEY_DAY)
    with pytest.raises(Refused, match="people_left"):
        may_go(service, (STUDY_KEY,))


def test_nothing_is_destroyed_while_a_cohort_goes_on_or_somebody_is_restricted(service, clock, people):
    clock.now = at(KEY_DAY)
    with service.vaults.unit() as work:
        work.identity.scalars(select(Cohort)).one().ends_on = KEY_DAY
    with pytest.raises(Refused, match="study_still_open"):
        may_go(service)
    with service.vaults.unit() as work:
        work.identity.scalars(select(Cohort)).one().ends_on = date(2027, 1, 31)
        work.answers.get_one(Placement, people[0].subject).is_restricted = True
    with pytest.raises(Refused, match="people_restricted"):
        may_go(service)


@pytest.mark.parametrize("decision", ["", "ja", "(exempel) 000-0000", "beslut"])
def test_a_decision_has_a_number(service, decision):
    with pytest.raises(Refused, match="decision_wrong"):
        retention.check_decision(service.material.studies[make.STUDY], decision)


def test_the_decision_is_the_one_that_people_were_told(service):
    study = service.material.studies[make.STUDY]
    told = study.model_copy(update={"facts": study.facts | {"gallringsbeslut": "77-2027"}})
    retention.check_decision(told, "77-2027")
    with pytest.raises(Refused, match="decision_differs"):
        retention.check_decision(told, DECISION)


def test_somebody_who_is_in_another_study_too_stays_there(service, clock, people, steward):
    with service.vaults.unit() as work:
        other = Cohort(
            name="Annan", study="annan-studie", course="kapabla", arm="direct", starts_on=date(2026, 1, 1),
            ends_on=date(2027, 1, 1),
        )  # fmt: skip
        work.identity.add(other)
        work.identity.flush()
        work.identity.add(Enrolment(person_id=people[2].id, cohort_id=other.id, enrolled_on=date(2026, 1, 1)))
    clock.now = at(KEY_DAY)
    retention.purge(service, may_go(service, (IDENTITY,)), decision=DECISION, by=steward)
    with service.vaults.reading() as work:
        assert list(work.identity.scalars(select(Person.id))) == [people[2].id]
        assert list(work.identity.scalars(select(Cohort.study))) == ["annan-studie"]


def test_the_daily_round_tells_what_is_due_once_a_day(service, clock, people, steward):
    """The dry run: in the register for the overview, and nothing is destroyed."""

    def due():
        with service.vaults.reading() as work:
            return [(row.data_class, row.amount, row.counted_on) for row in disposals.what_is_due(work.office)]

    clock.now = at(date(2028, 12, 30))
    run_once(service)
    assert due() == []
    clock.now = at(KEY_DAY)
    run_once(service)
    run_once(service)
    assert due() == [("identity", 3, KEY_DAY), ("study_key", 1, KEY_DAY)]
    assert count(service, "identity", Person) == 3
    retention.purge(service, may_go(service), decision=DECISION, by=steward)
    assert due() == []
    with service.vaults.reading() as work:
        kept = {row.data_class: (row.decision, row.amount) for row in disposals.all_disposals(work.office)}
    assert kept == {"identity": (DECISION, 3), "study_key": (DECISION, 1)}


def test_what_is_kept_is_written_out_with_checksums_and_leads_to_nobody(service, clock, people, tmp_path):
    clock.now = at(ANSWERS_DAY)
    dues = may_go(service, (ANSWERS,))
    with service.vaults.reading() as work:
        study = service.material.studies[make.STUDY]
        folder = write_archive(service, work, study, dues, DECISION, tmp_path)
        with pytest.raises(Refused, match="archive_exists"):
            write_archive(service, work, study, dues, DECISION, tmp_path)
    names = {"SHA256SUMS", "beskrivning.pdf", "gallring.csv", "kodbok.csv", "placering.csv", "svar.csv"}
    assert {path.name for path in folder.iterdir()} == names
    for line in (folder / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest

    def table(name):
        return list(csv.DictReader((folder / f"{name}.csv").read_text("utf-8").splitlines()))

    given = table("svar")
    places = table("placering")
    # Of the two who answered, the one who said yes.
    assert {row["arkivnummer"] for row in given} == {row["arkivnummer"] for row in places}
    assert len(places) == 1
    assert {row["fråga"]: row["värde"] for row in given} == {f"se_{number}": "3" for number in range(1, 9)}
    meanings = {row["fråga"]: row["värden"] for row in table("kodbok")}
    assert "3=" in meanings["se_1"]
    assert b"/MarkInfo" in (folder / "beskrivning.pdf").read_bytes()
    everything = b"".join(path.read_bytes() for path in folder.iterdir())
    for made in people:
        for told in (made.subject, made.id, made.number):
            assert told.encode() not in everything


def test_a_purge_leaves_nothing_in_the_files_of_the_vaults(service, clock, config, people, steward):
    def files():
        return b"".join(path.read_bytes() for path in config.data_dir.glob("*.db*"))

    marks = [part for made in people[:2] for part in (made.number.encode(), made.subject.encode())]
    assert all(mark in files() for mark in marks)
    reader = service.vaults.engines["answers"].connect()  # another process that has the vault open
    clock.now = at(ANSWERS_DAY)
    retention.purge(service, may_go(service), decision=DECISION, by=steward)
    assert [mark for mark in marks if mark in files()] == []
    reader.close()
    assert count(service, "answers", Submission) == count(service, "answers", Consent) == 0
