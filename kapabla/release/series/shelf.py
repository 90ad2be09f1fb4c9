"""Series in the published store: each import is a document that is never changed, and the index lists them all.

A later import of the same series is a revision. The newest value of each place and period is the one that is shown;
what it was before, and when each was fetched, stays readable. Small counts are hidden before anything is kept.
"""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from kapabla.errors import NotFound, Refused
from kapabla.release.disclosure import Thresholds, protect_aggregates
from kapabla.release.series.reading import Found, Observation
from kapabla.store import Store

PREFIX = "series-"
# What is counted, and so which cautions a reader is given.
KINDS = ("calls", "concern", "crime", "support", "other")
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
Key = tuple[str, str]


@dataclass(frozen=True)
class About:
    """Where a file comes from. `code` and `name`: where the file has one series; else each is called as it calls it."""

    kind: str
    source: str
    retrieved_on: date
    code: str = ""
    name: str = ""
    name_en: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Revision:
    """One import: `values` holds value and rate by place and period, None where they are not shown."""

    document: str
    source: str
    retrieved_on: date
    imported_on: date
    values: Mapping[Key, tuple[float | None, float | None]]


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
        return Series(self.code, self.kind, self.unit, self.names, self.is_count, held) if held else None


def code_of(name: str) -> str:
    """
    >>> code_of("Misshandel mot kvinna, bekant gärningsperson")
    'misshandel-mot-kvinna-bekant-garningsperson'
    """
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9]+", plain))[:60].strip("-")


def keep(store: Store, found: Found, about: About, thresholds: Thresholds, *, today: date) -> dict[str, bool]:
    """Keep what was found, and tell of each code whether it is news: the same file once more is not.

    Raises Refused: series_kind_unknown, series_source_lacking, series_retrieved_later, series_code_lacking,
    series_code_wrong, series_code_for_one.
    """
    _check(about, today)
    by_name: dict[str, list[Observation]] = {}
    for one in found.observations:
        by_name.setdefault(one.series, []).append(one)
    if about.code and len(by_name) > 1:
        raise Refused("series_code_for_one", count=len(by_name))
    codes = {name: about.code or code_of(name) for name in by_name}
    for code in codes.values():
        if not code:
            raise Refused("series_code_lacking")
        if not _CODE.fullmatch(code):
            raise Refused("series_code_wrong", series=code)
    return {
        codes[name]: _keep(store, codes[name], name, observations, about, thresholds, today)
        for name, observations in sorted(by_name.items())
    }


def _check(about: About, today: date) -> None:
    if about.kind not in KINDS:
        raise Refused("series_kind_unknown", kind=about.kind, known=", ".join(KINDS))
    if not about.source.strip():
        raise Refused("series_source_lacking")
    if about.retrieved_on > today:
        raise Refused("series_retrieved_later", day=about.retrieved_on)


def _keep(
    store: Store, code: str, name: str, observations: Sequence[Observation], about: About, thresholds: Thresholds,
    today: date,
) -> bool:  # fmt: skip
    table = protect_aggregates(
        sorted((one.place, one.period, one.value, one.rate, one.is_count) for one in observations), thresholds
    )
    # No hash of the file: with all other cells known it would tell which of the few small counts a hidden one is.
    document = {
        "schema": "kapabla-series/1", "code": code, "source": about.source.strip(),
        "retrieved_on": f"{about.retrieved_on}", "table": table.as_json,
    }  # fmt: skip
    text = json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    kept = store.put(text.encode())
    index = store.index(PREFIX + code) or {"revisions": []}
    if any(revision["document"] == kept for revision in index["revisions"]):
        return False
    names = {"sv": about.name or index.get("names", {}).get("sv") or name or code}
    if english := about.name_en or index.get("names", {}).get("en"):
        names["en"] = english
    revisions = [
        *index["revisions"],
        {"document": kept, "imported_on": f"{today}", "retrieved_on": f"{about.retrieved_on}"},
    ]
    # By the day it was fetched, whenever it was read in: an older file that comes late does not undo a newer one.
    revisions.sort(key=lambda revision: revision["retrieved_on"])
    store.put_index(
        PREFIX + code,
        {
            "code": code, "kind": about.kind, "names": names, "unit": about.unit or index.get("unit", ""),
            "is_count": any(one.is_count for one in observations), "revisions": revisions,
        },
    )  # fmt: skip
    return True


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


def remove(store: Store, code: str) -> None:
    """For what was read in by mistake: the series and all its revisions. Raises NotFound (series_unknown)."""
    if store.index(PREFIX + code) is None:
        raise NotFound("series_unknown", series=code)
    store.remove(PREFIX + code)


def _revision(store: Store, entry: Mapping[str, Any]) -> Revision:
    document = json.loads(store.get(entry["document"]))
    return Revision(
        entry["document"], document["source"], date.fromisoformat(document["retrieved_on"]),
        date.fromisoformat(entry["imported_on"]),
        {(place, period): (value, rate) for place, period, value, rate in document["table"]["rows"]},
    )  # fmt: skip
