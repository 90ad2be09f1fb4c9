"""Means and shares of a raked survey, with the variance of a jackknife that rakes every replicate anew."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special, stats

from analysis.columns import Columns, Floats, check_conf, check_some, floats, named
from analysis.envelope import Misuse, Outcome, Refused
from analysis.rake import MOST_ROUNDS, TOLERANCE, Codes, Margins, Totals, kish_effect, margins_of, rake

FEW_UNITS = 30
AT_ONCE = 2_000_000  # weights of cells in replicates held in memory


@dataclass(frozen=True)
class _Sample:
    """People in cells: in a cell all have the same known category of every margin, and so one factor. `units`: who is
    left out together in a replicate."""

    margins: Margins
    cell_of: Codes
    unit_of: Codes
    base: Floats

    @property
    def n_cells(self) -> int:
        return int(self.margins.codes.shape[1])

    @property
    def n_units(self) -> int:
        return int(self.unit_of.max()) + 1

    def by_unit(self, values: Floats) -> Floats:
        """The sum of `values` in each unit and cell: replicates need no more than these sums."""
        sums: Floats = np.zeros((self.n_units, self.n_cells))
        np.add.at(sums, (self.unit_of, self.cell_of), values)
        return sums


def raking(
    frame: Columns, items: Sequence[str], totals: Totals, *, by: str | None = None, base: str | None = None,
    unit: str | None = None, conf: float = 0.95, tolerance: float = TOLERANCE, most_rounds: int = MOST_ROUNDS,
    keep_weights: bool = False,
) -> Outcome:  # fmt: skip
    """The weighted mean of each item (a share where it is 0 and 1), in all and in each level of `by`.

    Weights: `base` (1 without it), raked to `totals`, margin -> category -> people (see `rake`). Variance: the
    delete-one jackknife over units (rows, or the levels of `unit`: households, clusters, random groups), every
    replicate raked to the same totals: v = (G - 1)/G times the sum of (theta_g - theta)^2 about the whole sample's
    theta (Wolter 2007, Introduction to Variance Estimation, 4.2 and 4.5; the JK1 of R's `survey` with mse = TRUE).
    `margin` = t(G - 1) se, the margin of error. `ci`: of a share on the logit scale, so that it stays within 0 to 1
    (Korn & Graubard 1999, Analysis of Health Surveys, 3.2); else mean and margin. `design_effect`: v over the variance
    of the mean of as many equally weighted people. Missing: a person without the item counts in the weights only, one
    without a category of a margin in the other margins. It is model-based: chance is in it, not who chose to answer.

    Warnings: `few_units` (fewer than 30), `no_variance:NAME` (all alike: se 0, ci None). Raises Refused: those of
    `margins_of` and `rake`, column_not_found, too_few_rows (fewer than 3 units, or a category that stands with one
    unit: its replicate could not be raked), and all_missing.

    >>> told = raking({"y": [1, 0, 1, 0], "s": ["a", "a", "b", "b"]}, ["y"], {"s": {"a": 30, "b": 10}}).result
    >>> told["estimates"]["y"]["estimate"], round(told["weights"]["design_effect"], 3)
    (0.5, 1.25)
    """
    check_conf(conf)
    columns = named(frame, items)
    check_some(columns)
    for name in (*totals, *(one for one in (by, base, unit) if one)):
        if name not in frame:
            raise Refused("column_not_found", f"there is no column {name}")
    sample = _sample(frame, totals, base, unit)
    whole = rake(
        sample.margins, np.sum(sample.by_unit(sample.base), axis=0), tolerance=tolerance, most_rounds=most_rounds
    )
    factors = _factors(sample, tolerance, most_rounds)
    weights = sample.base * whole.weights[sample.cell_of] / np.sum(sample.by_unit(sample.base), axis=0)[sample.cell_of]
    levels = _levels(frame, by)
    told, warnings = dict[str, Any](), ["few_units"] if sample.n_units < FEW_UNITS else []
    for name in columns:
        for level, inside in levels.items():
            key = name if level is None else f"{name}|{level}"
            told[key] = _estimate(columns[name], inside, weights, sample, factors, conf)
            if told[key]["se"] == 0:
                warnings.append(f"no_variance:{key}")
    result: dict[str, Any] = {
        "n_rows": len(weights), "n_units": sample.n_units, "population": sample.margins.population,
        "method": "raking, delete-one jackknife", "rounds": whole.rounds, "deviation": whole.deviation,
        "weights": _described(weights), "estimates": told,
    }  # fmt: skip
    if keep_weights:
        result["weights"]["each"] = weights.tolist()
    return Outcome(result, warnings)


def _sample(frame: Columns, totals: Totals, base: str | None, unit: str | None) -> _Sample:
    people = margins_of({name: _texts(frame[name]) for name in totals}, totals)
    # One column a person: equal columns are one cell.
    cells, cell_of = np.unique(people.codes, axis=1, return_inverse=True)
    n = people.codes.shape[1]
    weights = np.ones(n) if base is None else floats(frame[base])
    if not np.all(np.isfinite(weights)) or np.any(weights <= 0):
        raise Refused("out_of_range", f"column {base} has a weight that is missing or not above 0")
    units = np.arange(n) if unit is None else _unit_of(unit, _texts(frame[unit]))
    sample = _Sample(people.of_cells(cells), np.ravel(cell_of), units, weights)
    if sample.n_units < 3:
        raise Refused("too_few_rows", "a jackknife needs three units")
    _check_replicates(sample, people, totals)
    return sample


def _unit_of(name: str, units: list[str | None]) -> Codes:
    if None in units:
        raise Refused("out_of_range", f"column {name} does not tell everybody's unit")
    found: Codes = np.unique(np.array(units), return_inverse=True)[1]
    return np.ravel(found)


def _check_replicates(sample: _Sample, people: Margins, totals: Totals) -> None:
    for (name, counts), codes in zip(totals.items(), people.codes, strict=True):
        for place, level in enumerate(counts):
            if len(set(sample.unit_of[codes == place].tolist())) < 2:
                raise Refused("too_few_rows", f"one unit is alone in the category {level} of {name}: merge it")


def _factors(sample: _Sample, tolerance: float, most_rounds: int) -> Floats:
    """For each replicate, the factor of each cell. Those that leave out the same weight of the same cells are one."""
    own = sample.by_unit(sample.base)
    left, which = np.unique(own, axis=0, return_inverse=True)
    block = max(1, AT_ONCE // sample.n_cells)
    raked = np.concatenate(
        [
            rake(sample.margins, kept, tolerance=tolerance, most_rounds=most_rounds).weights
            / np.where(kept > 0, kept, 1)
            for start in range(0, len(left), block)
            for kept in [np.sum(own, axis=0) - left[start : start + block]]
        ]
    )
    return raked[np.ravel(which)]


def _levels(frame: Columns, by: str | None) -> dict[str | None, Any]:
    if by is None:
        return {None: slice(None)}
    texts = np.array([text or "" for text in _texts(frame[by])])
    return {None: slice(None)} | {level: texts == level for level in sorted(set(texts.tolist()) - {""})}


def _estimate(
    values: Floats, inside: Any, weights: Floats, sample: _Sample, factors: Floats, conf: float
) -> dict[str, Any]:  # fmt: skip
    counts = np.isfinite(values)
    mask = np.zeros(len(values), dtype=bool)
    mask[inside] = True
    counts &= mask
    n = int(np.sum(counts))
    if n == 0:
        raise Refused("all_missing", "nobody of a level of --by has answered")
    y, w = values[counts], weights[counts]
    estimate = float(np.sum(w * y) / np.sum(w))
    replicates = _replicates(np.where(counts, values, 0.0), counts, sample, factors)
    spread = replicates - estimate
    variance = float(np.sum(spread[np.abs(spread) > 1e-14] ** 2) * (sample.n_units - 1) / sample.n_units)
    se, df = math.sqrt(variance), sample.n_units - 1
    margin = float(stats.t.isf((1 - conf) / 2, df)) * se
    alike = float(np.sum(w * (y - estimate) ** 2) / np.sum(w) / max(n - 1, 1))
    return {
        "n": n, "estimate": estimate, "unweighted": float(np.mean(y)), "se": se, "df": df, "margin": margin,
        "ci": _ci(y, estimate, se, margin), "design_effect": variance / alike if alike > 0 else None,
    }  # fmt: skip


def _replicates(values: Floats, counts: Any, sample: _Sample, factors: Floats) -> Floats:
    with_y, with_any = sample.by_unit(sample.base * values), sample.by_unit(sample.base * counts)
    above = np.sum(factors * (np.sum(with_y, axis=0) - with_y), axis=1)
    below = np.sum(factors * (np.sum(with_any, axis=0) - with_any), axis=1)
    if np.any(below <= 0):
        raise Refused("too_few_rows", "a level of --by has one unit")
    return np.asarray(above / below)


def _ci(y: Floats, estimate: float, se: float, margin: float) -> list[float] | None:
    if se == 0:
        return None
    if not np.all((y == 0) | (y == 1)):
        return [estimate - margin, estimate + margin]
    centre, reach = float(special.logit(estimate)), margin / (estimate * (1 - estimate))
    return [float(special.expit(centre - reach)), float(special.expit(centre + reach))]


def _described(weights: Floats) -> dict[str, float]:
    effect, mean = kish_effect(weights), float(np.mean(weights))
    return {
        "design_effect": effect, "n_effective": len(weights) / effect, "smallest": float(np.min(weights)) / mean,
        "largest": float(np.max(weights)) / mean,
    }  # fmt: skip


def _texts(values: Any) -> list[str | None]:
    return [None if value is None or value != value or not str(value).strip() else str(value) for value in values]


def totals_of(
    rows: Sequence[Mapping[str, str | None]], names: Sequence[str], people: Sequence[float]
) -> dict[str, dict[str, float]]:
    """The margins of a file of counts with a column for each margin: a cross table is summed over the others.

    Raises Misuse for a row without a category or a number. Example: of rows (16–29, woman, 10) and (16–29, man, 12) the
    margin of age has 22 in 16–29.
    """
    totals: dict[str, dict[str, float]] = {name: {} for name in names}
    for row, count in zip(rows, people, strict=True):
        for name in names:
            level = row[name]
            if level is None or not math.isfinite(count):
                raise Misuse(f"a row of the totals has no {name}, or no number of people")
            totals[name][level] = totals[name].get(level, 0.0) + count
    return totals
