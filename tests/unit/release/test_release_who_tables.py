"""Who tables: primary, complement, secondary, audit, refusal (C5.1, C5.3)."""

from dataclasses import replace

import pytest

from kapabla.release.disclosure import (
    HIDDEN,
    Thresholds,
    WhoTable,
    Withheld,
    protect_linked,
    protect_merging,
    protect_who,
)
from kapabla.release.disclosure import protect_who_line as line
from kapabla.release.disclosure.estimates import Estimate
from kapabla.release.disclosure.rules import ThresholdLowered
from kapabla.release.disclosure.tables import ReleasableTable

T = Thresholds(5)
ROLES = "abcdefgh"


def shown(counts):
    return [row[1] for row in line("Roll", ROLES[: len(counts)], counts, thresholds=T).rows[:-1]]


def test_a_table_without_small_cells_is_shown_whole():
    table = protect_who(["x", "y"], ["a", "b"], [[10, 20], [30, 15]], thresholds=T)
    assert table.headers == ("", "a", "b", "Alla")
    assert table.rows == (("x", 10, 20, 30), ("y", 30, 15, 45), ("Alla", 40, 35, 75))


@pytest.mark.parametrize(
    ("counts", "wanted"),
    [
        ([5, 20, 20, 20, 20], [5, 20, 20, 20, 20]),
        ([4, 20, 20, 20, 20], [HIDDEN, HIDDEN, 20, 20, 20]),
        ([4, 20, 6, 20, 20], [HIDDEN, 20, HIDDEN, 20, 20]),
        ([0, 20, 20, 20, 20], [0, 20, 20, 20, 20]),
        ([3, 4, 20, 20, 20], [HIDDEN, HIDDEN, 20, 20, 20]),
        ([1, 1, 20, 20, 20, 20, 20, 20], [HIDDEN, HIDDEN, HIDDEN, 20, 20, 20, 20, 20]),
    ],
)
def test_a_small_cell_is_hidden_with_the_next_smallest(counts, wanted):
    """The last: two single people know the own one and could subtract it, so a third cell goes."""
    assert shown(counts) == wanted


@pytest.mark.parametrize("counts", [[97, 3], [100, 0], [4, 4], [3], [0, 0]])
def test_a_group_that_nearly_all_share_a_value_is_refused(counts):
    with pytest.raises(Withheld):
        shown(counts)


def test_a_zero_of_a_large_group_is_shown():
    counts = [[0, 9, 20, 20], [20, 20, 20, 20], [20, 20, 20, 20]]
    assert protect_who(["x", "y", "z"], ["a", "b", "c", "d"], counts, thresholds=T).rows[0][1] == 0


def test_a_zero_of_a_small_group_is_hidden():
    """ "None of these nine" tells of each of them."""
    counts = [[0, 9, 0, 0], [20, 20, 20, 20], [20, 20, 20, 20], [20, 20, 20, 20]]
    table = protect_who(["x", "y", "z", "w"], ["a", "b", "c", "d"], counts, thresholds=T)
    assert table.rows[0][1:-1] == (HIDDEN,) * 4


def test_a_zero_that_everybody_knows_of_is_never_the_second_hidden_cell():
    counts = ((4, 0, 0), (20, 20, 20), (20, 20, 20), (20, 20, 20))
    known = frozenset({("a", "y"), ("a", "z")})
    table = WhoTable("role", tuple("abcd"), counts, "place", tuple("xyz"), impossible=known)
    row = protect_linked([table], thresholds=T)[0].rows[0]
    assert row == ("a", HIDDEN, 0, 0, HIDDEN)


def test_an_impossible_cell_with_somebody_in_it_is_refused():
    with pytest.raises(Withheld):
        protect_linked(
            [WhoTable("role", ("a",), ((9, 9),), "place", ("x", "y"), impossible=frozenset({("a", "x")}))], thresholds=T
        )


def test_a_table_that_would_be_mostly_holes_is_refused():
    with pytest.raises(Withheld):
        protect_who(["x", "y"], ["a", "b"], [[1, 20], [20, 20]], thresholds=T)


def test_tables_that_share_a_margin_hide_the_same_of_it():
    counts = ((20, 3), (20, 20), (20, 20), (20, 20), (20, 20))
    roles = tuple("abcde")
    by_gender = WhoTable("role", roles, counts, "gender", ("m", "f"))
    by_place = WhoTable("role", roles, ((11, 12), (20, 20), (20, 20), (20, 20), (20, 20)), "place", ("p", "q"))
    first, second = protect_linked([by_gender, by_place], thresholds=T)
    assert first.rows[0][2] is HIDDEN
    assert [row[-1] for row in first.rows] == [row[-1] for row in second.rows]


def test_tables_that_do_not_agree_are_refused():
    one = WhoTable("role", ("a", "b"), ((10,), (10,)))
    with pytest.raises(Withheld):
        protect_linked([one, replace(one, counts=((10,), (11,)))], thresholds=T)


@pytest.mark.parametrize("counts", [((1, 2),), ((-1,), (6,)), ((6,),)])
def test_what_is_no_table_of_people_is_refused(counts):
    with pytest.raises(Withheld):
        WhoTable("role", ("a", "b"), counts)


def test_the_public_threshold_hides_more():
    counts = [7, 30, 30, 30, 30]
    assert line("Roll", ROLES[:5], counts, thresholds=Thresholds(5)).rows[0][1] == 7
    assert line("Roll", ROLES[:5], counts, thresholds=Thresholds(10)).rows[0][1] is HIDDEN


def test_a_threshold_can_be_raised_and_never_lowered():
    assert Thresholds(7).cell == 7
    with pytest.raises(ThresholdLowered):
        Thresholds(4)


def test_nobody_else_makes_what_may_be_shown():
    with pytest.raises(TypeError):
        ReleasableTable(("a",), (("x", 1),), object())
    with pytest.raises(TypeError):
        Estimate(3, 1.0, None, None, None, None, None, "mean", None)


def test_what_may_be_shown_cannot_be_changed_into_what_may_not():
    table = protect_who(["x", "y"], ["a", "b"], [[10, 20], [30, 15]], thresholds=T)
    with pytest.raises((TypeError, ValueError)):
        replace(table, rows=(("x", 1),))


def test_a_hidden_cell_is_null_in_the_data():
    table = line("Roll", ROLES[:5], [4, 20, 6, 20, 20], thresholds=T)
    assert table.as_json["rows"][0] == ["a", None]


def test_rows_are_merged_where_hiding_alone_cannot_protect():
    """C5.3: at few people coarser categories, not holes."""
    counts = ((30, 20, 25), (20, 30, 25), (2, 1, 0), (1, 2, 1))
    table = WhoTable("role", tuple("abcd"), counts, "place", tuple("xyz"))
    with pytest.raises(Withheld):
        protect_linked([table], thresholds=T)
    found = protect_merging(table, thresholds=T)
    assert [row[0] for row in found.rows] == ["b", "Övriga", "Alla"]
    assert found.rows[1] == ("Övriga", 33, 23, 26, 82)


def test_two_rows_that_cannot_be_protected_are_refused():
    with pytest.raises(Withheld):
        protect_merging(WhoTable("role", ("a", "b"), ((1, 20), (20, 20)), "place", ("x", "y")), thresholds=T)


def test_a_hierarchy_is_protected_with_its_parts():
    """Groups of municipalities above the municipalities: what one level hides the other does not give away."""
    places = tuple("pqrs")
    by_place = WhoTable("role", ("a", "b", "c"), ((20, 3, 20, 20), (20, 20, 20, 20), (20, 20, 20, 20)), "place", places)
    known = frozenset({("north", "r"), ("north", "s"), ("south", "p"), ("south", "q")})
    groups = WhoTable("group", ("north", "south"), ((60, 43, 0, 0), (0, 0, 60, 60)), "place", places, impossible=known)
    by_group = WhoTable("role", ("a", "b", "c"), ((23, 40), (40, 40), (40, 40)), "group", ("north", "south"))
    first, _, third = protect_linked([by_place, groups, by_group], thresholds=T)
    hidden = {
        (row[0], place) for row in first.rows for place, cell in zip(places, row[1:], strict=False) if cell is None
    }
    assert ("a", "q") in hidden
    # Were (a, p) shown and (a, north) as well, (a, q) would be their difference.
    assert ("a", "p") in hidden or third.rows[0][1] is HIDDEN


def test_three_tables_in_a_ring_are_audited_through_the_kinds_that_none_of_them_shows():
    """Each pair of dimensions looks safe by its own sums; all three together bound the kinds of people behind them."""
    kinds = {
        ("a", "x", "1"): 9,
        ("a", "x", "2"): 4,
        ("a", "y", "1"): 9,
        ("b", "x", "1"): 20,
        ("b", "y", "2"): 30,
        ("b", "x", "2"): 9,
        ("a", "y", "2"): 9,
        ("b", "y", "1"): 25,
    }

    def table(one, other):
        values = [sorted({kind[place] for kind in kinds}) for place in (one, other)]
        counts = tuple(
            tuple(sum(n for k, n in kinds.items() if (k[one], k[other]) == (v, w)) for w in values[1])
            for v in values[0]
        )
        names = ("role", "place", "age")
        return WhoTable(names[one], tuple(values[0]), counts, names[other], tuple(values[1]))

    shown = protect_linked([table(0, 1), table(1, 2), table(2, 0)], thresholds=T)
    assert all(cell is None or cell >= 5 for one in shown for row in one.rows for cell in row[1:])
    big = WhoTable("role", tuple(map(str, range(80))), tuple((9, 9) for _ in range(80)), "place", ("x", "y"))
    other = WhoTable(
        "place", ("x", "y"), tuple(tuple(9 for _ in range(80)) for _ in "xy"), "age", tuple(map(str, range(80)))
    )
    third = WhoTable(
        "age",
        tuple(map(str, range(80))),
        tuple(tuple(int(n == m) * 18 for n in range(80)) for m in range(80)),
        "role",
        big.row_labels,
    )
    with pytest.raises(Withheld, match="too_many_categories"):
        protect_linked([big, other, third], thresholds=T)
