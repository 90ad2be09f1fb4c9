"""The evaluation of a release: every figure is what a direct call of the estimator gives, as the plan asks for it."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.adjust import adjust
from analysis.ancova import ancova
from analysis.attrition import attrition
from analysis.bootstrap import bootstrap
from analysis.did import did
from analysis.equate import ENOUGH, equate
from analysis.evaluation import REFUSED, SECTIONS, SHOWN, SMALL, Evaluator, evaluate, release_of
from analysis.evaluation.carry_out import frame_of, run
from analysis.evaluation.source import at
from analysis.independent import independent
from analysis.items import items
from analysis.mcnemar import mcnemar
from analysis.mi import mi
from analysis.mixed import mixed
from analysis.paired import paired
from analysis.proportion import proportion
from analysis.reliability import reliability
from analysis.responseshift import responseshift
from analysis.steppedwedge import steppedwedge
from tests.analysis.evaluated import AVS, EFFECT, FORMS, KEY, PLAN, SE, files, make_release, make_rows

ROWS = make_rows()
RELEASE = release_of(*files(ROWS))
FIGURES = {figure.name: figure for figure in evaluate(RELEASE)}
NAN = float("nan")


def people(wave="t0"):
    return sorted(row["record_id"] for row in ROWS if row["wave"] == wave)


def cell(one, wave, column):
    row = next((row for row in ROWS if (row["record_id"], row["wave"]) == (one, wave)), {})
    value = row.get(column, "")
    return NAN if value == "" else value


def values(column, wave, ids):
    return [cell(one, wave, column) for one in ids]


def clean(ids):
    """Without those whose answer before is not from before the course."""
    return [one for one in ids if cell(one, "t0", "contaminated") != 1 and cell(one, "t0b", "contaminated") != 1]


def after(column, ids):
    """After the course, or the second answer of those who wait."""
    return [cell(one, "t0b" if cell(one, "t0", "arm") == "waitlist" else "t1", column) for one in ids]


def arms(ids):
    return values("arm", "t0", ids)


def is_that(name, n, estimate, interval=None, p=None):
    figure = FIGURES[name]
    assert (figure.status, figure.n) == (SHOWN, n)
    assert figure.estimate == pytest.approx(estimate, rel=1e-12)
    assert figure.interval == (None if interval is None else pytest.approx(tuple(interval), rel=1e-12))
    assert figure.p == (None if p is None else pytest.approx(p, rel=1e-12))


def test_every_figure_has_a_name_of_its_own_a_method_a_source_and_a_call():
    figures = evaluate(RELEASE)
    assert len({figure.name for figure in figures}) == len(figures)
    assert {figure.section for figure in figures} == set(SECTIONS)
    assert all(figure.method and figure.source and figure.call.text for figure in figures)


def test_flow_counts_people_in_all_and_by_cohort():
    began, came = people("t0"), people("t1")
    told = proportion(len(came), len(began)).result
    is_that("flow.t1.answered", len(began), len(came))
    is_that("flow.t1.share", len(began), told["p"], told["wilson"])
    for cohort in sorted({row["cohort"] for row in ROWS}):
        of = [row["wave"] for row in ROWS if row["cohort"] == cohort]
        is_that(f"flow.t3.cohort.{cohort}.answered", of.count("t0"), of.count("t3"))
    assert "flow.t0b.arm.direct.answered" not in FIGURES
    assert FIGURES["flow.t0b.share"].n == sum(row["arm"] == "waitlist" for row in ROWS if row["wave"] == "t0")


def test_change_is_that_of_the_pairs_less_whom_the_plan_leaves_out():
    ids = [one for one in people() if cell(one, "t0", "contaminated") != 1]
    told = paired(values("avs_mean", "t0", ids), values("avs_mean", "t3", ids)).result
    is_that("change.avs_mean.t0.t3", told["n_pairs"], told["mean_diff"], told["ci"], told["p"])
    is_that("change.avs_mean.t0.t3.g_av", told["n_pairs"], told["effect"]["g_av"], told["effect"]["g_av_ci"])
    is_that("change.avs_mean.t0.t3.d_z", told["n_pairs"], told["effect"]["d_z"], told["effect"]["d_z_ci"])
    assert FIGURES["change.avs_mean.t0.t3"].planned == "secondary"
    assert FIGURES["change.se_mean.t0.t3"].planned == "exploratory"


def test_the_controlled_estimate_holds_those_who_had_the_course_against_those_who_wait():
    ids = clean(people())
    frame = {"before": values("se_mean", "t0", ids), "after": after("se_mean", ids), "arm": arms(ids)}
    told = ancova(frame, "before", "after", "arm", reference={"arm": "waitlist"}).result
    row = told["coefficients"]["arm[direct]"]
    is_that("comparison.se_mean.t1.ancova", told["n"], row["estimate"], row["ci"], row["p"])
    is_that("comparison.se_mean.t1.hc3", told["n"], row["estimate"], row["ci_hc3"], row["p_hc3"])
    frame["change"] = np.subtract(frame["after"], frame["before"])
    told = independent(frame, "change", "arm", reference="waitlist").result
    is_that(
        "comparison.se_mean.t1.unadjusted", told["n"], told["mean_diff"], told["welch"]["ci"], told["welch"]["p"]
    )  # fmt: skip


def test_clusters_and_the_mixed_model_read_the_same_people_in_long_form():
    ids = clean(people())
    frame = {
        "y": values("avs_mean", "t0", ids) + after("avs_mean", ids), "arm": arms(ids) * 2,
        "time": ["before"] * len(ids) + ["after"] * len(ids), "cohort": values("cohort", "t0", ids) * 2,
        "person": ids * 2,
    }  # fmt: skip
    reference = {"time": "before", "arm": "waitlist"}
    told = did(frame, "y", "time", "arm", "cohort", reference=reference, with_cr2=True).result
    is_that("comparison.avs_mean.t1.did", len(ids), told["estimate"], told["cr2"]["ci"], told["cr2"]["p"])
    told = mixed(
        frame, "y", "time*arm", factors=["time", "arm"], reference=reference, id="person", cluster="cohort",
        satterthwaite=True,
    ).result  # fmt: skip
    row = told["coefficients"]["time[after]:arm[direct]"]
    is_that(
        "comparison.avs_mean.t1.mixed", len(ids), row["estimate"], row["ci_satterthwaite"], row["p_satterthwaite"]
    )  # fmt: skip
    is_that("comparison.avs_mean.t1.icc.cluster", len(ids), told["icc"]["cluster"])


def test_the_wedge_is_told_with_and_without_the_cohorts_own_periods():
    rows = [
        row for row in ROWS if row["record_id"] in {one for one in people() if cell(one, "t0", "contaminated") != 1}
    ]
    frame = {"y": [row["avs_mean"] for row in rows]}
    frame |= {name: [row[name] for row in rows] for name in ("cohort", "period", "treatment")}
    for name, with_cells in (("hussey_hughes", False), ("cluster_period", True)):
        told = steppedwedge(
            frame, "y", "cohort", "period", "treatment", cluster_period=with_cells, kenward_roger=True
        ).result["effect"]  # fmt: skip
        found = FIGURES[f"wedge.avs_mean.{name}"]
        assert found.estimate == pytest.approx(told["estimate"], rel=1e-9)
        assert found.interval == pytest.approx(told["ci_kenward_roger"], rel=1e-9)
        assert found.n == len({row["record_id"] for row in rows})


def test_reliability_turns_the_reversed_item():
    frame = {name: values(name, "t1", people("t1")) for name in SE}
    told = reliability(frame, SE, ["se_3"], 1, 5).result
    is_that("reliability.se_mean.t1.alpha", told["n_complete"], told["alpha"], told["alpha_ci"])
    is_that("reliability.se_mean.t1.omega", told["n_complete"], told["omega_total"])
    frame = {name: values(name, "t0", people("t0")) for name in AVS}
    assert FIGURES["reliability.avs_mean.t0.alpha"].n == reliability(frame).result["n_complete"] < len(people())


def test_an_item_that_everybody_answered_alike_has_no_number_and_stops_nothing():
    rows = [{**row, "avs_1": 4} if row["wave"] == "t3" else row for row in ROWS]
    found = {figure.name: figure for figure in evaluate(release_of(*files(rows)), ["reliability"])}
    assert found["reliability.avs_mean.t3.avs_1.rest"].estimate is None
    assert "constant_item:avs_1" in found["reliability.avs_mean.t3.alpha"].warnings
    assert found["reliability.avs_mean.t3.avs_2.rest"].estimate is not None


def test_leavers_are_held_against_those_who_stayed():
    ids, came = people(), set(people("t3"))
    frame = {"stayed": [float(one in came) for one in ids]}
    frame |= {column: values(column, "t0", ids) for column in ("se_mean", "avs_mean")}
    told = attrition(frame, "stayed", ["se_mean", "avs_mean"]).result
    is_that("attrition.t3.completed", told["n_started"], told["completion_rate"], told["completion_ci"])
    is_that("attrition.t3.se_mean.smd", len(ids), told["smd"]["se_mean"]["smd"])
    row = told["logistic"]["coefficients"]["avs_mean"]
    is_that("attrition.t3.avs_mean.odds", len(ids), row["odds_ratio"], row["odds_ratio_ci"], row["p"])


def test_the_background_of_each_arm_is_counted():
    of = [row for row in ROWS if row["wave"] == "t0" and row["arm"] == "direct"]
    is_that("baseline.role.hunter.direct.people", len(of), sum(row["role"] == "hunter" for row in of))
    told = independent(
        {"y": values("se_mean", "t0", people()), "g": arms(people())}, "y", "g", reference="direct"
    ).result  # fmt: skip
    is_that("baseline.se_mean.waitlist.mean", told["groups"]["waitlist"]["n"], told["groups"]["waitlist"]["mean"])
    is_that("baseline.se_mean.smd", len(people()), told["effect"]["d_s"])


def test_knowledge_is_of_those_with_a_score_and_what_is_blank_is_wrong():
    ids = [one for one in people() if not np.isnan(cell(one, "t0", "kun_a_sum"))]
    told = items(
        {name: values(name, "t0", ids) for name in FORMS["a"]}, key={name: str(KEY[name]) for name in FORMS["a"]}
    ).result  # fmt: skip
    is_that("knowledge.kun_a_sum.t0.mean", len(ids), told["mean_total"])
    is_that("knowledge.kun_a_sum.t0.kun_a_2.difficulty", len(ids), told["items"]["kun_a_2"]["difficulty"])


def test_from_fifty_people_a_form_each_score_is_put_on_the_scale_of_the_other():
    release = release_of(*files(make_rows(2 * ENOUGH)))
    figures = {figure.name: figure for figure in evaluate(release, ["forms"])}
    frame = {"score": [], "form": []}
    for form, level in zip(FORMS, "10", strict=True):
        scores = [float(text) for text in release.texts(at(f"kun_{form}_sum", "t0")) if text is not None]
        frame = {"score": frame["score"] + scores, "form": frame["form"] + [level] * len(scores)}
    told = equate(frame, "score", "form", reference="1", minimum=0, maximum=3).result
    assert figures["forms.linear.slope"].estimate == pytest.approx(told["linear"]["slope"], rel=1e-12)
    for score in range(4):
        figure = figures[f"forms.linear.score.{score}"]
        assert figure.estimate == pytest.approx(told["scores"][str(score)]["linear"], rel=1e-12)
        assert figure.interval == pytest.approx(tuple(told["scores"][str(score)]["linear_ci"]), rel=1e-12)
    assert not [name for name in FIGURES if name.startswith("forms.linear")], "with thirty-two a form it is not done"


def test_where_few_changed_the_bootstrap_stands_beside_the_t_interval():
    few, many = FIGURES["change.se_mean.t0.t3"], FIGURES["change.se_mean.t0.t1"]
    assert few.n < 40 <= many.n
    ids = [one for one in people() if cell(one, "t0", "contaminated") != 1]
    pairs = {"pre": values("se_mean", "t0", ids), "post": values("se_mean", "t3", ids)}
    told = bootstrap(pairs, "mean_diff", pre="pre", post="post", seed=1).result
    is_that("change.se_mean.t0.t3.bca", told["n"], told["estimate"], told["ci"])
    assert few.interval == pytest.approx(tuple(told["ci"]), abs=0.06)
    assert "change.se_mean.t0.t1.bca" not in FIGURES


def test_the_forms_are_held_against_each_other_and_a_change_has_the_form_as_a_term():
    score = {one: {wave: _either(one, wave) for wave in ("t0", "t1")} for one in people()}
    told = independent(
        {"y": [score[one]["t0"] for one in people()], "form": [_is_a(one, "t0") for one in people()]}, "y", "form",
        reference="1",
    ).result  # fmt: skip
    is_that("forms.difference", len(people()), told["mean_diff"], told["welch"]["ci"], told["welch"]["p"])
    ids = [one for one in people() if cell(one, "t0", "contaminated") != 1]
    frame = {
        "y": [score[one][wave] for wave in ("t0", "t1") for one in ids],
        "form": [_is_a(one, wave) for wave in ("t0", "t1") for one in ids],
        "time": ["t0"] * len(ids) + ["t1"] * len(ids), "person": ids * 2,
    }  # fmt: skip
    row = mixed(frame, "y", "time+form", factors=["time"], id="person", satterthwaite=True).result["coefficients"]
    found = FIGURES["knowledge.change.t0.t1.form_adjusted"]
    assert found.estimate == pytest.approx(row["time[t1]"]["estimate"], rel=1e-9)


def _either(one, wave):
    a = cell(one, wave, "kun_a_sum")
    return cell(one, wave, "kun_b_sum") if np.isnan(a) else a


def _is_a(one, wave):
    return float(not np.isnan(cell(one, wave, "kun_a_sum")))


def test_what_was_done_is_told_of_those_who_met_something():
    met = [one for one in people("t3") if cell(one, "t3", "bet_0") == 1]
    done = sum(cell(one, "t3", "bet_1") > 0 for one in met)
    told = proportion(done, len(met)).result
    is_that("behaviour.bet_1.t3", len(met), told["p"], told["wilson"])
    ids = [one for one in people("t3") if cell(one, "t0", "contaminated") != 1]
    pre, post = ([float(cell(one, wave, "bet_0") == 1) for one in ids] for wave in ("t0", "t3"))
    told = mcnemar(pre, post).result
    is_that("behaviour.bet_0.t0.t3", len(ids), told["diff"], told["diff_ci"], told["p_exact"])


def test_the_then_test_stands_beside_the_answer_before():
    ids = [one for one in people() if cell(one, "t0", "contaminated") != 1]
    frame = {"pre": values("se_mean", "t0", ids), "post": values("se_mean", "t1", ids)}
    frame["then"] = values("se_then_mean", "t1", ids)
    told = responseshift(frame, "pre", "post", "then").result
    for key in ("unadjusted", "then_adjusted", "response_shift"):
        row = told[key]
        is_that(f"then.se_mean.t1.{key}", told["n_triples"], row["mean_diff"], row["ci"], row["p"])


def test_dose_tells_change_by_how_much_of_the_course_was_taken():
    had_all = [one for one in people() if cell(one, "t0", "share_of_modules") == "1.0"]
    ids = [one for one in had_all if cell(one, "t0", "contaminated") != 1]
    told = paired(values("se_mean", "t0", ids), values("se_mean", "t1", ids)).result
    is_that("dose.se_mean.t1.all_modules", told["n_pairs"], told["mean_diff"], told["ci"])
    assert FIGURES["dose.se_mean.t1.some_modules"].status == REFUSED


def test_a_family_is_as_large_as_it_was_planned():
    """Three secondary outcomes, of which one has no wave yet: Holm over three."""
    p = [FIGURES["comparison.avs_mean.t1.did"].p, FIGURES["change.avs_mean.t0.t3"].p, 1.0]
    holm = adjust(p).result["holm"]
    assert FIGURES["family.secondary.avs_mean.t1"].p == pytest.approx(holm[0], rel=1e-12)
    assert FIGURES["family.secondary.avs_mean.t3"].p == pytest.approx(holm[1], rel=1e-12)
    assert "family.secondary.se_mean.t12" not in FIGURES
    assert FIGURES["family.primary.se_mean.t1"].p == FIGURES["comparison.se_mean.t1.ancova"].p


def test_sensitivity_leaves_out_imputes_and_moves_those_who_were_lost():
    ids = [one for one in clean(people()) if not np.isnan(cell(one, "t0", "se_mean"))]
    frame = {"before": values("se_mean", "t0", ids), "after": after("se_mean", ids), "arm": arms(ids)}
    call = {"factors": ["arm"], "reference": {"arm": "waitlist"}, "m": 20, "seed": 1}
    plain = mi(frame, "after", "before+arm", **call).result["coefficients"]["arm[direct]"]
    worse = mi(frame, "after", "before+arm", delta=-0.5, delta_in={"arm": "direct"}, **call)
    moved = worse.result["coefficients"]["arm[direct]"]
    is_that("sensitivity.se_mean.t1.imputed", len(ids), plain["estimate"], plain["ci"], plain["p"])
    is_that("sensitivity.se_mean.t1.lost_did_worse", len(ids), moved["estimate"], moved["ci"], moved["p"])
    assert moved["estimate"] < plain["estimate"] < FIGURES["sensitivity.se_mean.t1.lost_did_better"].estimate
    fewer = FIGURES["sensitivity.se_mean.t1.without_fast_page"]
    assert 0 < fewer.n < FIGURES["sensitivity.se_mean.t1.complete"].n


def test_delta_moves_the_mean_change_by_the_share_that_was_lost():
    """By hand: a quarter lost, half a standard deviation worse, and nothing to predict by."""
    frame = {"change": [1.0, 2, 3, NAN] * 25, "pre": [0.0] * 99 + [1.0]}
    spread = float(np.std([1.0, 2, 3] * 25, ddof=1))
    found = [
        mi(frame, "change", "1", auxiliary=["pre"], delta=delta).result["coefficients"]["Intercept"]["estimate"]
        for delta in (0.0, -0.5)
    ]
    assert found[0] - found[1] == pytest.approx(0.25 * 0.5 * spread, rel=1e-12)


def test_a_call_carried_out_again_gives_the_figure_again():
    """What a page prints as its code is what was done."""
    for name in ("comparison.se_mean.t1.ancova", "change.avs_mean.t0.t3", "model.se_mean.t3.mixed"):
        figure = FIGURES[name]
        result = run(figure.call, frame_of(RELEASE, figure.call)).result
        found = {"ancova": lambda r: r["coefficients"]["arm[direct]"]["estimate"], "paired": lambda r: r["mean_diff"],
                 "mixed": lambda r: r["coefficients"]["time[t3]"]["estimate"]}[figure.call.command](result)  # fmt: skip
        assert found == figure.estimate


@pytest.mark.parametrize(
    ("n", "estimate", "interval", "p"), [(4, False, False, False), (9, True, False, False), (19, True, True, False),
                                         (20, True, True, True)]
)  # fmt: skip
def test_so_few_people_are_told_so_much_of(n, estimate, interval, p):
    """G8."""
    told = replace(FIGURES["change.avs_mean.t0.t3"], n=n).for_small_n()
    assert [told.estimate is not None, told.interval is not None, told.p is not None] == [estimate, interval, p]
    assert told.status == (SHOWN if estimate else SMALL)


def test_rows_in_another_order_change_no_digit():
    again = {figure.name: figure for figure in evaluate(release_of(*files(ROWS[::-1])))}
    assert again == FIGURES


def test_without_a_frozen_plan_everything_is_exploratory_and_nobody_is_left_out():
    release = make_release(plan={"design": PLAN["design"]})
    figures = evaluate(release, ["change", "comparison", "family", "sensitivity"])
    assert {figure.planned for figure in figures} == {"exploratory"}
    assert {figure.section for figure in figures} == {"change"}
    assert figures[0].n >= FIGURES[figures[0].name].n


def test_a_cohort_that_nobody_is_told_of_makes_no_cluster():
    rows = [{**row, "cohort": ""} for row in ROWS]
    figures = {f.name: f for f in Evaluator(release_of(*files(rows))).figures([])}
    assert figures == {}
    found = {figure.name: figure for figure in evaluate(release_of(*files(rows)), ["comparison"])}
    assert found["comparison.se_mean.t1.did"].status == REFUSED
    assert found["comparison.se_mean.t1.mixed"].status == SHOWN
    assert "comparison.se_mean.t1.icc.cluster" not in found


def test_the_effect_that_was_drawn_is_found():
    """Four hundred people: the effect of the simulated course lies in the interval, of no great width."""
    found = {figure.name: figure for figure in evaluate(make_release(400, seed=8), ["comparison"])}
    for model in ("ancova", "mixed"):
        low, high = found[f"comparison.se_mean.t1.{model}"].interval
        assert low < EFFECT < high
        assert high - low < 0.4
