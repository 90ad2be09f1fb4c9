"""Linear mixed models of long data: random intercepts of people and clusters, and a random slope of a person."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy import stats

from analysis.columns import Columns, Floats, check_conf, mean, sd
from analysis.design import (
    Ints,
    Rows,
    check_levels,
    check_reference,
    complete_rows,
    design_matrix,
    names_in,
    parse_formula,
    referenced,
)
from analysis.envelope import Misuse, Outcome, Refused
from analysis.ols import t_row
from analysis.proportion import normal_point
from analysis.reml import MixedFit, Random, fit_mixed


def mixed(
    frame: Columns, outcome: str, fixed: str, *, factors: Sequence[str] = (),
    reference: Mapping[str, str] | None = None, id: str | None = None, cluster: str | None = None,
    random_slope: str | None = None, method: str = "reml", satterthwaite: bool = False, conf: float = 0.95,
) -> Outcome:  # fmt: skip
    """outcome = fixed effects + random intercepts + residual, by REML or maximum likelihood (Bates et al. 2015).

    `fixed` is a formula of columns with + * : and 1. The random intercept is the person's, the cluster's, or the
    person's within the cluster (one person is a pair of cluster and id). With `random_slope` a person has a slope in
    that column too, and `variance` has `id_slope` and `id_cov`; `id` is then at zero of the column.
    SE: sqrt of the diagonal of (X'V^-1 X)^-1 at the estimates, with z from the normal; `satterthwaite` adds t tests
    with the df of Fai & Cornelius 1996. `loglik` is restricted for REML, with the constants of lme4. icc: `cluster` =
    var_c/total, `id` = (var_c + var_id)/total, shares. `design_effect` (cluster alone): deff = 1 + (mean size - 1) icc.
    Missing: complete rows only; that is unbiased where what is missing depends on what is known.

    Warnings: `singular` (a variance on the boundary is 0, or a correlation is one), `icc_at_zero:COLUMN` (with a slope
    the icc differs from place to place), `df_undefined:NAME` (its Satterthwaite df, p and interval are None).
    Raises Refused: column_not_found, no_rows, all_missing, too_few_rows (also where no person, or no cluster, has two
    rows), too_few_groups, too_few_clusters, level_not_found, no_variance, rank_deficient, not_converged. Misuse:
    neither id nor cluster, a slope without id, an unknown method or formula.

    >>> data = {"y": [1, 2, 2, 4, 3, 3, 6, 8.0], "t": ["a", "b"] * 4, "p": list("11223344")}
    >>> found = mixed(data, "y", "t", factors=["t"], id="p", satterthwaite=True).result
    >>> row = found["coefficients"]["t[b]"]  # balanced: the paired t test, mean change 1.25 and 3 df
    >>> round(row["estimate"], 6), round(row["se"], 6), round(row["df_satterthwaite"], 3)
    (1.25, 0.478714, 3.0)
    """
    check_conf(conf)
    reference = reference or {}
    if id is None and cluster is None:
        raise Misuse("--id or --cluster is needed")
    if method not in ("reml", "ml"):
        raise Misuse("--method is reml or ml")
    if random_slope is not None and (id is None or random_slope in factors):
        raise Misuse("--random-slope needs --id, and a numeric column")
    check_reference(reference, factors)
    terms = parse_formula(fixed)
    categorical = [name for name in names_in(terms) if name in factors]
    numeric = [name for name in names_in(terms) if name not in factors]
    slope = [] if random_slope is None else [random_slope]
    groups = [name for name in (cluster, id) if name is not None]
    rows = complete_rows(frame, [outcome, *numeric, *slope], [*categorical, *groups])
    check_levels(rows, categorical)
    random, x_slope = _random(rows, id, cluster, random_slope)
    rows = referenced(rows, reference, categorical)
    fit = fit_mixed(*design_matrix(rows, terms), rows.numbers[outcome], random, reml=method == "reml")
    warnings = ["singular"] if fit.singular else []
    warnings += [f"icc_at_zero:{name}" for name in slope]
    fixed_effects = coefficients(fit, conf, satterthwaite=satterthwaite)
    warnings += [f"df_undefined:{name}" for name, row in fixed_effects.items() if lacks_df(row)]
    people = int(random.inner.max()) + 1
    result: dict[str, Any] = {
        "n_rows": rows.n_rows, "n_obs": rows.n, "n_id": None if id is None else people,
        "n_cluster": None if cluster is None else len(rows.factors[cluster].levels), "method": method,
        "coefficients": fixed_effects,
        "variance": _variances(fit, id, cluster, x_slope), "loglik": fit.loglik, "singular": fit.singular,
    }  # fmt: skip
    result["icc"] = _icc(result["variance"])
    if id is None:
        size = rows.n / result["n_cluster"]
        deff = 1 + (size - 1) * result["icc"]["cluster"]
        result["design_effect"] = {"mean_cluster_size": size, "deff": deff, "n_effective": rows.n / deff}
    return Outcome(result, warnings)


def _random(
    rows: Rows, id: str | None, cluster: str | None, slope: str | None
) -> tuple[Random, tuple[float, float] | None]:
    """The random effects, and the mean and sd by which a slope's column was moved so that the search is well posed."""
    outer = None if cluster is None else rows.factors[cluster].codes
    if cluster is not None and len(rows.factors[cluster].levels) < 2:
        raise Refused("too_few_clusters", f"column {cluster} has one cluster among the rows that are used")
    z = np.ones((rows.n, 1))
    if id is None:
        assert outer is not None
        check_repeated(outer, "cluster")
        return Random(outer, z), None
    people = rows.factors[id].codes if outer is None else pair_codes(outer, rows.factors[id].codes)
    if people.max() < 1 or (outer is not None and people.max() == outer.max()):
        raise Refused("too_few_groups", "the people cannot be told from the clusters: two are needed")
    check_repeated(people, "person")
    moved = None
    if slope is not None:
        column = rows.numbers[slope]
        spread = sd(column) or 0.0
        if not spread:
            raise Refused("rank_deficient", f"column {slope} has one value only, and no slope")
        moved = (mean(column), spread)
        z = np.column_stack([z, (column - moved[0]) / moved[1]])
    if outer is None:
        return Random(people, z), moved
    return Random(people, z, outer, (np.zeros(rows.n, dtype=np.int64),)), moved


def pair_codes(outer: Ints, inner: Ints) -> Ints:
    """One number for each pair that occurs: a person is a cluster and an id together.

    >>> pair_codes(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 0])).tolist()
    [0, 1, 2, 2]
    """
    return np.asarray(np.unique(outer * (inner.max() + 1) + inner, return_inverse=True)[1], dtype=np.int64)


def check_repeated(codes: Ints, what: str) -> None:
    """Refuse groups of one row each: their variance cannot be told from the residual."""
    if int(codes.max()) + 1 == len(codes):
        raise Refused("too_few_rows", f"no {what} has two rows, so its variance cannot be told from the residual")


def coefficients(fit: MixedFit, conf: float, *, satterthwaite: bool) -> dict[str, Any]:
    """Every fixed effect: see `coefficient`."""
    return {name: coefficient(fit, place, conf, satterthwaite=satterthwaite) for place, name in enumerate(fit.names)}


def coefficient(fit: MixedFit, place: int, conf: float, *, satterthwaite: bool) -> dict[str, Any]:
    """`estimate`, `se`, `z`, `p_z`, `ci_z`, and with satterthwaite `df_satterthwaite`, `p_…` and `ci_…` from the t."""
    estimate, se = float(fit.estimates[place]), math.sqrt(float(fit.covariance[place, place]))
    z, reach = estimate / se, normal_point(conf) * se
    row: dict[str, Any] = {
        "estimate": estimate, "se": se, "z": z, "p_z": float(2 * stats.norm.sf(abs(z))),
        "ci_z": [estimate - reach, estimate + reach],
    }  # fmt: skip
    if satterthwaite:
        df = fit.df_satterthwaite(place)
        found = {"p": None, "ci": None} if df is None else t_row(estimate, se, df, conf)
        row |= {"df_satterthwaite": df, "p_satterthwaite": found["p"], "ci_satterthwaite": found["ci"]}
    return row


def lacks_df(row: Mapping[str, Any]) -> bool:
    """Whether Satterthwaite's df were asked for and could not be had.

    >>> lacks_df({"df_satterthwaite": None}), lacks_df({"df_satterthwaite": 3.0}), lacks_df({})
    (True, False, False)
    """
    return "df_satterthwaite" in row and row["df_satterthwaite"] is None


def _variances(
    fit: MixedFit, id: str | None, cluster: str | None, moved: tuple[float, float] | None
) -> dict[str, float]:
    inner = _unmoved(fit.inner, moved)
    found: dict[str, float] = {}
    if cluster is not None:
        found["cluster"] = float(inner[0, 0]) if id is None else fit.blocks[0]
    if id is not None:
        found["id"] = float(inner[0, 0])
    if moved is not None:
        found |= {"id_slope": float(inner[1, 1]), "id_cov": float(inner[0, 1])}
    return found | {"residual": fit.residual}


def _unmoved(inner: Floats, moved: tuple[float, float] | None) -> Floats:
    """The covariance of intercept at zero and slope a unit, from that of intercept at the mean and slope an sd."""
    if moved is None:
        return inner
    middle, spread = moved
    back = np.array([[1.0, -middle / spread], [0.0, 1 / spread]])
    return np.asarray(back @ inner @ back.T)


def _icc(variance: Mapping[str, float]) -> dict[str, float]:
    parts = {name: variance[name] for name in ("cluster", "id") if name in variance}
    whole = sum(parts.values()) + variance["residual"]
    found = {"cluster": parts["cluster"] / whole} if "cluster" in parts else {}
    return found | ({"id": sum(parts.values()) / whole} if "id" in parts else {})
