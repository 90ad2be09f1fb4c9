"""How large a next round has to be: the smallest size with the power that is wanted, and the curve around it.

The designs and their formulas are those of `power`; here is only the search, with those who are lost left out.
"""

import math
from dataclasses import dataclass

from analysis.envelope import Misuse
from analysis.power import power, power_cluster, power_stepped_wedge

DESIGNS = ("paired", "two-sample", "cluster", "stepped-wedge")
MOST_CLUSTERS = 2_000  # of an arm, or in a wedge; beyond that no round is planned


@dataclass(frozen=True)
class Round:
    """A round as it is planned. effect: in standard deviations; of the differences, where the design is `paired`.

    `loss`: share of those who begin that is not there at the end. cluster_size: people who begin in each cluster (and
    period). The size that is looked for counts people who answer (`paired`), people who answer in each group
    (`two-sample`), clusters in each arm (`cluster`), or clusters in all (`stepped-wedge`).
    """

    design: str
    effect: float
    alpha: float = 0.05
    wanted: float = 0.8
    loss: float = 0.0
    cluster_size: int = 10
    icc: float = 0.05
    periods: int = 4

    @property
    def step(self) -> int:
        """Sizes come in this step: in a wedge equally many clusters begin at each period from the second."""
        return self.periods - 1 if self.design == "stepped-wedge" else 1

    @property
    def least(self) -> int:
        return self.step if self.design == "stepped-wedge" else 2

    @property
    def answering(self) -> float:
        """Of each cluster, at the end."""
        return max(1.0, self.cluster_size * (1 - self.loss))

    def to_begin(self, size: int) -> int:
        """How many people have to begin, in all, for that size.

        >>> Round("two-sample", 0.5, loss=0.2).to_begin(64)
        160
        """
        if self.design in ("paired", "two-sample"):
            groups = 2 if self.design == "two-sample" else 1
            return groups * math.ceil(size / (1 - self.loss) - 1e-9)
        everywhere = 2 * size if self.design == "cluster" else size * self.periods
        return everywhere * self.cluster_size

    def power_at(self, size: int) -> float:
        """P(p < alpha) at that size, by `power`, `power_cluster` or `power_stepped_wedge` (total variance 1).

        >>> round(Round("cluster", 0.5, cluster_size=10, icc=0.05).power_at(10), 4)
        0.7929
        """
        if self.design in ("paired", "two-sample"):
            found = power(self.design, self.effect, alpha=self.alpha, n=size)
        elif self.design == "cluster":
            found = power_cluster(self.effect, size, self.answering, self.icc, alpha=self.alpha)
        else:
            found = power_stepped_wedge(
                self.effect, size, self.periods, self.answering, 1 - self.icc, self.icc, alpha=self.alpha
            )
        return float(found.result["power"])


def needed(planned: Round) -> int | None:
    """The smallest size with the wanted power; None where no size that can be planned has it.

    More of the same never has less power, so the size is found by halving.

    >>> needed(Round("paired", 0.5)), needed(Round("two-sample", 0.5)), needed(Round("cluster", 0.5))
    (34, 64, 11)
    """
    if planned.design in ("paired", "two-sample"):
        try:
            return int(power(planned.design, planned.effect, alpha=planned.alpha, wanted=planned.wanted).result["n"])
        except Misuse:
            return None
    low, high = 0, MOST_CLUSTERS // planned.step
    if planned.power_at(high * planned.step) < planned.wanted:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        enough = middle * planned.step >= planned.least and planned.power_at(middle * planned.step) >= planned.wanted
        low, high = (low, middle) if enough else (middle, high)
    return high * planned.step


def curve(planned: Round, size: int, points: int = 9) -> list[tuple[int, float]]:
    """Sizes on both sides of one, to twice it, with their power.

    >>> [at for at, _ in curve(Round("paired", 0.5), 34)]
    [8, 15, 21, 28, 34, 42, 51, 60, 68]
    """
    half = points // 2
    shares = [0.25 + 0.75 * at / half for at in range(half)] + [1 + at / half for at in range(half + 1)]
    sizes = {max(planned.least, round(size * share / planned.step) * planned.step) for share in shares}
    return [(at, planned.power_at(at)) for at in sorted(sizes | {size})]
