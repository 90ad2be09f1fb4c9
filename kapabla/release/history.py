"""What earlier releases of a study have shown, and about whom: a figure less its former self is a figure too (C5.5)."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from kapabla.material.instruments import MissingReason
from kapabla.release.dataset import Dataset
from kapabla.release.disclosure import Thresholds, Withheld, keeps_former_figure

Members = Callable[["Answers"], Set[str]]


@dataclass(frozen=True)
class Answers:
    """A long table as id -> wave -> column -> text; a cell without a value is absent. Ids are those of one release,
    also for the people of an earlier one."""

    people: Mapping[str, Mapping[str, Mapping[str, str]]]

    def having(self, wanted: Sequence[tuple[str, str]]) -> frozenset[str]:
        """Who has a value in every (wave, column)."""
        return frozenset(
            one for one, waves in self.people.items() if all(name in waves.get(wave, {}) for wave, name in wanted)
        )

    def value(self, one: str, name: str) -> str | None:
        """Of a column that says the same wherever it stands."""
        return next((row[name] for row in self.people[one].values() if name in row), None)


def answers_of(dataset: Dataset) -> Answers:
    people: dict[str, dict[str, dict[str, str]]] = {}
    for row in dataset.rows:
        given = {name: str(cell) for name, cell in row.items() if not isinstance(cell, MissingReason)}
        people.setdefault(given["record_id"], {})[given["wave"]] = given
    return Answers(people)


def answers_in(data_long: bytes, ids: Mapping[str, str]) -> Answers:
    """From the file of an earlier release. ids: its ids of the people who are in the present one, to theirs now."""
    people: dict[str, dict[str, dict[str, str]]] = {}
    for row in csv.DictReader(io.StringIO(data_long.decode())):
        one = ids.get(row["record_id"], f"gone {row['record_id']}")
        people.setdefault(one, {})[row["wave"]] = {name: cell for name, cell in row.items() if cell}
    return Answers(people)


@dataclass(frozen=True)
class Former:
    """A release that somebody has seen, or may come to see. `is_ours`: for the same purpose and locked, so that what it
    shows may be shown again; of any other it holds only that nothing may be subtracted from it."""

    release: str
    dashboard: Mapping[str, Any]
    answers: Answers
    is_ours: bool

    def rows(self, figure: str, key: Sequence[str]) -> list[list[Any]]:
        """The rows that begin with `key`, where this release counted them itself and shows them."""
        found = next((f for f in self.dashboard["figures"] if f["id"] == figure), None)
        if found is None:
            return []
        of = found.get("of") or [self.release] * len(found["table"]["rows"])
        return [
            row
            for row, release in zip(found["table"]["rows"], of, strict=True)
            if release == self.release and row[: len(key)] == list(key) and any(isinstance(cell, int) for cell in row)
        ]


@dataclass(frozen=True)
class Kept:
    """Rows of an earlier release that are shown again, and which release it was."""

    rows: list[list[Any]]
    former: Former


@dataclass(frozen=True)
class History:
    """`formers`: newest first. `release`: the one that is being built."""

    release: str = ""
    formers: tuple[Former, ...] = ()

    def kept(
        self, figure: str, key: Sequence[str], members: Members, present: Answers, thresholds: Thresholds
    ) -> Kept | None:
        """The former rows where 1 to T-1 people have come or gone since. Raises `Withheld` where they are not ours."""
        for former in self.formers:
            rows = former.rows(figure, key)
            if rows and keeps_former_figure(members(former.answers), members(present), thresholds=thresholds):
                return _again(rows, former)
        return None

    def kept_whole(self, figure: dict[str, Any], thresholds: Thresholds) -> dict[str, Any]:
        """Of counts alone: the former figure where a number of it has changed by 1 to T-1, otherwise the new one."""
        for former in self.formers:
            then = next((f for f in former.dashboard["figures"] if f["id"] == figure["id"]), None)
            of = [former.release] if then is None else then.get("of", [former.release])
            if then is not None and set(of) == {former.release} and _differs_by_few(figure, then, thresholds):
                if former.is_ours:
                    return {**then, "of": [former.release]}
                raise Withheld(reason="former_figure")
        return figure


def _again(rows: list[list[Any]], former: Former) -> Kept:
    if not former.is_ours:
        raise Withheld(reason="former_figure")
    return Kept(rows, former)


def _differs_by_few(now: Mapping[str, Any], then: Mapping[str, Any], thresholds: Thresholds) -> bool:
    """Rows are the same where their label is; a row that only one of them has tells nothing of the other."""
    before = {row[0]: row[1:] for row in then["table"]["rows"]}
    return any(
        isinstance(new, int) and isinstance(old, int) and 0 < abs(new - old) < thresholds.cell
        for row in now["table"]["rows"]
        for new, old in zip(row[1:], before.get(row[0], []), strict=False)
    )
