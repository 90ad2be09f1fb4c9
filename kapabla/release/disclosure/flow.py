"""The participant flow: boxes that sum over what is shown. A box that would be small is merged with its neighbour."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from kapabla.release.disclosure.rules import Thresholds, Withheld
from kapabla.release.disclosure.tables import ReleasableTable, releasable


@dataclass(frozen=True)
class Stage:
    """So many people came this far."""

    label: str
    people: int


def protect_flow(stages: Sequence[Stage], *, thresholds: Thresholds) -> ReleasableTable:
    """Stages of one shrinking group. A stage is shown where both it and what was lost on the way to it are 0 or >= T.

    A stage that is not shown is passed over: the loss to the next shown one holds both (E10, R04). The sums hold over
    what is shown: each shown stage is the shown one before it less the loss between them.

    >>> rows = protect_flow([Stage("a", 40), Stage("b", 38), Stage("c", 20)], thresholds=Thresholds(5)).rows
    >>> rows
    (('a', 40, 0), ('c', 20, 20))
    """
    if any(later.people > earlier.people for earlier, later in pairwise(stages)):
        raise Withheld(reason="not_a_flow")
    if not stages or stages[0].people < thresholds.cell:
        raise Withheld(reason="small_n")
    shown = [(stages[0].label, stages[0].people, 0)]
    for stage in stages[1:]:
        lost = shown[-1][1] - stage.people
        if all(count == 0 or count >= thresholds.cell for count in (lost, stage.people)):
            shown.append((stage.label, stage.people, lost))
    return releasable(("Steg", "Personer", "Bortfall sedan förra steget"), shown)
