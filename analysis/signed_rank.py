"""Wilcoxon's signed-rank test in all the variants that other programs print, so that anyone can find their own."""

import math
from typing import Any

import numpy as np
from scipy import stats

from analysis.columns import Floats, total

MAX_EXACT = 200
DECIMALS = 10  # 0.3 - 0.1 and 0.4 - 0.2 are a tie
TESTS = ("z", "p_normal", "p_normal_cc", "p_exact", "rank_biserial")


def signed_rank(differences: Floats) -> dict[str, Any]:
    """The test of differences without missing values: zeros dropped (Wilcoxon 1945, not Pratt), ties get mid-ranks.

    Differences are rounded to 10 decimals first. With E = sum(ranks)/2 and variance V = sum(ranks^2)/4 (which is
    n(n+1)(2n+1)/24 less the tie correction): z = (w_plus - E)/sqrt V; `p_normal` without continuity correction (SPSS),
    `p_normal_cc` with 0.5 (R where there are ties or zeros); `p_exact` = P(|W - E| >= |w - E|) over all signs given
    the observed mid-ranks, None beyond 200 non-zero pairs; `rank_biserial` = (w_plus - w_minus)/(w_plus + w_minus).
    No non-zero difference: the tests are None.

    >>> found = signed_rank(np.array([1.0, 2.0, 3.0, 0.0]))
    >>> found["w_plus"], found["n_zero"], found["p_exact"]
    (6.0, 1, 0.25)
    """
    rounded = np.round(differences, DECIMALS)
    nonzero = rounded[rounded != 0]
    counts: dict[str, Any] = {"n_nonzero": len(nonzero), "n_zero": len(rounded) - len(nonzero)}
    if not len(nonzero):
        return counts | {"w_plus": 0.0, "w_minus": 0.0} | dict.fromkeys(TESTS)
    ranks = np.asarray(stats.rankdata(np.abs(nonzero)), dtype=np.float64)
    w_plus, w_minus = total(ranks[nonzero > 0]), total(ranks[nonzero < 0])
    gap = (w_plus - w_minus) / 2
    spread = math.sqrt(total(ranks**2)) / 2
    # As R does it: the correction moves towards E by 0.5, also where the gap is smaller than that.
    corrected = gap - 0.5 * np.sign(gap)
    return counts | {
        "w_plus": w_plus, "w_minus": w_minus, "z": gap / spread,
        "p_normal": float(2 * stats.norm.sf(abs(gap / spread))),
        "p_normal_cc": float(2 * stats.norm.sf(abs(corrected / spread))),
        "p_exact": exact_p(ranks, w_plus) if len(nonzero) <= MAX_EXACT else None,
        "rank_biserial": (w_plus - w_minus) / (w_plus + w_minus),
    }  # fmt: skip


def exact_p(ranks: Floats, w_plus: float) -> float:
    """P(|W - E| >= |w_plus - E|) where each rank has either sign with probability a half.

    Doubled mid-ranks are whole numbers, so the distribution is counted rank by rank, without rounding the outcomes.

    >>> exact_p(np.array([1.5, 1.5, 3.0]), 6.0)
    0.25
    """
    doubled = np.rint(2 * np.sort(ranks)).astype(np.int64).tolist()
    whole = sum(doubled)
    chances = np.zeros(whole + 1)
    chances[0] = 1.0
    for rank in doubled:
        moved = np.zeros_like(chances)
        moved[rank:] = chances[: whole + 1 - rank]
        chances = (chances + moved) / 2
    # W = outcome/2 and E = whole/4: the distances are compared as whole numbers, four times as large.
    distance = np.abs(2 * np.arange(whole + 1) - whole)
    return min(1.0, total(chances[distance >= abs(2 * round(2 * w_plus) - whole)]))
