"""Page and evaluation count the same people by the same plan (G10): whom a call tells of, in this release and in
earlier ones, and what the page makes of the comparison."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from analysis.evaluation import evaluate
from kapabla.release.disclosure import Thresholds, Withheld
from kapabla.release.evaluation import Evaluation, people_in
from kapabla.release.figures.comparison import _limitation, comparison
from kapabla.release.figures.shown import Rows
from kapabla.release.history import Former, History, answers_in
from tests.analysis.evaluated import files, make_rows

T = Thresholds(5)
ROWS = make_rows()
EVERYBODY = {row["record_id"]: row["record_id"] for row in ROWS}


def evaluation_of(rows=ROWS, plan=None):
    return Evaluation(dict(zip(("data_long.csv", "codebook.json", "plan.json"), files(rows, plan), strict=True)))


def answers_to(evaluation, rows=ROWS):
    found = answers_in(files(rows)[0], EVERYBODY)
    return replace(found, left_out=tuple(evaluation.left_out))


def shown(evaluation, rows=ROWS, *formers, release="r2"):
    return Rows(History(release, formers), answers_to(evaluation, rows), T, evaluation)


EVALUATION = evaluation_of()


def test_whom_a_call_tells_of_is_the_same_in_the_files_and_in_the_answers():
    """Every call of the evaluation: by this, what an earlier release told is held against what is told now."""
    present = answers_to(EVALUATION)
    calls = {one.call.text: one for one in EVALUATION.wanted.values() if one.call.command != "adjust"}
    assert len(calls) > 80
    for one in calls.values():
        assert people_in(present, one.call, EVALUATION.left_out) == EVALUATION.people(one.name), one.name


def test_the_change_counts_whom_the_plan_counts():
    """And without a plan everybody: then nobody is left out anywhere."""
    pair = [("t0", "se_mean"), ("t1", "se_mean")]
    present = answers_to(EVALUATION)
    assert present.compared(pair) == EVALUATION.people("change.se_mean.t0.t1")
    assert len(present.having(pair) - present.compared(pair)) == 4
    unplanned = evaluation_of(plan={"design": {"waves": []}})
    assert not unplanned.has_plan
    assert unplanned.left_out == []
    assert answers_to(unplanned).compared(pair) == unplanned.people("change.se_mean.t0.t1") == present.having(pair)


def test_an_earlier_release_is_asked_by_the_plan_that_it_had():
    """A plan that has come to hold since then leaves four out: their answers are what lies between the two."""
    dashboard = {"figures": [{"id": "x", "table": {"rows": [["Tilltro", 50]]}, "values": {"Tilltro": {"n": 50}}}]}
    former = Former("r1", dashboard, answers_to(evaluation_of(plan={"design": {}})), True)
    history = History("r2", (former,)).as_planned_then()
    present = answers_to(EVALUATION)

    def members(answers):
        return answers.compared([("t0", "se_mean"), ("t1", "se_mean")])

    assert history.kept("x", ("Tilltro",), members, present, T).rows == [["Tilltro", 50]]
    # Of another purpose: four who differ forbid it, and nobody does not.
    other = replace(former, is_ours=False)
    with pytest.raises(Withheld):
        History("r2", (other,)).as_planned_then().kept("x", ("Tilltro",), members, present, T)
    planned = replace(other, dashboard=dashboard | {"left_out": [["contaminated", "1"]]})
    assert History("r2", (planned,)).as_planned_then().kept("x", ("Tilltro",), members, present, T) is None


def test_the_comparison_is_the_evaluations_by_the_model_of_the_plan_and_its_adjusted_p():
    """G6, G7."""
    figures = {figure.name: figure for figure in evaluate(EVALUATION.release, ["comparison", "family"])}
    found = comparison(shown(EVALUATION))
    assert [row[:4] for row in found["table"]["rows"]] == [
        ["se_mean", "Primärt utfall", "Kovariansanalys", found["values"]["se_mean"]["n"]],
        ["avs_mean", "Sekundärt utfall", "Skillnad i skillnader, CR2", found["values"]["avs_mean"]["n"]],
    ]
    for name, family in (("comparison.se_mean.t1.ancova", "primary"), ("comparison.avs_mean.t1.did", "secondary")):
        figure, told = figures[name], found["values"][name.split(".")[1]]
        assert (told["n"], told["value"]) == (figure.n, pytest.approx(figure.estimate, abs=1e-9))
        assert told["interval"] == pytest.approx(figure.interval, abs=1e-9)
        assert told["p"] == pytest.approx(figures[f"family.{family}.{figure.column}.t1"].p, abs=1e-9)
    assert figures["family.secondary.avs_mean.t1"].p > figures["comparison.avs_mean.t1.did"].p
    assert found["plot"]["rows"][0]["value"] == found["values"]["se_mean"]["value"]


def test_beside_the_primary_comparison_stands_that_cohorts_are_not_accounted_for():
    """R01: the one limitation that matters; the sentence is also the page's "Kort sagt"."""
    found = comparison(shown(EVALUATION))
    assert "tar inte hänsyn till att de som gick i samma omgång" in found["sentence"]
    assert "no account of people in one cohort" in found["en"]["sentence"]


@pytest.mark.parametrize(
    ("call", "cohorts", "few", "moving"),
    [("mixed", 12, True, True), ("mixed", 40, False, True), ("did", 12, True, False), ("did", 40, False, False)],
)
def test_of_a_model_that_knows_of_cohorts_it_is_said_what_it_does_not_know(call, cohorts, few, moving):
    """Where cohorts change differently a mixed model rejects twice too often (statistics.md); CR2 does not."""
    wanted = {"x": SimpleNamespace(call=SimpleNamespace(command=call, options={"cluster": "cohort"}))}
    release = SimpleNamespace(levels=lambda _: range(cohorts))
    told = _limitation(SimpleNamespace(evaluation=SimpleNamespace(wanted=wanted, release=release)), "x")
    assert ("med så få" in told.sv, "with so few" in told.en) == (few, few)
    assert ("ändras olika" in told.sv, "changing differently" in told.en) == (moving, moving)


def test_an_arm_of_a_few_people_hides_the_whole_comparison():
    """C5.2: of n people against three, the difference is told by the three."""
    waiting = sorted({row["record_id"] for row in ROWS if row["arm"] == "waitlist"})
    for few, is_told in ((waiting[:5], True), (waiting[:3], False)):
        rows = [row for row in ROWS if row["arm"] == "direct" or row["record_id"] in few]
        rows = [{**row, "contaminated": 0 if row["contaminated"] != "" else ""} for row in rows]
        evaluation = evaluation_of(rows)
        if is_told:
            told = comparison(shown(evaluation, rows))["values"]["se_mean"]
            assert (told["interval"], told["p"]) == (None, None)
        else:
            with pytest.raises(Exception, match="nothing_to_show"):
                comparison(shown(evaluation, rows))


def test_a_comparison_that_a_few_have_come_to_stands_as_it_was():
    """C5.5."""
    name = "comparison.se_mean.t1.ancova"
    late = sorted(EVALUATION.people(name))[:2]
    earlier = [row for row in ROWS if row["record_id"] not in late]
    before = comparison(shown(evaluation_of(earlier), earlier, release="r1"))
    dashboard = {"figures": [before], "left_out": EVALUATION.left_out}
    former = Former("r1", dashboard, answers_in(files(earlier)[0], EVERYBODY), True).as_planned()
    now = comparison(shown(EVALUATION, ROWS, former))
    assert now["table"]["rows"][0] == before["table"]["rows"][0]
    assert now["values"]["se_mean"] == before["values"]["se_mean"]
    assert now["of"][0] == "r1"
    alone = comparison(shown(EVALUATION))
    assert alone["values"]["se_mean"]["n"] - now["values"]["se_mean"]["n"] == 2
