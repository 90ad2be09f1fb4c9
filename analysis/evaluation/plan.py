"""The frozen plan as the sections of the evaluation ask it: outcomes with their families, and who is left out."""

from collections.abc import Iterator
from dataclasses import dataclass

from analysis.evaluation.call import Without
from analysis.evaluation.release import Release
from analysis.evaluation.source import Place, Source

ARM = "arm"
EXPLORATORY = "exploratory"
# Said of every wave, and not the same at each.
DIFFERS = ("wave_timing", "fast_page")


@dataclass(frozen=True)
class PlannedOutcome:
    """An outcome of the plan. `before`, `waiting`: the waves that it is held against; empty where there is none."""

    family: str
    kind: str
    correction: str
    column: str
    wave: str
    before: str
    waiting: str
    model: str

    @property
    def key(self) -> str:
        return f"{self.column}.{self.wave}"


def outcomes(release: Release) -> Iterator[PlannedOutcome]:
    for family in release.plan.get("plan", {}).get("families", []):
        for outcome in family["outcomes"]:
            yield PlannedOutcome(
                family["code"], family["kind"], family["correction"], outcome["column"], outcome["wave"],
                outcome["before"] or "", outcome["waiting"] or "", outcome["model"],
            )  # fmt: skip


def role_of(release: Release, column: str, wave: str) -> str:
    """primary, secondary or exploratory."""
    kinds = [one.kind for one in outcomes(release) if (one.column, one.wave) == (column, wave)]
    return kinds[0] if kinds else EXPLORATORY


def waiting_arms(release: Release, wave: str) -> list[str]:
    """The arms that a wave is for alone, as the design in the plan says; none where it is for all."""
    waves = release.plan.get("design", {}).get("waves", [])
    return next((list(one["arms"]) for one in waves if one["code"] == wave), [])


def left_out(
    release: Release, before: str, wave: str = "", *, waiting: str = "", analysis: str = "main"
) -> tuple[Without, ...]:
    """Who is left out by the rules of the plan of an analysis that looks at these waves: `before` of everybody, `wave`
    of those who had the course, and `waiting`, if it is looked at, of those who wait."""
    found = []
    for rule in release.plan.get("plan", {}).get("exclusions", []):
        column = rule["column"]
        if rule["analysis"] != analysis or column not in release.book:
            continue
        places = [Place(column)]
        if release.book[column]["waves"] or column in DIFFERS:
            looked_at = _looked_at(release, before, wave, waiting)
            places = [Place(column, when, arm) for when, arm in looked_at if when in release.asked(column)]
        found += [Without(Source((place,)), str(rule["value"])) for place in places]
    return tuple(found)


def _looked_at(release: Release, before: str, wave: str, waiting: str) -> list[tuple[str, tuple[str, str] | None]]:
    """Each wave with the arm that it is looked at of; None for all."""
    waits = waiting_arms(release, waiting) if waiting else []
    if not waits:
        return [(when, None) for when in (before, wave) if when]
    of_arms = [(waiting if arm in waits else wave, (ARM, arm)) for arm in release.levels(ARM)]
    return [(before, None), *of_arms]
