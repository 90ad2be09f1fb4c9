"""Which groups are answered about, over all settings and all releases at once (C5.4, C5.5, G9)."""

from itertools import product

import pytest
from scipy import optimize

from kapabla.release.disclosure import (
    EVERYBODY,
    Membership,
    Shown,
    Thresholds,
    Withheld,
    answerable,
    tells_of_few,
    together,
)
from kapabla.release.disclosure.together import hidden_together
from tests.unit.release.populations import NAMES, T, answer, cells_of, exposed, exposed_together, make_releases


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


@pytest.mark.parametrize("blank", [4, 5])
def test_those_without_a_value_are_told_of_together_from_five_people_on(blank):
    members = Membership(of_gender().people | {f"blank{n}": {"bak_4": None} for n in range(blank)})
    assert (len(answerable(members, ["bak_4"], thresholds=T)) == 3) == (blank >= 5)


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


# --- More than two releases ---

STAY, FIRST, SECOND = ({f"{name}{n}" for n in range(size)} for name, size in (("p", 30), ("x", 6), ("y", 6)))
# Some leave and come back while others are away: each release differs from each other by six people or more.
CROSSED = (STAY | FIRST | SECOND, STAY | SECOND, STAY | FIRST)


def women(ids):
    return Membership({one: {"bak_4": "1"} for one in ids})


def test_four_releases_together_would_tell_of_one_person():
    """C5.5: the first less the second less the third and the fourth is whoever has come last."""
    last = STAY | {"one"}
    former = [Shown(women(ids), frozenset({EVERYBODY})) for ids in reversed(CROSSED)]
    with pytest.raises(Withheld):
        settings(women(last), former)
    assert settings(women(STAY | {f"z{n}" for n in range(5)}), former) == {"", "1"}


def test_two_by_two_they_tell_of_nobody():
    """The positive twin: without all of them at once the last release would be shown."""
    last = STAY | {"one"}
    for ids in CROSSED:
        assert settings(women(last), [Shown(women(ids), frozenset({EVERYBODY}))]) == {"", "1"}
    assert len(CROSSED[0]) - len(CROSSED[1]) - len(CROSSED[2]) + len(last) == 1


def test_a_group_that_was_not_shown_is_in_no_sum():
    former = [Shown(women(ids), frozenset({EVERYBODY})) for ids in CROSSED[:2]]
    assert settings(women(STAY | {"one"}), [*former, Shown(women(CROSSED[2]), frozenset())]) == {"", "1"}


def test_a_count_that_stands_twice_in_a_sum_is_seen():
    """Of the first and the second together less the third everybody who stays is left twice: less twice the last, two
    people. No sum in which each count stands once is of fewer than five."""
    former, last = [STAY | FIRST, (STAY - {"p0", "p1"}) | SECOND, FIRST | SECOND], STAY - {"p0"}
    everybody = STAY | FIRST | SECOND
    for signs in product((-1, 0, 1), repeat=3):
        weights = [sum(sign for sign, group in zip(signs, former, strict=True) if one in group) for one in everybody]
        left = sum(weight + (one in last) != 0 for weight, one in zip(weights, everybody, strict=True))
        assert left >= T.cell
    assert tells_of_few(former, last, thresholds=T)


def test_more_than_six_releases_are_all_looked_at():
    """Five come each time; the last is the first and one more."""
    former = [STAY | {f"z{n}" for n in range(5 * size)} for size in range(9)]
    assert tells_of_few(former, STAY | {"one"}, thresholds=T)
    assert not tells_of_few(former[1:], STAY | {f"z{n}" for n in range(50)}, thresholds=T)


def test_different_groups_of_two_releases_are_looked_at_together():
    """The vets are hidden with the drivers in the first release and with the postmen in the second: of all three, two
    are then told, and everybody, and nobody of them has come or gone."""
    roles = {"vet": 3, "driver": 8, "postal": 9, "hairdresser": 20}
    people = {f"{role}{n}": {"role": role} for role, size in roles.items() for n in range(size)}
    now = Membership(people | {f"new{n}": {"role": "hairdresser"} for n in range(6)})
    groups = {role: (("role", role),) for role in roles}
    first = Shown(Membership(people), frozenset({EVERYBODY, groups["driver"], groups["hairdresser"]}))
    second = frozenset({EVERYBODY, groups["postal"], groups["hairdresser"]})
    told = [first.members.group(setting) for setting in first.settings]
    gone = hidden_together(told, {setting: now.group(setting) for setting in second}, thresholds=T)
    assert gone
    assert exposed_together([first, Shown(now, second - gone)]) == []
    assert exposed_together([first, Shown(now, second)])


def test_what_earlier_releases_give_away_by_themselves_hides_nothing_new():
    """It cannot be taken back; what is new is held against all of it and makes nothing worse."""
    former = [STAY | FIRST, STAY | FIRST | {"one"}]
    assert hidden_together(former, {EVERYBODY: STAY | FIRST | SECOND | {"one"}}, thresholds=T) == set()
    assert hidden_together(former, {EVERYBODY: STAY | SECOND | {"two"}}, thresholds=T) == set()


def test_where_there_is_too_much_to_look_at_nothing_new_is_told(monkeypatch):
    """The twin of both: where it can be decided it is told."""
    assert hidden_together([STAY | {"one"}], {EVERYBODY: STAY | FIRST}, thresholds=T) == set()
    monkeypatch.setattr(together, "_MOST_KINDS", 0)
    assert hidden_together([STAY | {"one"}], {EVERYBODY: STAY | FIRST}, thresholds=T) == {EVERYBODY}
    assert hidden_together([STAY], {EVERYBODY: STAY | FIRST}, thresholds=T) == set()


def test_where_the_solver_gives_no_answer_nothing_new_is_told(monkeypatch):
    monkeypatch.setattr(optimize, "linprog", lambda *_, **__: optimize.OptimizeResult(status=4))
    assert hidden_together([STAY | {"one"}], {EVERYBODY: STAY | FIRST}, thresholds=T) == {EVERYBODY}
