"""The figures of a report, each as much as `release.disclosure` lets be told of it, and all of them together.

Two figures of one outcome may not tell of groups that differ by a few people: the later in the report is withheld. The
report belongs to its release, as the files do, and is for those who hold it.
"""

from collections.abc import Mapping
from functools import cached_property

from analysis.evaluation import Evaluator, Figure, Release, wanted
from analysis.evaluation.carry_out import frame_of, people_of
from analysis.evaluation.source import at
from kapabla.release.disclosure import Estimate, Thresholds, Withheld, estimate, protect_who_line, response_rate

# In which order groups are told of: what was planned comes first, and nothing else makes it disappear.
ORDER = (
    "flow", "comparison", "change", "family", "attrition", "reliability", "model", "wedge", "knowledge", "forms",
    "behaviour", "then", "sensitivity", "dose",
)  # fmt: skip


class Protected:
    """What may be told of the figures of a release; None stands for what may not, and for what cannot be computed."""

    def __init__(self, release: Release, thresholds: Thresholds) -> None:
        self.release, self.thresholds = release, thresholds
        self._known: dict[str, list[frozenset[str]]] = {}

    @cached_property
    def figures(self) -> dict[str, Figure]:
        asked = [one for one in wanted(self.release) if one.section != "baseline"]
        return {figure.name: figure for figure in Evaluator(self.release).figures(asked)}

    @cached_property
    def estimates(self) -> dict[str, Estimate | None]:
        """By the name of the figure."""
        kept = sorted(self.figures.values(), key=lambda figure: (_rank(figure.planned), ORDER.index(figure.section)))
        return {figure.name: self._estimate(figure) for figure in kept}

    def section(self, name: str) -> list[tuple[Figure, Estimate | None]]:
        """The figures of a section in their own order."""
        return [(figure, self.estimates[figure.name]) for figure in self.figures.values() if figure.section == name]

    def background(self, column: str, wave: str, names: Mapping[str, str]) -> list[tuple[str, int | None]] | None:
        """Counts of people by what others can know of them, or None where the whole table is withheld."""
        levels, texts = self.release.levels(column, wave), self.release.texts(at(column, wave))
        counts = [sum(text == level for text in texts) for level in levels]
        labels = [names.get(level, level) for level in levels]
        try:
            table = protect_who_line(column, labels, counts, thresholds=self.thresholds)
        except Withheld:
            return None
        return [(str(row[0]), None if row[1] is None else int(row[1])) for row in table.rows[:-1]]

    def _estimate(self, figure: Figure) -> Estimate | None:
        if figure.estimate is None:
            return None
        try:
            if figure.call.command == "proportion":
                return self._share(figure)
            if figure.call.command != "adjust":
                self._check_together(figure.column, people_of(frame_of(self.release, figure.call), figure.call))
            numbers = {"n": figure.n, "value": figure.estimate, "interval": figure.interval, "p": figure.p}
            return estimate(numbers, method=figure.method, thresholds=self.thresholds)
        except Withheld:
            return None

    def _share(self, figure: Figure) -> Estimate:
        """A share tells of those who did and of those who did not: each is nobody or enough."""
        frame = frame_of(self.release, figure.call)
        asked = people_of(frame, figure.call)
        did = frozenset(one for one, yes in zip(frame["person"], frame["yes"], strict=True) if yes == 1) & asked
        if not figure.counts and len(asked) < self.thresholds.answer_group:
            raise Withheld(reason="small_n")
        for group in (asked, did):
            self._check_together("people" if figure.counts else figure.column, group)
        rate = response_rate(len(did), len(asked), thresholds=self.thresholds)
        numbers = {"n": rate.n, "value": rate.value, "interval": figure.interval}
        return estimate(numbers, method=figure.method, thresholds=self.thresholds)

    def _check_together(self, outcome: str, people: frozenset[str]) -> None:
        known = self._known.setdefault(outcome, [])
        for other in known:
            nested = people <= other or other <= people
            if nested and 0 < len(people ^ other) < self.thresholds.cell:
                raise Withheld(reason="few_between_figures")
        known.append(people)


def _rank(planned: str) -> int:
    return ("primary", "secondary").index(planned) if planned in ("primary", "secondary") else 2
