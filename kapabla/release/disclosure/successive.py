"""Two counts of the same people in two releases: their difference may single somebody out (`privacy.md` C5.5)."""

from kapabla.release.disclosure.rules import Thresholds


def told_apart(former: int, present: int, *, thresholds: Thresholds) -> tuple[int, int] | None:
    """Both counts, or None where they are not told: one of them is 1 to T-1, or they are fewer than T apart.

    former, present: people (or their answers) in the one release and in the other. Equal counts are not told either:
    otherwise what is hidden would say that somebody has come or gone.

    >>> told_apart(60, 71, thresholds=Thresholds(5))
    (60, 71)
    >>> told_apart(60, 61, thresholds=Thresholds(5)), told_apart(60, 60, thresholds=Thresholds(5))
    (None, None)
    """
    is_small = any(0 < count < thresholds.cell for count in (former, present))
    return None if is_small or abs(present - former) < thresholds.cell else (former, present)
