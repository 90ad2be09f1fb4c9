"""Global recoding: what a column can be widened to before any single value is blanked (`privacy.md` C4.2, C4.6)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from kapabla.release.disclosure.groups import Value

Labels = Mapping[str, Mapping[str, str]]  # value -> language -> label


class Recoding(Protocol):
    """One step of a column: the values of everybody in, the wider values out, in the same order.

    `labels` says what the values that it makes are called; a value never keeps a code whose meaning has changed.
    """

    @property
    def name(self) -> str: ...

    @property
    def labels(self) -> Labels: ...

    def apply(self, values: Sequence[Value], k: int) -> list[Value]: ...


@dataclass(frozen=True)
class Merge:
    """Put values together: what is not in `mapping` stays. Age bands: {"1": "12", "2": "12", "3": "34", "4": "34"}.

    >>> Merge("two bands", {"1": "12", "2": "12"}).apply(["1", "2", None, "3"], k=5)
    ['12', '12', None, '3']
    """

    name: str
    mapping: Mapping[str, str]
    labels: Labels = field(default_factory=dict)

    def apply(self, values: Sequence[Value], k: int) -> list[Value]:  # noqa: ARG002  (the same for every k)
        return [None if value is None else self.mapping.get(value, value) for value in values]


@dataclass(frozen=True)
class MergeSmall:
    """Values of fewer than `times` x k people become `into`; while `into` is as small, the rarest other joins it.

    Values in `only` alone are looked at where it is given ("other" and "declined" of gender). Ties go by the value.

    >>> MergeSmall("rare roles", "other").apply(["a"] * 6 + ["b", "c"], k=5)
    ['other', 'other', 'other', 'other', 'other', 'other', 'other', 'other']
    """

    name: str
    into: str
    times: int = 1
    only: frozenset[str] | None = None
    labels: Labels = field(default_factory=dict)

    def apply(self, values: Sequence[Value], k: int) -> list[Value]:
        counts = Counter(value for value in values if value is not None)
        candidates = {value for value in counts if self.only is None or value in self.only}
        small = {value for value in candidates if counts[value] < self.times * k}
        others = sorted(candidates - small - {self.into}, key=lambda value: (counts[value], value))
        while others and 0 < sum(counts[value] for value in small | {self.into}) < self.times * k:
            small.add(others.pop(0))
        return [self.into if value in small else value for value in values]


@dataclass(frozen=True)
class QuasiIdentifier:
    """A column by which others may know a person, and what can be done to it.

    always: applied first, whatever the groups are. steps: applied one at a time, when too many values would be blanked.
    smallest: where given the column is released or withheld whole: only where each of its values has so many people and
    k holds with it (municipality 20, cohort k; C4.2, C4.3).
    """

    name: str
    always: tuple[Recoding, ...] = ()
    steps: tuple[Recoding, ...] = ()
    smallest: int | None = None
