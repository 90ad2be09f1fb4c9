"""The participant flow and the response rates: counts of people along one way; none gives away a few of them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from kapabla.release.disclosure.estimates import response_rate
from kapabla.release.disclosure.rules import Thresholds, Withheld
from kapabla.release.disclosure.tables import HIDDEN, ReleasableTable, releasable


@dataclass(frozen=True)
class Stage:
    """So many people came this far. `not_asked`: those of the stage before who were not asked to, or not yet."""

    label: str
    people: int
    not_asked: int = 0


@dataclass(frozen=True)
class Responses:
    """One wave, as sets of people: who was asked, who of them answered, and who will be asked later."""

    label: str
    asked: frozenset[int]
    answered: frozenset[int]
    early: frozenset[int]

    @property
    def groups(self) -> tuple[frozenset[int], ...]:
        return self.asked, self.answered, self.early, self.asked | self.early


def protect_flow(stages: Sequence[Stage], *, thresholds: Thresholds) -> ReleasableTable:
    """Stages of one shrinking group. A stage is shown where it, those not asked and those lost are 0 or >= T each.

    A stage that is not shown is passed over: what the next shown one tells holds both (E10, R04). The sums hold over
    what is shown: each shown stage is the shown one before it less the not asked and the lost between them.

    >>> stages = [Stage("a", 40), Stage("b", 38), Stage("c", 20, not_asked=8)]
    >>> protect_flow(stages, thresholds=Thresholds(5)).rows
    (('a', 40, 0, 0), ('c', 20, 8, 12))
    """
    if any(later.people + later.not_asked > earlier.people for earlier, later in pairwise(stages)):
        raise Withheld(reason="not_a_flow")
    if not stages or stages[0].people < thresholds.cell:
        raise Withheld(reason="small_n")
    shown, not_asked = [(stages[0].label, stages[0].people, 0, 0)], 0
    for stage in stages[1:]:
        not_asked += stage.not_asked
        lost = shown[-1][1] - stage.people - not_asked
        if not any(_is_small(count, thresholds) for count in (stage.people, not_asked, lost)):
            shown.append((stage.label, stage.people, not_asked, lost))
            not_asked = 0
    return releasable(("Steg", "Personer", "Inte tillfrågade (än)", "Bortfall sedan förra steget"), shown)


def protect_responses(
    waves: Sequence[Responses], groups: Sequence[frozenset[int]], *, thresholds: Thresholds
) -> ReleasableTable:
    """Response rates of people of whom `groups` are counted elsewhere. Share: answered of asked.

    A row is hidden whole where a count lies between 0 and T, or where one group lies in another that is counted (in the
    row, in those above, or elsewhere) and the few who differ could be told by subtraction (`privacy.md` C5.1, C5.3).
    What subtraction gives is subtracted in turn: those not asked, less those not asked of the step before in the flow.

    >>> all_, most, some, none = (frozenset(range(people)) for people in (40, 38, 20, 0))
    >>> rows = [Responses("x", all_, some, none), Responses("y", most, some, none)]
    >>> protect_responses(rows, [], thresholds=Thresholds(5)).rows
    (('x', 40, 20, '50\\xa0%', 0), ('y', None, None, None, None))
    """
    known, rows = list(groups), list[tuple[Any, ...]]()
    for wave in waves:
        if _tells_of_few(wave, known, thresholds):
            rows.append((wave.label, HIDDEN, HIDDEN, HIDDEN, HIDDEN))
            continue
        known += wave.groups
        rate = response_rate(len(wave.answered), len(wave.asked), thresholds=thresholds)
        rows.append((wave.label, rate.n, len(wave.answered), percent(rate.value), len(wave.early)))
    return releasable(("Tillfälle", "Tillfrågade", "Svarade", "Andel", "Inte aktuellt än"), rows)


def percent(share: float) -> str:
    return f"{round(100 * share)}\u00a0%"


def _tells_of_few(wave: Responses, known: Sequence[frozenset[int]], thresholds: Thresholds) -> bool:
    if len(wave.asked) < thresholds.cell:
        return True
    groups = (*known, *wave.groups)
    # People who are in the same groups are told of together: a group is then a number, with a bit for each kind.
    kinds = list(Counter(tuple(one in group for group in groups) for one in frozenset.union(*groups)).items())
    masks = [sum(1 << bit for bit, (kind, _) in enumerate(kinds) if kind[at]) for at in range(len(groups))]
    own = masks[len(known) :]
    nested = {group ^ other for group in own for other in masks if group & other in (group, other)}
    told = {*own, *nested} | (_subtracted(_subtracted(masks)) - _subtracted(_subtracted(masks[: len(known)])))
    return any(
        _is_small(sum(people for bit, (_, people) in enumerate(kinds) if mask >> bit & 1), thresholds) for mask in told
    )


def _subtracted(masks: Iterable[int]) -> set[int]:
    """These groups, and each less each that lies in it."""
    known = {*masks}
    return known | {group & ~part for group in known for part in known if not part & ~group}


def _is_small(count: int, thresholds: Thresholds) -> bool:
    """Negative where things do not add up: nothing is shown of that."""
    return count < thresholds.cell and count != 0
