"""p values adjusted for multiplicity."""

from collections.abc import Callable, Sequence
from itertools import accumulate

from analysis.envelope import Misuse, Outcome


def adjust(p: Sequence[float]) -> Outcome:
    """Adjusted p values in the input's order, none above 1, and Simes' p of the whole family.

    `bonferroni`; `holm` (1979); `hochberg` (1988, Biometrika 75); `bh` (Benjamini & Hochberg 1995); `by` (Benjamini &
    Yekutieli 2001, Ann Stat 29); `simes` (1986) = min over i of n p_(i)/i. Missing: none is allowed.
    Misuse: no p, or a p outside 0 to 1.

    >>> found = adjust([0.01, 0.04, 0.03]).result
    >>> found["holm"], found["bh"], found["simes"]
    ([0.03, 0.06, 0.06], [0.03, 0.04, 0.04], 0.03)
    """
    if not p or not all(0 <= value <= 1 for value in p):
        raise Misuse("--p needs one p value or more, each from 0 to 1")
    n = len(p)
    harmonic = sum(1 / i for i in range(1, n + 1))
    bh = _step_up(p, lambda rank: n / rank)
    return Outcome({
        "n": n,
        "bonferroni": [min(1.0, n * value) for value in p],
        "holm": _step_down(p),
        "hochberg": _step_up(p, lambda rank: float(n - rank + 1)),
        "bh": bh,
        "by": _step_up(p, lambda rank: harmonic * n / rank),
        "simes": min(bh),
    })  # fmt: skip


def _step_down(p: Sequence[float]) -> list[float]:
    order = sorted(range(len(p)), key=p.__getitem__)
    raised = accumulate((min(1.0, (len(p) - step) * p[place]) for step, place in enumerate(order)), max)
    return _restored(order, list(raised))


def _step_up(p: Sequence[float], factor: Callable[[int], float]) -> list[float]:
    """From the largest p downwards: none is larger than the one above it. Ranks count from 1 at the smallest."""
    order = sorted(range(len(p)), key=p.__getitem__, reverse=True)
    lowered = accumulate((min(1.0, factor(len(p) - step) * p[place]) for step, place in enumerate(order)), min)
    return _restored(order, list(lowered))


def _restored(order: Sequence[int], values: Sequence[float]) -> list[float]:
    placed = dict(zip(order, values, strict=True))
    return [placed[place] for place in range(len(order))]
