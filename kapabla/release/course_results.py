"""What the public is told of a course, from the figures of a locked release: what they tell of at least as many people
as the public's threshold asks for, and nothing else (I1)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from kapabla.release.disclosure import Thresholds, Withheld, estimate, protect_aggregates

# As the flow calls the step; where it is merged with another, nothing is told of it.
COMPLETED = "Gick klart utbildningen"


def course_results(
    page: Mapping[str, Any], *, release: str, built_on: date, is_test: bool, thresholds: Thresholds
) -> dict[str, Any]:
    """A document of everybody in the release: how many took the whole course, and how the outcomes changed, the first
    of the plan first. Never a group, a trade or a municipality of them.

    Example: a change among 8 pairs is left out at T = 10, and one among 12 is told with its interval.
    """
    figures = {figure["id"]: figure for figure in page["figures"]}
    values = figures.get("forandring", {}).get("values") or {}
    found = (_outcome(name, value, thresholds) for name, value in values.items() if value is not None)
    return {
        "schema": "kapabla-results/1", "release": release, "built_on": f"{built_on}", "is_test": is_test,
        "completed": _completed(figures.get("flode"), thresholds),
        "outcomes": [outcome for outcome in found if outcome is not None],
    }  # fmt: skip


def hardly_differs(former: Mapping[str, Any], later: Mapping[str, Any], thresholds: Thresholds) -> bool:
    """Whether the two together would tell of fewer people than may be told of: then the former stands (C5.5)."""
    before = {"": former["completed"]} | {one["name"]: one["n"] for one in former["outcomes"]}
    after = {"": later["completed"]} | {one["name"]: one["n"] for one in later["outcomes"]}
    both = ((before[name], after[name]) for name in before.keys() & after.keys())
    return any(one and other and 0 < abs(one - other) < thresholds.cell for one, other in both)


def _completed(flow: Mapping[str, Any] | None, thresholds: Thresholds) -> int | None:
    rows = flow["table"]["rows"] if flow else []
    people = next((row[1] for row in rows if row[0] == COMPLETED), None)
    table = protect_aggregates([(COMPLETED, "", people, None, True)], thresholds)
    shown: int | None = table.rows[0][2]
    return shown


def _outcome(name: str, value: Mapping[str, Any], thresholds: Thresholds) -> dict[str, Any] | None:
    numbers = {"n": value["n"], "value": value["value"], "interval": value.get("interval")}
    try:
        passed = estimate(numbers, method="paired", thresholds=thresholds)
    except Withheld:
        return None
    return {"name": name, "n": passed.n, "value": passed.value, "interval": passed.interval}
