"""The figures of a report, each as much as `release.disclosure` lets be told of it, and all of them together.

Two figures of one outcome may not tell of groups that differ by a few people: the one that matters less is withheld.
Who answered at a wave is told by the page of results alone, and no figure may tell what the page hides of it. The
report belongs to its release, as the files do, and is for those who hold it.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from itertools import compress

import numpy as np

from analysis.evaluation import Evaluator, Figure, Release, wanted
from analysis.evaluation.call import TIME
from analysis.evaluation.carry_out import Frame, frame_of, people_of
from analysis.evaluation.plan import ARM, waiting_arms
from analysis.evaluation.source import ROW, at
from kapabla.release.disclosure import Estimate, Thresholds, Withheld, estimate, protect_who_line, response_rate
from kapabla.release.disclosure.rules import N_SPREAD

# In which order groups are told of: what was planned comes first, and nothing else makes it disappear.
ORDER = (
    "comparison", "change", "family", "attrition", "reliability", "model", "wedge", "knowledge", "forms",
    "behaviour", "then", "sensitivity", "dose",
)  # fmt: skip
# Counted by the page of results, of those whose day has come: the files do not say whose it is.
_OF_THE_PAGE = ("baseline", "flow")
# What five people may be told by; an alpha, a correlation or an effect size is from ten on (C5.2).
_MEANS = ("scale", "correct answers")


class Protected:
    """What may be told of the figures of a release; None stands for what may not, and for what cannot be computed."""

    def __init__(self, release: Release, thresholds: Thresholds, hidden: Iterable[str] = ()) -> None:
        """`hidden`: the waves of which the page does not tell how many answered."""
        self.release, self.thresholds, self.hidden = release, thresholds, frozenset(hidden)
        self._known: dict[str, list[frozenset[str]]] = {}

    @cached_property
    def figures(self) -> dict[str, Figure]:
        asked = [one for one in wanted(self.release) if one.section not in _OF_THE_PAGE]
        return {figure.name: figure for figure in Evaluator(self.release).figures(asked)}

    @cached_property
    def estimates(self) -> dict[str, Estimate | None]:
        """By the name of the figure."""
        main = {figure.group for figure in self.figures.values() if figure.section == "family"}
        kept = sorted(self.figures.values(), key=lambda figure: _place(figure, main))
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
            if figure.call.command == "adjust":
                return self._told(figure, None)
            if figure.unit not in _MEANS and figure.n < N_SPREAD:
                raise Withheld(reason="small_n")
            people, carrying = self._people(figure), self.carrying(figure)
            self.check_cells(figure)
            for group in (people, carrying):
                self._check_the_page(figure, group)
                self._check_together(figure.column, group)
            n = figure.n if carrying == people else len(carrying)
            return self._told(figure, self._rest(figure, people, carrying), n)
        except Withheld:
            return None

    def _share(self, figure: Figure) -> Estimate:
        """A share tells of those who did and of those who did not: each is enough, and neither is everybody."""
        frame = frame_of(self.release, figure.call)
        asked = people_of(frame, figure.call)
        did = frozenset(one for one, yes in zip(frame["person"], frame["yes"], strict=True) if yes == 1) & asked
        if len(asked) < self.thresholds.answer_group:
            raise Withheld(reason="small_n")
        if len(did) in (0, len(asked)):
            raise Withheld(reason="everybody_alike")
        self._check_the_page(figure, asked)
        # What was done is asked of those who met something: one group in another, of whatever column.
        for group in (asked, did):
            for outcome in (figure.column, f"{figure.section} {figure.wave}"):
                self._check_together(outcome, group)
        rate = response_rate(len(did), len(asked), thresholds=self.thresholds)
        numbers = {"n": rate.n, "value": rate.value, "interval": figure.interval}
        return estimate(numbers, method=figure.method, thresholds=self.thresholds)

    def _told(self, figure: Figure, rest: int | None, n: int | None = None) -> Estimate:
        numbers = {
            "n": figure.n if n is None else n,
            "value": figure.estimate,
            "interval": figure.interval,
            "p": figure.p,
        }
        return estimate(numbers, method=figure.method, thresholds=self.thresholds, smallest_rest=rest)

    def _rest(self, figure: Figure, people: frozenset[str], carrying: frozenset[str]) -> int | None:
        """Of two arms the smaller. Of groups by dose: those who are in the change of all and in none of the groups,
        where there are any."""
        if figure.group == ARM:
            arms = dict(zip(self.release.people, self.release.texts(at(ARM)), strict=True))
            return min(Counter(arms[one] for one in carrying).values(), default=0)
        if figure.section != "dose":
            return None
        groups = [people]
        for other in self.figures.values():
            if _division(other) == _division(figure) and other.n >= self.thresholds.cell:
                groups.append(self._people(other))
        whole = self.figures.get(f"change.{figure.column}.{figure.before}.{figure.wave}")
        rest = 0 if whole is None else len(self._people(whole) - frozenset().union(*groups))
        if 0 < rest < self.thresholds.cell:
            raise Withheld(reason="few_between_groups")
        return rest or None

    def _people(self, figure: Figure) -> frozenset[str]:
        return people_of(frame_of(self.release, figure.call), figure.call)

    def carrying(self, figure: Figure) -> frozenset[str]:
        """Whose answers tell what the figure tells: in a model of several times those with an answer at both ends of
        the contrast, however many others the model holds."""
        people, levels = self._people(figure), [level for level, _ in figure.call.parts]
        if not levels or not figure.wave:
            return people
        frame = frame_of(self.release, figure.call)
        ends = (levels[0], figure.wave if figure.wave in levels else levels[-1])
        there = [people_of(_rows_at(frame, end), figure.call) for end in ends]
        return people & frozenset.intersection(*there)

    def check_cells(self, figure: Figure) -> None:
        """A difference of paired shares and its ratio give the table of both answers back: no cell of it is of few."""
        if figure.call.command != "mcnemar":
            return
        frame = frame_of(self.release, figure.call)
        known = self._people(figure)
        answers = zip(frame["person"], frame["pre"], frame["post"], strict=True)
        cells = Counter((before, after) for one, before, after in answers if one in known)
        if any(0 < people < self.thresholds.cell for people in cells.values()):
            raise Withheld(reason="small_cell")

    def _check_the_page(self, figure: Figure, people: frozenset[str]) -> None:
        """Of a wave that the page is silent about: its flow tells how many answered each time, and a few more who
        answered this one are those whom it is silent for."""
        for wave in self.hidden & {place.wave for place in figure.call.places} & set(self.release.waves):
            told = self._each_time(wave)
            if 0 < len(people - told) < self.thresholds.cell:
                raise Withheld(reason="hidden_on_the_page")

    def _answered(self, wave: str) -> frozenset[str]:
        known = self.release.texts(at(ROW, wave))
        return frozenset(one for one, row in zip(self.release.people, known, strict=True) if row is not None)

    def _each_time(self, wave: str) -> frozenset[str]:
        """Who answered at every wave until this one, of those that everybody has."""
        so_far = self.release.waves[: self.release.waves.index(wave) + 1]
        found = [self._answered(one) for one in so_far if not waiting_arms(self.release, one)]
        return frozenset.intersection(*found)

    def _check_together(self, outcome: str, people: frozenset[str]) -> None:
        known = self._known.setdefault(outcome, [])
        for other in known:
            nested = people <= other or other <= people
            if nested and 0 < len(people ^ other) < self.thresholds.cell:
                raise Withheld(reason="few_between_figures")
        known.append(people)


def _rows_at(frame: Frame, level: str) -> Frame:
    keep = np.array([one == level for one in frame[TIME]], dtype=bool)
    return {
        name: values[keep] if isinstance(values, np.ndarray) else list(compress(values, keep))
        for name, values in frame.items()
    }


def _division(figure: Figure) -> tuple[str, ...]:
    """By what the people of an outcome are divided: `taught.room` and `taught.online` are of one division, and so are
    all and some of the modules."""
    kind, _, level = figure.group.partition(".")
    return figure.section, figure.column, figure.wave, kind if level else "modules"


def _place(figure: Figure, main: Collection[str]) -> tuple[int, bool, bool, int]:
    """What the plan asks for, by the model that it names; then what this leans on. A model of all who answered at
    some time comes last in its rank: its people are a few more than those of an imputation, and how far the answer
    stands is worth more."""
    is_of_all = bool(figure.call.parts)
    return _rank(figure.planned), figure.name not in main, is_of_all, ORDER.index(figure.section)


def _rank(planned: str) -> int:
    return ("primary", "secondary").index(planned) if planned in ("primary", "secondary") else 2
