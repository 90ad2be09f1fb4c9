"""The then-test: people say after what they now think they were before, and that is held beside what they said then."""

import math
from typing import Any

from analysis.change import complete
from analysis.columns import Columns, Floats, check_conf
from analysis.effects import hedges_j
from analysis.envelope import Outcome
from analysis.paired import difference_test


def responseshift(frame: Columns, pre: str, post: str, then: str, *, conf: float = 0.95) -> Outcome:
    """`unadjusted` = post - pre, `then_adjusted` = post - then, `response_shift` = then - pre (Howard 1980).

    Each with mean, sd, a t test on n - 1 with interval, and g_z = J(n - 1) mean/sd (Hedges 1981), over the rows that
    have all three. Unit: the measure's. What people remember is biased by what they believe the course did: both
    changes are always given, never the larger alone.

    Warnings: `zero_variance_diff:KEY` (t, p and g_z None). Raises Refused: column_not_found, no_rows, all_missing,
    too_few_rows (fewer than three rows). Misuse: a column in two roles.

    >>> data = {"a": [4, 5, 3, 4], "b": [5, 5, 4, 6], "c": [3, 3, 3, 4]}
    >>> found = responseshift(data, "a", "b", "c").result
    >>> [found[key]["mean_diff"] for key in ("unadjusted", "then_adjusted", "response_shift")]
    [1.0, 1.75, -0.75]
    """
    check_conf(conf)
    before, after, recalled = complete(frame, [pre, post, then])
    differences = {
        "unadjusted": after - before, "then_adjusted": after - recalled, "response_shift": recalled - before
    }  # fmt: skip
    found = {key: _tested(difference, conf) for key, difference in differences.items()}
    warnings = [f"zero_variance_diff:{key}" for key, row in found.items() if row["t"] is None]
    return Outcome({"n_rows": len(frame[pre]), "n_triples": len(before)} | found, warnings)


def _tested(difference: Floats, conf: float) -> dict[str, Any]:
    row = difference_test(difference, conf)
    n, t = len(difference), row["t"]
    return {key: row[key] for key in ("mean_diff", "sd_diff", "t", "df", "p", "ci")} | {
        "g_z": None if t is None else hedges_j(n - 1) * t / math.sqrt(n)
    }
