"""Series of municipal aggregates as they lie in the published store, for every process to read: what is kept there has
passed `release.disclosure`, and a later import is a revision beside the one before it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from kapabla.store import Store

PREFIX = "series-"
# What is counted, and so which cautions a reader is given.
KINDS = ("calls", "concern", "crime", "support", "other")
Key = tuple[str, str]


@dataclass(frozen=True)
class Revision:
    """One import: `values` holds value and rate by place and period, None where they are not shown. `public`: the same
    at the public's threshold; None in an import from before there was one."""

    document: str
    source: str
    retrieved_on: date
    imported_on: date
    values: Mapping[Key, tuple[float | None, float | None]]
    public: Mapping[Key, tuple[float | None, float | None]] | None = None


@dataclass(frozen=True)
class Revised:
    place: str
    period: str
    before: float | None
    before_on: date
    now: float | None
    now_on: date


@dataclass(frozen=True)
class Series:
    """`revisions`: the oldest first."""

    code: str
    kind: str
    unit: str
    names: Mapping[str, str]
    is_count: bool
    revisions: tuple[Revision, ...]

    @property
    def newest(self) -> Revision:
        return self.revisions[-1]

    @property
    def values(self) -> dict[Key, tuple[float | None, float | None]]:
        """By place and period, as the newest import that has it."""
        return {key: value for revision in self.revisions for key, value in revision.values.items()}

    @property
    def places(self) -> list[str]:
        return sorted({place for place, _ in self.values})

    @property
    def periods(self) -> list[str]:
        return sorted({period for _, period in self.values})

    @property
    def has_rate(self) -> bool:
        return any(rate is not None for _, rate in self.values.values())

    def fetched(self, key: Key) -> Revision:
        """The import that the value comes from."""
        return next(revision for revision in reversed(self.revisions) if key in revision.values)

    @property
    def revised(self) -> list[Revised]:
        """Every value that a later import changed, in the order of place, period and day."""
        changes, known = [], dict[Key, tuple[float | None, date]]()
        for revision in self.revisions:
            for key, (value, _) in revision.values.items():
                before, on = known.get(key, (value, revision.retrieved_on))
                if before != value:
                    changes.append(Revised(*key, before, on, value, revision.retrieved_on))
                known[key] = value, revision.retrieved_on
        return sorted(changes, key=lambda change: (change.place, change.period, change.now_on))

    def as_of(self, day: date) -> "Series | None":
        """What was known on a day: a text that was published then is held against this, not against what came later."""
        held = tuple(revision for revision in self.revisions if revision.retrieved_on <= day)
        return replace(self, revisions=held) if held else None

    def for_public(self) -> "Series | None":
        """As everybody may see it: the same imports, small counts hidden by the public's threshold."""
        seen = tuple(replace(one, values=one.public) for one in self.revisions if one.public is not None)
        return replace(self, revisions=seen) if seen else None


def all_series(folder: Path) -> list[Series]:
    store = Store(folder)
    found = [one_series(folder, name.removeprefix(PREFIX)) for name in store.names(PREFIX)]
    return sorted((one for one in found if one), key=lambda one: (KINDS.index(one.kind), one.names["sv"]))


def one_series(folder: Path, code: str) -> Series | None:
    store = Store(folder)
    index = store.index(PREFIX + code)
    if index is None:
        return None
    revisions = tuple(_revision(store, revision) for revision in index["revisions"])
    return Series(code, index["kind"], index["unit"], index["names"], index["is_count"], revisions)


def _revision(store: Store, entry: Mapping[str, Any]) -> Revision:
    document = json.loads(store.get(entry["document"]))
    return Revision(
        entry["document"], document["source"], date.fromisoformat(document["retrieved_on"]),
        date.fromisoformat(entry["imported_on"]),
        _values(document["table"]), _values(document["public"]) if "public" in document else None,
    )  # fmt: skip


def _values(table: Mapping[str, Any]) -> dict[Key, tuple[float | None, float | None]]:
    return {(place, period): (value, rate) for place, period, value, rate in table["rows"]}
