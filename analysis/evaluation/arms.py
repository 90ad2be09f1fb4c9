"""Those who had the course against those who wait: the columns that a comparison of the two is made of."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from analysis.evaluation.call import Without
from analysis.evaluation.plan import ARM, PlannedOutcome, left_out, outcomes, role_of, waiting_arms
from analysis.evaluation.release import Release
from analysis.evaluation.scales import scales
from analysis.evaluation.source import Place, Source, at

AFTER, BEFORE = "after", "before"


@dataclass(frozen=True)
class Comparison:
    """An outcome at `wave` in the arms that had the course, at `waiting` in that which waits; before it at `before`."""

    column: str
    before: str
    wave: str
    waiting: str
    reference: str
    others: tuple[str, ...]
    planned: str

    @property
    def key(self) -> str:
        return f"{self.column}.{self.wave}"

    @property
    def pre(self) -> Source:
        return at(self.column, self.before)

    @property
    def post(self) -> Source:
        return Source(self._after)

    @property
    def change(self) -> Source:
        return Source(self._after, minus=Place(self.column, self.before))

    @property
    def _after(self) -> tuple[Place, ...]:
        had = tuple(Place(self.column, self.wave, (ARM, arm)) for arm in self.others)
        return (*had, Place(self.column, self.waiting, (ARM, self.reference)))

    @property
    def first_other(self) -> str:
        """As the coefficient is named: `arm[direct]`."""
        return f"{ARM}[{self.others[0]}]"

    @property
    def reference_levels(self) -> dict[str, str]:
        return {ARM: self.reference}

    def without(self, release: Release) -> tuple[Without, ...]:
        return left_out(release, self.before, self.wave, waiting=self.waiting)

    def with_time(self) -> tuple[tuple[str, Mapping[str, Source]], ...]:
        """The two blocks of long data."""
        return (BEFORE, {"y": self.pre}), (AFTER, {"y": self.post})


def comparisons(release: Release) -> Iterator[Comparison]:
    """Those of the plan first, then every other scale that both arms have answered, as exploratory."""
    planned = [one for one in outcomes(release) if one.before and one.waiting]
    told = {(one.column, one.wave) for one in planned}
    for outcome in planned:
        yield from _of(release, outcome.column, outcome.before, outcome.wave, outcome.waiting)
    for wave, waiting in dict.fromkeys((one.wave, one.waiting) for one in planned):
        for column in scales(release):
            if (column, wave) not in told and {release.waves[0], wave, waiting} <= set(release.asked(column)):
                yield from _of(release, column, release.waves[0], wave, waiting)


def comparison_of(release: Release, outcome: PlannedOutcome) -> Comparison | None:
    return next(_of(release, outcome.column, outcome.before, outcome.wave, outcome.waiting), None)


def _of(release: Release, column: str, before: str, wave: str, waiting: str) -> Iterator[Comparison]:
    waits = [arm for arm in waiting_arms(release, waiting) if arm in release.levels(ARM)]
    others = [arm for arm in release.levels(ARM) if arm not in waits]
    if waits and others:
        planned = role_of(release, column, wave)
        yield Comparison(column, before, wave, waiting, waits[0], tuple(others), planned)
