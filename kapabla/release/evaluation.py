"""The evaluation of a release as its dashboard shows it: the same calls on the same files, each number by its name.

Loads the statistics, so it is imported where figures are made and not where they are shown.
"""

from collections.abc import Collection, Iterable, Mapping, Set
from functools import cached_property
from typing import Any

import numpy as np

from analysis.design import level_text
from analysis.envelope import Refused, strict
from analysis.evaluation import Call, Figure, Release, Wanted, evaluated, release_of, wanted
from analysis.evaluation.call import PERSON
from analysis.evaluation.carry_out import Frame, frame_of, people_of, run
from analysis.evaluation.plan import ARM
from analysis.evaluation.source import ROW, Place, Source, at
from kapabla.release.disclosure import Withheld
from kapabla.release.history import Answers, Members


class Evaluation:
    """What `analysis.evaluation` finds in the files of a release. Nothing is held back here: that is `disclosure`'s."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.release: Release = release_of(files["data_long.csv"], files["codebook.json"], files["plan.json"])
        self._results = dict[str, Mapping[str, Any]]()

    @cached_property
    def wanted(self) -> dict[str, Wanted]:
        return {one.name: one for one in wanted(self.release)}

    @property
    def has_plan(self) -> bool:
        return "plan" in self.release.plan

    @property
    def left_out(self) -> list[tuple[str, str]]:
        """Column and value of whom the plan leaves out of its main analysis."""
        rules = self.release.plan.get("plan", {}).get("exclusions", [])
        return [(rule["column"], str(rule["value"])) for rule in rules if rule["analysis"] == "main"]

    def people(self, name: str) -> frozenset[str]:
        """Whom a figure tells of."""
        call = self.wanted[name].call
        return people_of(frame_of(self.release, call), call)

    def by_arm(self, name: str) -> list[frozenset[str]]:
        """The same, arm by arm."""
        people, release = self.people(name), self.release
        arms = dict(zip(release.people, release.texts(at(ARM)), strict=True))
        return [frozenset(one for one in people if arms[one] == arm) for arm in release.levels(ARM)]

    def began(self, arm: str) -> int:
        """How many of an arm answered at the first wave."""
        here = self.release.texts(Source((Place(ROW, self.release.waves[0], (ARM, arm)),)))
        return sum(one is not None for one in here)

    def count(self, name: str) -> int:
        """A figure that counts people; nobody where the command found nobody to ask."""
        try:
            return int(self.result(name)["x"])
        except Withheld:
            return 0

    def members(self, name: str) -> Members:
        """The same, in any release."""
        call, planned = self.wanted[name].call, self.left_out
        return lambda answers: people_in(answers, call, planned)

    def result(self, name: str, ids: Set[str] | None = None) -> Mapping[str, Any]:
        """All that the command of a figure answers, of everybody or of those with these ids, with their number as
        `people`. `Withheld` where the release has no such figure or the data do not permit it."""
        if name not in self.wanted:
            raise Withheld(reason="not_asked_for")
        call = self.wanted[name].call
        if ids is not None:
            return self._carried_out(call, ids)
        if call.text not in self._results:
            self._results[call.text] = self._carried_out(call, None)
        return self._results[call.text]

    def figures(self, names: Iterable[str]) -> dict[str, Figure]:
        """By name, with what an adjustment takes of others."""
        asked = [self.wanted[name] for name in names]
        return {figure.name: figure for figure in evaluated(self.release, asked)}

    def _carried_out(self, call: Call, ids: Set[str] | None) -> Mapping[str, Any]:
        frame = frame_of(self.release, call)
        frame = frame if ids is None else _among(frame, ids)
        try:
            found = strict(run(call, frame).result)
        except Refused as refused:
            raise Withheld(reason="not_estimable") from refused
        return {**found, "people": len(people_of(frame, call))}


def people_in(answers: Answers, call: Call, planned: Collection[tuple[str, str]]) -> frozenset[str]:
    """Whom a call tells of in the answers of any release: those whom `people_of` counts in its files.

    planned: column and value of the rules of the plan that the call is by; of these a release has kept to its own.
    """
    rules = [
        rule for rule in call.without
        if (by := (rule.source.places[0].column, rule.value)) in answers.left_out or by not in planned
    ]  # fmt: skip
    blocks = [columns for _, columns in call.parts] or [{}]
    needed = [
        [source for name, source in {**call.columns, **block}.items() if name not in call.optional]
        for block in blocks
    ]  # fmt: skip

    def is_counted(one: str) -> bool:
        if any(_first(answers, one, rule.source.places) == rule.value for rule in rules):
            return False
        if any(_first(answers, one, source.places) is None for source in call.only):
            return False
        return any(all(_is_known(answers, one, source) for source in block) for block in needed)

    return frozenset(one for one in answers.people if is_counted(one))


def _is_known(answers: Answers, one: str, source: Source) -> bool:
    if source.known:
        return True
    is_less = source.minus is None or _first(answers, one, [source.minus]) is not None
    return is_less and _first(answers, one, source.places) is not None


def _first(answers: Answers, one: str, places: Iterable[Place]) -> str | None:
    found = (_at(answers, one, place) for place in places)
    return next((text for text in found if text is not None), None)


def _at(answers: Answers, one: str, place: Place) -> str | None:
    if place.group and level_text(answers.value(one, place.group[0])) != place.group[1]:
        return None
    if place.column == ROW:
        return one if place.wave in answers.people[one] else None
    given = answers.given(one, place.wave, place.column) if place.wave else answers.value(one, place.column)
    return level_text(given)


def _among(frame: Frame, ids: Set[str]) -> Frame:
    keep = np.flatnonzero([one in ids for one in frame[PERSON]])
    return {
        name: values[keep] if isinstance(values, np.ndarray) else [values[place] for place in keep.tolist()]
        for name, values in frame.items()
    }
