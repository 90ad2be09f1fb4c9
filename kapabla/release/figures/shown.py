"""The rows of a figure as they are made: of this release, or again those of an earlier one (`privacy.md` C5.5)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kapabla.release.disclosure import Thresholds, Withheld
from kapabla.release.history import Answers, History, Members


@dataclass
class Rows:
    """`words`: the English of every Swedish label that stands in a row; each maker adds its own."""

    history: History
    present: Answers
    thresholds: Thresholds
    words: dict[str, str] = field(default_factory=dict)

    def say(self, sv: str, en: str) -> str:
        """The Swedish label, which rows are known by from one release to the next; its English is remembered."""
        self.words[sv] = en
        return sv

    def rows(
        self, figure: str, key: Sequence[str], members: Members, make: Callable[[], list[list[Any]]], blanks: int
    ) -> tuple[list[list[Any]], str, Mapping[str, Any]]:
        """The rows that begin with `key`, which release counted them, and its figure; blank where they are withheld.

        members: whom the rows tell of, in any release. make: this release's own rows.
        """
        try:
            kept = self.history.kept(figure, key, members, self.present, self.thresholds)
            if kept is None:
                return make(), self.history.release, {}
        except Withheld:
            return [[*key, *[None] * blanks]], self.history.release, {}
        found = next(f for f in kept.former.dashboard["figures"] if f["id"] == figure)
        return kept.rows, kept.former.release, found
