"""Two independent groups: Welch's test as the headline, and the others that programs print beside it."""

import math
from typing import Any

import numpy as np
from scipy import stats

from analysis.columns import Columns, Floats, check_conf, is_constant, mean, sd, total
from analysis.design import complete_rows, referenced
from analysis.effects import hedges_j, noncentrality_ci
from analysis.envelope import Outcome
from analysis.ols import f_row, t_row


def independent(frame: Columns, y: str, group: str, *, reference: str | None = None, conf: float = 0.95) -> Outcome:
    """The mean of the other group minus that of the reference group (default: the first in sorted order).

    `welch`: SE^2 = s1^2/n1 + s2^2/n2 with Satterthwaite's df (Welch 1947, Biometrika 34); `student` with the pooled
    variance. `mann_whitney.u` counts the pairs where the other group is higher, ties as a half; the variance is
    corrected for ties, `p_normal` without and `p_normal_cc` with the continuity correction 0.5 (R where there are
    ties). `ps` = u/(n1 n2). `effect`: d_s = diff/pooled sd, g_s = J(n1 + n2 - 2) d_s (Hedges 1981), interval from the
    noncentral t. `levene_median`: Brown & Forsythe 1974 (JASA 69). Unit: that of y; effects in standard deviations.
    Missing: rows with both y and group.

    Warnings, each with what is then None: `too_few_values:LEVEL` (one value: its sd, both t tests, the effects),
    `zero_variance` (neither group varies: t, p, effects), `all_values_equal` (the rank tests), `levene_undefined`.
    Raises Refused: column_not_found, no_rows, not_binary (more than two levels), all_missing, too_few_rows (fewer than
    three), too_few_groups, level_not_found.

    >>> found = independent({"y": [1, 2, 3, 4, 6, 8], "g": list("aaabbb")}, "y", "g").result
    >>> found["mean_diff"], round(found["welch"]["t"], 4), found["mann_whitney"]["u"], found["ps"]
    (4.0, 3.0984, 9.0, 1.0)
    """
    check_conf(conf)
    rows = complete_rows(frame, [y], [group], two_levels=[group])
    rows = referenced(rows, {} if reference is None else {group: reference}, [group])
    held = rows.factors[group]
    first, other = (rows.numbers[y][held.codes == place] for place in (0, 1))
    groups = {
        level: {"n": len(values), "mean": mean(values), "sd": sd(values)}
        for level, values in zip(held.levels, (first, other), strict=True)
    }
    warnings = [f"too_few_values:{level}" for level, found in groups.items() if found["sd"] is None]
    result: dict[str, Any] = {
        "n_rows": rows.n_rows, "n": rows.n, "reference": held.levels[0], "groups": groups,
        "mean_diff": mean(other) - mean(first),
    }  # fmt: skip
    result |= _t_tests(first, other, conf, warnings) | _ranks(first, other, warnings)
    result["levene_median"] = _levene(first, other, warnings)
    return Outcome(result, warnings)


def _t_tests(first: Floats, other: Floats, conf: float, warnings: list[str]) -> dict[str, Any]:
    n1, n2 = len(first), len(other)
    s1, s2 = sd(first), sd(other)
    change = mean(other) - mean(first)
    if s1 is None or s2 is None:
        nothing = _test(change, None, None, conf)
        return {"welch": nothing, "student": nothing, "effect": _effect(None, None, n1, n2, conf)}
    v1, v2 = s1**2 / n1, s2**2 / n2
    pooled = math.sqrt(((n1 - 1) * s1**2 + (n2 - 1) * s2**2) / (n1 + n2 - 2))
    student = _test(change, pooled * math.sqrt(1 / n1 + 1 / n2), n1 + n2 - 2, conf)
    if not pooled:
        warnings.append("zero_variance")
        return {"welch": student | {"df": None}, "student": student, "effect": _effect(None, None, n1, n2, conf)}
    df = (v1 + v2) ** 2 / (v1**2 / (n1 - 1) + v2**2 / (n2 - 1))
    return {
        "welch": _test(change, math.sqrt(v1 + v2), df, conf), "student": student,
        "effect": _effect(change / pooled, student["t"], n1, n2, conf),
    }  # fmt: skip


def _test(change: float, se: float | None, df: float | None, conf: float) -> dict[str, Any]:
    row = t_row(change, se, 1 if df is None else df, conf)
    return {"t": row["t"], "df": df, "p": row["p"], "ci": row["ci"], "se": row["se"]}


def _effect(d: float | None, t: float | None, n1: int, n2: int, conf: float) -> dict[str, Any]:
    if d is None or t is None:
        return {"d_s": None, "g_s": None, "d_s_ci": None, "g_s_ci": None}
    df = n1 + n2 - 2
    # J needs more than one degree of freedom, which two groups of two or more have.
    j, scale = hedges_j(df), math.sqrt(1 / n1 + 1 / n2)
    limits = [limit * scale for limit in noncentrality_ci(t, df, conf)]
    return {"d_s": d, "g_s": j * d, "d_s_ci": limits, "g_s_ci": [j * limit for limit in limits]}


def _ranks(first: Floats, other: Floats, warnings: list[str]) -> dict[str, Any]:
    n1, n2 = len(first), len(other)
    n = n1 + n2
    ranks = np.asarray(stats.rankdata(np.concatenate([first, other])), dtype=np.float64)
    u = total(ranks[n1:]) - n2 * (n2 + 1) / 2
    ties = np.unique(ranks, return_counts=True)[1].astype(np.float64)
    variance = n1 * n2 / 12 * (n + 1 - float(np.sum(ties**3 - ties)) / (n * (n - 1)))
    found: dict[str, Any] = {"u": u, "p_normal": None, "p_normal_cc": None}
    if len(ties) == 1:
        warnings.append("all_values_equal")
    else:
        gap, spread = u - n1 * n2 / 2, math.sqrt(variance)
        found["p_normal"] = float(2 * stats.norm.sf(abs(gap) / spread))
        found["p_normal_cc"] = float(2 * stats.norm.sf(max(0.0, abs(gap) - 0.5) / spread))
    return {"mann_whitney": found, "ps": u / (n1 * n2)}


def _levene(first: Floats, other: Floats, warnings: list[str]) -> dict[str, Any]:
    """An analysis of variance of the distances from each group's own median."""
    distances = [np.abs(values - np.median(values)) for values in (first, other)]
    n1, n2 = len(first), len(other)
    means = [mean(values) for values in distances]
    middle = (n1 * means[0] + n2 * means[1]) / (n1 + n2)
    between = n1 * (means[0] - middle) ** 2 + n2 * (means[1] - middle) ** 2
    within = sum(0.0 if is_constant(v) else total((v - m) ** 2) for v, m in zip(distances, means, strict=True))
    if not within:
        warnings.append("levene_undefined")
        return f_row(None, 1, n1 + n2 - 2)
    return f_row(between / (within / (n1 + n2 - 2)), 1, n1 + n2 - 2)
