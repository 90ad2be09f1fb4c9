"""Who is told of together: the options of each margin, put together where few have chosen them, and everybody in one.

Whoever has not told a margin, or is one of few who chose an option without a known total, is put into one of the other
groups by lot. So each group and the rest of it hold only as many as may be shown, and nobody is left out of a figure.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import numpy as np

from kapabla.material.instruments.definition import Instrument, Item
from kapabla.material.survey_results import Group, Margin

# A category that fewer have chosen is weighted together with its neighbour.
FEWEST_WEIGHTED = 5


@dataclass(frozen=True)
class Sorted:
    """`of`: the option of each person, by lot where it is not told. `parts`: options that are told of together."""

    margin: Margin
    of: tuple[int, ...]
    parts: tuple[tuple[int, ...], ...]

    def label_of(self, part: Sequence[int]) -> str:
        return "-".join(map(str, dict.fromkeys((part[0], part[-1]))))

    @property
    def labels(self) -> list[str]:
        """The group of each person."""
        place = {option: self.label_of(part) for part in self.parts for option in part}
        return [place[option] for option in self.of]

    def in_two(self) -> "Sorted":
        """The lower half of the options and the upper."""
        options = [option for part in self.parts for option in part]
        half = len(options) // 2
        return Sorted(self.margin, self.of, (tuple(options[:half]), tuple(options[half:])))

    def groups(self, item: Item) -> tuple[Group, ...]:
        texts = {option.value: option.text for option in item.options}
        return tuple(
            Group(margin=self.margin, group=self.label_of(part), labels=tuple(texts[option] for option in part))
            for part in self.parts
        )


def sort(
    margin: Margin, instrument: Instrument, answers: Sequence[Mapping[str, Any]], *, known: Sequence[int],
    fewest: int, with_others: bool, seed: str,
) -> Sorted | None:  # fmt: skip
    """`known`: the options with a known total; of a margin without totals all are. None where two groups are not left.

    with_others: an option without a known total is a group of its own where it is no smaller than the others.
    fewest: so many people make a group. Example: of 40, 3 and 30 people by age the middle goes with the smaller
    neighbour, the third band; three who chose "other" are put with women and men by lot.
    """
    item = instrument.item_of_margin(margin)
    if item is None:
        return None
    told = [answer.get(item.code) for answer in answers]
    counts = Counter(told)
    kept = [
        option.value
        for option in item.options
        if option.missing is None and (option.value in known or (with_others and counts[option.value] >= fewest))
    ]
    of = _by_lot(told, kept, seed=f"{seed} {margin}")
    parts = _merged([(option,) for option in kept], Counter(of), fewest) if of else []
    return Sorted(margin, tuple(of), tuple(parts)) if len(parts) > 1 else None


def _by_lot(told: Sequence[int | None], kept: Sequence[int], *, seed: str) -> list[int]:
    """In proportion to those who have told. The same answers give the same lots."""
    known = [option for option in told if option in kept]
    if not known:
        return []
    rng = np.random.default_rng(int.from_bytes(sha256(seed.encode()).digest()[:8], "big"))
    lots = iter(rng.choice(len(known), size=len(told)))
    return [option if option in kept and option is not None else known[next(lots)] or 0 for option in told]


def _merged(parts: list[tuple[int, ...]], counts: Mapping[int, int], fewest: int) -> list[tuple[int, ...]]:
    """The smallest with the smaller of its neighbours, until none has fewer than `fewest` people."""

    def people(part: tuple[int, ...]) -> int:
        return sum(counts.get(option, 0) for option in part)

    while len(parts) > 1 and min(map(people, parts)) < fewest:
        place = min(range(len(parts)), key=lambda at: people(parts[at]))
        beside = [at for at in (place - 1, place + 1) if 0 <= at < len(parts)]
        other = min(beside, key=lambda at: people(parts[at]))
        first, last = sorted((place, other))
        parts = [*parts[:first], parts[first] + parts[last], *parts[last + 1 :]]
    return parts
