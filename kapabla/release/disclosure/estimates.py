"""A single figure with its n and interval, as much of it as its n allows (`privacy.md` C5.2)."""

from collections.abc import Mapping
from dataclasses import InitVar, dataclass
from typing import Any

from kapabla.release.disclosure.rules import N_P, N_SPREAD, Thresholds, Withheld

_MAKER = object()


@dataclass(frozen=True)
class Estimate:
    """`value` with `n` people; `interval`, `sd` and `effect` from n = 10, `p` from n = 20; None where not shown."""

    n: int
    value: float
    interval: tuple[float, float] | None
    sd: float | None
    p: float | None
    effect: float | None
    effect_interval: tuple[float, float] | None
    method: str
    maker: InitVar[object]

    def __post_init__(self, maker: object) -> None:
        if maker is not _MAKER:
            raise TypeError("only release.disclosure makes an Estimate: pass the result through estimate()")

    @property
    def as_json(self) -> dict[str, Any]:
        return dict(self.__dict__)


def estimate(
    result: Mapping[str, Any], *, method: str, thresholds: Thresholds, smallest_rest: int | None = None
) -> Estimate:
    """An Estimate from a result of `analysis` with n, value, interval, sd, p, effect, effect_interval.

    n < T: Withheld. T–9: n and value. 10–19: with interval, sd, effect. From 20: p as well. Not estimable: Withheld.
    smallest_rest: the fewest people that can be told of by subtracting this figure from others, where there are any:
    as little is shown as of them.

    >>> estimate({"n": 6, "value": 0.5, "interval": (0.1, 0.9)}, method="x", thresholds=Thresholds(5)).interval is None
    True
    """
    n, value = int(result["n"]), result["value"]
    if n < thresholds.cell or value is None or (thresholds.cell >= N_SPREAD and n < N_SPREAD):
        raise Withheld(reason="small_n")
    least = n if smallest_rest is None else min(n, smallest_rest)
    wide, full = least >= N_SPREAD, least >= N_P
    return Estimate(
        n=n,
        value=float(value),
        interval=_pair(result.get("interval")) if wide else None,
        sd=result.get("sd") if wide else None,
        p=result.get("p") if full else None,
        effect=result.get("effect") if wide else None,
        effect_interval=_pair(result.get("effect_interval")) if wide else None,
        method=method,
        maker=_MAKER,
    )


def response_rate(answered: int, asked: int, *, thresholds: Thresholds) -> Estimate:
    """Share of those asked who answered. Shown only where both who did and who did not are 0 or at least T."""
    for count in (answered, asked - answered):
        if 0 < count < thresholds.cell:
            raise Withheld(reason="complement")
    if asked < thresholds.cell:
        raise Withheld(reason="small_n")
    return Estimate(asked, answered / asked, None, None, None, None, None, "share", _MAKER)


def _pair(value: Any) -> tuple[float, float] | None:
    return None if value is None else (float(value[0]), float(value[1]))
