"""The stepped wedge: all clusters are measured at all periods and begin the treatment one step after another."""

import math
from typing import Any

import numpy as np

from analysis.columns import Columns, Floats, check_conf
from analysis.design import Rows, check_levels, complete_rows, design_matrix
from analysis.envelope import Outcome, Refused
from analysis.kenward_roger import kenward_roger as adjusted_by_kenward_roger
from analysis.mixed import check_repeated, coefficient, lacks_df, pair_codes
from analysis.ols import t_row
from analysis.reml import MixedFit, Random, fit_mixed
from analysis.schedules import permuted


def steppedwedge(
    frame: Columns, outcome: str, cluster: str, period: str, treatment: str, *, cluster_period: bool = False,
    id: str | None = None, satterthwaite: bool = False, kenward_roger: bool = False, permutations: int = 0,
    seed: int = 1, conf: float = 0.95,
) -> Outcome:  # fmt: skip
    """outcome = period (categorical) + treatment (0/1) + random intercepts, by REML.

    Random intercepts: the cluster's (Hussey & Hughes 2007), with `cluster_period` the period's within the cluster too
    (Hooper et al. 2016), with `id` the person's within the cluster (a cohort). `effect` is a coefficient as in `mixed`,
    in the outcome's unit. `icc_within_period` = (var_c + var_cp)/total; `cac` = var_c/(var_c + var_cp), the cluster
    autocorrelation, which is 1 by assumption in a model without cluster x period: such a model understates the SE, and
    reports give both. With `kenward_roger` the effect has `se_…`, `df_…`, `p_…` and `ci_kenward_roger` (Kenward & Roger
    1997): where clusters are few, and above all where a variance was estimated as 0 (`singular`), the other
    intervals are too short. With `permutations` the key `permutation` has p and interval over the clusters' schedules
    given once more (see `schedules.permuted`): what the lot itself says. Missing: complete rows only.

    Warnings: `singular` (a variance is 0), `zero_cluster_variance` (cac is None), `df_undefined:TREATMENT`. Raises
    Refused: column_not_found, no_rows, not_binary (treatment), all_missing, too_few_rows (also where no person or no
    cluster-period has two rows), too_few_groups (one period), too_few_clusters, no_variance, rank_deficient (treatment
    does not vary beside the periods), not_converged.

    >>> data = {"c": list("aaaaaabbbbbb"), "t": list("112233") * 2, "x": [0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1]}
    >>> found = steppedwedge(data | {"y": [1, 2, 4, 3, 4, 6, 2, 2, 1, 3, 5, 5.0]}, "y", "c", "t", "x").result
    >>> round(found["effect"]["estimate"], 4), found["n_periods"], found["variance"]["cluster"], found["cac"]
    (1.5, 3, 0.0, None)
    """
    check_conf(conf)
    labels = [cluster, period] if id is None else [cluster, period, id]
    rows = complete_rows(frame, [outcome, treatment], labels, binary=[treatment])
    check_levels(rows, [period])
    if len(rows.factors[cluster].levels) < 2:
        raise Refused("too_few_clusters", f"column {cluster} has one cluster among the rows that are used")
    names, x = design_matrix(rows, [(period,), (treatment,)])
    fit = fit_mixed(names, x, rows.numbers[outcome], _random(rows, cluster, period, id, with_cells=cluster_period))
    variances = [float(fit.inner[0, 0]), *fit.blocks]
    keys = [name for name, held in (("id", id), ("cluster_period", cluster_period and id is None)) if held]
    keys += ["cluster", *(["cluster_period"] if cluster_period and id is not None else [])]
    variance = dict(zip(keys, variances, strict=True)) | {"residual": fit.residual}
    shared = variance["cluster"] + variance.get("cluster_period", 0.0)
    warnings = ["singular"] if fit.singular else []
    if not shared:
        warnings.append("zero_cluster_variance")
    place = names.index(treatment)
    effect = coefficient(fit, place, conf, satterthwaite=satterthwaite)
    if kenward_roger:
        effect |= _kenward_roger(fit, x, place, conf)
    if lacks_df(effect) or effect.get("df_kenward_roger", 1) is None:
        warnings.append(f"df_undefined:{treatment}")
    result: dict[str, Any] = {
        "n_rows": rows.n_rows, "n_obs": rows.n, "n_clusters": len(rows.factors[cluster].levels),
        "n_periods": len(rows.factors[period].levels), "method": "reml",
        "effect": effect,
        "variance": variance, "icc_within_period": shared / sum(variance.values()),
        "cac": variance["cluster"] / shared if shared else None, "loglik": fit.loglik, "singular": fit.singular,
    }  # fmt: skip
    if permutations:
        result["permutation"] = _permutation(
            rows, (outcome, cluster, period, treatment), x, fit.random, permutations, seed, conf
        )
    if id is not None:
        result["n_id"] = len(np.unique(pair_codes(rows.factors[cluster].codes, rows.factors[id].codes)))
    return Outcome(result, warnings)


def _kenward_roger(fit: MixedFit, x: Floats, place: int, conf: float) -> dict[str, Any]:
    adjusted = adjusted_by_kenward_roger(fit, x)
    se, df = math.sqrt(float(adjusted.covariance[place, place])), adjusted.df(place)
    found = {"p": None, "ci": None} if df is None else t_row(float(fit.estimates[place]), se, df, conf)
    return {
        "se_kenward_roger": se, "df_kenward_roger": df, "p_kenward_roger": found["p"], "ci_kenward_roger": found["ci"]
    }  # fmt: skip


def _permutation(
    rows: Rows, names: tuple[str, str, str, str], x: Floats, random: Random, permutations: int, seed: int, conf: float
) -> dict[str, Any]:
    outcome, cluster, period, treatment = names
    at, when = rows.factors[cluster].codes, rows.factors[period].codes
    schedule = np.full((int(at.max()) + 1, int(when.max()) + 1), np.nan)
    schedule[at, when] = rows.numbers[treatment]
    if np.any(np.isnan(schedule)):
        raise Refused("too_few_groups", "a cluster has no row in one of the periods, so its schedule is not known")
    if np.any(schedule[at, when] != rows.numbers[treatment]):
        raise Refused("no_variance", "treatment differs within a cluster and period: there is no schedule to permute")
    return permuted(
        rows.numbers[outcome], x[:, :-1], schedule, random, permutations=permutations, seed=seed, conf=conf
    )  # fmt: skip


def _random(rows: Rows, cluster: str, period: str, id: str | None, *, with_cells: bool) -> Random:
    """The smallest groups first: people, else periods within clusters, else clusters."""
    outer, times = rows.factors[cluster].codes, rows.factors[period].codes
    whole, one = np.zeros(rows.n, dtype=np.int64), np.ones((rows.n, 1))
    cells = pair_codes(outer, times)
    if with_cells:
        check_repeated(cells, "period of a cluster")
        if cells.max() == outer.max():
            raise Refused("too_few_groups", "no cluster has two periods")
    if id is not None:
        people = pair_codes(outer, rows.factors[id].codes)
        check_repeated(people, "person")
        if people.max() == outer.max():
            raise Refused("too_few_groups", "no cluster has two people")
        return Random(people, one, outer, (whole, times) if with_cells else (whole,))
    if with_cells:
        return Random(cells, one, outer, (whole,))
    check_repeated(outer, "cluster")
    return Random(outer, one)
