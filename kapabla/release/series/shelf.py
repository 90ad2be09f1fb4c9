"""Series in the published store: each import is a document that is never changed, and the index lists them all.

A later import of the same series is a revision. The newest value of each place and period is the one that is shown;
what it was before, and when each was fetched, stays readable. Small counts are hidden before anything is kept.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kapabla.errors import NotFound, Refused
from kapabla.material.series import PREFIX
from kapabla.material.series_file import About, Found, Observation, codes_of
from kapabla.release.disclosure import Thresholds, protect_aggregates
from kapabla.store import Store


@dataclass(frozen=True)
class Limits:
    """The smallest counts: for staff and researchers, and for the public."""

    staff: Thresholds
    public: Thresholds


def keep(store: Store, found: Found, about: About, limits: Limits, *, today: date) -> dict[str, bool]:
    """Keep what was found, and tell of each code whether it is news: the same file once more is not.

    Raises Refused as `codes_of` does, and series_periods_mixed where a series has been kept by the year and the file
    has its months, or the other way round: the one less the other would give away what is hidden.
    """
    codes = codes_of(found, about, today=today)
    by_name: dict[str, list[Observation]] = {}
    for one in found.observations:
        by_name.setdefault(one.series, []).append(one)
    for name, observations in by_name.items():
        _check_beside(store, codes[name], observations)
    return {
        codes[name]: _keep(store, codes[name], name, observations, about, limits, today)
        for name, observations in sorted(by_name.items())
    }


def _check_beside(store: Store, code: str, observations: Sequence[Observation]) -> None:
    kept = (store.index(PREFIX + code) or {"revisions": []})["revisions"]
    documents = [json.loads(store.get(revision["document"])) for revision in kept]
    periods = {row[1] for document in documents for row in document["table"]["rows"]}
    if len({len(period) for period in (*periods, *(one.period for one in observations))}) > 1:
        raise Refused("series_periods_mixed")


def _keep(
    store: Store, code: str, name: str, observations: Sequence[Observation], about: About, limits: Limits, today: date
) -> bool:
    rows = sorted((one.place, one.period, one.value, one.rate, one.is_count) for one in observations)
    # No hash of the file: with all other cells known it would tell which of the few small counts a hidden one is.
    document = {
        "schema": "kapabla-series/1", "code": code, "source": about.source.strip(),
        "retrieved_on": f"{about.retrieved_on}", "table": protect_aggregates(rows, limits.staff).as_json,
        "public": protect_aggregates(rows, limits.public).as_json,
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


def remove(store: Store, code: str) -> None:
    """For what was read in by mistake: the series and all its revisions. Raises NotFound (series_unknown)."""
    if store.index(PREFIX + code) is None:
        raise NotFound("series_unknown", series=code)
    store.remove(PREFIX + code)
