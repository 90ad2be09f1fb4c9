"""The rows of a figure as they are made: of this release, or again those of an earlier one (`privacy.md` C5.5)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kapabla.release.disclosure import Estimate, Thresholds, Withheld
from kapabla.release.history import Answers, History, Members

if TYPE_CHECKING:
    from kapabla.release.evaluation import Evaluation

# An estimate as it is kept in the store, with `of`: the release that counted it. None where nothing is told.
Value = dict[str, Any]


@dataclass
class Rows:
    """`evaluation`: where every number comes from that the evaluation has as well. `words`: the English of every
    Swedish label that stands in a row; each maker adds its own. `new_changes`: the scales of which the change may be
    told anew, beside all that any release has told of any group."""

    history: History
    present: Answers
    thresholds: Thresholds
    evaluation: "Evaluation"
    words: dict[str, str] = field(default_factory=dict)
    new_changes: set[str] = field(default_factory=set)

    def say(self, sv: str, en: str) -> str:
        """The Swedish label, which rows are known by from one release to the next; its English is remembered."""
        self.words[sv] = en
        return sv

    def rows(
        self, figure: str, key: Sequence[str], members: Members, make: Callable[[], list[list[Any]]], blanks: int
    ) -> tuple[list[list[Any]], str]:
        """The rows of an answer table that begin with `key`, and which release counted them; blank where withheld.

        members: whom the rows tell of, in any release. make: this release's own rows.
        """
        asked = (figure, key, members, self.present, self.thresholds)
        try:
            if (kept := self.history.kept(*asked, are_answers=True)) is None:
                try:
                    return make(), self.history.release
                except Withheld:
                    kept = self.history.standing(*asked)
            return kept.rows, kept.former.release
        except Withheld:
            return [[*key, *[None] * blanks]], self.history.release

    def estimated(
        self, figure: str, key: Sequence[str], members: Members, make: Callable[[], Estimate]
    ) -> Value | None:
        """The estimate of the one row that begins with `key`, as `rows` of its cells."""
        asked = (figure, key, members, self.present, self.thresholds)
        try:
            if (kept := self.history.kept(*asked)) is None:
                try:
                    return make().as_json | {"of": self.history.release}
                except Withheld:
                    kept = self.history.standing(*asked)
            return kept.former.value(figure, key)
        except Withheld:
            return None


@dataclass
class Table:
    """The rows of a figure of estimates, one each, as they are told and in all their decimals."""

    shown: Rows
    figure: str
    cells: Callable[[Mapping[str, Any]], list[Any]]
    blanks: int
    rows: list[list[Any]] = field(default_factory=list)
    of: list[str] = field(default_factory=list)
    values: dict[str, Value] = field(default_factory=dict)

    def add(
        self, key: Sequence[str], members: Members, make: Callable[[], Estimate], *, beside: Sequence[Any] = ()
    ) -> Value | None:
        """`beside`: what stands between the key and the cells whatever they tell."""
        told = self.shown.estimated(self.figure, key, members, make)
        self.rows.append([*key, *beside, *([None] * self.blanks if told is None else self.cells(told))])
        self.of.append(self.shown.history.release if told is None else told["of"])
        if told is not None:
            self.values[", ".join(key)] = told
        return told

    def withhold(self, keys: Sequence[str]) -> None:
        """Blanks these rows, where what they tell is only true beside each other."""
        for place, row in enumerate(self.rows):
            if row[0] in keys:
                self.rows[place] = [*row[: len(row) - self.blanks], *[None] * self.blanks]
                self.of[place] = self.shown.history.release
                self.values.pop(row[0], None)

    def check_tells_something(self) -> None:
        if not self.values:
            raise Withheld(reason="nothing_to_show")

    @property
    def parts(self) -> dict[str, Any]:
        """What a figure is given of it."""
        return {"rows": self.rows, "of": self.of, "values": self.values}
