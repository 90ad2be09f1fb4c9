"""Paired change: post minus pre over complete pairs, with every effect size by its own name."""

import math
from typing import Any

import numpy as np
from scipy import stats

from analysis.effects import hedges_j, noncentrality_ci
from analysis.envelope import Outcome, Refused
from analysis.signed_rank import signed_rank
from analysis.table import Floats, check_some, mean, sd


def paired(pre: Floats, post: Floats, *, conf: float = 0.95) -> Outcome:
    """The contract's `paired`. Unit: the scale's own; effects are in standard deviations, g_av the headline.

    Missing: complete pairs only; those with one value are counted. Raises Refused: all_missing, too_few_rows (n < 3).

    >>> import numpy as np
    >>> out = paired(np.array([1.0, 2.0, 3.0, 4.0]), np.array([2.0, 2.0, 5.0, 6.0])).result
    >>> out["n_pairs"], out["mean_diff"]
    (4, 1.25)
    """
    check_some({"pre": pre, "post": post})
    has_pre, has_post = ~np.isnan(pre), ~np.isnan(post)
    both = has_pre & has_post
    n = int(both.sum())
    if n < 3:
        raise Refused("too_few_rows", f"{n} complete pairs; three are needed")
    before, after = pre[both], post[both]
    difference = after - before
    result: dict[str, Any] = {
        "n_rows": len(pre), "n_pairs": n, "n_pre_only": int((has_pre & ~has_post).sum()),
        "n_post_only": int((~has_pre & has_post).sum()), "n_neither": int((~has_pre & ~has_post).sum()),
        "pre": {"mean": mean(before), "sd": sd(before)}, "post": {"mean": mean(after), "sd": sd(after)},
    }  # fmt: skip
    warnings: list[str] = []
    result |= _t_test(difference, conf, warnings)
    result["r"] = _correlation(before, after, warnings)
    result |= _signs(difference, warnings)
    result["wilcoxon"] = signed_rank(difference)
    result["effect"] = _effects(before, after, result, conf)
    return Outcome(result, warnings)


def _t_test(difference: Floats, conf: float, warnings: list[str]) -> dict[str, Any]:
    n, centre, spread = len(difference), mean(difference), _spread(difference)
    known: dict[str, Any] = {"mean_diff": centre, "sd_diff": spread, "se_diff": spread / math.sqrt(n), "df": n - 1}
    if spread == 0:
        warnings.append("zero_variance_diff")
        return known | {"ci": [centre, centre], "t": None, "p": None}
    se = spread / math.sqrt(n)
    reach = float(stats.t.ppf((1 + conf) / 2, n - 1)) * se
    t = centre / se
    return known | {"ci": [centre - reach, centre + reach], "t": t, "p": float(2 * stats.t.sf(abs(t), n - 1))}


def _spread(values: Floats) -> float:
    """The sd, and exactly zero where the values differ by rounding alone (0.3 - 0.1 and 0.4 - 0.2)."""
    found = sd(values) or 0.0
    return 0.0 if np.all(np.round(values, 10) == round(float(values[0]), 10)) else found


def _correlation(before: Floats, after: Floats, warnings: list[str]) -> float | None:
    constant = [name for name, values in (("pre", before), ("post", after)) if _spread(values) == 0]
    warnings += [f"zero_variance_{name}" for name in constant]
    if constant:
        return None
    a, b = before - mean(before), after - mean(after)
    return float(np.sum(np.sort(a * b)) / math.sqrt(float(np.sum(np.sort(a * a))) * float(np.sum(np.sort(b * b)))))


def _signs(difference: Floats, warnings: list[str]) -> dict[str, Any]:
    rounded = np.round(difference, 10)
    up, same, down = int((rounded > 0).sum()), int((rounded == 0).sum()), int((rounded < 0).sum())
    if up + down == 0:
        warnings.append("all_differences_zero")
    return {
        "n_improved": up, "n_unchanged": same, "n_declined": down,
        "sign_test_p": float(stats.binomtest(up, up + down).pvalue) if up + down else None,
        "ps_dep": (up + same / 2) / len(difference),
    }  # fmt: skip


def _effects(before: Floats, after: Floats, result: dict[str, Any], conf: float) -> dict[str, Any]:
    n, change, spread, r = len(before), result["mean_diff"], result["sd_diff"], result["r"]
    j = hedges_j(n - 1)
    v1, v2 = _spread(before) ** 2, _spread(after) ** 2
    average = math.sqrt((v1 + v2) / 2)
    d_z = change / spread if spread else None
    d_av = change / average if average else None
    effect: dict[str, Any] = {
        "d_z": d_z, "g_z": None if d_z is None else j * d_z, "d_z_ci": None, "g_z_ci": None,
        "d_av": d_av, "g_av": None if d_av is None else j * d_av, "g_av_ci": None,
        "d_rm": None if d_z is None or r is None else d_z * math.sqrt(2 * (1 - r)),
        "glass_delta_pre": change / math.sqrt(v1) if v1 else None,
    }  # fmt: skip
    if d_z is not None:
        low, high = noncentrality_ci(result["t"], n - 1, conf)
        effect["d_z_ci"] = [low / math.sqrt(n), high / math.sqrt(n)]
        effect["g_z_ci"] = [j * low / math.sqrt(n), j * high / math.sqrt(n)]
        if average:
            # Algina & Keselman 2003: the same noncentralities, scaled by the variances of the two occasions.
            covariance = (v1 + v2 - spread**2) / 2
            scale = j * math.sqrt(2 * (v1 + v2 - 2 * covariance) / (n * (v1 + v2)))
            effect["g_av_ci"] = [scale * low, scale * high]
    return effect
