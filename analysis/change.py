"""Change of individuals: who has changed more than the measure's own error explains (Jacobson & Truax 1991)."""

import math
from typing import Any

import numpy as np
from scipy import special

from analysis.columns import Columns, Floats, check_some, mean, named, sd
from analysis.envelope import Misuse, Outcome, Refused


def change(frame: Columns, pre: str, post: str, *, reliability: float, better: str) -> Outcome:
    """RCI = (post - pre)/s_diff with s_diff = sqrt 2 sem and sem = sd_pre sqrt(1 - R), over complete pairs.

    `mdc90` and `mdc95` are the smallest changes beyond the normal point: 1.6449 and 1.9600 times s_diff, in the
    measure's unit. Improved and deteriorated are |RCI| > 1.959964 in the direction that `better` says (higher, lower).
    It says nothing of why anybody has changed, and change below the limit is not known to be none.

    Warnings: `zero_variance_pre` (nobody can be told from another: the counts are None), `no_measurement_error` (R is
    1: any change counts). Raises Refused: column_not_found, no_rows, all_missing, too_few_rows (fewer than three
    pairs). Misuse: R outside (0, 1], an unknown `better`, the same column twice.

    >>> data = {"a": [10, 12, 14, 16], "b": [11, 19, 14, 10]}
    >>> found = change(data, "a", "b", reliability=0.8, better="higher").result
    >>> round(found["mdc95"], 4), found["n_improved"], found["n_unchanged"], found["n_deteriorated"]
    (3.2006, 1, 2, 1)
    """
    if not 0 < reliability <= 1:
        raise Misuse("--reliability is above 0 and at most 1")
    if better not in ("higher", "lower"):
        raise Misuse("--better is higher or lower")
    before, after = complete(frame, [pre, post])
    spread = sd(before) or 0.0
    sem = spread * math.sqrt(1 - reliability)
    s_diff = math.sqrt(2) * sem
    result: dict[str, Any] = {
        "n_pairs": len(before), "reliability": reliability, "mean_diff": mean(after - before), "sd_pre": spread,
        "sem": sem, "s_diff": s_diff, "mdc90": _point(0.90) * s_diff, "mdc95": _point(0.95) * s_diff,
    }  # fmt: skip
    if not spread:
        nothing = dict.fromkeys(("n_improved", "n_unchanged", "n_deteriorated"))
        return Outcome(result | nothing, ["zero_variance_pre"])
    gain = (after - before) * (1 if better == "higher" else -1)
    up, down = (int(np.sum(side > result["mdc95"])) for side in (gain, -gain))
    result |= {"n_improved": up, "n_unchanged": len(gain) - up - down, "n_deteriorated": down}
    return Outcome(result, [] if sem else ["no_measurement_error"])


def _point(share: float) -> float:
    return float(-special.ndtri((1 - share) / 2))


def complete(frame: Columns, names: list[str]) -> list[Floats]:
    """The named columns in their order, of the rows that have all of them.

    Raises Refused: column_not_found, no_rows, all_missing, too_few_rows (fewer than three); Misuse: a name twice.

    >>> [values.tolist() for values in complete({"b": [1, 2, 3, None], "a": [4, 5, 6, 7]}, ["b", "a"])]
    [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
    """
    columns = named(frame, names)
    check_some(columns)
    used = np.logical_and.reduce([~np.isnan(values) for values in columns.values()])
    if used.sum() < 3:
        raise Refused("too_few_rows", f"{used.sum()} complete rows; three are needed")
    return [columns[name][used] for name in names]
