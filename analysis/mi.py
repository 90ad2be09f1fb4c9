"""Multiple imputation by chained equations, then linear regression and Rubin's rules."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from analysis.columns import Columns, Floats, check_conf, is_constant, sd
from analysis.design import (
    Factor,
    Ints,
    Rows,
    Term,
    check_levels,
    check_reference,
    columns_of,
    design_matrix,
    level_text,
    names_in,
    parse_formula,
    referenced,
)
from analysis.envelope import Misuse, Outcome, Refused
from analysis.ols import least_squares, se_of
from analysis.pool import pool

ROUNDS = 10  # of the chain before its values are used
RIDGE = 1e-5  # of the diagonal, so that nearly collinear predictors do not throw draws about
NEWTON = 25
DEPENDENT = 1e-9  # of a column's own length squared: with no more left it depends on the others


@dataclass(frozen=True)
class Gaps:
    """What is missing: for each variable with gaps, the fewest first, who lacks it."""

    names: list[str]
    missing: dict[str, Any]


def mi(
    frame: Columns, outcome: str, fixed: str, *, factors: Sequence[str] = (),
    reference: Mapping[str, str] | None = None, auxiliary: Sequence[str] = (), m: int = 50, seed: int = 1,
    delta: float = 0.0, delta_in: Mapping[str, str] | None = None, conf: float = 0.95,
) -> Outcome:  # fmt: skip
    """outcome = fixed effects by least squares in each of m imputed data sets, pooled by Rubin 1987.

    Every variable with gaps is drawn in turn given all others, the outcome included and auxiliaries too, ten rounds a
    data set (van Buuren 2018, `norm`, `logreg`, `polyreg` of mice): a number from a linear regression with its
    parameters drawn from their posterior, a factor from a multinomial regression with coefficients drawn from their
    large-sample distribution, augmented so that it exists under separation (White, Daniel & Royston 2010, Comput Stat
    Data Anal 54). The outcome is drawn from the analysis model with the auxiliaries added, interactions included.
    `coefficients.NAME` has the keys of `pool`, with dfcom = n - p. It is right where what is missing depends on what is
    known. Rows with no value at all are left out. The same seed and data give the same numbers, however rows stand.
    `delta` is added to every drawn outcome, in standard deviations of the known ones: what if those who did not answer
    did worse than their like (van Buuren 2018, 9.2)? With `delta_in` (a factor and its level) in that group alone.

    Warnings: `nothing_missing`. Raises Refused: column_not_found, no_rows, all_missing, too_few_rows (also where a
    variable has too few known values for its regression), too_few_groups, level_not_found, no_variance,
    rank_deficient. Misuse: m below 2, a negative seed, a column in two roles.

    >>> data = {"y": [1, 3, 2, None, 5, 4, 6, None], "x": [1, 2, 2, 3, 4, None, 5, 6]}
    >>> found = mi(data, "y", "x", m=20).result
    >>> found["m"], found["n"], found["n_missing"], 0.5 < found["coefficients"]["x"]["estimate"] < 1.5
    (20, 8, {'y': 2, 'x': 1}, True)
    """
    check_conf(conf)
    if m < 2 or seed < 0 or not math.isfinite(delta):
        raise Misuse("--m is 2 or more, --seed 0 or more, and --delta a number")
    terms, reference = parse_formula(fixed), reference or {}
    names = [outcome, *names_in(terms), *sorted(auxiliary)]
    if len(set(names)) < len(names):
        raise Misuse("a column has two roles")
    check_reference(reference, factors)
    categorical = [name for name in names if name in factors]
    if outcome in categorical:
        raise Misuse("--outcome is a number")
    check_reference(delta_in or {}, categorical)
    rows, missing = _rows(frame, [name for name in names if name not in factors], categorical)
    check_levels(rows, categorical)
    rows = referenced(rows, reference, categorical)
    if is_constant(rows.numbers[outcome][~missing[outcome]]):
        raise Refused("no_variance", "the outcome has one value only")
    counts = {name: int(missing[name].sum()) for name in names}
    gaps = Gaps(sorted((name for name in names if counts[name]), key=lambda name: (counts[name], name)), missing)
    estimates, errors = [], []
    rng = np.random.default_rng(seed)
    shifted = _shifted(rows, missing[outcome], delta_in or {})
    step = delta * (sd(rows.numbers[outcome][~missing[outcome]]) or 0.0)
    for _ in range(m):
        whole = _imputed(rows, gaps, outcome, terms, sorted(auxiliary), rng)
        whole.numbers[outcome][shifted] += step
        fit = least_squares(*design_matrix(whole, terms), whole.numbers[outcome])
        estimates.append(fit.estimates.tolist())
        errors.append([se_of(fit.covariance, place) for place in range(len(fit.names))])
    pooled = {
        name: pool([row[place] for row in estimates], [row[place] for row in errors], fit.df, conf=conf).result
        for place, name in enumerate(fit.names)
    }
    result: dict[str, Any] = {
        "n_rows": len(frame[outcome]), "n": rows.n, "n_complete": int(np.sum(~np.any(list(missing.values()), axis=0))),
        "n_missing": counts, "m": m, "seed": seed, "delta": delta,
        "method": "chained equations, Rubin's rules", "coefficients": pooled,
    }  # fmt: skip
    return Outcome(result, [] if gaps.names else ["nothing_missing"])


def _shifted(rows: Rows, gone: Any, group: Mapping[str, str]) -> Any:
    """Which outcomes are moved: those that were not known, of the group if one is named."""
    for name, level in group.items():
        held = rows.factors[name]
        if level_text(level) not in held.levels:
            raise Refused("level_not_found", f"column {name} has no level {level} among the rows that are used")
        gone = gone & (held.codes == held.levels.index(str(level_text(level))))
    return gone


def _rows(frame: Columns, numeric: Sequence[str], categorical: Sequence[str]) -> tuple[Rows, dict[str, Any]]:
    """The rows with some value, in an order of their own, and who lacks what; a gap is NaN, or the first level."""
    numbers, labelled = columns_of(frame, numeric, categorical)
    missing = {name: np.isnan(values) for name, values in numbers.items()}
    missing |= {name: held.codes < 0 for name, held in labelled.items()}
    used = np.flatnonzero(~np.logical_and.reduce(list(missing.values())))
    if len(used) < 3:
        raise Refused("too_few_rows", f"{len(used)} rows with a value; three are needed")
    keys = [labelled[name].codes[used] for name in sorted(labelled)] + [numbers[name][used] for name in sorted(numbers)]
    used = used[np.lexsort(keys)]
    rows = Rows(
        len(next(iter(missing.values()))),
        {name: values[used] for name, values in numbers.items()},
        {name: Factor(held.levels, np.maximum(held.codes[used], 0)) for name, held in labelled.items()},
    )
    return rows, {name: gone[used] for name, gone in missing.items()}


def _imputed(
    rows: Rows, gaps: Gaps, outcome: str, terms: Sequence[Term], auxiliary: Sequence[str], rng: np.random.Generator
) -> Rows:
    """One data set without gaps: begun with values drawn from the known ones, then drawn anew round by round."""
    numbers = {name: values.copy() for name, values in rows.numbers.items()}
    factors = {name: Factor(held.levels, held.codes.copy()) for name, held in rows.factors.items()}
    whole = Rows(rows.n_rows, numbers, factors)
    for name in gaps.names:
        gone = gaps.missing[name]
        values = numbers[name] if name in numbers else factors[name].codes
        values[gone] = rng.choice(values[~gone], size=int(gone.sum()))
    others = sorted([*numbers, *factors])
    for _ in range(ROUNDS if gaps.names else 0):
        for name in gaps.names:
            given: list[Term] = [(other,) for other in others if other != name]
            if name == outcome:
                given = [*terms, *((extra,) for extra in auxiliary)]
            x, gone = design_matrix(whole, given)[1], gaps.missing[name]
            if name in numbers:
                numbers[name][gone] = _drawn_numbers(x[~gone], numbers[name][~gone], x[gone], rng)
            else:
                held = factors[name]
                held.codes[gone] = _drawn_levels(x[~gone], held.codes[~gone], x[gone], len(held.levels), rng)
    return whole


def _independent(x: Floats) -> list[int]:
    """The columns that those before them do not determine: a level that nobody known has says nothing."""
    inner = x.T @ x
    scale = np.sqrt(np.maximum(np.diag(inner), np.finfo(float).tiny))
    inner = inner / np.outer(scale, scale)
    kept: list[int] = []
    for place in range(len(inner)):
        shared = inner[kept, place]
        left = inner[place, place] - shared @ np.linalg.solve(inner[np.ix_(kept, kept)], shared)
        if left > DEPENDENT:
            kept.append(place)
    return kept


def _drawn_numbers(x: Floats, y: Floats, at: Floats, rng: np.random.Generator) -> Floats:
    """Bayesian linear regression (Rubin 1987, example 5.1): sigma, then the coefficients, then the values."""
    told = _independent(x)
    x, at = x[:, told], at[:, told]
    n, p = x.shape
    if n <= p:
        raise Refused("too_few_rows", f"{n} known values and {p} coefficients to impute with")
    inner = x.T @ x
    inner[np.diag_indices(p)] *= 1 + RIDGE
    b = np.linalg.solve(inner, x.T @ y)
    left = y - x @ b
    sigma = np.sqrt(left @ left / rng.chisquare(n - p))
    drawn = b + sigma * np.linalg.solve(np.linalg.cholesky(inner).T, rng.normal(size=p))
    return np.asarray(at @ drawn + sigma * rng.normal(size=len(at)))


def _drawn_levels(x: Floats, codes: Ints, at: Floats, levels: int, rng: np.random.Generator) -> Ints:
    """Multinomial regression on augmented rows: coefficients from the normal at the maximum, then the levels."""
    told = _independent(x)
    x, at = x[:, told], at[:, told]
    wide, chosen, weights = _augmented(x, codes, levels)
    p = x.shape[1]
    size = (levels - 1) * p
    b, targets = np.zeros((levels - 1, p)), np.eye(levels)[chosen][:, 1:]
    for _ in range(NEWTON):
        shares = _shares(wide, b)[:, 1:]
        score = (wide.T @ (weights[:, None] * (targets - shares))).T.ravel()
        information = np.empty((levels - 1, p, levels - 1, p))
        for j in range(levels - 1):
            for k in range(levels - 1):
                curve = weights * shares[:, j] * ((j == k) - shares[:, k])
                information[j, :, k, :] = (wide * curve[:, None]).T @ wide
        square = information.reshape(size, size)
        square[np.diag_indices(size)] *= 1 + RIDGE
        step = np.linalg.solve(square, score)
        b = b + step.reshape(b.shape)
        if np.max(np.abs(step)) < 1e-6:
            break
    drawn = b + np.linalg.solve(np.linalg.cholesky(square).T, rng.normal(size=size)).reshape(b.shape)
    ladder = np.cumsum(_shares(at, drawn), axis=1)
    drawn_levels = np.sum(rng.random((len(at), 1)) > ladder, axis=1)
    return np.asarray(np.minimum(drawn_levels, levels - 1), dtype=np.int64)


def _shares(x: Floats, b: Floats) -> Floats:
    return np.asarray(special.softmax(np.column_stack([np.zeros(len(x)), x @ b.T]), axis=1))


def _augmented(x: Floats, codes: Ints, levels: int) -> tuple[Floats, Ints, Floats]:
    """Two rows more for each predictor and level, one sd to each side, with the weight of p rows in all."""
    middle, spread = x.mean(axis=0), x.std(axis=0, ddof=1)
    extra = [
        (middle + side * spread * (np.arange(x.shape[1]) == place), level)
        for place in range(1, x.shape[1]) for side in (-1.0, 1.0) for level in range(levels)
    ] or [(middle, level) for level in range(levels)]  # fmt: skip
    weights = np.concatenate([np.ones(len(x)), np.full(len(extra), x.shape[1] / len(extra))])
    wide = np.vstack([x, [row for row, _ in extra]])
    return wide, np.concatenate([codes, [level for _, level in extra]]), weights
