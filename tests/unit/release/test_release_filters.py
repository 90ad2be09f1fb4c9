"""Which groups are answered about, over all settings and all releases at once (C5.4, C5.5, G9)."""

import pytest

from kapabla.release.disclosure import EVERYBODY, Membership, Shown, Thresholds, Withheld, answerable
from tests.unit.release.populations import NAMES, T, answer, cells_of, exposed, make_releases


def of_gender(first=30, second=20, prefix="p"):
    people = {f"{prefix}1{n}": {"bak_4": "1"} for n in range(first)}
    return Membership(people | {f"{prefix}2{n}": {"bak_4": "2"} for n in range(second)})


def settings(members, former=(), names=("bak_4",)):
    return {"&".join(value for _, value in s) for s in answerable(members, names, thresholds=T, former=former)}


@pytest.mark.parametrize("seed", [4, 6, 13, 15, 18, 25])
def test_no_few_people_are_known_by_any_filters_and_two_releases(seed):
    """C7.16-18: an auditor of its own; `./dev bench long disclosure` does it over 200 populations."""
    then, now = make_releases(seed)
    assert exposed(then, now, *answer(then, now)) == []


def test_the_attack_succeeds_where_only_small_groups_are_hidden():
    """The positive twin: what is left is found by subtraction."""
    then, now = make_releases(6)
    large = [frozenset(s for s, n in cells_of(members).items() if n >= T.cell) for members in (then, now)]
    assert exposed(then, now, *large)


def test_the_attack_succeeds_where_a_release_forgets_the_one_before():
    """The positive twin of time: each release safe by itself, the two together not."""
    then, now = make_releases(6)
    each = [answerable(members, NAMES, thresholds=T) for members in (then, now)]
    assert exposed(then, then, each[0], each[0]) == []
    assert exposed(then, now, *each)


def test_everybody_and_each_value_are_answered_where_all_are_many():
    assert settings(of_gender()) == {"", "1", "2"}


@pytest.mark.parametrize("few", [1, 4])
def test_neither_the_few_nor_what_would_give_them_is_answered(few):
    assert settings(of_gender(40, few)) == {""}


def test_a_blank_is_a_group_that_is_never_answered_and_always_counted():
    """Everybody less both genders are those whose gender was blanked."""
    with_blanks = Membership(of_gender().people | {"x": {"bak_4": None}, "y": {"bak_4": None}})
    assert len(settings(with_blanks) - {""}) < 2


def test_too_few_and_nobody_are_withheld_alike():
    for count in (0, 4):
        with pytest.raises(Withheld):
            settings(of_gender(count, 0))


def test_a_few_who_have_come_since_are_in_no_difference():
    """C5.5: one group has got three more and everybody six more; what gives those three is not answered."""
    former = Shown(of_gender(), answerable(of_gender(), ["bak_4"], thresholds=T))
    assert settings(of_gender(33, 23), [former]) == {""}
    assert settings(of_gender(35, 25), [former]) == {"", "1", "2"}
    with pytest.raises(Withheld):
        settings(of_gender(31, 20), [former])


def test_who_was_answered_about_by_nobody_before_hides_nothing():
    assert settings(of_gender(33, 23), [Shown(of_gender(), frozenset())]) == {"", "1", "2"}
    assert settings(of_gender(33, 23), [Shown(of_gender(), frozenset({EVERYBODY}))]) == {"", "1", "2"}


def test_whoever_has_got_another_value_is_in_the_difference_of_two_groups():
    moved = Membership(of_gender().people | {"p10": {"bak_4": "2"}, "p11": {"bak_4": "2"}})
    former = Shown(of_gender(), answerable(of_gender(), ["bak_4"], thresholds=T))
    assert settings(moved, [former]) == {""}


def test_a_filter_with_other_values_than_before_is_not_offered():
    """Four bands less two of them: a group that no rule has looked at."""
    former = Shown(of_gender(), answerable(of_gender(), ["bak_4"], thresholds=T))
    wider = Membership({one: {"bak_4": "3" if own["bak_4"] == "2" else "1"} for one, own in of_gender().people.items()})
    assert settings(wider, [former]) == {""}


def test_a_raised_threshold_answers_about_fewer():
    assert EVERYBODY in answerable(of_gender(30, 7), ["bak_4"], thresholds=Thresholds(10))
    assert len(answerable(of_gender(30, 7), ["bak_4"], thresholds=T)) == 3
    assert len(answerable(of_gender(30, 7), ["bak_4"], thresholds=Thresholds(10))) == 1
