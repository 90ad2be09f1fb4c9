"""What everybody may know of how a course went: one document a study in the published store, of a release that two have
approved."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from kapabla.store import Store

PREFIX = "results-"


@dataclass(frozen=True)
class Outcome:
    """A paired change in scale points among `n` who answered before and after; its interval where there is one."""

    name: str
    n: int
    value: float
    interval: tuple[float, float] | None


@dataclass(frozen=True)
class CourseResults:
    """`completed`: how many have taken the whole course; None where they are too few to be told."""

    release: str
    built_on: date
    is_test: bool
    completed: int | None
    outcomes: tuple[Outcome, ...]


def name_of(study: str, *, is_test: bool) -> str:
    """Test people have a place of their own: they never stand where real ones are looked for."""
    return f"{PREFIX}{study}{'-test' if is_test else ''}"


def find_results(folder: Path, study: str, *, is_test: bool) -> CourseResults | None:
    store = Store(folder)
    index = store.index(name_of(study, is_test=is_test))
    return _read(json.loads(store.get(index["document"]))) if index else None


def _read(document: Mapping[str, Any]) -> CourseResults:
    return CourseResults(
        document["release"], date.fromisoformat(document["built_on"]), document["is_test"], document["completed"],
        tuple(
            Outcome(one["name"], one["n"], one["value"], tuple(one["interval"]) if one["interval"] else None)
            for one in document["outcomes"]
        ),
    )  # fmt: skip
