"""Difference in differences of two times and two groups, with standard errors that know the clusters."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from analysis.clustered import cr2
from analysis.columns import Columns, check_conf, mean
from analysis.design import Rows, check_levels, check_reference, complete_rows, design_matrix, referenced
from analysis.envelope import Outcome, Refused
from analysis.ols import LeastSquares, cr1, least_squares, se_of, t_row

FEW = 20  # below this many clusters CR1 is too small, and reports use CR2


def did(
    frame: Columns, outcome: str, time: str, group: str, cluster: str, *, reference: Mapping[str, str] | None = None,
    with_cr2: bool = False, conf: float = 0.95,
) -> Outcome:  # fmt: skip
    """outcome = Intercept + time + group + time x group by least squares; the estimate is the interaction.

    It is the change of the other group minus the change of the reference group, in the outcome's unit. `se_ols` is
    classical; `se_cluster` CR1 with G/(G-1) (N-1)/(N-K) and t on G - 1; `cr2` (asked for with --cr2) Bell & McCaffrey
    2002 with Satterthwaite's df. Long data: a row an answer. Missing: complete rows only.

    Warnings: `few_clusters` (fewer than 20), `perfect_fit` (t and p are None). Raises Refused: column_not_found,
    no_rows, not_binary (more than two times or groups), all_missing, too_few_rows, too_few_groups, too_few_clusters (an
    arm with fewer than two), level_not_found, no_variance, rank_deficient (an empty cell).

    >>> data = {"y": [1, 2, 2, 4, 3, 3, 5, 8.0], "t": ["a", "b"] * 4, "g": list("ccccdddd"), "k": list("11223344")}
    >>> found = did(data, "y", "t", "g", "k").result  # changes 1 and 2, against 0 and 3
    >>> round(abs(found["estimate"]), 6), found["n_clusters"], found["cell_means"]["d|b"]["mean"]
    (0.0, 4, 5.5)
    """
    check_conf(conf)
    reference = reference or {}
    check_reference(reference, [time, group])
    rows = complete_rows(frame, [outcome], [time, group, cluster], two_levels=[time, group], needed=5)
    _check_clusters(rows, time, group, cluster)
    rows = referenced(rows, reference, [time, group])
    fit = least_squares(*design_matrix(rows, [(time,), (group,), (time, group)]), rows.numbers[outcome])
    held = rows.factors[cluster]
    clusters = len(held.levels)
    estimate = float(fit.estimates[3])
    row = t_row(estimate, _se(fit, cr1(fit, held.codes, clusters)), clusters - 1, conf)
    result: dict[str, Any] = {
        "n_rows": rows.n_rows, "n_obs": fit.n, "n_clusters": clusters, "estimate": estimate,
        "se_ols": se_of(fit.covariance, 3), "se_cluster": row["se"], "t_cluster": row["t"],
        "df_cluster": clusters - 1, "p_cluster": row["p"], "ci_cluster": row["ci"],
        "cell_means": _cells(rows, outcome, time, group),
    }  # fmt: skip
    if with_cr2:
        adjusted = cr2(fit, held.codes, clusters)
        df = adjusted.df(3)
        found = t_row(estimate, _se(fit, adjusted.covariance), df, conf)
        result["cr2"] = {"se": found["se"], "df": df, "t": found["t"], "p": found["p"], "ci": found["ci"]}
    warnings = ["few_clusters"] if clusters < FEW else []
    return Outcome(result, warnings + ([] if fit.ssr else ["perfect_fit"]))


def _se(fit: LeastSquares, covariance: Any) -> float:
    return se_of(covariance, 3) if fit.ssr else 0.0


def _check_clusters(rows: Rows, time: str, group: str, cluster: str) -> None:
    check_levels(rows, [time, group])
    arms, clusters = rows.factors[group], rows.factors[cluster]
    for place, level in enumerate(arms.levels):
        found = len(np.unique(clusters.codes[arms.codes == place]))
        if found < 2:
            raise Refused("too_few_clusters", f"{group} {level} has {found} cluster; two are needed in each arm")


def _cells(rows: Rows, outcome: str, time: str, group: str) -> dict[str, Any]:
    groups, times = rows.factors[group], rows.factors[time]
    found: dict[str, Any] = {}
    for g, arm in enumerate(groups.levels):
        for t, when in enumerate(times.levels):
            values = rows.numbers[outcome][(groups.codes == g) & (times.codes == t)]
            found[f"{arm}|{when}"] = {"n": len(values), "mean": mean(values)}
    return found
