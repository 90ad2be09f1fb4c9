"""What protection costs, and whether it holds: random populations of 20 to 5,000 people in successive releases.

Every setting of at most two filters, in two releases, is attacked at once by an auditor that knows nothing of ours.
Beside it: only small cells hidden, and every table with a small cell refused. Then five releases of a population, with
people who come, leave and come back: all that they answer, added with any weights.
"""

import time
from collections.abc import Iterator
from functools import partial
from itertools import combinations
from typing import Any
from unittest.mock import patch

from benchmarks.measuring import Row, cpu_ms, medians
from kapabla.release.disclosure import Membership, Setting, Thresholds, WhoTable, filters, protect_linked

# The samples and the auditor of the tests have no types, as no test has: hence each `no-untyped-call` below.
from tests.unit.release.populations import (
    NAMES,
    answer,
    answer_series,
    cells_of,
    exposed,
    exposed_together,
    make_releases,
    make_series,
)

T = Thresholds(5)
LONG, SHORT, RELEASES = 200, 8, 5
WAYS = {"ours": "protected", "small": "only small cells hidden", "refused": "tables with one refused"}


def rows(*, long: bool) -> Iterator[Row]:
    count = LONG if long else SHORT
    found = {way: {"exposed": 0, "cells": 0, "people": 0} for way in WAYS}
    all_cells = all_people = 0
    seconds = 0.0
    for seed in range(count):
        then, now = make_releases(seed)  # type: ignore[no-untyped-call]  # of the tests
        began = time.process_time()
        first, second = answer(then, now)  # type: ignore[no-untyped-call]
        seconds += time.process_time() - began
        ways = {"ours": (first, second), "small": (_large(then), _large(now)), "refused": (_whole(then), _whole(now))}
        for way, answered in ways.items():
            found[way]["exposed"] += bool(exposed(then, now, *answered))  # type: ignore[no-untyped-call]
            if way == "ours":
                answered = first, second | {setting for setting in first if _is_kept(then, now, setting)}
            for members, shown in zip((then, now), answered, strict=True):
                cells = cells_of(members)  # type: ignore[no-untyped-call]
                found[way]["cells"] += len(shown)
                found[way]["people"] += sum(cells[setting] for setting in shown)
        for members in (then, now):
            cells = cells_of(members)  # type: ignore[no-untyped-call]
            all_cells += len(cells)
            all_people += cells.total()
    for way, words in WAYS.items():
        name = f"{count} populations, {words}: "
        yield Row(f"{name}exposed", found[way]["exposed"], "of them", count, "all")
        yield Row(f"{name}cells kept", found[way]["cells"], "cells", all_cells, "all")
        yield Row(f"{name}people kept", found[way]["people"], "counts", all_people, "all")
    yield Row(f"{count} populations, answering, mean", 1000 * seconds / count, "ms", 1000.0, "a second")
    yield from _series(count)
    yield _table()


def _series(count: int) -> Iterator[Row]:
    """As they are audited, and as they were when two by two was all."""
    found, seconds = {"all together": 0, "two by two alone": 0}, 0.0
    for seed in range(count):
        series = make_series(seed, RELEASES)  # type: ignore[no-untyped-call]  # of the tests, as are the other three
        began = time.process_time()
        answered = answer_series(series)  # type: ignore[no-untyped-call]
        seconds += time.process_time() - began
        found["all together"] += bool(exposed_together(answered))  # type: ignore[no-untyped-call]
        with patch.object(filters, "hidden_together", lambda *_, **__: frozenset()):
            found["two by two alone"] += bool(exposed_together(answer_series(series)))  # type: ignore[no-untyped-call]
    for words, exposed_ in found.items():
        yield Row(f"{count} populations, {RELEASES} releases {words}: exposed", exposed_, "of them", count, "all")
    yield Row(f"{count} populations, {RELEASES} releases, mean", 1000 * seconds / count, "ms", 5000.0, "five seconds")


def _is_kept(then: Membership, now: Membership, setting: Setting) -> bool:
    """Shown again as it was: nobody has come or gone, or so few that the figure must stay (C5.5)."""
    return len(then.group(setting) ^ now.group(setting)) < T.cell


def _large(members: Membership) -> frozenset[Any]:
    """Only small cells hidden."""
    return frozenset(setting for setting, n in cells_of(members).items() if n >= T.cell)  # type: ignore[no-untyped-call]


def _whole(members: Membership) -> frozenset[Any]:
    """Every table of one or two dimensions that has no small cell, whole."""
    cells = cells_of(members)  # type: ignore[no-untyped-call]
    kept = {(): cells[()]} if cells[()] >= T.cell else {}
    for size in (1, 2):
        for names in combinations(sorted(NAMES), size):
            table = {s: n for s, n in cells.items() if tuple(name for name, _ in s) == names}
            if table and min(table.values()) >= T.cell:
                kept |= table
    return frozenset(kept)


def _table() -> Row:
    """A table larger than ours, as a page would ask for it if it were not made beforehand."""
    counts = tuple(tuple((7 * r + 5 * c) % 90 for c in range(8)) for r in range(13))
    table = WhoTable("place", tuple(map(str, range(13))), counts, "role", tuple(map(str, range(8))))
    value, floor = medians(
        partial(cpu_ms, partial(protect_linked, [table], thresholds=T)),
        partial(cpu_ms, lambda: [[sum(row), sum(n >= T.cell for n in row)] for row in counts * 100]),
    )
    return Row("a who table of 13 by 8, protected", value, "ms", floor, "its sums a hundred times")
