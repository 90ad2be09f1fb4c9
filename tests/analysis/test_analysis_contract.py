"""Every key that the statistics contract names is in the result of its command, under that name and no other."""

import re

import pytest

from analysis.cli import COMMANDS

# As the contract writes them: words with a space between, {a b} for keys within, * for any key.
KEYS = {
    "describe": """items.*{n n_missing suppressed counts percent mean sd median q1 q3 skewness excess_kurtosis
        floor_percent ceiling_percent}""",
    "reliability": """alpha alpha_ci alpha_standardized average_r omega_total n_rows n_items n_complete missing
        dropped_items scale_mean scale_sd items.*{n mean sd reversed item_total_r item_rest_r alpha_if_dropped}""",
    "score": "n_rows n_scored n_insufficient min_answered mean sd min max median scores",
    "paired": """n_rows n_pairs n_pre_only n_post_only n_neither pre{mean sd} post{mean sd} mean_diff sd_diff se_diff ci
        t df p r n_improved n_unchanged n_declined sign_test_p ps_dep wilcoxon{n_nonzero n_zero w_plus w_minus z
        p_normal p_normal_cc p_exact rank_biserial} effect{d_z g_z d_z_ci g_z_ci d_av g_av g_av_ci d_rm
        glass_delta_pre}""",
    "independent": """groups.0{n mean sd} groups.1{n mean sd} mean_diff welch{t df p ci} student{t df p ci}
        mann_whitney{u p_normal p_normal_cc} effect{d_s g_s g_s_ci} ps levene_median{F df1 df2 p}""",
    "ancova": """n df_resid r2 sigma coefficients.Intercept{estimate se t p ci se_hc3 t_hc3 p_hc3 ci_hc3}
        coefficients.b[1]{estimate} group_test{F df1 df2 p partial_eta2} group_test_hc3{F df1 df2 p} slopes_test{F p}
        adjusted_means.1{mean se ci}""",
    "did": """n_obs n_clusters estimate se_ols se_cluster t_cluster df_cluster p_cluster ci_cluster
        cell_means.x|0{n mean} cr2{se df t p ci}""",
    "mixed": """n_obs n_id n_cluster method coefficients.b{estimate se z p_z ci_z df_satterthwaite p_satterthwaite
        ci_satterthwaite} variance{cluster id residual} loglik icc{cluster id} singular""",
    "mixed-cluster": "design_effect{mean_cluster_size deff n_effective}",
    "mixed-slope": "variance{id id_slope id_cov residual}",
    "steppedwedge": """n_obs n_clusters n_periods effect{estimate se z p_z ci_z df_satterthwaite p_satterthwaite
        ci_satterthwaite} variance{cluster cluster_period residual} icc_within_period cac""",
    "mcnemar": """n_pairs table{both_correct gained lost neither} prop_pre prop_post diff diff_ci p_exact p_mid chi2
        p_chi2 chi2_cc p_chi2_cc odds_ratio odds_ratio_ci""",
    "items": """n_rows n_used n_items kr20 kr21 mean_total sd_total sem n_lower n_upper items.*{n_missing difficulty
        item_total_r item_rest_r discrimination kr20_if_dropped options}""",
    "attrition": """n_started n_completed n_lost completion_rate completion_ci logistic{n lr_chi2 lr_df lr_p mcfadden_r2
        coefficients.e{estimate se z p odds_ratio odds_ratio_ci}} smd.e{mean_completed mean_lost smd}
        smd.c[x]{prop_completed prop_lost smd} firth.coefficients.e{estimate odds_ratio}""",
    "adjust": "bonferroni holm hochberg bh by simes",
    "proportion": "x n p wilson wilson_cc clopper_pearson agresti_coull jeffreys",
    "power-paired": "power",
    "power-n": "n n_exact",
    "power-cluster": "design_effect n_effective_per_arm df power power_simulated",
    "power-stepped-wedge": "se_effect power",
    "pool": "m estimate within between total se riv lambda fmi df t p ci",
    "mi": "m n coefficients.b{estimate within between total se riv lambda fmi df t p ci}",
    "change": "n_pairs reliability sd_pre sem s_diff mdc90 mdc95 n_improved n_unchanged n_deteriorated",
    "responseshift": """n_triples unadjusted{mean_diff sd_diff t p ci g_z} then_adjusted{mean_diff sd_diff t p ci g_z}
        response_shift{mean_diff sd_diff t p ci g_z}""",
    "agreement": "n_pairs percent_agreement kappa kappa_linear kappa_quadratic",
    "icc": " ".join(f"{name}{{value F p ci}}" for name in ("icc1", "icc2", "icc3", "icc1k", "icc2k", "icc3k")) + " n k",
}  # fmt: skip
ARGUMENTS = {
    "describe": "--items a,b --min 0 --max 1",
    "reliability": "--items a,b,e --reverse a --min 0 --max 6",
    "score": "--items a,b",
    "paired": "--pre a --post e",
    "independent": "--y e --group b",
    "ancova": "--pre e --post a --group b --covariates f",
    "did": "--outcome e --time b --group c --cluster d --cr2",
    "mixed": "--outcome e --fixed b --cluster d --id p --df satterthwaite --method reml",
    "mixed-cluster": "--outcome e --fixed b --cluster d",
    "mixed-slope": "--outcome e --fixed b --id d --random-slope b",
    "steppedwedge": "--outcome e --cluster d --period b --treatment w --cluster-period --df satterthwaite",
    "mcnemar": "--pre a --post b",
    "items": "--items a,b --key a=1,b=1 --missing wrong",
    "attrition": "--completed a --covariates e,c --factor c --firth",
    "adjust": "--p 0.01,0.2",
    "proportion": "--x 3 --n 10",
    "power-paired": "--design paired --effect 0.5 --n 20",
    "power-n": "--design two-sample --effect 0.5 --power 0.8",
    "power-cluster": "--design cluster --effect 0.5 --clusters 4 --cluster-size 10 --icc 0.05 --simulate 20 --seed 1",
    "power-stepped-wedge": """--design stepped-wedge --effect 0.5 --clusters 4 --periods 5 --cluster-size 10
        --var-residual 0.95 --var-cluster 0.05""",
    "pool": "--estimates=-0.4,0.2 --se 0.1,0.2 --dfcom 30",
    "mi": "--outcome f --fixed b --auxiliary e --m 3 --seed 1",
    "change": "--pre e --post f --reliability 0.8 --better higher",
    "responseshift": "--pre e --post f --then a",
    "agreement": "--rater-a a --rater-b b --levels 0,1,2",
    "icc": "--raters a,b,e",
}
WITHOUT_DATA = {"adjust", "proportion", "power", "pool"}
# The additions of this repository; the contract asks for extra commands nowhere and forbids none.
OURS = {"bootstrap", "equate", "ordinal", "raking"}


def rows():
    """Four cohorts in two arms, each with four people twice; f is missing for one."""
    scores = [
        2,
        3.5,
        1,
        4,
        2.5,
        3,
        5,
        4.5,
        1.5,
        2,
        3,
        2,
        4,
        1,
        2,
        3.5,
        4,
        3,
        2,
        5,
        1,
        2.5,
        3,
        4,
        5,
        2,
        1,
        3,
        4,
        2,
        3,
        1,
    ]
    text = "a,b,c,d,e,f,p,w\n"
    for row, score in enumerate(scores):
        person, again = divmod(row, 2)
        cohort = person // 4
        f = "" if row == 5 else scores[-row] + again
        text += (
            f"{(row * 7 % 5) % 2},{again},{'xy'[cohort % 2]},k{cohort},{score},{f},p{person},{again * (cohort % 2)}\n"
        )
    return text


def paths(text, prefix=()):
    """
    >>> list(paths("a b.*{c d{e}} f"))
    [('a',), ('b', '*', 'c'), ('b', '*', 'd', 'e'), ('f',)]
    """
    while text := text.strip():
        name = re.match(r"[^\s{]+", text)[0]
        text, here = text[len(name):], (*prefix, *name.split("."))  # fmt: skip
        if text.startswith("{"):
            end = next(at for at in range(len(text)) if text[: at + 1].count("{") == text[: at + 1].count("}"))
            yield from paths(text[1:end], here)
            text = text[end + 1 :]
        else:
            yield here


def has(result, path):
    if not path:
        return True
    name, *rest = path
    if not isinstance(result, dict):
        return False
    if name == "*":
        return bool(result) and all(has(inner, rest) for inner in result.values())
    return name in result and has(result[name], rest)


def command_of(name):
    return name if name in COMMANDS else name.partition("-")[0]


def test_every_command_of_the_contract_is_asked():
    assert {command_of(name) for name in KEYS} == set(COMMANDS) - OURS
    assert set(KEYS) == set(ARGUMENTS)


@pytest.mark.parametrize("name", KEYS)
def test_it_has_the_contracts_keys(run, csv_file, name):
    command = command_of(name)
    data = [] if command in WITHOUT_DATA else ["--data", csv_file(rows())]
    code, found, err = run(command, *data, *ARGUMENTS[name].split())
    assert (code, err, found["detail"]) == (0, "", None)
    assert [".".join(path) for path in paths(KEYS[name]) if not has(found["result"], path)] == []
