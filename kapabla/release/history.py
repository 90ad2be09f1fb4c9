"""What earlier releases of a study have shown, and about whom: a figure less its former self is a figure too (C5.5)."""

import csv
import io
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any

from kapabla.material.instruments import MissingReason
from kapabla.release.dataset import Cell, Dataset
from kapabla.release.disclosure import Thresholds, Withheld, keeps_former_figure, tells_of_few

Members = Callable[["Answers"], Set[str]]


@dataclass(frozen=True)
class Answers:
    """A long table by id and wave; `places` says where in a row each column stands. Ids are those of one release, also
    for the people of an earlier one. The cells are those of the table itself: nothing of it is copied.

    left_out: column and value of whom the plan of that release leaves out of what it compares; none without a plan."""

    places: Mapping[str, int]
    people: Mapping[str, Mapping[str, Sequence[Cell]]]
    left_out: tuple[tuple[str, str], ...] = ()

    def given(self, one: str, wave: str, name: str) -> str | None:
        """A value as text; None where there is no row, no column or no value."""
        row = self.people[one].get(wave)
        if row is None or name not in self.places:
            return None
        cell = row[self.places[name]]
        return None if isinstance(cell, MissingReason) or cell == "" else str(cell)

    def having(self, wanted: Sequence[tuple[str, str]]) -> frozenset[str]:
        """Who has a value in every (wave, column)."""
        return frozenset(
            one for one in self.people if all(self.given(one, wave, name) is not None for wave, name in wanted)
        )

    def compared(self, wanted: Sequence[tuple[str, str]]) -> frozenset[str]:
        """Who has a value in every (wave, column), less whom the plan leaves out of what looks at these waves: those
        whom `analysis.evaluation` counts."""
        waves = dict.fromkeys(wave for wave, _ in wanted)
        return frozenset(one for one in self.having(wanted) if not self._is_left_out(one, waves))

    def _is_left_out(self, one: str, waves: Iterable[str]) -> bool:
        return any(self.given(one, wave, name) == value for wave in waves for name, value in self.left_out)

    def value(self, one: str, name: str) -> str | None:
        """Of a column that says the same wherever it stands."""
        found = (self.given(one, wave, name) for wave in self.people[one])
        return next((value for value in found if value is not None), None)


def answers_of(dataset: Dataset, left_out: Iterable[tuple[str, str]] = ()) -> Answers:
    places = {column.name: place for place, column in enumerate(dataset.columns)}
    found = _answers(places, (tuple(row.values()) for row in dataset.rows))
    return replace(found, left_out=tuple(left_out))


def answers_in(data_long: bytes, ids: Mapping[str, str]) -> Answers:
    """From the file of an earlier release. ids: its ids of the people who are in the present one, to theirs now."""
    rows = csv.reader(io.StringIO(data_long.decode()))
    places = {name: place for place, name in enumerate(next(rows))}
    # The same few answers come again in every row.
    found = _answers(places, (tuple(map(sys.intern, row)) for row in rows))
    return Answers(places, {ids.get(one, f"gone {one}"): waves for one, waves in found.people.items()})


def _answers(places: Mapping[str, int], rows: Iterable[tuple[Cell, ...]]) -> Answers:
    people: dict[str, dict[str, Sequence[Cell]]] = {}
    for row in rows:
        people.setdefault(str(row[places["record_id"]]), {})[str(row[places["wave"]])] = row
    return Answers(places, people)


@dataclass(frozen=True)
class Former:
    """A release that somebody has seen, or may come to see. `is_ours`: for the same purpose and locked, so that what it
    shows may be shown again; of any other it holds only that nothing may be subtracted from it. `has_report`: it was
    locked, for whatever purpose."""

    release: str
    dashboard: Mapping[str, Any]
    answers: Answers
    is_ours: bool
    has_report: bool = False

    def as_planned(self) -> "Former":
        left_out = tuple((name, value) for name, value in self.dashboard.get("left_out", []))
        return replace(self, answers=replace(self.answers, left_out=left_out))

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

    def value(self, figure: str, key: Sequence[str]) -> dict[str, Any]:
        """The estimate behind a row. `Withheld` where the figure is from before they were kept."""
        found = next(f for f in self.dashboard["figures"] if f["id"] == figure)
        try:
            return dict(found["values"][", ".join(key)])
        except KeyError as lacking:
            raise Withheld(reason="former_figure") from lacking


@dataclass(frozen=True)
class Kept:
    """Rows of an earlier release that are shown again, and which release it was."""

    rows: list[list[Any]]
    former: Former


@dataclass(frozen=True)
class _Known:
    """What an earlier release shows in some rows, and of whom."""

    rows: list[list[Any]]
    former: Former
    people: Set[str]

    def may_stand(self, now: Set[str], thresholds: Thresholds) -> bool:
        """It is ours, and fewer than T of its people have left: so many may still stand in a figure (C5.5)."""
        return self.former.is_ours and len(self.people - now) < thresholds.cell


@dataclass(frozen=True)
class History:
    """`formers`: newest first. `release`: the one that is being built. `cut_off`: those that nothing can be compared
    with any more, since their key is gone."""

    release: str = ""
    formers: tuple[Former, ...] = ()
    cut_off: tuple[str, ...] = ()

    def as_planned_then(self) -> "History":
        """Each earlier release with whom its own plan left out, as its figures say: a plan may have been frozen since,
        and whom a figure tells of is asked of the rules that it was counted by."""
        return replace(self, formers=tuple(former.as_planned() for former in self.formers))

    def kept(
        self, figure: str, key: Sequence[str], members: Members, present: Answers, thresholds: Thresholds, *,
        are_answers: bool = False,
    ) -> Kept | None:  # fmt: skip
        """The former rows where nobody or 1 to T-1 people have come or gone since, or where all that was shown of the
        group and what is new would together tell of so few. Of an answer table it is 2T people, as its group has to be.
        Nobody and a few look alike: otherwise it would be told which groups somebody has left. What was told of the
        very same people may always be told again, so no release takes anything away that an earlier one has told.
        Raises `Withheld` where there are none of ours that may stand."""
        now, known = members(present), self._known(figure, key, members)
        least = Thresholds(thresholds.answer_group) if are_answers else thresholds
        near = [
            one for one in known
            if keeps_former_figure(one.people, now, thresholds=least) or (one.former.is_ours and one.people == now)
        ]  # fmt: skip
        for one in near:
            if one.may_stand(now, thresholds):
                return Kept(one.rows, one.former)
        if near or (known and tells_of_few([one.people for one in known], now, thresholds=least)):
            return self.standing(figure, key, members, present, thresholds)
        return None

    def few_from(self, present: Answers, thresholds: Thresholds) -> str | None:
        """The newest earlier release with a report, for whatever purpose, from which 1 to T-1 people have gone, or to
        which as many have come: of those few, nearly any number of the one less the same number of the other tells."""
        now = present.people.keys()
        for former in self.formers:
            then = former.answers.people.keys()
            differing = (len(then - now), len(now - then))
            if former.has_report and any(0 < few < thresholds.cell for few in differing):
                return former.release
        return None

    def standing(
        self, figure: str, key: Sequence[str], members: Members, present: Answers, thresholds: Thresholds
    ) -> Kept:
        """Where nothing new can be told: the rows of the newest of our releases that may stand. They tell nothing that
        was not told. `Withheld` where there are none."""
        now = members(present)
        for one in self._known(figure, key, members):
            if one.may_stand(now, thresholds):
                return Kept(one.rows, one.former)
        raise Withheld(reason="former_figure")

    def _known(self, figure: str, key: Sequence[str], members: Members) -> list[_Known]:
        told = [(former, rows) for former in self.formers if (rows := former.rows(figure, key))]
        return [_Known(rows, former, members(former.answers)) for former, rows in told]

    def kept_whole(self, figure: dict[str, Any], thresholds: Thresholds) -> dict[str, Any]:
        """Of counts alone: the former figure where no number of it has changed, or one by 1 to T-1; otherwise the new
        one."""
        told = [(former, then) for former in self.formers if (then := _whole(former, figure["id"])) is not None]
        for former, then in told:
            if former.is_ours and (_is_same(figure, then) or _differs_by_few(figure, then, thresholds)):
                return {**then, "of": [former.release]}
        if any(_differs_by_few(figure, then, thresholds) for _, then in told):
            raise Withheld(reason="former_figure")
        return figure


def _whole(former: Former, figure: str) -> Mapping[str, Any] | None:
    """The figure, where this release counted all of it itself."""
    found = next((one for one in former.dashboard["figures"] if one["id"] == figure), None)
    return None if found is None or set(found.get("of", [former.release])) != {former.release} else found


def _is_same(now: Mapping[str, Any], then: Mapping[str, Any]) -> bool:
    return bool(now["table"]["rows"] == then["table"]["rows"])


def _differs_by_few(now: Mapping[str, Any], then: Mapping[str, Any], thresholds: Thresholds) -> bool:
    """Rows are the same where their label is; a row that only one of them has tells nothing of the other, but for one
    of several together: that is held against the sum of those in the other."""
    before = {row[0]: row[1:] for row in then["table"]["rows"]}
    pairs = [(row[1:], before.get(row[0], [])) for row in now["table"]["rows"]]
    for union, members in {**now.get("unions", {}), **then.get("unions", {})}.items():
        pairs.append((_together(now, union, members), _together(then, union, members)))
    return any(
        isinstance(new, int) and isinstance(old, int) and 0 < abs(new - old) < thresholds.cell
        for cells in pairs
        for new, old in zip(*cells, strict=False)
    )


def _together(figure: Mapping[str, Any], union: str, members: Sequence[str]) -> list[int | None]:
    """What a figure tells of these rows together: in a row of their own, or one by one, some of them perhaps in a row
    of fewer. None where it does not tell of one of them."""
    rows = {row[0]: row[1:] for row in figure["table"]["rows"]}
    unions: Mapping[str, Sequence[str]] = figure.get("unions", {})
    whole = [name for name in unions if name == union or set(unions[name]) <= set(members)]
    alone = [name for name in members if not any(name in unions[one] for one in whole)]
    parts = [rows.get(name, []) for name in (*whole, *alone)]
    return [
        sum(cells) if all(isinstance(cell, int) for cell in cells) else None  # a share is text
        for cells in zip(*parts, strict=False)
    ]
