"""Estimates, answer tables, flow and filters: how much may be shown of how many (C5.1, C5.2, C5.4, C5.5)."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kapabla.release.disclosure import (
    Thresholds,
    Withheld,
    check_filters,
    estimate,
    keeps_former_figure,
    protect_answers,
    protect_flow,
    response_rate,
)
from kapabla.release.disclosure.flow import Stage

T, PUBLIC = Thresholds(5), Thresholds(10)
RESULT = {"value": 3.2, "interval": (3.0, 3.4), "sd": 0.8, "p": 0.01, "effect": 0.3, "effect_interval": (0.1, 0.5)}


def parts(n, thresholds):
    """Which parts of an estimate are shown: v(alue), s(pread), p; nothing where it is withheld."""
    try:
        found = estimate({**RESULT, "n": n}, method="mean", thresholds=thresholds)
    except Withheld:
        return ""
    spread = [found.interval, found.sd, found.effect, found.effect_interval]
    assert len({part is None for part in spread}) == 1
    return "v" + ("s" if found.sd is not None else "") + ("p" if found.p is not None else "")


@pytest.mark.parametrize(
    ("n", "staff", "public"),
    [(0, "", ""), (1, "", ""), (4, "", ""), (5, "v", ""), (9, "v", ""), (10, "vs", "vs"), (19, "vs", "vs"),
     (20, "vsp", "vsp"), (500, "vsp", "vsp")],
)  # fmt: skip
def test_more_is_shown_of_more_people(n, staff, public):
    assert (parts(n, T), parts(n, PUBLIC)) == (staff, public)


def test_what_cannot_be_estimated_is_withheld_as_the_small_is():
    with pytest.raises(Withheld):
        estimate({**RESULT, "n": 50, "value": None}, method="mean", thresholds=T)


@pytest.mark.parametrize(
    ("answered", "asked", "is_shown"),
    [(0, 20, True), (4, 20, False), (5, 20, True), (15, 20, True), (16, 20, False), (20, 20, True), (4, 4, False)],
)
def test_a_response_rate_hides_the_few_who_did_and_the_few_who_did_not(answered, asked, is_shown):
    if is_shown:
        assert response_rate(answered, asked, thresholds=T).value == answered / asked
    else:
        with pytest.raises(Withheld):
            response_rate(answered, asked, thresholds=T)


@pytest.mark.parametrize(
    ("counts", "rows"),
    [
        ([9, 9, 9, 9, 9], [("a", 9), ("b", 9), ("c", 9), ("d", 9), ("e", 9)]),
        ([1, 9, 9, 9, 9], [("a–b", 10), ("c", 9), ("d–e", 18)]),
        ([0, 9, 9, 9, 9], [("a", 0), ("b", 9), ("c", 9), ("d", 9), ("e", 9)]),
        ([5, 5, 1, 5, 5], [("a–c", 11), ("d–e", 10)]),
        ([1, 1, 5, 5, 5], [("a–c", 7), ("d–e", 10)]),
    ],
)
def test_answers_are_merged_from_the_ends(counts, rows):
    assert list(protect_answers("abcde", counts, thresholds=T).rows) == rows


@pytest.mark.parametrize(
    ("labels", "counts"),
    [("abcde", [2, 2, 2, 2, 1]), ("ab", [97, 3]), ("abcde", [0, 0, 0, 0, 20]), ("abcde", [20, 0, 0, 0, 3]), ("a", [20]),
     ("abcdefgh", [9] * 8)],
)  # fmt: skip
def test_answers_that_no_merging_protects_are_withheld(labels, counts):
    """A group under 2T, a few against all, all alike, and categories without a rule."""
    with pytest.raises(Withheld):
        protect_answers(labels, counts, thresholds=T)


@settings(deadline=None, max_examples=200)
@given(st.lists(st.integers(0, 15), min_size=2, max_size=5))
def test_a_shown_answer_table_has_no_small_cell_and_everybody_in_it(counts):
    try:
        table = protect_answers("abcde"[: len(counts)], counts, thresholds=T)
    except Withheld:
        return
    shown = [count for _, count in table.rows]
    assert sum(shown) == sum(counts) >= 10
    assert all(count == 0 or count >= 5 for count in shown)


@settings(deadline=None, max_examples=200)
@given(st.lists(st.integers(0, 40), min_size=1, max_size=7))
def test_the_flow_sums_exactly_and_no_box_of_it_is_small(people):
    """E10."""
    counts = sorted(people, reverse=True)
    stages = [Stage("0", counts[0])]
    stages += [Stage(str(now), now, not_asked=(before - now) // 3) for before, now in pairwise(counts)]
    try:
        rows = protect_flow(stages, thresholds=T).rows
    except Withheld:
        assert stages[0].people < 5
        return
    for (_, before, _, _), (_, now, not_asked, lost) in pairwise(rows):
        assert before - not_asked - lost == now
    assert all(count == 0 or count >= 5 for _, *counts in rows for count in counts)


def test_a_flow_that_grows_is_withheld():
    with pytest.raises(Withheld):
        protect_flow([Stage("a", 10), Stage("b", 20)], thresholds=T)


@pytest.mark.parametrize(
    ("n", "parents", "is_answered"),
    [(5, [], True), (4, [], False), (0, [], False), (5, [10], True), (5, [9], False), (5, [5], True),
     (10, [20, 30], True), (10, [20, 11], False), (10, [9], False), (10, [20, 20, 20], False)],
)  # fmt: skip
def test_filters_are_answered_where_no_difference_is_small(n, parents, is_answered):
    """G9."""
    if is_answered:
        check_filters(n, parents, thresholds=T)
    else:
        with pytest.raises(Withheld):
            check_filters(n, parents, thresholds=T)


def test_nobody_and_too_few_are_refused_alike():
    """G9: hidden and empty look the same."""
    said = set()
    for n in (0, 1, 4):
        with pytest.raises(Withheld) as refusal:
            check_filters(n, [30], thresholds=T)
        said.add(str(refusal.value))
    assert len(said) == 1


@pytest.mark.parametrize(
    ("gone", "come", "keeps"), [(0, 0, False), (1, 0, True), (2, 2, True), (5, 0, False), (0, 6, False)]
)
def test_a_figure_keeps_its_value_until_enough_have_come_or_gone(gone, come, keeps):
    """C5.5, attack 18."""
    former = {f"p{n}" for n in range(20)}
    present = {f"p{n}" for n in range(gone, 20 + come)}
    assert keeps_former_figure(former, present, thresholds=T) is keeps


@pytest.mark.parametrize(
    ("changes", "rows"),
    [
        ([[0, 0, 0, 0, 0]], 5),
        ([[5, 5, 5, 5, 5]], 5),
        ([[5, 0, 0, 0, 5]], 5),
        ([[4, 1, 5, 1, 4]], 3),
        ([[5, 5, 5, 5, 5], [2, 4, 0, 5, 1]], 3),
        ([[9, 0, 0, 0, 0]], None),
        ([[3, 0, 0, 0, 0]], None),
        ([[12, 0, 0, 0, 0]], None),
        ([[3, 0, 2, 0, 7]], 2),
        ([[3, 0, 1, 0, 8]], None),
    ],
)
def test_answers_are_merged_until_those_who_came_or_went_are_safe_too(changes, rows):
    """C5.5 for answer tables: the table less its former self is an answer table of them. All alike give each away."""
    try:
        found = len(protect_answers("abcde", [40, 40, 40, 40, 40], thresholds=T, changes=changes).rows)
    except Withheld:
        found = None
    assert found == rows


@pytest.mark.parametrize(("n", "rest", "parts_"), [(30, 5, "v"), (30, 10, "vs"), (30, 20, "vsp"), (8, 20, "v")])
def test_a_group_shows_as_much_as_what_is_left_when_it_is_subtracted(n, rest, parts_):
    """C5.2 with C5.4."""
    found = estimate({**RESULT, "n": n}, method="mean", thresholds=T, smallest_rest=rest)
    assert "v" + ("s" if found.sd is not None else "") + ("p" if found.p is not None else "") == parts_
