"""Wilcoxon's signed-rank test in all the variants that other programs print."""

import math
from typing import Any

import numpy as np
from scipy import stats

from analysis.table import Floats

MAX_EXACT = 200


def signed_rank(differences: Floats) -> dict[str, Any]:
    """Zeros dropped (Wilcoxon 1945), mid-ranks for ties, differences rounded to 10 decimals first.

    `p_normal` has the tie-corrected variance, no continuity correction (SPSS); `p_normal_cc` one of 0.5 (R);
    `p_exact` is the permutation distribution given the observed mid-ranks, for up to 200 non-zero pairs.

    >>> import numpy as np
    >>> signed_rank(np.array([1.0, 2.0, 3.0]))["p_exact"]
    0.25
    """
    rounded = np.round(differences, 10)
    nonzero = rounded[rounded != 0]
    known: dict[str, Any] = {"n_nonzero": len(nonzero), "n_zero": len(rounded) - len(nonzero)}
    if len(nonzero) == 0:
        empty = dict.fromkeys(("z", "p_normal", "p_normal_cc", "p_exact", "rank_biserial"))
        return known | {"w_plus": 0.0, "w_minus": 0.0} | empty
    ranks = stats.rankdata(np.abs(nonzero))
    w_plus = float(np.sum(np.sort(ranks[nonzero > 0])))
    w_minus = float(np.sum(np.sort(ranks[nonzero < 0])))
    gap = w_plus - (w_plus + w_minus) / 2
    spread = math.sqrt(float(np.sum(np.sort(ranks**2))) / 4)
    corrected = max(0.0, abs(gap) - 0.5)
    return known | {
        "w_plus": w_plus, "w_minus": w_minus, "z": gap / spread,
        "p_normal": float(2 * stats.norm.sf(abs(gap) / spread)),
        "p_normal_cc": min(1.0, float(2 * stats.norm.sf(corrected / spread))),
        "p_exact": _exact(ranks, w_plus) if len(nonzero) <= MAX_EXACT else None,
        "rank_biserial": (w_plus - w_minus) / (w_plus + w_minus),
    }  # fmt: skip


def _exact(ranks: Floats, w_plus: float) -> float:
    """P(|W - E| >= |w - E|) over all signs: the sums of doubled mid-ranks are whole numbers, so counting is exact."""
    doubled = np.rint(2 * np.sort(ranks)).astype(int)
    total = int(doubled.sum())
    chances = np.zeros(total + 1)
    chances[0] = 1.0
    reach = 0
    for rank in doubled:
        reach += int(rank)
        shifted = np.zeros_like(chances)
        shifted[rank : reach + 1] = chances[: reach + 1 - rank]
        chances = (chances + shifted) / 2
    distance = abs(2 * np.arange(total + 1) - total)
    return min(1.0, float(np.sum(np.sort(chances[distance >= abs(2 * round(2 * w_plus) - total)]))))
