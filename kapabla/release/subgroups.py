"""Paired change by at most two filters (G9): which groups are answered about is audited here, once, and kept.

A page only looks up. What it does not find was too small, or empty, or would have given others away: all look alike.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from typing import Any

from kapabla.release.columns import ColumnSpec
from kapabla.release.dataset import Dataset
from kapabla.release.disclosure import (
    Estimate,
    Membership,
    Setting,
    Shown,
    Thresholds,
    Withheld,
    answerable,
    keeps_former_figure,
)
from kapabla.release.disclosure.rules import N_P, N_SPREAD
from kapabla.release.history import Answers, Former, History
from kapabla.release.planned import planned_at
from kapabla.release.quasi_identifiers import FILTERS
from kapabla.release.teaching import TAUGHT

# How much of the course, how fast and in which way; of the share it is told whether it was the whole.
SHARE, ALL_OF_IT, SOME_OF_IT = "share_of_modules", "1", "some"
DOSE = (SHARE, "weeks_to_complete", TAUGHT)

# The estimate of a scale's change among those with these ids; the number is the fewest that subtraction could leave.
Change = Callable[[ColumnSpec, Set[str], int], Estimate]


def make_subgroups(
    dataset: Dataset, scales: Sequence[ColumnSpec], change: Change, present: Answers, history: History,
    thresholds: Thresholds, dosed: Collection[str] = (),
) -> dict[str, Any]:  # fmt: skip
    """`filters`: what can be chosen. `scales`: for each, the groups that are answered, by their setting, and which
    release counted each. A group that nobody or hardly anybody has come to or gone from since an earlier release is
    shown as it was there (C5.5), and so is one of which nothing new can be told and that few have left. dosed: the
    scales that are also told of by how much of the course was taken, and how; those groups can be chosen by no filter,
    and are audited with them."""
    dose = [c.name for name in DOSE for c in dataset.columns if c.name == name and c.disclosure != "withheld"]
    filters = [c for name in FILTERS for c in dataset.columns if c.name == name and c.disclosure != "withheld"]
    names = [column.name for column in filters]
    plans: dict[object, dict[Setting, int]] = {}
    told = []
    for scale in scales:
        alone = dose if scale.name in dosed else []
        members = membership(present, scale.name, [*names, *alone])
        former = [shown for f in history.formers if (shown := _shown(f, scale, [*names, *alone])) is not None]
        same = (frozenset(members.people), tuple(alone), tuple(shown.settings for shown in former))
        if same not in plans:
            plans[same] = _plan(members, names, alone, former, thresholds)
        near, standing = _former_groups(history, scale, members, thresholds)
        groups = standing | _groups(scale, members, plans[same], change, history.release) | near
        head = {
            "name": scale.name,
            "label": scale.labels["sv"],
            "label_en": scale.labels["en"],
            "planned": planned_at(scale, "t1"),
        }
        told.append(head | {"groups": dict(sorted(groups.items()))})
    return {"filters": [_told(column) for column in filters], "scales": told}


def told_anew(subgroups: Mapping[str, Any], release: str) -> set[str]:
    """The scales of which the change of everybody is this release's own."""
    return {scale["name"] for scale in subgroups["scales"] if scale["groups"].get("", {}).get("of") == release}


def setting_key(setting: Iterable[tuple[str, str]]) -> str:
    """As it stands in the file, and in an address: `bak_4=1&role=hairdresser`, empty for everybody."""
    return "&".join(f"{name}={value}" for name, value in sorted(setting))


def membership(answers: Answers, scale: str, names: Sequence[str]) -> Membership:
    """Who is counted in the change of the scale."""
    counted = answers.compared([("t0", scale), ("t1", scale)])
    return Membership({one: {name: _value(answers, one, name) for name in names} for one in counted})


def _value(answers: Answers, one: str, name: str) -> str | None:
    """Of the share of the course that was taken: whether it was all of it."""
    value = answers.value(one, name)
    return value if name != SHARE else ALL_OF_IT if value is not None and float(value) == 1 else SOME_OF_IT


def _plan(
    members: Membership, names: Sequence[str], alone: Sequence[str], former: Sequence[Shown], thresholds: Thresholds
) -> dict[Setting, int]:
    """Each setting that is answered, with the fewest people that can be told of by subtraction: T, 10 or 20. What is
    shown of the group is what may be shown of those (C5.2)."""
    found = dict[Setting, int]()
    for rest in sorted({thresholds.cell, *(more for more in (N_SPREAD, N_P) if more > thresholds.cell)}):
        try:
            answered = answerable(
                members, names, alone=alone, thresholds=Thresholds(rest), former=former,
            )  # fmt: skip
        except Withheld:
            break
        found |= dict.fromkeys(answered if rest == thresholds.cell else answered & found.keys(), rest)
    return found


def _groups(
    scale: ColumnSpec, members: Membership, plan: Mapping[Setting, int], change: Change, release: str
) -> dict[str, dict[str, Any]]:
    found = {}
    for setting, rest in plan.items():
        try:
            found[setting_key(setting)] = change(scale, members.group(setting), rest).as_json | {"of": release}
        except Withheld:
            continue
    return found


def _former_groups(
    history: History, scale: ColumnSpec, members: Membership, thresholds: Thresholds
) -> tuple[dict[str, dict[str, Any]], dict[str, dict[str, Any]]]:
    """As the newest of our releases counted them that differs from now by fewer than T people, or none; and as the
    newest did of whose people fewer than T have left, which stands where nothing new can be told."""
    near, standing = dict[str, dict[str, Any]](), dict[str, dict[str, Any]]()
    for former in (former for former in history.formers if former.is_ours):
        own = _own_groups(former, scale)
        then = membership(former.answers, scale.name, sorted({name for key in own for name, _ in _setting(key)}))
        for key, group in own.items():
            now_, then_ = members.group(_setting(key)), then.group(_setting(key))
            if now_ == then_ or keeps_former_figure(then_, now_, thresholds=thresholds):
                near.setdefault(key, group)
            if len(then_ - now_) < thresholds.cell:
                standing.setdefault(key, group)
    return near, standing


def _own_groups(former: Former, scale: ColumnSpec) -> dict[str, dict[str, Any]]:
    told = (s for s in former.dashboard.get("subgroups", {}).get("scales", []) if s["name"] == scale.name)
    return {key: group for s in told for key, group in s["groups"].items() if group["of"] == former.release}


def _shown(former: Former, scale: ColumnSpec, names: Sequence[str]) -> Shown | None:
    """What a release answered about the scale, of what it counted itself."""
    settings = frozenset(_setting(key) for key in _own_groups(former, scale))
    if not settings:
        return None
    used = {name for setting in settings for name, _ in setting}
    return Shown(membership(former.answers, scale.name, sorted(used | set(names))), settings)


def _setting(key: str) -> Setting:
    return tuple((name, value) for name, _, value in (part.partition("=") for part in key.split("&") if part))


def _told(column: ColumnSpec) -> dict[str, Any]:
    return {
        "name": column.name,
        "label": column.labels["sv"],
        "values": [[str(value), label] for value, label in column.categories.items()],
    }
