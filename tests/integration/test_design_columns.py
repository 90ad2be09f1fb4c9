"""What a release says of how and when somebody took part: flagged, never dropped (D5, D15, E4, E5)."""

from collections import Counter
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from kapabla.answers import progress
from kapabla.answers.attendance import record_attendance
from kapabla.answers.placement import Placement
from kapabla.answers.progress import Event
from kapabla.identity.correcting import override_gate
from kapabla.identity.people import Person
from kapabla.material import Period
from kapabla.material.instruments import MissingReason
from kapabla.release.build import build
from kapabla.release.dataset import to_long, to_wide
from kapabla.release.pseudonyms import release_id
from tests import factories as make

KEY = bytes(range(32))
FIRST = date(2026, 3, 2)
EARLY, ON_TIME, LATE = 1, 2, 3


def on(days):
    return FIRST + timedelta(days=days)


def person(service, number):
    return make.make_person(service, name=f"Testa {number}", email=f"testa{number}@example.com")


@pytest.fixture
def crowd(any_service):
    """Five people who did as intended: a release needs them."""
    for number in range(5):
        made = person(any_service, number)
        make.take_part(any_service, made, on=FIRST)
        make.save_wave(any_service, made, "t0", on=FIRST)
        make.finish_course(any_service, made, on=on(7))
        make.save_wave(any_service, made, "t1", on=on(8))
    return any_service


def released(service, study=None):
    study = study or service.material.studies[make.STUDY]
    with service.vaults.reading() as work:
        return build(
            work.answers, service.material, study, purpose="evaluation", is_test=False, release_key=KEY, on=on(400)
        ).dataset


def row_of(service, made, wave):
    record_id = release_id(KEY, make.STUDY, made.subject)
    return next(row for row in released(service).rows if (row["record_id"], row["wave"]) == (record_id, wave))


def test_who_did_as_intended_is_in_time_and_flagged_with_nothing(crowd):
    rows = released(crowd).rows
    assert {row["wave_timing"] for row in rows} == {ON_TIME}
    assert {(row["gate_overridden"], row["arm_by_lot"]) for row in rows} == {(0, 0)}
    assert {row["contaminated"] for row in rows if row["wave"] == "t0"} == {0}
    assert {row["contaminated"] for row in rows if row["wave"] == "t1"} == {MissingReason.NOT_SHOWN}


@pytest.mark.parametrize(("mode", "told"), [("kiosk", 1), ("paper", 2), ("phone", 3)])
def test_how_the_answers_came_is_told_of_five_or_nobody(crowd, mode, told):
    """E9: staff know whose answers came on paper."""
    chosen = [person(crowd, f"annan{number}") for number in range(5)]
    for made in chosen:
        make.take_part(crowd, made, on=FIRST)
        is_fifth = made is chosen[4]
        make.save_wave(crowd, made, "t0", on=FIRST, mode="web" if is_fifth else mode, sent=not is_fifth)
    of_four = [row_of(crowd, made, "t0")["mode"] for made in chosen]
    assert of_four == [told if told == 1 else MissingReason.WITHHELD] * 5
    make.save_wave(crowd, chosen[4], "t0", on=on(1), mode=mode)
    assert [row_of(crowd, made, "t0")["mode"] for made in chosen] == [told] * 5


def test_weeks_are_counted_from_the_training_and_never_before_it(crowd):
    """Who answers before it answers with the whole cohort: weeks below zero would give the cohort back (C4.1)."""
    weeks = {(row["wave"], row["weeks_since_training"]) for row in released(crowd).rows}
    assert weeks == {("t0", MissingReason.NOT_REACHED), ("t1", 0)}


@pytest.mark.parametrize(("days", "timing"), [(7, ON_TIME), (21, ON_TIME), (22, LATE), (200, LATE), (6, EARLY)])
def test_answers_outside_the_window_are_there_and_flagged(crowd, days, timing):
    """E4: fourteen days from the day the course was completed."""
    made = person(crowd, "sen")
    make.take_part(crowd, made, on=FIRST)
    make.save_wave(crowd, made, "t0", on=FIRST)
    make.finish_course(crowd, made, on=on(7))
    make.save_wave(crowd, made, "t1", on=on(days), answer=5)
    row = row_of(crowd, made, "t1")
    assert (row["wave_timing"], row["se_mean"]) == (timing, 5.0)


def test_a_wave_that_was_never_sent_in_is_timed_by_its_last_page(crowd):
    made = person(crowd, "halv")
    make.take_part(crowd, made, on=FIRST)
    make.save_wave(crowd, made, "t0", on=FIRST)
    make.finish_course(crowd, made, on=on(7))
    make.save_wave(crowd, made, "t1", on=on(40), sent=False)
    assert row_of(crowd, made, "t1")["wave_timing"] == LATE


def test_an_answer_before_that_was_saved_after_the_course_began_is_flagged(crowd):
    """E5: also on the very day, which dates alone could not tell."""
    made = person(crowd, "ja")
    make.take_part(crowd, made, on=FIRST, research=False)
    make.finish_course(crowd, made, on=FIRST)
    make.take_part(crowd, made, on=FIRST)
    make.save_wave(crowd, made, "t0", on=FIRST)
    row = row_of(crowd, made, "t0")
    assert (row["contaminated"], row["wave_timing"], row["se_mean"]) == (1, LATE, 3.0)


def test_a_no_that_became_a_yes_before_the_course_is_not_contaminated(crowd):
    made = person(crowd, "tvekar")
    make.take_part(crowd, made, on=FIRST, research=False)
    make.take_part(crowd, made, on=on(1))
    make.save_wave(crowd, made, "t0", on=on(1))
    make.finish_course(crowd, made, on=on(1))
    assert row_of(crowd, made, "t0")["contaminated"] == 0


def test_who_was_taught_at_a_meeting_before_is_flagged_and_who_answers_as_it_begins_is_not(crowd):
    made = person(crowd, "mote")
    make.take_part(crowd, made, on=FIRST)
    with crowd.vaults.unit() as work:
        record_attendance(work.answers, made.subject, "room", on=FIRST)
    make.save_wave(crowd, made, "t0", on=FIRST, sent=False)
    assert row_of(crowd, made, "t0")["contaminated"] == 0
    make.save_wave(crowd, made, "t0", on=on(1))
    assert row_of(crowd, made, "t0")["contaminated"] == 1


def test_a_page_saved_anew_after_the_course_began_is_flagged(crowd):
    made = person(crowd, "igen")
    make.take_part(crowd, made, on=FIRST)
    make.save_wave(crowd, made, "t0", on=FIRST, sent=False)
    make.finish_course(crowd, made, on=on(1))
    assert row_of(crowd, made, "t0")["contaminated"] == 0
    make.save_wave(crowd, made, "t0", on=on(2))
    assert row_of(crowd, made, "t0")["contaminated"] == 1


def test_who_was_let_past_the_gate_is_flagged_at_every_wave(crowd):
    """D5: five of them, or it is not told who (attack 32)."""
    for number in range(5):
        made = person(crowd, f"mote-{number}")
        with crowd.vaults.unit() as work:
            override_gate(work.identity, work.identity.get_one(Person, made.id))
        make.take_part(crowd, made, on=FIRST)
        make.finish_course(crowd, made, on=on(1))
        make.save_wave(crowd, made, "t1", on=on(2))
    assert row_of(crowd, made, "t1")["gate_overridden"] == 1


@pytest.mark.parametrize(("seconds", "flag"), [(15, 1), (16, 0), (None, MissingReason.NOT_REACHED)])
def test_a_page_faster_than_it_can_be_read_is_flagged(crowd, seconds, flag):
    """D15: eight items at two seconds each. The seconds stay in the vault."""
    made = person(crowd, "snabb")
    make.take_part(crowd, made, on=FIRST)
    make.save_wave(crowd, made, "t0", on=FIRST, seconds=seconds)
    assert row_of(crowd, made, "t0")["fast_page"] == flag


def test_the_dose_of_who_went_through_it_all_and_of_who_never_began(crowd):
    """D15: five of each, or nothing is told of them (attack 32)."""
    never = [person(crowd, f"aldrig-{number}") for number in range(5)]
    for made in never:
        make.take_part(crowd, made, on=FIRST)
        make.save_wave(crowd, made, "t0", on=FIRST)
    rows = released(crowd).rows
    dose = ("course_version", "share_of_modules", "attempts", "weeks_to_complete")
    record_ids = {release_id(KEY, make.STUDY, made.subject) for made in never}
    nothing = MissingReason.NOT_REACHED
    assert {tuple(row[name] for name in dose) for row in rows if row["record_id"] in record_ids} == {
        (nothing, 0.0, nothing, nothing)
    }
    assert {tuple(row[name] for name in dose) for row in rows if row["record_id"] not in record_ids} == {
        (1, 1.0, nothing, 1)
    }


def test_tries_pace_and_a_part_of_the_course(crowd):
    """D15: four modules of ten are a third, one exercise answered three times, another once, five weeks; five of each,
    or the dose would tell of few (attack 32)."""
    modules = crowd.material.courses["kapabla", 1].modules[:4]
    answers = [Event("answer", 1, 2, node, "0") for node in ("q1", "q1", "q1", "q2")]
    read = [Event("read", module.number, step.number) for module in modules for step in module.steps]
    events = {f"e-{number}": event for number, event in enumerate((*answers, *read))}
    for number in range(5):
        made, slow = person(crowd, f"del-{number}"), person(crowd, f"sakta-{number}")
        with crowd.vaults.unit() as work:
            for one, done in ((made, events), (slow, {"first": Event("read", 1, 1)})):
                progress.record_events(work.answers, one.subject, done, course="kapabla", course_version=1, on=FIRST)
        make.finish_course(crowd, slow, on=on(35))
        for one in (made, slow):
            make.take_part(crowd, one, on=FIRST)
            make.save_wave(crowd, one, "t0", on=FIRST)
    row = row_of(crowd, made, "t0")
    assert (row["share_of_modules"], row["attempts"]) == (0.33, 2.0)
    assert row["weeks_to_complete"] is MissingReason.NOT_REACHED
    assert row_of(crowd, slow, "t0")["weeks_to_complete"] == 3


def test_what_is_read_again_changes_no_row_of_a_release(crowd):
    """D7: not the weeks since the training, not the windows, not the dose."""
    before = released(crowd).rows
    with crowd.vaults.unit() as work:
        for subject in work.answers.scalars(select(Placement.subject)):
            again = {"again": Event("read", 1, 1)}
            progress.record_events(work.answers, subject, again, course="kapabla", course_version=1, on=on(90))
    assert released(crowd).rows == before


def wedge(service):
    """Our study as a stepped wedge of two periods: one arm has the course from the first, the other from the second."""
    study = service.material.studies[make.STUDY]
    arms = [arm.model_copy(update={"course_opens_in": place}) for place, arm in enumerate(study.arms, start=1)]
    periods = (
        Period(number=1, starts_on=on(-10), ends_on=on(20)), Period(number=2, starts_on=on(21), ends_on=on(60))
    )  # fmt: skip
    return study.model_copy(update={"arms": tuple(arms), "periods": periods})


def test_a_stepped_wedge_has_period_and_treatment_at_each_answer(crowd):
    """E8: by the schedule, and an answer outside every period says so; five of each, or nothing is told (attack 32)."""
    cohort = make.make_cohort(crowd, name="Senare", arm="waitlist")
    for number in range(10):
        made = make.make_person(crowd, name=f"Prova {number}", email=f"prova{number}@example.com", cohort=cohort)
        make.take_part(crowd, made, on=FIRST)
        make.save_wave(crowd, made, "t0", on=FIRST)
        make.finish_course(crowd, made, on=on(30))
        make.save_wave(crowd, made, "t1", on=on(31 if number < 5 else 90))
    rows = released(crowd, wedge(crowd)).rows
    cells = Counter((row["arm"], row["wave"], row["period"], row["treatment"]) for row in rows)
    assert cells == {
        ("direct", "t0", 1, 1): 5, ("direct", "t1", 1, 1): 5, ("waitlist", "t0", 1, 0): 10,
        ("waitlist", "t1", 2, 1): 5, ("waitlist", "t1", MissingReason.NOT_REACHED, MissingReason.NOT_REACHED): 5,
    }  # fmt: skip


def test_a_study_without_periods_has_no_such_columns(crowd):
    assert not {"period", "treatment"} & {column.name for column in released(crowd).columns}


def test_wide_has_the_flags_of_each_wave_and_of_each_person_once(crowd):
    long = released(crowd)
    wide = to_wide(long)
    names = {column.name for column in wide.columns}
    assert {"wave_timing_t0", "wave_timing_t12", "contaminated_t0", "contaminated_t0b", "gate_overridden"} <= names
    assert not {"contaminated_t1", "gate_overridden_t0"} & names
    assert to_long(wide) == long
