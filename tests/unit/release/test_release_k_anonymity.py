"""People alike on their quasi-identifiers: recoding, blanking, withholding (C4.2-C4.6, F7)."""

import random
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kapabla.release.disclosure import Merge, MergeSmall, Person, QuasiIdentifier, enforce_k
from kapabla.release.disclosure.groups import group_sizes
from kapabla.release.quasi_identifiers import quasi_identifier
from tests.unit.release.samples import make_people

NAMES = ("role", "bak_3", "bak_4", "municipality", "cohort")


def columns(k=5, names=NAMES):
    return [quasi_identifier(name, k) for name in names]


def people(*rows, pattern="t0", **more):
    return [Person(dict(zip("abc", row, strict=False)), frozenset(pattern.split()), **more) for row in rows]


A, B = QuasiIdentifier("a"), QuasiIdentifier("b")


def test_everybody_with_a_value_is_alike_k_people():
    """F7: counted by hand, as people."""
    found = enforce_k(make_people(240, seed=1), columns(), k=5)
    rows = found.people
    for row in rows:
        own = {name: value for name, value in row.items() if value is not None}
        assert not own or sum(all(other[n] == v for n, v in own.items()) for other in rows) >= 5
    assert found.report["k_after"] >= 5
    assert found.report["below_k_before"] > 0


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 1000), count=st.integers(5, 150))
def test_the_order_of_people_changes_nothing(seed, count):
    made = [replace(person, lot=str(place)) for place, person in enumerate(make_people(count, seed))]
    order = list(range(count))
    random.Random(seed).shuffle(order)  # noqa: S311
    straight = enforce_k(made, columns(), k=5)
    mixed = enforce_k([made[place] for place in order], columns(), k=5)
    assert [straight.people[place] for place in order] == list(mixed.people)
    assert straight.report == mixed.report


def test_nothing_is_done_where_all_are_alike_enough():
    made = people(*[("x", "y")] * 6, *[("z", "y")] * 5)
    found = enforce_k(made, [A, B], k=5)
    assert [person["a"] for person in found.people] == ["x"] * 6 + ["z"] * 5
    assert found.report["recodings"] == []


def test_the_least_important_value_is_blanked_first_and_only_where_needed():
    made = people(*[("x", "y")] * 8, *[("z", "y")] * 7, ("x", "other"))
    found = enforce_k(made, [A, B], k=5)
    assert found.people[-1] == {"a": "x", "b": None}
    # One blank alone would be seen: four more are drawn from those of whom there are most.
    assert Counter(person["b"] for person in found.people[:-1]) == {"y": 11, None: 4}
    assert [sum(row[name] is None for row in found.people) for name in ("a", "b")] == [0, 5]


def test_a_blank_widens_ones_own_group_and_not_that_of_others():
    assert group_sizes([("x",), (None,), ("x",), ("y",)], [Person({})] * 4) == [2, 4, 2, 1]


def test_three_waves_of_two_people_are_two_people():
    """pyCANON counted rows and found k = 3."""
    made = people(("x",), ("x",), pattern="t0 t1 t3")
    assert enforce_k(made, [A], k=5).people == ({"a": None}, {"a": None})


def test_a_column_with_too_many_blanks_is_recoded_before_it_is_withheld():
    ages = [("1",), ("2",), ("3",), ("4",)] * 4
    step = Merge("two", {"1": "12", "2": "12", "3": "34", "4": "34"})
    found = enforce_k(people(*ages), [replace(A, steps=(step,))], k=5)
    assert Counter(person["a"] for person in found.people) == {"12": 8, "34": 8}
    assert found.report["recodings"] == ["a: two"]
    found = enforce_k(people(*ages), [A], k=5)
    assert found.withheld == {"a"}


def test_five_blanks_are_borne_and_six_are_not():
    few = people(*[("x", "y")] * 20, *[("x", "z1"), ("x", "z2")] * 2, ("x", "z3"))
    assert enforce_k(few, [A, B], k=5).report["blank"] == {"a": 0, "b": 5}
    many = [*few, *people(("x", "z4"))]
    assert enforce_k(many, [A, B], k=5).withheld == {"b"}


def test_five_per_cent_of_many_people_are_borne():
    made = people(*[("x", "y")] * 190, *[("x", f"z{n}") for n in range(10)])
    assert enforce_k(made, [A, B], k=5).report["blank"]["b"] == 10
    assert enforce_k([*made, *people(("x", "z10"))], [A, B], k=5).withheld == {"b"}


def test_rare_roles_become_other():
    merge = MergeSmall("rare", "other")
    values = ["a"] * 9 + ["b"] * 6 + ["vet"] * 2 + ["pilot"]
    assert Counter(merge.apply(values, 5)) == {"a": 9, "other": 9}
    assert merge.apply(["a"] * 9, 5) == ["a"] * 9


def test_other_and_declined_of_gender_are_one_group_where_either_is_small():
    gender = quasi_identifier("bak_4", 5).always[0]
    assert Counter(gender.apply(["1"] * 9 + ["2"] * 3 + ["3"] * 2 + ["declined"], 5)) == {"1": 9, "2": 3, "3": 3}
    assert Counter(gender.apply(["1"] * 9 + ["3"] * 5 + ["declined"] * 5, 5))["declined"] == 5


@pytest.mark.parametrize(("counts", "is_released"), [((20, 20), True), ((20, 19), False), ((40, 3), False)])
def test_a_municipality_needs_twenty_people_or_none_is_released(counts, is_released):
    """C4.3."""
    place = replace(quasi_identifier("municipality", 5), name="a")
    made = [person for value, n in zip("pq", counts, strict=True) for person in people(*[(value,)] * n)]
    found = enforce_k(made, [place], k=5)
    assert (found.withheld == frozenset()) is is_released
    assert {person["a"] for person in found.people} == ({"p", "q"} if is_released else {None})


def test_a_cohort_is_left_out_where_k_does_not_hold_with_it():
    made = people(*[("x", "c1")] * 10, *[("x", "c2")] * 10, *[("y", "c1")] * 18, *[("y", "c2")] * 2)
    cohort = QuasiIdentifier("b", smallest=5)
    assert enforce_k(made, [A, cohort], k=5).withheld == frozenset()
    made = people(*[("x", f"c{n}") for n in range(20)])
    assert enforce_k(made, [A, cohort], k=5).withheld == {"b"}


def test_the_report_counts_before_in_steps_and_after():
    """Exact counts of two releases would tell whether whoever left between them was alone (decision 94)."""
    for alone, told in ((1, 0), (4, 0), (5, 5), (7, 5)):
        made = people(*[("x", "y")] * 200, *(("x", f"z{n}") for n in range(alone)))
        report = enforce_k(made, [A, B], k=5).report
        assert (report["k_before"], report["unique_before"], report["below_k_before"]) == (1, told, told)
    made = people(*[("x", "y")] * 8, ("x", "z"))
    report = enforce_k(made, [A, B], k=5).report
    assert (report["k_after"], report["unique_after"], report["below_k_after"]) == (9, 0, 0)


def test_a_release_that_leaves_secure_storage_has_groups_of_ten():
    found = enforce_k(make_people(300, seed=3), columns(10), k=10)
    assert found.report["k_after"] >= 10


def test_recoded_values_get_new_codes_and_new_names():
    found = enforce_k([Person({"bak_3": str(1 + n % 4)}) for n in range(16)], columns(names=("bak_3",)), k=5)
    assert found.labels["bak_3"]["12"]["sv"] == "Under 50 år"
    assert {person["bak_3"] for person in found.people} == {"12", "34"}


def test_blanks_for_whatever_cause_are_held_to_the_same_share():
    """C4.4 with C4.6: eight people with waves of their own are more than 5 % of 100, so the column goes whole."""
    made = [
        *people(*[("x", "y")] * 52, *[("x", "z")] * 40),
        *people(("x", "y"), pattern="t0 t6"),
        *people(("x", "z"), pattern="t0 t6"),
    ]
    found = enforce_k(made, [A, B], k=5)
    # Two of each, and three more in each column: a few would be told by their blanks.
    assert [sum(row[name] is None for row in found.people) for name in ("a", "b")] == [5, 5]
    made = [*people(*[("x", "y")] * 52, *[("x", "z")] * 40), *people(*[("x", "y"), ("x", "z")] * 4, pattern="t0 t6")]
    found = enforce_k(made, [A, B], k=5)
    assert (found.withheld, found.report["blank"]) == ({"b"}, {"a": 0})


def test_what_keeps_most_is_chosen_and_the_first_column_counts_most():
    """Either column alone can stand, not both: the more important one does."""
    made = people(*[("x", f"v{n % 10}") for n in range(50)], *[("w", f"v{n % 10}") for n in range(10)])
    assert enforce_k(made, [A, B], k=5).withheld == {"b"}
    assert enforce_k(made, [B, A], k=5).withheld == {"a"}


def test_a_finer_column_is_kept_where_the_coarser_keeps_less():
    """Two bands of the first and nothing else, or four bands: the four."""
    step = Merge("two", {"1": "12", "2": "12", "3": "34", "4": "34"})
    made = people(*[(str(1 + n % 4), str(n % 2)) for n in range(40)])
    found = enforce_k(made, [replace(A, steps=(step,)), B], k=5)
    assert found.report["recodings"] == []
