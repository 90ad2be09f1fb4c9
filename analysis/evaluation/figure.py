"""The record of the evaluation: a number with its people, its interval, its method and the call that gives it again."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from analysis.evaluation.call import Call

# As much as its number of people allows (features G8): nothing, the mean, the spread, the p value.
N_SHOWN, N_SPREAD, N_P = 5, 10, 20
Path = tuple[str, ...]

SHOWN = "shown"
SMALL = "small"
REFUSED = "refused"


@dataclass(frozen=True)
class Wanted:
    """A figure that the plan or the contract asks for, before it is computed.

    estimate, interval, p: where each stands in the result of the call. n: where, if it is not the people of the call.
    counts: what is counted is who took part, not what they answered (a *who* table).
    """

    name: str
    section: str
    call: Call
    estimate: Path
    method: str
    source: str
    interval: Path = ()
    p: Path = ()
    n: Path = ()
    column: str = ""
    wave: str = ""
    before: str = ""
    group: str = ""
    planned: str = "exploratory"
    unit: str = "scale"
    counts: bool = False


@dataclass(frozen=True)
class Figure:
    """`n`: distinct people. `estimate` in `unit` (scale, sd, share, people, p …). `method`: the estimator by its name;
    `source`: where its formula is printed. `planned`: primary, secondary or exploratory, as the frozen plan says.

    status: `shown`; `small` (fewer people than may be told of, or than the command needs) or `refused` (the data do not
    permit it), with the `reason` of the contract. What is not known is None. column, wave, before, group: what it is
    about, for whoever lists or draws it. call: carried out again it gives the same number.
    """

    name: str
    section: str
    n: int
    estimate: float | None
    interval: tuple[float, float] | None
    p: float | None
    method: str
    source: str
    status: str
    call: Call
    reason: str = ""
    warnings: tuple[str, ...] = ()
    column: str = ""
    wave: str = ""
    before: str = ""
    group: str = ""
    planned: str = "exploratory"
    unit: str = "scale"
    counts: bool = False

    def for_small_n(self, least: int = N_SHOWN) -> "Figure":
        """As much as may be told of so few (G8): under `least` nothing but that it is small; then n and the estimate;
        from 10 the interval; from 20 the p value. Protection that compares figures with each other comes after this.

        >>> call = Call("paired", {})
        >>> figure = Figure("x", "change", 12, 0.5, (0.1, 0.9), 0.02, "t", "paired", SHOWN, call)
        >>> (told := figure.for_small_n()).interval, told.p, figure.for_small_n(15).estimate
        ((0.1, 0.9), None, None)
        """
        if self.n < least:
            return replace(self, n=0, estimate=None, interval=None, p=None, status=SMALL, reason="", warnings=())
        interval = self.interval if self.n >= max(least, N_SPREAD) else None
        return replace(self, interval=interval, p=self.p if self.n >= max(least, N_P) else None)


def figure_of(wanted: Wanted, n: int, result: Mapping[str, Any] | None, reason: str, warnings: list[str]) -> Figure:
    """The figure of a result, or of a refusal (`result` None and its reason)."""
    about = {
        name: getattr(wanted, name)
        for name in ("column", "wave", "before", "group", "planned", "unit", "counts", "method", "source", "call")
    }
    if result is None:
        status = SMALL if reason in ("too_few_rows", "no_rows") else REFUSED
        return Figure(wanted.name, wanted.section, n, None, None, None, status=status, reason=reason, **about)
    ends = [_number(end) for end in (_at(result, wanted.interval) if wanted.interval else None) or (None, None)]
    if wanted.n:
        n = int(_at(result, wanted.n) or 0)
    return Figure(
        wanted.name, wanted.section, n, _number(_at(result, wanted.estimate)),
        # With one end alone, as an odds ratio that has no upper limit, it is no interval: the call gives what there is.
        None if ends[0] is None or ends[1] is None else (ends[0], ends[1]),
        _number(_at(result, wanted.p)) if wanted.p else None,
        status=SHOWN, warnings=tuple(warnings), **about,
    )  # fmt: skip


def _at(result: Any, path: Path) -> Any:
    """None where something on the way could not be estimated, as a regression under separation, or is not there, as an
    item that everybody answered alike."""
    for step in path:
        if result is None:
            return None
        result = result.get(step) if isinstance(result, Mapping) else result[int(step)]
    return result


def _number(value: Any) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)
