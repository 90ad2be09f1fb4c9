"""Analysis of covariance: the answer after on the answer before, the group and covariates (Vickers & Altman 2001)."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from analysis.columns import Columns, Floats, check_conf, mean, total
from analysis.design import Rows, Term, check_reference, complete_rows, design_matrix, referenced
from analysis.envelope import Misuse, Outcome, Refused
from analysis.ols import LeastSquares, f_row, hc3, least_squares, se_of, t_row


def ancova(
    frame: Columns, pre: str, post: str, group: str, *, covariates: Sequence[str] = (),
    reference: Mapping[str, str] | None = None, conf: float = 0.95,
) -> Outcome:  # fmt: skip
    """post = Intercept + pre + group[LEVEL] + covariates, by least squares on the complete rows.

    Every coefficient has classical values and those of HC3 (MacKinnon & White 1985: weights e^2/(1 - h)^2), both with
    the t distribution on df_resid. `group_test`: F of the full model against the one without group, with partial
    eta^2 = SS_group/(SS_group + SS_resid); `group_test_hc3`: Wald's b'V^-1 b/q as F; `slopes_test`: F of pre x group
    added to the model. `adjusted_means`: the fitted mean of each group with pre and the covariates at their means over
    all rows used. Units: those of post; eta^2 and r2 are shares. Missing: complete rows only.

    Warnings, each with what is then None: `hc3_undefined` (a row of leverage one: all of HC3), `perfect_fit` (t, p and
    F), `slopes_not_estimable`. Raises Refused: column_not_found, no_rows, all_missing, too_few_rows, too_few_groups,
    level_not_found, no_variance (post is constant), rank_deficient. Misuse: a column in two roles.

    >>> data = {"a": [1, 2, 3, 4, 5, 6], "b": [2, 3, 3, 6, 7, 9], "g": ["x", "x", "x", "y", "y", "y"]}
    >>> found = ancova(data, "a", "b", "g").result
    >>> round(found["coefficients"]["g[y]"]["estimate"], 4), found["df_resid"], round(found["group_test"]["F"], 4)
    (1.6667, 3, 2.1429)
    """
    check_conf(conf)
    reference = reference or {}
    roles = [pre, post, group, *covariates]
    if len(set(roles)) < len(roles):
        raise Misuse("a column has two roles")
    check_reference(reference, [group])
    rows = complete_rows(frame, [post, pre, *covariates], [group])
    rows = referenced(rows, reference, [group])
    terms: list[Term] = [(name,) for name in (pre, group, *sorted(covariates))]
    fit = least_squares(*design_matrix(rows, terms), rows.numbers[post])
    robust = hc3(fit)
    warnings = [] if robust is not None else ["hc3_undefined"]
    if fit.ssr == 0:
        warnings.append("perfect_fit")
    spread = total((rows.numbers[post] - mean(rows.numbers[post])) ** 2)
    result: dict[str, Any] = {
        "n_rows": rows.n_rows, "n": fit.n, "df_resid": fit.df, "r2": 1 - fit.ssr / spread,
        "sigma": float(np.sqrt(fit.ssr / fit.df)), "coefficients": _coefficients(fit, robust, conf),
    }  # fmt: skip
    result |= _group_tests(rows, terms, group, post, fit, robust)
    result["slopes_test"] = _slopes_test(rows, terms, (pre, group), post, fit, warnings)
    result["adjusted_means"] = _adjusted_means(rows, group, fit, conf)
    return Outcome(result, warnings)


def _coefficients(fit: LeastSquares, robust: Floats | None, conf: float) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for place, name in enumerate(fit.names):
        estimate = float(fit.estimates[place])
        found[name] = t_row(estimate, se_of(fit.covariance, place), fit.df, conf)
        # Where every residual is zero, so is this one, and t has no value.
        se = None if robust is None else se_of(robust, place) if fit.ssr else 0.0
        row = t_row(estimate, se, fit.df, conf)
        found[name] |= {f"{key}_hc3": row[key] for key in ("se", "t", "p", "ci")}
    return found


def _group_tests(
    rows: Rows, terms: Sequence[Term], group: str, post: str, fit: LeastSquares, robust: Floats | None
) -> dict[str, Any]:
    without = _ssr(rows, [term for term in terms if group not in term], post)
    places = [place for place, name in enumerate(fit.names) if name.startswith(f"{group}[")]
    q, gained = len(places), max(0.0, without - fit.ssr)
    f = gained / q / (fit.ssr / fit.df) if fit.ssr else None
    test = f_row(f, q, fit.df) | {"partial_eta2": gained / (gained + fit.ssr) if gained + fit.ssr else None}
    wald = None
    if robust is not None and fit.ssr:
        b = fit.estimates[places]
        wald = float(b @ np.linalg.solve(robust[np.ix_(places, places)], b)) / q
    return {"group_test": test, "group_test_hc3": f_row(wald, q, fit.df)}


def _ssr(rows: Rows, terms: Sequence[Term], post: str) -> float:
    return least_squares(*design_matrix(rows, terms), rows.numbers[post]).ssr


def _slopes_test(
    rows: Rows, terms: Sequence[Term], crossed: Term, post: str, fit: LeastSquares, warnings: list[str]
) -> dict[str, Any]:
    q = len(rows.factors[crossed[1]].levels) - 1
    try:
        ssr = _ssr(rows, [*terms, crossed], post)
    except Refused:
        # The model itself stands; a group of one, or of one value before, has no slope of its own.
        warnings.append("slopes_not_estimable")
        return f_row(None, q, fit.df - q)
    f = max(0.0, fit.ssr - ssr) / q / (ssr / (fit.df - q)) if ssr else None
    return f_row(f, q, fit.df - q)


def _adjusted_means(rows: Rows, group: str, fit: LeastSquares, conf: float) -> dict[str, Any]:
    found: dict[str, Any] = {}
    average = fit.x.mean(axis=0)
    for level in rows.factors[group].levels:
        at = average.copy()
        for place, name in enumerate(fit.names):
            if name.startswith(f"{group}["):
                at[place] = float(name == f"{group}[{level}]")
        row = t_row(float(at @ fit.estimates), float(np.sqrt(at @ fit.covariance @ at)), fit.df, conf)
        n = int(np.sum(rows.factors[group].codes == rows.factors[group].levels.index(level)))
        found[level] = {"n": n, "mean": row["estimate"], "se": row["se"], "ci": row["ci"]}
    return found
