"""When a study reminds: of steps that it has, not too close together, and while there is something to answer."""

import pytest

STUDY = "studies/kapabla-2026.toml"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("start = [7, 21]", "borja = [7]", "reminders, borja: the study has no such step; write one of start, delar,"),
        ("start = [7, 21]", "start = [7, 10]", "reminders, start: the second is too soon after the first; leave more"),
        (
            "efter = [4, 10]",
            "efter = [4, 15]",
            "reminders, efter: the questions have closed by then; write at most 14.",
        ),
        ("start = [7, 21]", "start = [7, 14, 21]", "reminders, start"),
        ("start = [7, 21]", "start = [0]", "reminders, start"),
    ],
)
def test_what_cannot_be_kept_is_told_with_its_place(spoil, old, new, told):
    faults = spoil(STUDY, old, new)
    assert len(faults) == 1, faults
    assert told in faults[0]


def test_every_follow_up_of_a_study_has_its_time_in_words(spoil):
    faults = spoil("messages.toml", '\n6 = {sv = "ett halvår"', '\n7 = {sv = "sju månader"')
    assert faults == ["messages.toml: time_since, 6: a study has a follow-up after 6 months; write them in words."]
