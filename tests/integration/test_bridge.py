"""The bridge: a subject that is the same under one key and another under every other; what it copies, and not."""

import dataclasses
from datetime import date

import pytest

from kapabla import bridge
from kapabla.answers.placement import correct_place, find_place
from kapabla.journals import Journal
from tests import factories as make

KEYS = (b"\1" * 32, b"\2" * 32)


def place(service, made):
    entrant = make.entrant_of(service, made)
    with service.vaults.unit() as work:
        subject = bridge.place(work, service.keys, entrant)
        return subject, find_place(work.answers, subject)


def test_a_subject_is_stable_and_differs_by_key_and_by_person():
    one, other = b"s" * 32, b"t" * 32
    assert bridge.subject_of(KEYS[0], one) == bridge.subject_of(KEYS[0], one)
    assert len({bridge.subject_of(key, secret) for key in KEYS for secret in (one, other)}) == 4
    assert len(bridge.subject_of(KEYS[0], one)) == 64


def test_cohort_labels_say_nothing_of_the_cohort_and_differ_by_key():
    labels = {bridge.cohort_label(key, cohort) for key in KEYS for cohort in ("c1", "c2")}
    assert len(labels) == 4
    assert bridge.cohort_label(KEYS[0], "c1") == bridge.cohort_label(KEYS[0], "c1")


def test_both_orders_of_the_test_are_about_as_common():
    """A form order cannot be seen or steered: it follows from the key."""
    orders = [bridge.form_order(KEYS[0], f"{number:064x}") for number in range(400)]
    assert set(orders) == {"ABA", "BAB"}
    assert 160 < orders.count("ABA") < 240


def test_a_placement_copies_where_and_not_who(any_service):
    made = make.make_person(any_service)
    subject, found = place(any_service, made)
    assert subject == made.subject
    assert (found.municipality, found.role) == ("2404", "hairdresser")
    flat = " ".join(str(value) for value in dataclasses.asdict(found).values())
    for trace in (made.id, made.number, "Testa", "testa@example.com"):
        assert trace not in flat


@pytest.mark.parametrize("what", ["protected", "unknown"])
def test_a_placement_is_withheld(any_service, what):
    """Protected identity: neither municipality nor trade crosses the bridge."""
    if what == "protected":
        made = make.make_person(any_service, is_protected=True)
    else:
        made = make.make_person(any_service, municipality=None, role=None)
    _, found = place(any_service, made)
    assert (found.municipality, found.role) == ("withheld", "withheld")
    assert found.is_protected is (what == "protected")


def test_placing_twice_is_the_same_as_once(any_service):
    made = make.make_person(any_service)
    assert place(any_service, made) == place(any_service, made)


def test_coming_in_again_does_not_undo_what_was_left(any_service):
    from kapabla.answers.placement import set_left

    made = make.make_person(any_service)
    place(any_service, made)
    with any_service.vaults.unit() as work:
        set_left(work.answers, made.subject, "research")
    assert place(any_service, made)[1].left == "research"


def test_coming_in_again_does_not_undo_what_the_participant_corrected(any_service):
    """A11: what the participant says about trade and municipality wins (`texts-sv.md` 7.12)."""
    made = make.make_person(any_service)
    place(any_service, made)
    with any_service.vaults.unit() as work:
        correct_place(work.answers, made.subject, municipality="2480", role="driver")
    _, found = place(any_service, made)
    assert (found.municipality, found.role) == ("2480", "driver")


def test_protected_identity_is_withheld_whatever_was_confirmed(any_service):
    """S16 goes before A11."""
    made = make.make_person(any_service)
    place(any_service, made)
    with any_service.vaults.unit() as work:
        correct_place(work.answers, made.subject, municipality="2480", role="driver")
        protected = dataclasses.replace(make.entrant_of(any_service, made), is_protected=True)
        bridge.place(work, any_service.keys, protected)
        found = find_place(work.answers, made.subject)
    assert (found.municipality, found.role) == ("withheld", "withheld")


@pytest.mark.parametrize(
    ("kinds", "left"),
    [
        ([], "none"),
        (["research"], "research"),
        (["research", "rejoined"], "none"),
        (["research_erase", "rejoined"], "none"),
        (["research", "rejoined", "research_erase"], "research"),
        (["research", "rejoined", "all"], "all"),
    ],
)
def test_replayed_journals_leave_each_person_where_the_last_entry_says(any_service, config, clock, kinds, left):
    """Attack 28: a backup from before knows of no leaving. Nor may the replay end somebody who said yes again."""
    made = make.make_person(any_service)
    place(any_service, made)
    journals = {vault: Journal(config.data_dir, vault) for vault in ("answers", "identity")}
    for kind in kinds:
        journals["answers"].append(made.subject, kind, clock().date())
        journals["identity"].append(made.id, kind, clock().date())

    with any_service.vaults.unit() as work:
        for row in journals["answers"].entries():
            bridge.apply_to_answers(work, row["who"], row["kind"])
        for row in journals["identity"].entries():
            bridge.apply_to_identity(work, any_service.keys, row["who"], row["kind"], on=date.fromisoformat(row["on"]))

    entrant = make.entrant_of(any_service, made)
    with any_service.vaults.reading() as work:
        assert find_place(work.answers, made.subject).left == entrant.left == left
    assert entrant.channel == ("none" if left == "all" else "email")
