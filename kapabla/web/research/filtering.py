"""The groups that a release answers about, by at most two filters: looked up in what was audited when it was built."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kapabla.release.figures import CHANGE_HEADERS, change_cells
from kapabla.release.subgroups import setting_key

FILTER_FIELDS = ("grupp1", "grupp2")


@dataclass(frozen=True)
class Filtering:
    """`options`: value and words of what can be chosen. `table`: headers and rows of the chosen group; None where
    nothing is chosen. `is_too_small`: also where there is nobody, or no such group: all of it looks alike."""

    options: list[tuple[str, str]]
    chosen: tuple[str, ...]
    words: str
    headers: list[str]
    rows: list[list[Any]]
    releases: list[str]
    is_too_small: bool


def filtering(dashboard: Mapping[str, Any], asked: Sequence[str]) -> Filtering | None:
    """None where the release has no filters: all columns withheld, or built before there were any."""
    subgroups = dashboard.get("subgroups", {"filters": [], "scales": []})
    names = {
        f"{column['name']}={value}": f"{column['label']}: {label}"
        for column in subgroups["filters"]
        for value, label in column["values"]
    }
    if not names:
        return None
    given = list(dict.fromkeys(part for part in asked if part))
    key = setting_key([(name, value) for name, _, value in (part.partition("=") for part in given)])
    found = [scale for scale in subgroups["scales"] if given and key in scale["groups"]]
    return Filtering(
        options=[("", "Alla"), *names.items()],
        chosen=tuple(asked),
        words=", ".join(names.get(part, "") for part in given),
        headers=["Skala", *CHANGE_HEADERS],
        rows=[[scale["label"], scale["planned"], *change_cells(scale["groups"][key])] for scale in found],
        releases=sorted({scale["groups"][key]["of"] for scale in found}),
        is_too_small=bool(given) and not found,
    )
