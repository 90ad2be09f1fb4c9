"""Which columns of a release are scales, and which waves they can be followed over."""

from analysis.evaluation.plan import waiting_arms
from analysis.evaluation.release import Release


def scales(release: Release) -> list[str]:
    """Scores that mean the same at every wave: means of items, and counts of what was done. Neither the two forms of
    the knowledge test, of which no pair is made, nor a check that is passed or failed, nor what was told afterwards."""
    return [
        name
        for name, column in release.book.items()
        if not column["then_of"] and release.rule(name) in ("mean", "count_done")
    ]  # fmt: skip


def tests(release: Release) -> list[str]:
    """The forms of the knowledge test: how many of several questions were right."""
    return [
        name
        for name, column in release.book.items()
        if release.rule(name) == "sum_correct" and column["maximum"] > 1
    ]  # fmt: skip


def at_first(release: Release) -> list[str]:
    """The scales of the first wave, of everybody: not those that some are asked alone."""
    return [name for name in scales(release) if is_for_all(release, name) and release.waves[0] in release.asked(name)]


def is_for_all(release: Release, column: str) -> bool:
    return not release.book[column]["scoring"]["only_if"]


def later(release: Release, column: str) -> list[str]:
    """The waves after the first that everybody may be asked at."""
    asked = release.asked(column)
    return [wave for wave in asked[1:] if not waiting_arms(release, wave)] if release.waves[0] in asked else []
