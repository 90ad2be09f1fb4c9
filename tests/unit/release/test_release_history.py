"""What a release shows beside what earlier ones have shown: kept, new, or not at all (C5.5)."""

import pytest

from kapabla.release.columns import ColumnSpec, Kind
from kapabla.release.dataset import Dataset
from kapabla.release.disclosure import Estimate, Thresholds, Withheld, estimate
from kapabla.release.figures.shown import Rows
from kapabla.release.history import Answers, Former, History, answers_in, answers_of
from kapabla.release.subgroups import make_subgroups, told_anew
from kapabla.release.writers.delimited import write_csv
from tests.unit.release.samples import label, make_dataset

T = Thresholds(5)
SCORE = ColumnSpec("se_mean", Kind.SCORE, label("Självtillit"), minimum=1, maximum=5, waves=("t0", "t1"))
GENDER = ColumnSpec(
    "bak_4", Kind.CATEGORY, label("Kön"), categories={1: "Kvinna", 2: "Man"}, minimum=1, maximum=2,
    is_quasi_identifier=True,
)  # fmt: skip
PLACES = {"se_mean": 0, "bak_4": 1}
COLUMNS = Dataset((SCORE, GENDER), (), ("t0", "t1"))


def people(first, second, prefix="p"):
    ids = [(f"{prefix}1{n}", "1") for n in range(first)] + [(f"{prefix}2{n}", "2") for n in range(second)]
    return Answers(PLACES, {one: {"t0": ("3", value), "t1": ("4", "")} for one, value in ids})


def change(_scale, ids, rest) -> Estimate:
    return estimate({"n": len(ids), "value": float(len(ids))}, method="x", thresholds=T, smallest_rest=rest)


def subgroups(present, *formers, release="r2"):
    return make_subgroups(COLUMNS, [SCORE], change, present, History(release, formers), T)


def former(release, answers, *, is_ours=True, formers=()):
    dashboard = {"figures": [], "subgroups": subgroups(answers, *formers, release=release)}
    return Former(release, dashboard, answers, is_ours)


def told(found):
    return {key: (group["n"], group["of"]) for key, group in found["scales"][0]["groups"].items()}


def test_the_first_release_tells_of_each_group_itself():
    assert told(subgroups(people(30, 20))) == {"": (50, "r2"), "bak_4=1": (30, "r2"), "bak_4=2": (20, "r2")}


def test_a_group_that_a_few_have_come_to_is_as_it_was_and_the_others_are_new():
    first = former("r1", people(30, 20))
    assert told(subgroups(people(33, 20), first)) == {"": (50, "r1"), "bak_4=1": (30, "r1"), "bak_4=2": (20, "r1")}
    assert told(subgroups(people(33, 23), first)) == {"": (56, "r2"), "bak_4=1": (30, "r1"), "bak_4=2": (20, "r1")}
    assert told(subgroups(people(36, 26), first)) == {"": (62, "r2"), "bak_4=1": (36, "r2"), "bak_4=2": (26, "r2")}


@pytest.mark.parametrize(
    ("then", "has_report", "found"),
    [((30, 20), True, None), ((31, 20), True, "r1"), ((34, 20), True, "r1"), ((35, 20), True, None),
     # Three have gone and two have come: five in all, and nearly every row is a few apart.
     ((33, 18), True, "r1"), ((35, 15), True, None), ((31, 20), False, None)],
)  # fmt: skip
def test_a_release_is_known_that_differs_by_a_few_people(then, has_report, found):
    """Two reports beside each other would tell what they answered, whatever they are for: there is one for both."""
    earlier = Former("r1", {"figures": []}, people(*then), is_ours=False, has_report=has_report)
    assert History("r2", (earlier,)).few_from(people(30, 20), T) == found


def test_what_stands_from_before_is_compared_with_its_own_release_ever_after():
    """One comes a release: the figure stands until five have, and not only until the next release."""
    formers = [former("r1", people(30, 20))]
    for number, count in enumerate(range(31, 35), start=2):
        formers.insert(0, former(f"r{number}", people(count, 20), formers=tuple(formers)))
        assert told(formers[0].dashboard["subgroups"])["bak_4=1"] == (30, "r1")
    assert told(subgroups(people(35, 20), *formers, release="r6")) == {
        "": (55, "r6"), "bak_4=1": (35, "r6"), "bak_4=2": (20, "r1"),
    }  # fmt: skip


def test_a_release_for_another_purpose_is_never_shown_again_and_never_subtracted_from():
    """Whoever said no to sharing is in the one and not in the other."""
    other = former("r1", people(30, 20), is_ours=False)
    assert told(subgroups(people(28, 20), other)) == {}
    assert set(told(subgroups(people(24, 20), other))) == {"", "bak_4=1", "bak_4=2"}


def test_the_change_of_everybody_is_told_anew_where_the_groups_tell_of_it_anew():
    """One number on the page: what the sum of all groups forbids is not told in the figure of everybody either."""
    first = former("r1", people(30, 20))
    assert told_anew(subgroups(people(30, 20), release="r1"), "r1") == {"se_mean"}
    assert told_anew(subgroups(people(36, 26), first), "r2") == {"se_mean"}
    assert told_anew(subgroups(people(33, 20), first), "r2") == set()
    assert told_anew(subgroups(people(28, 20), former("r1", people(30, 20), is_ours=False)), "r2") == set()


def test_it_is_not_told_which_group_somebody_has_left():
    """The group that one has left and the group that nobody has stand alike (finding 7): five have come to neither."""
    first = former("r1", people(30, 20))
    assert {of for _, of in told(subgroups(people(29, 20), first)).values()} == {"r1"}
    assert {of for _, of in told(subgroups(people(30, 20), first)).values()} == {"r1"}


def test_a_release_for_sharing_in_between_takes_nothing_from_the_next():
    """Finding 39: the same people as in the one before it, and the sharing one has a few less."""
    first = former("r1", people(30, 20))
    sharing = former("r2", people(28, 20), is_ours=False)
    assert told(subgroups(people(30, 20), sharing, first)) == told(subgroups(people(30, 20), first))


def test_what_few_have_left_stands_where_nothing_new_can_be_told():
    """A sharing release has all but two of those who are there now."""
    first = former("r1", people(30, 20))
    sharing = former("r2", people(38, 20), is_ours=False)
    assert told(subgroups(people(40, 20), sharing, first)) == {
        "": (50, "r1"),
        "bak_4=1": (30, "r1"),
        "bak_4=2": (20, "r1"),
    }
    assert "bak_4=1" not in told(subgroups(people(25, 20), former("r2", people(23, 20), is_ours=False), first))


def test_who_are_gone_are_counted_by_an_id_that_nobody_else_has():
    data = make_dataset()
    body, gone = write_csv(data, ""), data.people[0]
    read = answers_in(body, {one: f"new{one}" for one in data.people[1:]})
    assert read.people.keys() == {f"gone {gone}", *(f"new{one}" for one in data.people[1:])}
    assert answers_in(body, {one: one for one in data.people}).having([("t0", "se_mean")]) == answers_of(data).having(
        [("t0", "se_mean")]
    )


def row_history(value, *, is_ours=True, of=None):
    figure = {"id": "x", "table": {"rows": [["Skala", "Utforskande", value, "1,0"]]}}
    figure |= {"of": of} if of else {}
    return History("r2", (Former("r1", {"figures": [figure]}, people(30, 20), is_ours),))


def everybody(answers):
    return answers.having([("t0", "se_mean")])


def test_a_row_is_kept_where_a_few_differ_and_was_shown():
    found = row_history(50).kept("x", ("Skala",), everybody, people(31, 20), T)
    assert found.rows == [["Skala", "Utforskande", 50, "1,0"]]
    assert row_history(50).kept("x", ("Skala",), everybody, people(35, 20), T) is None
    assert row_history(None).kept("x", ("Skala",), everybody, people(31, 20), T) is None
    assert row_history(50).kept("x", ("Annan",), everybody, people(31, 20), T) is None
    # It stood there from a release before: that one is looked at by itself.
    assert row_history(50, of=["r0"]).kept("x", ("Skala",), everybody, people(31, 20), T) is None


def test_a_row_of_another_purpose_is_withheld_and_not_shown_again():
    with pytest.raises(Withheld):
        row_history(50, is_ours=False).kept("x", ("Skala",), everybody, people(31, 20), T)


def test_of_the_very_same_people_the_row_may_be_told_again():
    """Also where a release for another purpose came in between, of nearly the same people (finding 39)."""
    history = row_history(50)
    found = history.kept("x", ("Skala",), everybody, people(30, 20), T)
    assert found.rows == [["Skala", "Utforskande", 50, "1,0"]]
    other = Former("r0", history.formers[0].dashboard | {}, people(28, 20), False)
    assert History("r3", (other, *history.formers)).kept("x", ("Skala",), everybody, people(30, 20), T) == found


def test_what_cannot_be_told_anew_stands_until_five_have_left():
    """Fifteen have come and four have left; or fifteen have come and five have left."""
    history = row_history(50)
    asked = ("x", ("Skala",), everybody)
    assert history.standing(*asked, people(26, 35), T).rows == [["Skala", "Utforskande", 50, "1,0"]]
    for gone, theirs in ((25, history), (26, row_history(50, is_ours=False))):
        with pytest.raises(Withheld):
            theirs.standing(*asked, people(gone, 35), T)


def answers_told(present, *formers, name="r9"):
    """Rows of an answer table: 0 said the one, and from 30 on the other."""

    def make():
        count = len(everybody(present))
        if 0 < len(everybody(present)) - 50 < 10:
            raise Withheld(reason="group_too_small")
        return [["Fråga", "Före", "ja", count]]

    rows = Rows(History(name, formers), present, T, None)
    return rows.rows("x", ("Fråga", "Före"), everybody, make, 2)


def test_an_answer_table_of_the_very_same_people_is_told_as_finely_as_it_was():
    """The figure of the release before the last is finer than what could be told today; its people are the same."""
    table = {"id": "x", "table": {"rows": [["Fråga", "Före", "ja", 20], ["Fråga", "Före", "nej", 30]]}}
    former = Former("r1", {"figures": [table]}, people(30, 20), True)
    assert answers_told(people(30, 20), former) == (table["table"]["rows"], "r1")
    # Fewer than ten more: no answer table of those could be shown, so the former one stands.
    assert answers_told(people(37, 20), former) == (table["table"]["rows"], "r1")
    assert answers_told(people(40, 20), former) == ([["Fråga", "Före", "ja", 60]], "r9")
    assert answers_told(people(20, 20), former) == ([["Fråga", "Före", "ja", 40]], "r9")
    assert answers_told(people(24, 20), former) == ([["Fråga", "Före", None, None]], "r9")


def test_a_row_is_withheld_where_several_releases_would_tell_of_a_few_together():
    """The first less the second less the third and this one: one person. Each two differ by six or more."""
    figure = {"id": "x", "table": {"rows": [["Skala", "Utforskande", 50, "1,0"]]}}

    def some(*groups):
        ids = [f"{group}{n}" for group, size in groups for n in range(size)]
        return Answers(PLACES, {one: {"t0": ("3", "1"), "t1": ("4", "")} for one in ids})

    stay, some_, more = ("p", 30), ("x", 6), ("y", 6)
    seen = [some(stay, some_), some(stay, more), some(stay, some_, more)]
    formers = tuple(Former(f"r{3 - n}", {"figures": [figure]}, answers, True) for n, answers in enumerate(seen))
    now = some(stay, ("one", 1))
    with pytest.raises(Withheld):
        History("r4", formers).kept("x", ("Skala",), everybody, now, T)
    for number in range(3):
        assert History("r4", formers[:number] + formers[number + 1 :]).kept("x", ("Skala",), everybody, now, T) is None


@pytest.mark.parametrize(
    ("now", "is_kept"), [([40, 20], True), ([41, 20], True), ([45, 25], False), ([45, 16], True), ([40, None], False)]
)
def test_counts_stand_as_they_were_where_one_of_them_has_changed_by_a_few(now, is_kept):
    """Of the flow and the response rates."""

    def figure(numbers):
        return {"id": "flode", "table": {"rows": [["Steg", *numbers]]}}

    history = History("r2", (Former("r1", {"figures": [figure([40, 20])]}, people(1, 1), True),))
    shown = history.kept_whole(figure(now), T)
    assert shown["table"]["rows"] == [["Steg", *([40, 20] if is_kept else now)]]
    assert shown.get("of") == (["r1"] if is_kept else None)


@pytest.mark.parametrize(
    ("then", "now", "is_kept"),
    [  # rows by themselves, and rows that are told together: those of whom it is not known are among the latter
        (({"a": 40, "b": 30}, {"c": 20}), ({"a": 40, "b": 30}, {"c": 23}), True),
        (({"a": 40, "b": 30}, {"c": 20}), ({"a": 40}, {"b, c": 52}), True),
        (({"a": 40, "b": 30}, {"c": 20}), ({"a": 40}, {"b, c": 60}), False),
        (({"a": 40}, {"b, c": 60}), ({"a": 40, "b": 30, "c": 28}, {}), True),
        (({"a": 40}, {"b, c": 60}), ({"a": 40, "b": 30, "c": 20}, {}), False),
    ],
)
def test_rows_that_are_told_together_are_held_against_their_sum_in_another_release(then, now, is_kept):
    """Otherwise a union of the one less the rows of the other would tell of the few who came or went."""

    def figure(alone, together):
        hidden = [[name, None] for union in together for name in union.split(", ")]
        rows = [
            *([*pair] for pair in alone.items()),
            *hidden,
            *([f"{u}, or not known", n] for u, n in together.items()),
        ]
        return {
            "id": "x", "table": {"rows": rows},
            "unions": {f"{union}, or not known": union.split(", ") for union in together},
        }  # fmt: skip

    history = History("r2", (Former("r1", {"figures": [figure(*then)]}, people(1, 1), True),))
    assert history.kept_whole(figure(*now), T).get("of") == (["r1"] if is_kept else None)
