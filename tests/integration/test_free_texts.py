"""B9: what is written in words is screened through the bridge, read by a person, decided once, and erased."""

import threading
from datetime import date

import pytest
from sqlalchemy import select, text

from kapabla import bridge
from kapabla.answers import free_texts
from kapabla.answers.free_texts import CLEARED, HELD, REFUSED, Decision, Outcome
from kapabla.answers.placement import Placement
from kapabla.answers.submissions import FreeText
from kapabla.guard import Kind
from kapabla.identity.people import Person
from kapabla.jobs.runner import run_once
from kapabla.journals import Journal
from kapabla.office.records import OfficeOutbox, outbox
from tests import factories as make

READABLE = {make.STUDY: ("kurs_comment",)}
ON = date(2026, 11, 25)
COMMENT = "Tack till Malin Zakrisson, ring henne på 070-174 06 05."


@pytest.fixture
def service(texts_service):
    return texts_service


def write(service, words=COMMENT, *, name="Tuva Granlöv", research=True, **how):
    made = make.make_person(service, name=name)
    make.take_part(service, made, on=ON, research=research)
    make.write_comment(service, made, words, **how)
    return made


def waiting(service, **how):
    with service.vaults.reading() as work:
        return free_texts.waiting(work.answers, READABLE, limit=10, **how)


def row_of(service, made):
    with service.vaults.reading() as work:
        return work.answers.scalars(select(FreeText).where(FreeText.subject == made.subject)).one_or_none()


def decide(service, text_id, state=CLEARED, *, mark=None, **how):
    shown = {one.id: one.mark for one in waiting(service)}
    with service.vaults.unit() as work:
        return free_texts.decide(
            work.answers, service.answers_chain, text_id, Decision(state, mark or shown.get(text_id, ""), **how),
            actor="reader-1", role="steward", at=service.clock(), on=ON,
        )  # fmt: skip


def test_nothing_is_read_before_it_was_screened(any_texts_service):
    write(any_texts_service)
    assert waiting(any_texts_service) == []
    run_once(any_texts_service)
    assert [one.text for one in waiting(any_texts_service)] == [COMMENT]


def test_the_names_of_participants_and_staff_are_met_through_the_bridge(service):
    """Misspelt by a letter at the beginning of a sentence, and in small letters: nothing else would find them."""
    make.make_person(service, name="Xenia Vilstrand")
    make.make_staff(service, "officer")
    write(service, "Wilstrand sa det, och namn officer också.")
    run_once(service)
    found = waiting(service)[0]
    words = [found.text[one.start : one.end] for one in found.findings if one.kind is Kind.NAME]
    assert words == ["Wilstrand", "namn officer"]


def test_the_bridge_tells_places_and_kinds_and_never_a_name(service):
    made = make.make_person(service, name="Xenia Vilstrand")
    write(service, "Xenia Vilstrad grät.", name="Bo Ahl")
    with service.vaults.reading() as work:
        found = bridge.screen_texts(work, service.keys, (), on=ON)
    told = repr(found)
    assert "(0, 14" in told.replace("Finding(start=0, end=14", "(0, 14")
    for name in ("Xenia", "Vilstrand", made.id, made.subject):
        assert name not in told


def test_a_name_that_is_known_and_one_that_is_not_look_alike(service):
    """Else the mark would tell who takes part."""
    make.make_person(service, name="Xenia Vilstrand")
    write(service, "Både Xenia och Ofelia var där.")
    run_once(service)
    assert {one.kind for one in waiting(service)[0].findings} == {Kind.NAME}
    assert len(waiting(service)[0].findings) == 2


def test_who_is_enrolled_later_is_looked_for_the_day_after(service, clock):
    write(service, "vilstrand vet allt om det")
    run_once(service)
    assert waiting(service)[0].findings == ()
    make.make_person(service, name="Xenia Vilstrand")
    make.make_person(service, name="Allt Vilstrand")
    run_once(service)
    assert waiting(service)[0].findings == ()
    clock.tick(days=1)
    run_once(service)
    assert [one.kind for one in waiting(service)[0].findings] == [Kind.NAME]


def test_what_cannot_be_looked_through_stays_held_and_stops_no_job(service, clock):
    """A name that cannot be unsealed: nobody would know what was not looked for."""
    made = write(service)
    with service.vaults.unit() as work:
        work.identity.get_one(Person, made.id).name_sealed = b"broken"
        outbox.put(work.office, "build_release", {"release": "nowhere"}, key="a job", at=clock())
    run_once(service)
    assert waiting(service) == []
    with service.vaults.reading() as work:
        assert work.office.scalars(select(OfficeOutbox.attempts)).one() == 1


@pytest.mark.parametrize("why", ["no", "not_sent", "left", "restricted", "other_item"])
def test_nobody_reads_what_cannot_leave(service, why):
    made = write(service, research=why != "no", sent=why != "not_sent")
    with service.vaults.unit() as work:
        if why in ("left", "restricted"):
            row = work.answers.scalars(select(Placement).where(Placement.subject == made.subject)).one()
            row.left, row.is_restricted = "research" if why == "left" else "none", why == "restricted"
        if why == "other_item":
            work.answers.scalars(select(FreeText)).one().item = "other"
    run_once(service)
    assert waiting(service) == []
    with service.vaults.reading() as work:
        assert free_texts.count(work.answers, READABLE, HELD) == 0


def test_a_later_no_to_the_research_is_heard(any_texts_service):
    made = write(any_texts_service)
    run_once(any_texts_service)
    assert len(waiting(any_texts_service)) == 1
    make.take_part(any_texts_service, made, on=ON, research=False)
    assert waiting(any_texts_service) == []
    with any_texts_service.vaults.unit() as work:
        # The placement says it as well; each of the two is enough.
        work.answers.scalars(select(Placement).where(Placement.subject == made.subject)).one().left = "none"
    assert waiting(any_texts_service) == []


def test_what_the_guard_is_sure_of_is_hidden_and_the_rest_as_the_reader_says(any_texts_service):
    made = write(any_texts_service)
    run_once(any_texts_service)
    one = waiting(any_texts_service)[0]
    kinds = [finding.kind for finding in one.findings]
    assert kinds == [Kind.NAME, Kind.PHONE]
    assert decide(any_texts_service, one.id, words=("tack",)) is Outcome.DONE
    assert [(start, kind) for start, _, kind in row_of(any_texts_service, made).hidden] == [(0, "other"), (41, "phone")]
    with any_texts_service.vaults.reading() as work:
        item, words, hidden, _ = free_texts.cleared_of(work.answers, {made.subject}, READABLE)[0]
        assert free_texts.cleared_of(work.answers, set(), READABLE) == []
    assert (item, words, len(hidden)) == ("kurs_comment", COMMENT, 2)


def test_a_copy_of_everything_has_the_text_and_what_became_of_it(service):
    """B5."""
    made = write(service)
    run_once(service)
    decide(service, waiting(service)[0].id, REFUSED)
    with service.vaults.reading() as work:
        copy = bridge.own_copy(
            work, service.keys, service.identity_chain, service.material, make.entrant_of(service, made), roles={},
            with_answers=True,
        )  # fmt: skip
    assert copy["i utbildningen"]["egna ord"] == [{"när": "Slutfrågor", "text": COMMENT, "granskning": "Hålls inne"}]


STATES = (HELD, CLEARED, REFUSED)


@pytest.mark.parametrize("before", STATES)
@pytest.mark.parametrize("after", [CLEARED, REFUSED])
def test_what_may_follow_what(service, before, after):
    """Every pair: cleared can be taken back, kept back stays so, and the same again is the same."""
    made = write(service)
    run_once(service)
    one = waiting(service)[0]
    if before != HELD:
        assert decide(service, one.id, before) is Outcome.DONE
    expected = {
        (HELD, CLEARED): Outcome.DONE, (HELD, REFUSED): Outcome.DONE, (CLEARED, CLEARED): Outcome.KNOWN,
        (CLEARED, REFUSED): Outcome.DONE, (REFUSED, CLEARED): Outcome.TAKEN, (REFUSED, REFUSED): Outcome.KNOWN,
    }[before, after]  # fmt: skip
    assert decide(service, one.id, after, mark=one.mark) is expected
    assert row_of(service, made).state == (REFUSED if REFUSED in (before, after) else CLEARED)


def test_a_decision_on_what_was_not_shown_is_not_kept(service):
    """The guard has found more since the page was made."""
    made = write(service)
    run_once(service)
    one = waiting(service)[0]
    assert decide(service, one.id, mark="0" * 12) is Outcome.TAKEN
    assert row_of(service, made).state == HELD
    assert decide(service, "nowhere", mark=one.mark) is Outcome.GONE


def test_of_two_readers_at_once_one_holds(any_texts_service):
    made = write(any_texts_service)
    run_once(any_texts_service)
    one, start, outcomes = waiting(any_texts_service)[0], threading.Barrier(2), []

    def read(state):
        start.wait()
        outcomes.append(decide(any_texts_service, one.id, state, mark=one.mark))

    # Both keep other things back, so that neither repeats the other.
    readers = [threading.Thread(target=read, args=(state,)) for state in (CLEARED, REFUSED)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    log = actions(any_texts_service)
    assert row_of(any_texts_service, made).state in (CLEARED, REFUSED)
    assert len([row for row in log if row["action"] == "text_review"]) == outcomes.count(Outcome.DONE)
    # Kept back first ends it; cleared first may still be taken back by the other.
    assert sorted(outcome.value for outcome in outcomes) in (["done", "taken"], ["done", "done"])


def actions(service):
    with service.vaults.reading() as work:
        return service.answers_chain.latest(work.answers, 50)


def test_the_log_tells_who_decided_and_never_what_was_written(service):
    """E5: a day in the answers vault and no clock time; ids and codes."""
    write(service)
    run_once(service)
    one = waiting(service)[0]
    decide(service, one.id, words=("tack",))
    decide(service, one.id, mark=one.mark, words=("tack",))
    rows = [row for row in actions(service) if row["action"] == "text_review"]
    assert [(row["actor"], row["role"], row["object"], row["outcome"], row["at"]) for row in rows] == [
        ("reader-1", "steward", f"text:{one.id}", "cleared", "2026-11-25")
    ]
    with service.vaults.reading() as work:
        assert service.answers_chain.verify(work.answers) is None
        told = str(work.answers.execute(text("SELECT * FROM audit")).all())
    for word in ("Malin", "Tack", "tack", "070"):
        assert word not in told


def test_a_text_written_anew_is_unread_and_its_former_review_is_gone(service):
    made = write(service, sent=False)
    run_once(service)
    before = row_of(service, made)
    make.write_comment(service, made, "Andra ord, av Malin.", key="again")
    after = row_of(service, made)
    assert (after.id != before.id, after.state, after.findings, after.hidden) == (True, HELD, None, None)
    run_once(service)
    assert [one.text for one in waiting(service)] == ["Andra ord, av Malin."]


@pytest.mark.parametrize("scope", ["research", "all"])
@pytest.mark.parametrize("erase", [True, False])
def test_leaving_takes_the_text_and_its_review_along(service, scope, erase):
    """E2: removed at once where the person asks for it, and read by nobody in any case."""
    made = write(service)
    run_once(service)
    decide(service, waiting(service)[0].id)
    data_dir = service.config.data_dir
    trail = bridge.Trail(
        service.identity_chain, service.answers_chain, Journal(data_dir, "identity"), Journal(data_dir, "answers")
    )
    entrant = make.entrant_of(service, made)
    with service.vaults.unit() as work:
        bridge.withdraw(work, service.keys, trail, entrant, scope=scope, erase=erase, at=service.clock())
    assert (row_of(service, made) is None) is erase
    with service.vaults.reading() as work:
        assert free_texts.cleared_of(work.answers, {made.subject}, READABLE) == []
        assert free_texts.cleared(work.answers, READABLE, limit=10) == []
