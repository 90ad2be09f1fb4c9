"""Models for ordered answers: proportional odds by maximum likelihood, and whether the odds are proportional."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import optimize, special, stats

from analysis.columns import Columns, Floats, check_conf, total
from analysis.design import (
    INTERCEPT,
    Ints,
    check_reference,
    complete_rows,
    design_matrix,
    level_text,
    names_in,
    parse_formula,
    referenced,
)
from analysis.envelope import Outcome, Refused
from analysis.logistic import FAR, SEPARATED, logistic
from analysis.ols import orthonormal, t_row

STEPS = 100


@dataclass(frozen=True)
class Ordered:
    """A fit: thresholds first, then the coefficients of the columns; `scores` a row an answer."""

    thresholds: Floats
    slopes: Floats
    covariance: Floats
    scores: Floats
    loglik: float


def ordinal(
    frame: Columns, outcome: str, fixed: str, *, factors: Sequence[str] = (),
    reference: Mapping[str, str] | None = None, cluster: str | None = None, conf: float = 0.95,
) -> Outcome:  # fmt: skip
    """logit P(Y <= k) = threshold_k - x b: one coefficient for every step of the scale (McCullagh 1980, JRSS B 42).

    Maximum likelihood by Newton's method; the likelihood is concave (Pratt 1981, JASA 76). A positive estimate means
    higher answers, as in MASS::polr and SPSS's PLUM; `odds_ratio` is of a higher answer against a lower, at any step.
    SE from the observed information, z and Wald intervals. With `cluster`: `se_cluster` by the sandwich with G/(G - 1),
    and t on G - 1. `lr_chi2` against the thresholds alone. `proportional_odds`: Brant's (1990, Biometrics 46) test
    that the slopes of the logits of Y > k are one; a small p says that the one coefficient hides that they differ.
    Levels: the numbers that occur, ascending. Unit: log odds. Missing: complete rows only.

    Warnings: `perfect_separation` (no maximum: coefficients, thresholds and tests are None), `brant_undefined` (a
    logit alone is separated, or there are two levels: proportional_odds is None), `few_clusters` (fewer than 20).
    Raises Refused: column_not_found, no_rows, all_missing, too_few_rows, too_few_groups, level_not_found,
    too_few_clusters, no_variance (one level), rank_deficient, not_converged.

    >>> data = {"y": [1, 1, 2, 3, 1, 2, 3, 3, 2, 3], "x": [0] * 5 + [1] * 5}
    >>> found = ordinal(data, "y", "x").result
    >>> round(found["coefficients"]["x"]["estimate"], 4), found["counts"]
    (2.5849, {'1': 3, '2': 3, '3': 4})
    """
    check_conf(conf)
    terms, wanted = parse_formula(fixed), dict(reference or {})
    check_reference(wanted, factors)
    used = names_in(terms)
    of_factors = [name for name in used if name in factors]
    numbers = [name for name in used if name not in factors]
    labels = [*of_factors, *([cluster] if cluster else [])]
    rows = referenced(complete_rows(frame, [outcome, *numbers], labels), wanted, of_factors)
    names, x = design_matrix(rows, terms)
    orthonormal(x)
    values, codes, counts = np.unique(rows.numbers[outcome], return_inverse=True, return_counts=True)
    if len(values) < 2:
        raise Refused("no_variance", f"column {outcome} has one value among the rows that are used")
    levels = [str(level_text(value)) for value in values]
    groups = None if cluster is None else rows.factors[cluster].codes
    if groups is not None and groups.max() < 1:
        raise Refused("too_few_clusters", f"column {cluster} has one cluster among the rows that are used")
    null = float(np.sum(counts * np.log(counts / rows.n)))
    result: dict[str, Any] = {
        "n_rows": rows.n_rows, "n": rows.n, "levels": levels,
        "counts": dict(zip(levels, counts.tolist(), strict=True)), "loglik_null": null,
        "coefficients": None, "thresholds": None, "loglik": None, "lr_chi2": None, "lr_df": x.shape[1] - 1,
        "lr_p": None, "mcfadden_r2": None, "proportional_odds": None,
    }  # fmt: skip
    names = [name for name in names if name != INTERCEPT]
    fit = fitted(x[:, 1:], codes.ravel())
    if fit is None:
        return Outcome(result, ["perfect_separation"])
    warnings = ["few_clusters"] if groups is not None and groups.max() + 1 < 20 else []
    result |= _told(fit, names, levels, groups, conf)
    chi2 = max(0.0, 2 * (fit.loglik - null))
    result |= {
        "loglik": fit.loglik, "lr_chi2": chi2, "mcfadden_r2": 1 - fit.loglik / null,
        "lr_p": float(stats.chi2.sf(chi2, len(names))) if names else None,
        "proportional_odds": brant(x, codes.ravel()) if names else None,
    }  # fmt: skip
    return Outcome(result, [*warnings, *([] if result["proportional_odds"] or not names else ["brant_undefined"])])


def fitted(x: Floats, codes: Ints) -> Ordered | None:
    """The maximum of the likelihood; None where some direction of thresholds and slopes never stops to raise it.

    x: n rows without a column of ones. codes: 0 to the number of levels less one, each there.
    """
    centre, spread = x.mean(axis=0), np.where(x.std(axis=0) > 0, x.std(axis=0), 1.0)
    upper, lower = _ends((x - centre) / spread, codes)
    cuts = int(codes.max())
    shares = np.cumsum(np.bincount(codes))[:-1] / len(codes)
    b = np.concatenate([special.logit(shares), np.zeros(x.shape[1])])
    value, scores, information = _likelihood(b, upper, lower)
    for _ in range(STEPS):
        if np.max(np.abs(upper[codes < cuts] @ b), initial=0.0) > FAR and _is_separated(upper, lower):
            return None
        step = np.linalg.solve(information, scores.sum(axis=0))
        moved = _likelihood(b + step, upper, lower)
        while not moved[0] >= value - 1e-9:
            step = step / 2
            moved = _likelihood(b + step, upper, lower)
        b, (value, scores, information) = b + step, moved
        if np.max(np.abs(step)) < 1e-10:
            # Back to the columns as they were: the slopes over their spreads, the thresholds moved with the centres.
            back = np.eye(len(b))
            back[cuts:, cuts:] = np.diag(1 / spread)
            back[:cuts, cuts:] = centre / spread
            told = back @ b
            covariance = back @ np.linalg.inv(information) @ back.T
            own = scores @ np.linalg.inv(back)
            return Ordered(told[:cuts], told[cuts:], np.asarray(covariance), np.asarray(own), value)
    raise Refused("not_converged", "the model for ordered answers found no maximum")


def _ends(x: Floats, codes: Ints) -> tuple[Floats, Floats]:
    """For each row the designs of threshold_k - x b and threshold_(k-1) - x b; a row of zeros where there is none."""
    cuts = int(codes.max())
    ends = []
    for at, is_there in ((codes, codes < cuts), (codes - 1, codes > 0)):
        design = np.zeros((len(codes), cuts + x.shape[1]))
        design[is_there, at[is_there]] = 1.0
        design[is_there, cuts:] = -x[is_there]
        ends.append(design)
    return ends[0], ends[1]


def _likelihood(b: Floats, upper: Floats, lower: Floats) -> tuple[float, Floats, Floats]:
    """Log likelihood, its gradient a row, and the observed information; minus infinity where thresholds cross."""
    high = np.where(upper.any(axis=1), upper @ b, np.inf)
    low = np.where(lower.any(axis=1), lower @ b, -np.inf)
    gap = high - low
    if np.any(gap <= 0):
        return -np.inf, upper, lower
    # P = F(high) F(-low) (1 - exp(-gap)), each factor without loss in the tails.
    value = total(special.log_expit(high) + special.log_expit(-low) + np.log(-np.expm1(-gap)))
    with np.errstate(over="ignore"):
        between = 1 / np.expm1(gap)
    curved = between * (1 + between)
    up, down = special.expit(-high) + between, -special.expit(low) - between
    scores = up[:, None] * upper + down[:, None] * lower
    up_weight = special.expit(high) * special.expit(-high) + curved
    down_weight = special.expit(low) * special.expit(-low) + curved
    crossed = upper.T @ (curved[:, None] * lower)
    information = upper.T @ (up_weight[:, None] * upper) + lower.T @ (down_weight[:, None] * lower)
    return value, scores, information - crossed - crossed.T


def _is_separated(upper: Floats, lower: Floats) -> bool:
    """Whether some direction lowers no upper end and raises no lower one: then the likelihood has no maximum."""
    signed = np.vstack([upper, -lower])
    signed = np.unique(signed[signed.any(axis=1)], axis=0)
    found = optimize.linprog(
        -signed.sum(axis=0) / len(signed), A_ub=-signed, b_ub=np.zeros(len(signed)), bounds=(-1, 1), method="highs"
    )
    return bool(found.status == 0 and -found.fun > SEPARATED)


def _told(
    fit: Ordered, names: Sequence[str], levels: Sequence[str], groups: Ints | None, conf: float
) -> dict[str, Any]:  # fmt: skip
    cuts, se = len(fit.thresholds), np.sqrt(np.diag(fit.covariance))
    point = float(stats.norm.isf((1 - conf) / 2))
    coefficients: dict[str, Any] = {}
    for place, name in enumerate(names, start=cuts):
        estimate, error = float(fit.slopes[place - cuts]), float(se[place])
        ends = [estimate - point * error, estimate + point * error]
        coefficients[name] = {
            "estimate": estimate, "se": error, "z": estimate / error,
            "p": float(2 * stats.norm.sf(abs(estimate / error))), "ci": ends,
            "odds_ratio": _ratio(estimate), "odds_ratio_ci": [_ratio(end) for end in ends],
        }  # fmt: skip
    if groups is not None:
        for place, (name, error) in enumerate(zip(names, _clustered(fit, groups)[cuts:], strict=True)):
            found = t_row(float(fit.slopes[place]), float(error), int(groups.max()), conf)
            coefficients[name] |= {
                "se_cluster": float(error), "df_cluster": int(groups.max()), "t_cluster": found["t"],
                "p_cluster": found["p"], "ci_cluster": found["ci"],
            }  # fmt: skip
    return {
        "coefficients": coefficients,
        "thresholds": {
            f"{low}|{high}": {"estimate": float(fit.thresholds[place]), "se": float(se[place])}
            for place, (low, high) in enumerate(itertools.pairwise(levels))
        },
    }


def _ratio(log_odds: float) -> float:
    """Without end where a column is so narrow that one of its units is many times its spread."""
    with np.errstate(over="ignore"):
        return float(np.exp(log_odds))


def _clustered(fit: Ordered, groups: Ints) -> Floats:
    count = int(groups.max()) + 1
    sums = np.zeros((count, fit.scores.shape[1]))
    np.add.at(sums, groups, fit.scores)
    # The diagonal of V (G/(G-1) sum of s s') V, as sums of squares.
    return np.asarray(np.sqrt(count / (count - 1) * np.sum((sums @ fit.covariance) ** 2, axis=0)))


def brant(x: Floats, codes: Ints) -> dict[str, Any] | None:
    """Whether the slopes of the logits of Y > 0, Y > 1 … are the same: a Wald test with (levels - 2) p df.

    x: with a column of ones first. None with two levels, or where one of the logits has no maximum.
    """
    cuts, slopes = int(codes.max()), x.shape[1] - 1
    if cuts < 2:
        return None
    fits = [
        logistic([str(place) for place in range(slopes + 1)], x, (codes > cut).astype(float)) for cut in range(cuts)
    ]
    if any(fit is None for fit in fits):
        return None
    whole = [fit for fit in fits if fit is not None]
    shares = [special.expit(x @ fit.estimates) for fit in whole]
    blocks = np.zeros((cuts * slopes, cuts * slopes))
    for one in range(cuts):
        for other in range(one, cuts):
            # Who is above the higher cut is above the lower as well.
            weight = shares[other] * (1 - shares[one])
            block = whole[one].covariance @ ((x * weight[:, None]).T @ x) @ whole[other].covariance
            across = slice(one * slopes, (one + 1) * slopes), slice(other * slopes, (other + 1) * slopes)
            blocks[across] = block[1:, 1:]
            blocks[across[1], across[0]] = block[1:, 1:].T
    contrast = np.hstack([np.tile(np.eye(slopes), (cuts - 1, 1)), -np.eye((cuts - 1) * slopes)])
    off = contrast @ np.concatenate([fit.estimates[1:] for fit in whole])
    chi2 = float(off @ np.linalg.lstsq(contrast @ blocks @ contrast.T, off, rcond=None)[0])
    df = (cuts - 1) * slopes
    return {"chi2": chi2, "df": df, "p": float(stats.chi2.sf(chi2, df))}
