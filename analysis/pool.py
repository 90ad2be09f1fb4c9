"""Rubin's rules: one estimate from the same analysis of several imputed data sets."""

import math
from collections.abc import Sequence
from typing import Any

from analysis.columns import check_conf
from analysis.envelope import Misuse, Outcome
from analysis.ols import t_row


def pool(estimates: Sequence[float], se: Sequence[float], dfcom: float, *, conf: float = 0.95) -> Outcome:
    """The mean of m estimates and its standard error, by Rubin 1987, with the df of Barnard & Rubin 1999.

    within = mean of se^2, between = variance of the estimates (m - 1), total = within + (1 + 1/m) between; riv =
    (1 + 1/m) between/within, lambda = (1 + 1/m) between/total, fmi = (riv + 2/(df + 3))/(riv + 1). 1/df =
    lambda^2/(m - 1) + 1/df_obs with df_obs = (dfcom + 1)/(dfcom + 3) dfcom (1 - lambda); without between-variance df
    is df_obs.

    Warnings: `zero_within` (riv and fmi None), `zero_total` (t and p None too). Misuse: fewer than two estimates, lists
    of unequal length, a negative or infinite se, dfcom not above zero.

    >>> found = pool([1.0, 1.2, 0.9], [0.3, 0.3, 0.3], 60).result
    >>> round(found["se"], 6), round(found["df"], 4), round(found["fmi"], 6)
    (0.34801, 17.8072, 0.32831)
    """
    check_conf(conf)
    m = len(estimates)
    if m < 2 or len(se) != m:
        raise Misuse("--estimates and --se are lists of two or more, equally long")
    if not all(map(math.isfinite, [*estimates, *se])) or min(se) < 0 or not 0 < dfcom < math.inf:
        raise Misuse("--se is 0 or more and --dfcom above 0, all finite")
    return Outcome(*_pooled([float(value) for value in estimates], [float(value) for value in se], dfcom, conf))


def _pooled(
    estimates: Sequence[float], se: Sequence[float], dfcom: float, conf: float
) -> tuple[dict[str, Any], list[str]]:
    m = len(estimates)
    same = min(estimates) == max(estimates)
    estimate = estimates[0] if same else math.fsum(estimates) / m
    within = math.fsum(value**2 for value in se) / m
    between = 0.0 if same else math.fsum((value - estimate) ** 2 for value in estimates) / (m - 1)
    extra = (1 + 1 / m) * between
    whole = within + extra
    share = extra / whole if whole else 0.0
    observed = (dfcom + 1) / (dfcom + 3) * dfcom * (1 - share)
    df = observed if not share else 0.0 if not observed else 1 / (share**2 / (m - 1) + 1 / observed)
    riv = extra / within if within else None
    found: dict[str, Any] = {
        "m": m, "estimate": estimate, "within": within, "between": between, "total": whole, "se": math.sqrt(whole),
        "riv": riv, "lambda": share, "fmi": None if riv is None else (riv + 2 / (df + 3)) / (riv + 1), "df": df,
        "dfcom": dfcom,
    }  # fmt: skip
    row = t_row(estimate, found["se"], df, conf) if df else {"t": None, "p": None, "ci": None}
    warnings = [code for code, holds in (("zero_within", not within), ("zero_total", not whole)) if holds]
    return found | {key: row[key] for key in ("t", "p", "ci")}, warnings
