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


def left_out(release: Release, *waves: str, analysis: str = "main", waiting: str = "") -> tuple[Without, ...]:
    """Who is left out of an analysis that looks at these waves, by the rules of the plan; `waiting` is the wave of
    those who wait, looked at for them alone."""
    found = []
    for rule in release.plan.get("plan", {}).get("exclusions", []):
        column = rule["column"]
        if rule["analysis"] != analysis or column not in release.book:
            continue
        if release.book[column].get("waves") or column in DIFFERS:
            asked = [Place(column, wave) for wave in waves if wave in release.asked(column)]
            if waiting and waiting in release.asked(column):
                asked += [Place(column, waiting, (ARM, arm)) for arm in waiting_arms(release, waiting)]
            found += [Without(Source((place,)), str(rule["value"])) for place in asked]
        else:
            found.append(Without(Source((Place(column),)), str(rule["value"])))
    return tuple(found)
