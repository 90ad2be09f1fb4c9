"""Equating of two forms of a test that the lot gave to groups that are alike (random groups): by mean and linearly."""

import math
from typing import Any

from scipy import stats

from analysis.columns import Columns, Floats, check_conf, is_constant, mean, sd, total
from analysis.design import complete_rows, referenced
from analysis.envelope import Misuse, Outcome, Refused

ENOUGH = 50  # people a form, for linear equating
MOST_SCORES = 1_000
Moments = tuple[int, float, float, float, float]


def equate(
    frame: Columns, score: str, form: str, *, reference: str | None = None, minimum: int | None = None,
    maximum: int | None = None, conf: float = 0.95,
) -> Outcome:  # fmt: skip
    """Where each score x of the other form stands on the scale of the reference form, in groups that are alike.

    `mean`: x + m_y - m_x. `linear`: slope x + intercept, slope = s_y/s_x, so that means and spreads agree (sd with
    n - 1). `scores.X`: `mean`, `linear`, and of each its standard error and interval over both groups' sampling, by the
    delta method without normality (Kolen & Brennan 2014, Test Equating, chapters 2 and 7; Braun & Holland 1982): with
    z = (x - m_x)/s_x, var = s_y^2 sum over forms of (1 + skewness z + (kurtosis - 1) z^2/4)/n; of the mean,
    s_x^2/n_x + s_y^2/n_y. Scores from `minimum` to `maximum`, else from the lowest to the highest seen. An equated
    score may lie outside the scale: it is told as it is. Unit: points of the reference form. Missing: complete rows.

    Warnings: `few_people` (fewer than 50 had a form: equate by mean, or let the form be a term of a model). Raises
    Refused: column_not_found, no_rows, not_binary (more than two forms), all_missing, too_few_rows (fewer than three
    of a form), too_few_groups, level_not_found, no_variance (a form that all scored alike on).

    >>> data = {"s": [2, 4, 6, 8, 10, 3, 4, 5, 6, 7], "f": list("aaaaabbbbb")}
    >>> found = equate(data, "s", "f", reference="a").result
    >>> found["linear"], found["scores"]["7"]["mean"], found["scores"]["7"]["linear"]
    ({'slope': 2.0, 'intercept': -4.0}, 8.0, 10.0)
    """
    check_conf(conf)
    if minimum is not None and maximum is not None and not minimum < maximum:
        raise Misuse("--max must be above --min")
    rows = complete_rows(frame, [score], [form], two_levels=[form])
    rows = referenced(rows, {} if reference is None else {form: reference}, [form])
    held, values = rows.factors[form], rows.numbers[score]
    told = dict(zip(held.levels, (_moments(values[held.codes == place], form) for place in (0, 1)), strict=True))
    (base, other), seen = held.levels, values[held.codes == 1]
    slope = told[base][2] / told[other][2]
    low, high = _range(seen, minimum, maximum)
    result: dict[str, Any] = {
        "n_rows": rows.n_rows, "n": rows.n, "reference": base, "other": other,
        "forms": {
            level: dict(zip(("n", "mean", "sd", "skewness", "kurtosis"), moments, strict=True))
            for level, moments in told.items()
        },
        "mean": {"slope": 1.0, "intercept": told[base][1] - told[other][1]},
        "linear": {"slope": slope, "intercept": told[base][1] - slope * told[other][1]},
        "scores": {str(x): _equated(x, told[other], told[base], conf) for x in range(low, high + 1)},
    }  # fmt: skip
    few = min(moments[0] for moments in told.values()) < ENOUGH
    return Outcome(result, ["few_people"] if few else [])


def _range(seen: Floats, minimum: int | None, maximum: int | None) -> tuple[int, int]:
    low = math.floor(min(seen)) if minimum is None else minimum
    high = math.ceil(max(seen)) if maximum is None else maximum
    if high - low > MOST_SCORES:
        raise Misuse(f"more than {MOST_SCORES} scores to tell of: name --min and --max")
    return low, high


def _moments(values: Floats, form: str) -> Moments:
    """n, mean, sd (n - 1), and the skewness and kurtosis (3 of a normal) of moments over n."""
    if len(values) < 3:
        raise Refused("too_few_rows", f"a level of {form} has {len(values)} scores; three are needed")
    if is_constant(values):
        raise Refused("no_variance", f"all with a level of {form} have one score")
    centre, spread = mean(values), sd(values) or 0.0
    off = values - centre
    second, third, fourth = (total(off**power) / len(values) for power in (2, 3, 4))
    return len(values), centre, spread, third / second**1.5, fourth / second**2


def _equated(x: float, other: Moments, base: Moments, conf: float) -> dict[str, Any]:
    """x of the other form on the scale of the base.

    >>> form_x, form_y = (4329, 19.8524, 8.2116, 0.3752, 2.3024), (4152, 18.9798, 8.9393, 0.3527, 2.1464)
    >>> found = _equated(10, form_x, form_y, 0.95)  # ACT mathematics, Kolen & Brennan 2014, tables 2.4 to 2.7
    >>> round(found["mean"], 4), round(found["linear"], 4)
    (9.1274, 8.2543)
    """
    z = (x - other[1]) / other[2]
    linear_se = base[2] * math.sqrt(
        sum((1 + skewness * z + (kurtosis - 1) * z * z / 4) / n for n, _, _, skewness, kurtosis in (other, base))
    )
    mean_se = math.sqrt(other[2] ** 2 / other[0] + base[2] ** 2 / base[0])
    reach = float(stats.norm.isf((1 - conf) / 2))
    by_mean, linear = x + base[1] - other[1], base[1] + base[2] * z
    return {
        "mean": by_mean, "mean_se": mean_se, "mean_ci": [by_mean - reach * mean_se, by_mean + reach * mean_se],
        "linear": linear, "linear_se": linear_se, "linear_ci": [linear - reach * linear_se, linear + reach * linear_se],
    }  # fmt: skip
