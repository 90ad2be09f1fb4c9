"""Who began, by arm, and change by dose: what may stand beside what else the page tells (C5.1, C5.3, C5.4)."""

from types import SimpleNamespace

import pytest

from kapabla.release.disclosure import Membership, Thresholds, WhoTable, Withheld, answerable, protect_linked
from kapabla.release.figures.baseline import _beside, _cells, _named, _of_the_lot, _protected, _rest, _tables

T = Thresholds(5)
SHOWN = SimpleNamespace(thresholds=T)
NOTHING = {"scales": []}


def table(name, counts, unknown):
    """Two arms; the last row is of those of whom it is not known."""
    levels = tuple(str(n) for n in range(len(counts)))
    return WhoTable(name, (*levels, ""), (*counts, unknown), "arm", ("direct", "waitlist"))


def told(tables, subgroups=NOTHING):
    return _protected(tables, subgroups, SHOWN)


def test_what_is_told_are_the_counts_of_all_and_of_each_arm():
    found = told([table("role", ((30, 20), (25, 30)), (0, 0))])
    assert found["role"] == {"0": [50, 30, 20], "1": [55, 25, 30], "": [0, 0, 0], "Alla": [105, 55, 50]}
    assert _cells(found["role"], "0") == [50, "48\xa0%", 30, "55\xa0%", 20, "40\xa0%"]


def test_a_few_of_whom_it_is_not_known_are_not_told_by_what_is_left():
    """Attack 31: all less the known would be they; and a share would tell of how many it is."""
    found = told([table("role", ((30, 20), (22, 27), (40, 41)), (3, 0))])["role"]
    assert found[""][1] is None
    assert sum(found[level][1] is None for level in ("0", "1", "2", "")) >= 2
    shown = [level for level in ("0", "1", "2") if found[level][1] is not None]
    assert all(_cells(found, level)[3] is None for level in shown)


def test_what_the_whole_rows_leave_of_an_arm_is_one_row_and_the_rest_stays_hidden():
    """Counts by arm were withheld of people who are not few (C5.3): all less the whole rows tells nothing that the
    audit did not take for known."""
    found = told([table("role", ((30, 20), (22, 17), (40, 41)), (3, 2))])["role"]
    rest = _rest("role", found, NOTHING, SHOWN)
    assert found["1"] == [39, None, None]
    assert (rest.levels, rest.counts, rest.shares) == (("1",), (44, 25, 19), ("25\xa0%", "26\xa0%", "24\xa0%"))
    assert _cells(found, "0", of_all=True) == [50, "29\xa0%", 30, "32\xa0%", 20, "25\xa0%"]
    # Of 44 with the occupation or without any the change of 41 is told: three are left.
    for people, is_told in ((41, False), (39, True), (44, True)):
        near = {"scales": [{"groups": {"": {"n": 170}, "role=1": {"n": people}}}]}
        assert (_rest("role", found, near, SHOWN) is not None) is is_told
    others = {"scales": [{"groups": {"": {"n": 170}, "role=0": {"n": 49}, "role=2": {"n": 80}}}]}
    assert _rest("role", found, others, SHOWN) is None
    assert _rest("role", {**found, "Alla": [175, None, None]}, NOTHING, SHOWN) is None
    assert _rest("role", told([table("role", ((30, 20), (25, 30)), (0, 0))])["role"], NOTHING, SHOWN) is None


def test_what_cannot_be_told_by_arm_is_told_of_everybody_or_not_at_all():
    """C5.3e: mostly holes is no table."""
    scattered = table("bak_5", ((3, 17), (17, 3), (2, 18), (18, 2)), (0, 0))
    assert told([scattered]) == {
        "bak_5": {
            **{str(level): [20, None, None] for level in range(4)}, "": [0, None, None], "Alla": [80, None, None],
        }
    }  # fmt: skip
    assert told([table("bak_5", ((3, 1), (37, 39)), (0, 0))]) == {}


def test_a_group_of_which_the_change_is_told_all_but_a_few_is_not_counted():
    """Who began with the occupation, less those whose change is told: a few hunters who did not answer after."""
    roles = table("role", ((30, 20), (25, 30), (22, 28)), (0, 0))
    near = {"scales": [{"groups": {"role=0": {"n": 47}}}]}
    assert _beside([roles], near, SHOWN) == {(("role", "0"),)}
    assert told([roles])["role"]["0"][0] == 50
    assert told([roles], near)["role"]["0"][0] is None
    for people in (50, 45):
        assert _beside([roles], {"scales": [{"groups": {"role=0": {"n": people}}}]}, SHOWN) == set()


def test_a_cell_that_is_hidden_for_the_sake_of_another_is_protected_as_a_small_one():
    plain = WhoTable("role", ("a", "b", "c", "d"), ((30,), (40,), (50,), (60,)))
    assert [row[1] for row in protect_linked([plain], thresholds=T)[0].rows] == [30, 40, 50, 60, 180]
    hidden = protect_linked([plain], thresholds=T, also={(("role", "a"),)})[0].rows
    assert [row[1] for row in hidden] == [None, None, 50, 60, 180]


def test_a_column_that_stands_alone_is_audited_and_never_crossed():
    """The dose beside the filters: no sum of all of them tells of a few, and no filter asks for two at once."""
    people = {
        str(n): {"role": "ab"[n % 2], "age": "xy"[n % 3 == 0], "dose": "1" if n % 4 else "some"} for n in range(80)
    }
    found = answerable(Membership(people), ["role", "age"], alone=["dose"], thresholds=T)
    assert {(("dose", "1"),), (("dose", "some"),), (("age", "x"), ("role", "a"))} <= found
    assert not [setting for setting in found if len(setting) == 2 and "dose" in dict(setting)]
    few = {one: own | {"dose": "1" if int(one) > 2 else "some"} for one, own in people.items()}
    told_of = answerable(Membership(few), ["role", "age"], alone=["dose"], thresholds=T)
    assert not [setting for setting in told_of if "dose" in dict(setting)]
    assert (("role", "a"),) in told_of


def test_too_few_people_are_no_table():
    with pytest.raises(Withheld):
        protect_linked([table("role", ((1, 1),), (0, 0))], thresholds=T)
    assert told([table("role", ((1, 1),), (0, 0))]) == {}


def test_what_a_question_asks_needs_no_colon():
    assert _named("Hur gammal är du?", "Under 50 år") == "Hur gammal är du? Under 50 år"
    assert _named("Yrke", "Jägare") == "Yrke: Jägare"


def released(by_lot=()):
    """As much of a release as the table asks for: two columns of background, and who says what of the lot."""
    column = {"quasi_identifier": True, "construct": "", "values": {"a": "A", "b": "B"}}
    return SimpleNamespace(
        book={"role": column, "taught": column}, cells={"arm_by_lot": list(by_lot)}, has=lambda *_: True,
        levels=lambda name, *_: ["direct", "waitlist"] if name == "arm" else ["a", "b"], is_text=lambda _: True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("by_lot", "told"),
    [("11", "Lotten avgjorde vilka"), ("00", "Grupperna är inte lottade"), ("10", "Lotten har avgjort för en del")],
)
def test_the_lot_decided_where_the_rows_say_so_and_not_where_the_study_meant_it(by_lot, told):
    assert _of_the_lot(released(by_lot)).sv.startswith(told)


def test_how_somebody_was_taught_is_told_of_everybody_and_of_no_arm():
    """It came after the arm, so that its difference is no chance and no baseline."""
    evaluation = SimpleNamespace(release=released(), began=lambda _: 40, count=lambda _: 20)
    tables = _tables(SimpleNamespace(evaluation=evaluation), ["direct", "waitlist"])
    assert [one.rows for one in tables] == ["role", "taught"]
    found = told([table("taught", ((30, 20), (25, 30)), (0, 0))])["taught"]
    assert {tuple(counts[1:]) for counts in found.values()} == {(None, None)}
