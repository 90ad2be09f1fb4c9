"""Paired change: post minus pre over complete pairs, with every effect size by its own name."""

import math
from typing import Any

import numpy as np
from scipy import stats

from analysis.columns import Floats, check_conf, check_rows, check_some, floats, is_constant, mean, sd, total
from analysis.effects import hedges_j, noncentrality_ci
from analysis.envelope import Misuse, Outcome, Refused
from analysis.signed_rank import DECIMALS, signed_rank


def paired(pre: Any, post: Any, *, conf: float = 0.95) -> Outcome:
    """The mean of d = post - pre with a t test, sign test, signed-rank test and standardised effects.

    Unit: that of the measure; `effect` in standard deviations, g_av the headline and d_z beside it. `ps_dep` is the
    share that rose, plus half of the unchanged. d counts as zero, or as constant, when it is so to 10 decimals.
    Sources: Lakens 2013; Algina & Keselman 2003 (g_av_ci); Grissom & Kim 2012 (ps_dep).
    Missing: complete pairs only; rows with one value or none are counted.

    Warnings, each with what is then None: `zero_variance_diff` (t, p and the effects with sd_diff),
    `all_differences_zero` (sign test, signed-rank tests), `zero_variance_pre` (r, d_rm, glass_delta_pre),
    `zero_variance_post` (r, d_rm). Raises Refused: no_rows, all_missing, too_few_rows (fewer than 3 pairs).

    >>> found = paired([1, 2, 3, 4, None], [2, 2, 5, 6, 3]).result
    >>> found["n_pairs"], found["mean_diff"], round(found["t"], 4), found["wilcoxon"]["p_exact"]
    (4, 1.25, 2.6112, 0.25)
    """
    check_conf(conf)
    columns = {"pre": floats(pre), "post": floats(post)}
    if len(columns["pre"]) != len(columns["post"]):
        raise Misuse("pre and post differ in length")
    check_rows(columns)
    check_some(columns)
    has_pre, has_post = (~np.isnan(values) for values in columns.values())
    both = has_pre & has_post
    result: dict[str, Any] = {
        "n_rows": len(both), "n_pairs": int(both.sum()), "n_pre_only": int((has_pre & ~has_post).sum()),
        "n_post_only": int((~has_pre & has_post).sum()), "n_neither": int((~has_pre & ~has_post).sum()),
    }  # fmt: skip
    if result["n_pairs"] < 3:
        raise Refused("too_few_rows", f"{result['n_pairs']} complete pairs; three are needed")
    before, after = columns["pre"][both], columns["post"][both]
    result |= {"pre": {"mean": mean(before), "sd": sd(before)}, "post": {"mean": mean(after), "sd": sd(after)}}
    difference = after - before
    result |= difference_test(difference, conf)
    result["r"] = correlation(before, after)
    result |= _signs(difference)
    result["wilcoxon"] = signed_rank(difference)
    result["effect"] = _effects(result, conf)
    return Outcome(result, _warnings(result))


def _warnings(result: dict[str, Any]) -> list[str]:
    holds = {
        "zero_variance_diff": result["sd_diff"] == 0,
        "all_differences_zero": result["wilcoxon"]["n_nonzero"] == 0,
        "zero_variance_pre": result["pre"]["sd"] == 0,
        "zero_variance_post": result["post"]["sd"] == 0,
    }
    return [code for code, true in holds.items() if true]


def difference_test(difference: Floats, conf: float) -> dict[str, Any]:
    """The mean of differences with its t test on n - 1; t and p are None where they do not vary to 10 decimals.

    >>> found = difference_test(floats([1, 0, 2, 2]), 0.95)
    >>> found["mean_diff"], round(found["t"], 4), found["df"]
    (1.25, 2.6112, 3)
    """
    n, centre = len(difference), mean(difference)
    # Constant to 10 decimals is constant: 0.3 - 0.1 and 0.4 - 0.2 differ by rounding alone.
    spread = 0.0 if is_constant(np.round(difference, DECIMALS)) else sd(difference) or 0.0
    se = spread / math.sqrt(n)
    reach = float(stats.t.isf((1 - conf) / 2, n - 1)) * se
    t = centre / se if se else None
    return {
        "mean_diff": centre, "sd_diff": spread, "se_diff": se, "df": n - 1, "ci": [centre - reach, centre + reach],
        "t": t, "p": None if t is None else float(2 * stats.t.sf(abs(t), n - 1)),
    }  # fmt: skip


def correlation(a: Floats, b: Floats) -> float | None:
    """Pearson's r of complete pairs, None where either is constant.

    >>> correlation(floats([1, 2, 3]), floats([2, 4, 7])), correlation(floats([1, 1]), floats([1, 2]))
    (0.9933992677987828, None)
    """
    if is_constant(a) or is_constant(b):
        return None
    x, y = a - mean(a), b - mean(b)
    xy, xx, yy = (total(product) for product in (x * y, x * x, y * y))
    return max(-1.0, min(1.0, xy / math.sqrt(xx * yy)))


def _signs(difference: Floats) -> dict[str, Any]:
    rounded = np.round(difference, DECIMALS)
    up, down = int((rounded > 0).sum()), int((rounded < 0).sum())
    same = len(rounded) - up - down
    # Exact and two-sided: twice the tail, since the binomial with a half is symmetrical.
    p = min(1.0, 2 * float(stats.binom.cdf(min(up, down), up + down, 0.5))) if up + down else None
    return {
        "n_improved": up, "n_unchanged": same, "n_declined": down, "sign_test_p": p,
        "ps_dep": (up + same / 2) / len(rounded),
    }  # fmt: skip


def _effects(result: dict[str, Any], conf: float) -> dict[str, Any]:
    n, change, spread, r = result["n_pairs"], result["mean_diff"], result["sd_diff"], result["r"]
    first, second = result["pre"]["sd"], result["post"]["sd"]
    average = math.sqrt((first**2 + second**2) / 2)
    j = hedges_j(n - 1)
    d_z = change / spread if spread else None
    d_av = change / average if average else None
    effect: dict[str, Any] = {
        "d_z": d_z, "g_z": None if d_z is None else j * d_z, "d_z_ci": None, "g_z_ci": None,
        "d_av": d_av, "g_av": None if d_av is None else j * d_av, "g_av_ci": None,
        "d_rm": None if d_z is None or r is None else d_z * math.sqrt(2 * (1 - r)),
        "glass_delta_pre": change / first if first else None,
    }  # fmt: skip
    if d_z is not None:
        limits = noncentrality_ci(result["t"], n - 1, conf)
        effect["d_z_ci"] = [limit / math.sqrt(n) for limit in limits]
        effect["g_z_ci"] = [j * limit / math.sqrt(n) for limit in limits]
        # Algina & Keselman 2003, with s1^2 + s2^2 - 2 s12 = sd_diff^2 and s1^2 + s2^2 = 2 average^2.
        effect["g_av_ci"] = [j * limit * spread / (average * math.sqrt(n)) for limit in limits]
    return effect
