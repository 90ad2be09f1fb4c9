"""The design of a study as data: lots (E7). A fault says what to write instead."""

import pytest

STUDY = "studies/kapabla-2026.toml"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("ratio = {direct = 1, waitlist = 1}", "ratio = {direct = 1, control = 1}", "there is no arm control"),
        ("ratio = {direct = 1, waitlist = 1}", "ratio = {direct = 1}", "a lot needs two arms or more"),
        ("block_sizes = [2, 4]", "block_sizes = [2, 3]", "3 does not hold the shares evenly; write a multiple of 2."),
        ("block_sizes = [2, 4]", "block_sizes = []", "at least 1 item"),
        ('strata = ["municipality"]', 'strata = ["role"]', "a cohort has people of many roles"),
        ('unit = "cohort"', 'unit = "household"', "write one of 'cohort' or 'person'"),
    ],
)
def test_faults_of_the_lot(spoil, old, new, message):
    assert any(fault.startswith(f"{STUDY}: allocation") and message in fault for fault in spoil(STUDY, old, new))


def test_lots_for_people_may_be_balanced_by_role(spoil):
    assert spoil(STUDY, 'unit = "cohort"\nstrata = ["municipality"]', 'unit = "person"\nstrata = ["role"]') == []
