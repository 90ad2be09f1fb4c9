"""Who was lost on the way: how many, and how they differed from those who stayed."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy import stats

from analysis.columns import Columns, Floats, check_conf, mean, sd
from analysis.design import (
    Factor,
    Rows,
    Term,
    check_levels,
    check_reference,
    columns_of,
    complete_rows,
    design_matrix,
    referenced,
)
from analysis.envelope import Misuse, Outcome, Refused
from analysis.logistic import Logistic, firth, logistic, loglikelihood, profile_ci
from analysis.proportion import normal_point, wilson


def attrition(
    frame: Columns, completed: str, covariates: Sequence[str], *, factors: Sequence[str] = (),
    reference: Mapping[str, str] | None = None, with_firth: bool = False, conf: float = 0.95,
) -> Outcome:  # fmt: skip
    """Completion with Wilson's interval, standardised differences, and a logistic regression of completing.

    smd = (mean of completers - mean of lost)/sqrt((s1^2 + s0^2)/2), n - 1, of each variable's known values; for each
    level of a factor (p1 - p0)/sqrt((p1 q1 + p0 q0)/2) (Austin 2009). `logistic`: maximum likelihood on the complete
    cases, Wald intervals of the odds ratios, `lr_chi2` against the intercept alone, `mcfadden_r2` = 1 - ll/ll0.
    `firth` (asked for, or where there is separation): penalised estimates with profile intervals (Firth 1993; Heinze &
    Schemper 2002). An odds ratio above one means that they stayed more often.

    Warnings, each with what is then None: `no_events` (nobody lost, or nobody completed: the regressions),
    `perfect_separation` (logistic; Firth's estimates are given), `zero_variance:NAME`, `too_few_values:NAME` (smd),
    `no_profile_ci:NAME` (Firth's interval).
    Raises Refused: column_not_found, no_rows, not_binary (completed), all_missing, too_few_rows, too_few_groups (a
    factor of one level), level_not_found, rank_deficient, not_converged. Misuse: no covariates, a factor that is none.

    >>> found = attrition({"done": [1, 1, 1, 0, 1, 0], "age": [30, 42, 51, 38, 60, 29]}, "done", ["age"]).result
    >>> found["completion_rate"], round(found["smd"]["age"]["smd"], 4), round(found["logistic"]["lr_chi2"], 4)
    (0.6666666666666666, 1.2107, 1.9975)
    """
    check_conf(conf)
    reference, chosen = reference or {}, sorted(covariates)
    if not chosen or len(set(chosen)) < len(chosen) or completed in chosen:
        raise Misuse("--covariates names one column or more, each once, and not that of --completed")
    if not set(factors) <= set(chosen):
        raise Misuse("--factor names a column that is not among --covariates")
    check_reference(reference, factors)
    numeric, categorical = [name for name in chosen if name not in factors], sorted(factors)
    numbers, labelled = columns_of(frame, [completed, *numeric], categorical, binary=[completed])
    stayed, lost = numbers[completed] == 1, numbers[completed] == 0
    n, kept = int(stayed.sum() + lost.sum()), int(stayed.sum())
    if n < 3:
        raise Refused("too_few_rows", f"{n} people who began; three are needed")
    result: dict[str, Any] = {
        "n_rows": len(stayed), "n_started": n, "n_completed": kept, "n_lost": n - kept, "completion_rate": kept / n,
        "completion_ci": wilson(kept, n, conf), "logistic": None,
    }  # fmt: skip
    warnings: list[str] = []
    result["smd"] = _differences(numbers, numeric, labelled, stayed, lost, warnings)
    if kept in (0, n):
        return Outcome(result, ["no_events", *warnings])
    rows = complete_rows(frame, [completed, *numeric], categorical)
    check_levels(rows, categorical)
    rows = referenced(rows, reference, categorical)
    return Outcome(result | _regressions(rows, completed, chosen, conf, warnings, with_firth=with_firth), warnings)


def _differences(
    numbers: Mapping[str, Floats], numeric: Sequence[str], labelled: Mapping[str, Factor], stayed: Any, lost: Any,
    warnings: list[str],
) -> dict[str, Any]:  # fmt: skip
    found: dict[str, Any] = {}
    for name in numeric:
        values = numbers[name]
        kept, gone = (values[who & ~np.isnan(values)] for who in (stayed, lost))
        means = [mean(part) if len(part) else None for part in (kept, gone)]
        spreads = [sd(part) for part in (kept, gone)]
        found[name] = {
            "mean_completed": means[0], "mean_lost": means[1], "n_completed": len(kept), "n_lost": len(gone),
            "smd": _smd(name, means, [None if s is None else s**2 for s in spreads], warnings),
        }  # fmt: skip
    for name, held in labelled.items():
        known = [held.codes[who & (held.codes >= 0)] for who in (stayed, lost)]
        for place, level in enumerate(held.levels):
            key = f"{name}[{level}]"
            shares = [float(np.mean(codes == place)) if len(codes) else None for codes in known]
            parts = [None if share is None else share * (1 - share) for share in shares]
            found[key] = {
                "prop_completed": shares[0], "prop_lost": shares[1], "n_completed": len(known[0]),
                "n_lost": len(known[1]), "smd": _smd(key, shares, parts, warnings),
            }  # fmt: skip
    return found


def _smd(
    name: str, middles: Sequence[float | None], variances: Sequence[float | None], warnings: list[str]
) -> float | None:
    if None in (*middles, *variances):
        warnings.append(f"too_few_values:{name}")
        return None
    (one, other), (v1, v0) = (tuple(float(part or 0.0) for part in pair) for pair in (middles, variances))
    if not v1 + v0:
        warnings.append(f"zero_variance:{name}")
        return None
    return (one - other) / math.sqrt((v1 + v0) / 2)


def _regressions(
    rows: Rows, completed: str, chosen: Sequence[str], conf: float, warnings: list[str], *, with_firth: bool
) -> dict[str, Any]:
    y = rows.numbers[completed]
    if np.ptp(y) == 0:
        warnings.append("no_events")
        return {"logistic": None}
    terms: list[Term] = [(name,) for name in chosen]
    names, x = design_matrix(rows, terms)
    fit = logistic(names, x, y)
    found: dict[str, Any] = {"logistic": None if fit is None else _described(fit, y, conf)}
    if fit is None:
        warnings.append("perfect_separation")
    if fit is None or with_firth:
        found["firth"] = _firth(names, x, y, conf, warnings)
    return found


def _described(fit: Logistic, y: Floats, conf: float) -> dict[str, Any]:
    share = float(np.mean(y))
    empty = loglikelihood(np.full(len(y), math.log(share / (1 - share))), y)
    chi2, df = max(0.0, 2 * (fit.loglik - empty)), len(fit.names) - 1
    rows: dict[str, Any] = {}
    for place, name in enumerate(fit.names):
        estimate, se = float(fit.estimates[place]), math.sqrt(float(fit.covariance[place, place]))
        reach = normal_point(conf) * se
        rows[name] = {
            "estimate": estimate, "se": se, "z": estimate / se, "p": float(2 * stats.norm.sf(abs(estimate / se))),
            "odds_ratio": _exp(estimate), "odds_ratio_ci": [_exp(estimate - reach), _exp(estimate + reach)],
        }  # fmt: skip
    return {
        "n": len(y), "coefficients": rows, "loglik": fit.loglik, "lr_chi2": chi2, "lr_df": df,
        "lr_p": float(stats.chi2.sf(chi2, df)), "mcfadden_r2": 1 - fit.loglik / empty,
    }  # fmt: skip


def _firth(names: Sequence[str], x: Floats, y: Floats, conf: float, warnings: list[str]) -> dict[str, Any]:
    fit = firth(names, x, y)
    rows: dict[str, Any] = {}
    for place, name in enumerate(names):
        estimate = float(fit.estimates[place])
        limits = _limits(x, y, fit, place, conf)
        if limits is None:
            warnings.append(f"no_profile_ci:{name}")
        rows[name] = {
            "estimate": estimate, "se": math.sqrt(float(fit.covariance[place, place])), "ci": limits,
            "odds_ratio": _exp(estimate), "odds_ratio_ci": None if limits is None else [_exp(end) for end in limits],
        }  # fmt: skip
    return {"n": len(y), "coefficients": rows, "penalized_loglik": fit.loglik}


def _limits(x: Floats, y: Floats, fit: Logistic, place: int, conf: float) -> list[float] | None:
    """The estimates stand without their interval, which a handful of rows may not have."""
    try:
        return profile_ci(x, y, fit, place, conf)
    except Refused:
        return None


def _exp(value: float) -> float:
    """Infinite rather than an error where it is too large; the envelope makes it None."""
    return math.exp(value) if value < 700 else math.inf
