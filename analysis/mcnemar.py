"""Paired right and wrong: McNemar's test, the difference of the shares and the ratio of gained to lost."""

import math
from typing import Any

import numpy as np
from scipy import stats

from analysis.columns import Floats, check_binary, check_conf, check_rows, check_some, floats
from analysis.envelope import Misuse, Outcome, Refused
from analysis.proportion import clopper_pearson, wilson


def mcnemar(pre: Any, post: Any, *, conf: float = 0.95) -> Outcome:
    """The table of 0/1 answers before and after, its tests and intervals; shares 0-1, `diff` = post - pre.

    Sources: McNemar 1947; mid-p Fagerland et al. 2013; `diff_ci` Newcombe 1998 (Stat Med 17:2635) method 10, Wilson
    without correction; `odds_ratio` = gained/lost with the exact interval p/(1-p) from Clopper-Pearson of
    gained/(gained + lost). `chi2_cc` is (|gained - lost| - 1)^2/(gained + lost), 0 where they are equal.
    Missing: complete pairs only. Warnings: `no_discordant_pairs` (p_exact and p_mid 1, the other tests and the ratio
    None), `infinite_odds_ratio` (none lost: the ratio and its upper limit None).
    Raises Refused: no_rows, not_binary, all_missing, too_few_rows (no complete pair).

    >>> found = mcnemar([1] * 2 + [0] * 19, [1] + [0] + [1] * 7 + [0] * 12).result  # Bentur et al. 2009 in Fagerland
    >>> found["table"], round(found["p_exact"], 4), round(found["p_mid"], 4)
    ({'both_correct': 1, 'gained': 7, 'lost': 1, 'neither': 12}, 0.0703, 0.0391)
    """
    check_conf(conf)
    columns = {"pre": floats(pre), "post": floats(post)}
    if len(columns["pre"]) != len(columns["post"]):
        raise Misuse("pre and post differ in length")
    check_rows(columns)
    check_binary(columns)
    check_some(columns)
    table = _table(columns["pre"], columns["post"])
    n = sum(table.values())
    if n == 0:
        raise Refused("too_few_rows", "no row has both answers")
    both, gained, lost = table["both_correct"], table["gained"], table["lost"]
    result: dict[str, Any] = {
        "n_rows": len(columns["pre"]), "n_pairs": n, "table": table, "prop_pre": (both + lost) / n,
        "prop_post": (both + gained) / n, "diff": (gained - lost) / n,
        "diff_ci": newcombe_ci(both, gained, lost, table["neither"], conf),
    }  # fmt: skip
    result |= _tests(gained, lost) | _odds_ratio(gained, lost, conf)
    if gained + lost == 0:
        return Outcome(result, ["no_discordant_pairs"])
    return Outcome(result, [] if lost else ["infinite_odds_ratio"])


def _table(pre: Floats, post: Floats) -> dict[str, int]:
    cells = {"both_correct": (1, 1), "gained": (0, 1), "lost": (1, 0), "neither": (0, 0)}
    return {name: int(np.sum((pre == before) & (post == after))) for name, (before, after) in cells.items()}


def _tests(gained: int, lost: int) -> dict[str, float | None]:
    n, fewer = gained + lost, min(gained, lost)
    if n == 0:
        return {"p_exact": 1.0, "p_mid": 1.0} | dict.fromkeys(("chi2", "p_chi2", "chi2_cc", "p_chi2_cc"))
    tail, point = float(stats.binom.cdf(fewer, n, 0.5)), float(stats.binom.pmf(fewer, n, 0.5))
    plain = (gained - lost) ** 2 / n
    corrected = max(0, abs(gained - lost) - 1) ** 2 / n
    return {
        "p_exact": min(1.0, 2 * tail),
        # With as many gained as lost there is one most likely outcome, and half of its probability is left out.
        "p_mid": 1 - point / 2 if gained == lost else 2 * tail - point,
        "chi2": plain, "p_chi2": float(stats.chi2.sf(plain, 1)),
        "chi2_cc": corrected, "p_chi2_cc": float(stats.chi2.sf(corrected, 1)),
    }  # fmt: skip


def _odds_ratio(gained: int, lost: int, conf: float) -> dict[str, Any]:
    if gained + lost == 0:
        return {"odds_ratio": None, "odds_ratio_ci": None}
    low, high = clopper_pearson(gained, gained + lost, conf)
    ratio = gained / lost if lost else None
    return {"odds_ratio": ratio, "odds_ratio_ci": [low / (1 - low), high / (1 - high) if lost else None]}


def newcombe_ci(both: int, gained: int, lost: int, neither: int, conf: float = 0.95) -> list[float]:
    """The interval of post - pre by squaring and adding Wilson limits (Newcombe 1998, method 10).

    The correlation phi has its numerator lessened by n/2 where it is positive (never below zero), and is 0 where a
    margin is empty.

    >>> [round(limit, 4) for limit in newcombe_ci(1, 7, 1, 12)]
    [0.0256, 0.5069]
    """
    n = both + gained + lost + neither
    before, after = both + lost, both + gained
    product = both * neither - gained * lost
    margins = before * (n - before) * after * (n - after)
    phi = (max(product - n / 2, 0) if product > 0 else product) / math.sqrt(margins) if margins else 0.0
    (l1, u1), (l2, u2) = wilson(before, n, conf), wilson(after, n, conf)
    p1, p2 = before / n, after / n
    down = _reach(p2 - l2, u1 - p1, phi)
    up = _reach(u2 - p2, p1 - l1, phi)
    return [p2 - p1 - down, p2 - p1 + up]


def _reach(a: float, b: float, phi: float) -> float:
    return math.sqrt(max(0.0, a * a - 2 * phi * a * b + b * b))
